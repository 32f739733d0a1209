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

/** Options of {@link watchConfig}. */
export interface WatchOptions {
  /** The file. By default `PLUGWIRE_CONFIG`, or else `plugwire.toml`. */
  readonly file?: string;
  /** The hosts that this process runs, with their roles and chains. A file with other roles or chains for them is refused. */
  readonly hosts?: HostForms;
  readonly logger?: HostLogger;
  /** How long to wait for further edits before one is applied, in milliseconds. By default 200. */
  readonly settleMs?: number;
  /** Called after each edit with its report, or with the `ConfigError` of a file that cannot be used. */
  readonly onEdit?: (result: ApplyReport | ConfigError) => void;
}

/** A watched configuration file. */
export interface ConfigWatch {
  /** Returns the current configuration. It is a new object as soon as an edit has moved the traffic. */
  current(): PlugwireConfig;
  /**
   * Returns the plugins of a host, with its roles and chains. It changes with the configuration. Throws `OperateError` `unknown_host`.
   *
   * @example watch.forHost('edge').role('filter').dispatchSync(filter, request);
   */
  forHost(name: string): HostPlugins;
  /** The report of the start. Plugins that could not be loaded are in `failures`. */
  readonly start: ApplyReport;
  /**
   * Reads the file now, and loads each plugin again whose module has changed on disk. Call it on SIGHUP. Never rejects.
   */
  reload(): Promise<ApplyReport | ConfigError>;
  /** Stops watching, after an edit that is being applied. The plugins keep serving. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Reads the configuration file, loads its plugins, and applies edits of the file. At the start a plugin that cannot be loaded stays
 * `not_loaded`, and the others serve. Later an edit is applied completely or not at all. If it is not applied, the current plugins keep
 * serving. A rollback stays until the file changes the plugin's settings or `reload` is called.
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
  /** Plugins of the configuration that are not loaded. Each edit tries them again. */
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
    // A plugin that could not be loaded before must not stop edits of other plugins.
    const stuck = [...missing].filter((plugin) =>
      isDeepStrictEqual(current.plugins[plugin], next.plugins[plugin]),
    );
    // Plugins that are not loaded are added again, or closed if the file no longer has them.
    const before = without(
      current,
      [...missing].filter((plugin) => next.plugins[plugin] !== undefined),
    );
    const changedFiles = rereads ? await findChangedFiles(operator, next) : new Set<string>();
    const options = { mode: 'all_or_nothing', changedFiles, logger } as const;
    const report = await applyConfig(operator, without(next, stuck), {
      before,
      ...options,
      // From now on readers see the new lists, and every plugin on them serves.
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
      // The watcher reports many edits in a row only once, and may miss the last one.
      lookSoon(Math.max(settleMs, THROTTLE_MS));
    }, afterMs);
  };
  // Watches the whole folder, because editors replace the file, and a mounted file may be a link to a link.
  const watcher = watch(dirname(file), { ignoreInitial: true, depth: 0 }).on('all', () => lookSoon());
  await new Promise<void>((resolve) => watcher.once('ready', resolve));
  // The watcher does not report edits that were made before it started.
  lookSoon();

  const close = async (): Promise<void> => {
    isClosed = true;
    if (timer !== undefined) clock.clearTimeout(timer);
    await watcher.close();
    // Waits for an edit that is being applied. The operator may be closed afterwards.
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

/** Longer than the time in which the watcher merges events of one file. */
const THROTTLE_MS = 250;

/** Returns the text of a file, to detect edits. Returns `undefined` if it cannot be read. */
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

/** Returns the plugins whose file differs from the bytes that serve. Unreadable files are included, so that the load reports them. */
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

/** Returns the SHA-256 of what would be loaded now. A carrier without `hash` is always loaded again. */
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
