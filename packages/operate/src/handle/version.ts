import type { Plugin, ServingPlugin } from '@plugwire/runtime';

import { clock } from '../base/clock.ts';
import type { SwapOptions, VersionFacts } from './plugin-handle.ts';

/** How long a version that was swapped out stays loaded for running calls and pins, in milliseconds. */
export const DRAIN_MS = 60_000;

/** One loaded version of a handle. */
export interface Version {
  /** The plugin. If it runs elsewhere, it has no `dispatchSync`, `recordings` and `replay`. */
  readonly plugin: ServingPlugin & Partial<Pick<Plugin, 'dispatchSync' | 'recordings' | 'replay'>>;
  readonly facts: VersionFacts;
  /** The options with which it was loaded. */
  readonly options: SwapOptions;
  /** Keeps the version loaded until the returned function is called. */
  hold(): () => void;
  /** Closes the version when no call or pin holds it, or after a minute at the latest. Never rejects. */
  retire(): Promise<void>;
}

/** Creates a version from a loaded plugin. */
export const createVersion = (plugin: Version['plugin'], options: SwapOptions): Version => {
  const { identity, sha256 } = plugin;
  let holds = 0;
  let isFree: (() => void) | undefined;
  let retiring: Promise<void> | undefined;

  const hold = (): (() => void) => {
    let isHeld = true;
    holds += 1;
    return () => {
      if (!isHeld) return;
      isHeld = false;
      holds -= 1;
      if (holds === 0) isFree?.();
    };
  };

  const end = async (): Promise<void> => {
    if (holds > 0) {
      await new Promise<void>((resolve) => {
        const timer = clock.setTimeout(resolve, DRAIN_MS).unref();
        isFree = () => {
          clock.clearTimeout(timer);
          resolve();
        };
      });
    }
    await plugin.close();
  };

  return {
    plugin,
    facts: Object.freeze({ plugin: identity.plugin_name, version: identity.plugin_version, sha256 }),
    options,
    hold,
    retire: async () => await (retiring ??= end()),
  };
};
