import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { isDeepStrictEqual } from 'node:util';

import { type HostLogger, isCarrierSource } from '@plugwire/runtime';
import { watch } from 'chokidar';

import { clock } from '../base/clock.ts';
import type { Operator } from '../operator/create-operator.ts';
import { createInOrder } from '../base/in-order.ts';
import { applyConfig, type ApplyReport } from './apply-config.ts';
import { createHostPlugins, type HostPlugins } from './host-plugins.ts';
import { ConfigError } from './config-error.ts';
import type { PluginConfig, PlugwireConfig } from './plugwire-config.ts';
import type { HostForms } from './check-hosts.ts';
import { sourceOf } from './source-of.ts';
import { findConfigFile, readConfig } from './read-config.ts';

/** What follows a configuration file. */
export interface WatchOptions {
  /** The file; by default what `PLUGWIRE_CONFIG` names, or `plugwire.toml`. */
  readonly file?: string;
  /** The hosts that this process runs, with their roles and chains. What the file says of them otherwise is refused. */
  readonly hosts?: HostForms;
  readonly logger?: HostLogger;
  /** Waits so long after an edit for another one, in milliseconds. 200 by default. */
  readonly settleMs?: number;
  /** Told of each edit that was looked at: a report, or the `ConfigError` of a file that cannot be used. */
  readonly onEdit?: (result: ApplyReport | ConfigError) => void;
}

/** A configuration file that is followed. */
export interface ConfigWatch {
  /** The configuration that holds now: another object from the instant at which an edit has moved the traffic. */
  current(): PlugwireConfig;
  /**
   * The plugins that a host of the configuration may use, for its roles and chains. It follows the edits. Throws `OperateError` `unknown_host`.
   *
   * @example watch.forHost('edge').role('filter').dispatchSync(filter, request);
   */
  forHost(name: string): HostPlugins;
  /** What the start came to: plugins that could not be loaded are in `failures`. */
  readonly start: ApplyReport;
  /**
   * Looks at the file now, and loads again each plugin whose module has other bytes than those that serve: for SIGHUP. Never rejects.
   */
  reload(): Promise<ApplyReport | ConfigError>;
  /** Ends it, once an edit that is being applied has been. The plugins go on. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Reads the configuration file, loads its plugins, and follows its edits. At the start each plugin stands for itself: one that cannot be
 * loaded stays `not_loaded`, and the others serve. After that an edit holds as a whole or not at all, and what served goes on serving. A
 * rollback holds until the file gives the plugin other settings, or `reload` is called.
 *
 * Rejects with `ConfigError` if the file cannot be used at the start.
 *
 * @example
 * const watch = await watchConfig(operator, { file: '/etc/plugwire.toml', logger });
 * process.on('SIGHUP', () => void watch.reload());
 */
export const watchConfig = async (
  operator: Operator,
  { file: given, hosts, logger, settleMs = 200, onEdit }: WatchOptions = {},
): Promise<ConfigWatch> => {
  const file = findConfigFile(given);
  const inOrder = createInOrder();
  let current = readConfig(file, hosts);
  const start = await applyConfig(operator, current, { mode: 'what_works', logger });
  /** Plugins that are not loaded although the configuration has them: an edit tries them again. */
  let missing = new Set(start.failures.map(({ plugin }) => plugin));
  let isClosed = false;

  const look = async (rereads: boolean): Promise<ApplyReport | ConfigError> => {
    let next: PlugwireConfig;
    try {
      next = readConfig(file, hosts);
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      const { code, issues } = error;
      logger?.warn({ target: LOG_TARGET, code, issues }, 'configuration refused, nothing has changed');
      return error;
    }
    // What could not be loaded before must not keep an edit of something else from being applied.
    const stuck = [...missing].filter((plugin) =>
      isDeepStrictEqual(current.plugins[plugin], next.plugins[plugin]),
    );
    // What is not loaded is added again, or closed if the file has it no more.
    const before = without(
      current,
      [...missing].filter((plugin) => next.plugins[plugin] !== undefined),
    );
    const changedFiles = rereads ? await findChangedFiles(operator, next) : new Set<string>();
    const options = { mode: 'all_or_nothing', changedFiles, logger } as const;
    const report = await applyConfig(operator, without(next, stuck), {
      before,
      ...options,
      // Whoever reads the lists of a host from now on finds the new ones, and every plugin on them is there.
      onMoved: () => (current = next),
    });
    if (!report.isApplied) return report;
    if (stuck.length === 0) {
      missing = new Set();
      return report;
    }
    const retried = await applyConfig(operator, next, {
      before: without(next, stuck),
      mode: 'what_works',
      logger,
    });
    missing = new Set(retried.failures.map(({ plugin }) => plugin));
    return { ...report, plan: [...report.plan, ...retried.plan], failures: retried.failures };
  };

  const lookInOrder = async (rereads: boolean): Promise<ApplyReport | ConfigError> =>
    await inOrder(async () => {
      const result = await look(rereads);
      onEdit?.(result);
      return result;
    });

  let timer: NodeJS.Timeout | undefined;
  let seen = textOf(file);
  const lookSoon = (afterMs = settleMs): void => {
    if (timer !== undefined) clock.clearTimeout(timer);
    timer = clock.setTimeout(() => {
      const text = textOf(file);
      if (isClosed || text === seen) return;
      seen = text;
      void lookInOrder(false);
      // The watcher tells of many edits in a row only once, and not of the last one.
      lookSoon(Math.max(settleMs, THROTTLE_MS));
    }, afterMs);
  };
  // The folder, and whatever happens in it: an editor replaces the file, and a mounted one may be a link to a link.
  const watcher = watch(dirname(file), { ignoreInitial: true, depth: 0 }).on('all', () => lookSoon());
  await new Promise<void>((resolve) => watcher.once('ready', resolve));
  // What was edited since the start is not told.
  lookSoon();

  const close = async (): Promise<void> => {
    isClosed = true;
    if (timer !== undefined) clock.clearTimeout(timer);
    await watcher.close();
    // An edit that is being applied goes on to its end: afterwards the operator may be closed.
    await inOrder(async () => {});
  };
  return {
    current: () => current,
    forHost: (name) => createHostPlugins(operator, name, () => current),
    start,
    reload: async () => await lookInOrder(true),
    close,
    [Symbol.asyncDispose]: close,
  };
};

/** More than the time within which the watcher tells of a file once. */
const THROTTLE_MS = 250;

/** The text of a file, to tell whether it was edited; `undefined` if it cannot be read. */
const textOf = (file: string): string | undefined => {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    return undefined;
  }
};

