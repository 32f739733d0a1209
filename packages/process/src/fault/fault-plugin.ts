import { type CarrierSource, loadError } from '@plugwire/runtime';

import { mostAnswerBytes } from '../go-plugin/served-functions.ts';
import { nameOfFile } from '../launch/name-of-file.ts';
import { createFaultCarrier } from './fault-calls.ts';
import { checkFaultOptions, type FaultPluginOptions } from './fault-options.ts';
import { keepSession } from './keep-session.ts';
import { servedBy } from './plugin-facts.ts';

/**
 * Connects to a running fault plugin by its address. The plugin serves the contracts of `@plugwire/wire/intercept`. The load also succeeds if
 * the plugin cannot be reached yet. Until the host can connect, every call falls back with `plugin_call`/`not_connected`.
 *
 * Throws `PlugwireUsageError` `bad_option`.
 *
 * @example
 * const addresses = ['http://127.0.0.1:50051', 'http://127.0.0.1:50052'];
 * const plugins = await Promise.all(addresses.map((address) => host.load(faultPlugin({ address }))));
 */
export const faultPlugin = (options: FaultPluginOptions): CarrierSource => {
  const settings = checkFaultOptions(options);
  const { name, address } = settings;
  return {
    name: name ?? nameOfFile(`fault-${address}`),
    open: async (context) => {
      if (context.sha256 !== undefined) throw NO_FILE();
      const { functions, logger } = context;
      const keeper = await keepSession({
        ...settings,
        plugin: context.name,
        logger,
        answerBytes: mostAnswerBytes(context),
      });
      return {
        get identity() {
          return { plugin_name: name ?? context.name, plugin_version: keeper.facts()?.version ?? '0.0.0' };
        },
        sha256: '',
        get versions() {
          return servedBy(functions, keeper.facts());
        },
        isUp: () => keeper.current() !== undefined,
        call: createFaultCarrier(() => keeper.current()).call,
        ping: async () => {
          const session = keeper.current();
          if (session === undefined) return AWAY;
          const { signal } = new AbortController();
          return (await session.checkHealth(settings.healthTimeoutMs, signal)).ok
            ? { ok: true }
            : NOT_SERVING;
        },
        close: async () => await keeper.close(),
      };
    },
  };
};

const NO_FILE = () =>
  loadError(
    'read',
    'hash_mismatch',
    'sha256 is set for a plugin with an address, which has no file to check: leave sha256 out.',
  );

const AWAY = {
  ok: false,
  stage: 'instantiate',
  code: 'not_connected',
  message: 'the plugin is not connected: the host retries until its health check succeeds',
} as const;

const NOT_SERVING = {
  ok: false,
  stage: 'self_check',
  code: 'not_serving',
  message: 'the health check of the plugin does not report healthy',
} as const;