const LOG_TARGET = 'cc_lb_plugin.operate';

const without = (config: PlugwireConfig, names: Iterable<string>): PlugwireConfig => {
  const left = new Set(names);
  return {
    ...config,
    plugins: Object.fromEntries(Object.entries(config.plugins).filter(([plugin]) => !left.has(plugin))),
  };
};

/** Plugins whose file has other bytes than those that serve. What cannot be read is left to the load. */
const findChangedFiles = async (operator: Operator, config: PlugwireConfig): Promise<ReadonlySet<string>> => {
  const changed = new Set<string>();
  for (const [name, settings] of Object.entries(config.plugins)) {
    const serving = operator.names().includes(name) ? operator.get(name).health().version : undefined;
    if (serving === undefined) continue;
    const sha256 = await hashOf(operator, config, settings).catch(() => undefined);
    if (sha256 !== serving.sha256) changed.add(name);
  }
  return changed;
};

/** The SHA-256 of what would be loaded now. A carrier that does not tell is always loaded again. */
const hashOf = async (
  operator: Operator,
  config: PlugwireConfig,
  settings: PluginConfig,
): Promise<string | undefined> => {
  const source = sourceOf(operator, config, settings);
  if (typeof source === 'string')
    return createHash('sha256')
      .update(await readFile(source))
      .digest('hex');
  return isCarrierSource(source) ? await source.hash?.() : undefined;
};
