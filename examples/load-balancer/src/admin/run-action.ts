import {
  type ApplyReport,
  ConfigError,
  OperateError,
  type Operator,
  type PluginConfig,
  type PluginHandle,
  type ReplaySettings,
  type SwapOptions,
} from '@plugwire/operate';
import { ANSWER_COMPARISONS } from '@plugwire/runtime';
import { PlugwireUsageError } from '@plugwire/wire';
import { z } from 'zod';

import { refusal, type Reply } from './reply.ts';

/** Returns the settings of a plugin in the configuration file, or `undefined` if the file does not have it. */
export type SettingsOf = (name: string) => PluginConfig | undefined;

/** Reads the configuration file and the modules again. */
export type Reload = () => Promise<ApplyReport | ConfigError>;

/** What an action needs. */
interface ActionParts {
  readonly operator: Operator;
  readonly settingsOf: SettingsOf;
  readonly reload: Reload;
}

/** The body of `swap`. `path` overrides the file of the configuration. */
const swapForm = z.strictObject({
  path: z.string().min(1).optional(),
  sha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .optional(),
  allowAnotherPlugin: z.boolean().optional(),
  /** Replays recorded calls with the new version first. Overrides the setting of the configuration. */
  replay: z
    .strictObject({
      calls: z.int().positive(),
      minimumCalls: z.int().min(0),
      answers: z.enum(ANSWER_COMPARISONS),
      differenceShare: z.number().min(0).max(1),
    })
    .partial()
    .optional(),
});
/** The body of `canary`. */
const canaryForm = z.strictObject({
  ...swapForm.shape,
  share: z.number().gt(0).lte(1),
  failureShare: z.number().gt(0).lte(1).optional(),
  minimumCalls: z.int().positive().optional(),
});

/** The body of `disable`. */
const disableForm = z.strictObject({ persist: z.boolean().optional() });

type Action = (
  handle: PluginHandle,
  settings: PluginConfig | undefined,
  given: unknown,
) => Promise<object> | object;

/**
 * The actions of `POST /plugins/NAME/ACTION`. A request can choose another file, but not grants, limits or settings: those come from the
 * configuration.
 */
const ACTIONS = {
  swap: async (handle, settings, given) => {
    const { source, options } = loadOf(swapForm.parse(given), settings);
    return await handle.swap(source, options);
  },
  canary: async (handle, settings, given) => {
    const { share, failureShare, minimumCalls, ...file } = canaryForm.parse(given);
    const { source, options } = loadOf(file, settings);
    await handle.startCanary(source, {
      ...options,
      share,
      ...(failureShare === undefined ? {} : { failureShare }),
      ...(minimumCalls === undefined ? {} : { minimumCalls }),
    });
    return handle.health();
  },
  promote: async (handle) => await handle.promoteCanary(),
  withdraw: async (handle) => {
    await handle.withdrawCanary();
    return handle.health();
  },
  rollback: (handle) => handle.rollBack(),
  disable: async (handle, _, given) => {
    const { persist = false } = disableForm.parse(given);
    await handle.disable({ persist });
    return handle.health();
  },
  enable: async (handle) => {
    await handle.enable();
    return handle.health();
  },
  ping: async (handle) => await handle.ping(),
} as const satisfies Record<string, Action>;

/**
 * Runs `POST /plugins/NAME/ACTION` or `POST /config/reload`. Rejects with the error of the operation, with `ZodError` for a body with invalid
 * fields, and with `SyntaxError` for a body that is not JSON.
 */
export const runAction = async (
  { operator, settingsOf, reload }: ActionParts,
  [kind, name = '', action = '', ...more]: readonly string[],
  body: string,
): Promise<Reply> => {
  if (kind === 'config' && name === 'reload' && action === '') return showEdit(await reload());
  const run = Object.hasOwn(ACTIONS, action) ? ACTIONS[action as keyof typeof ACTIONS] : undefined;
  if (kind !== 'plugins' || run === undefined || more.length > 0) {
    const known = Object.keys(ACTIONS).join(', ');
    const message = `the path is unknown: expected /config/reload, or /plugins/NAME/ACTION with one of ${known}.`;
    return refusal(404, 'unknown_action', message);
  }
  const given: unknown = body === '' ? {} : JSON.parse(body);
  return { status: 200, body: await (run as Action)(operator.get(name), settingsOf(name), given) };
};

const loadOf = (
  given: z.output<typeof swapForm>,
  settings: PluginConfig | undefined,
): { readonly source: string; readonly options: SwapOptions } => {
  if (settings === undefined)
    throw new OperateError('unknown_name', 'the plugin is not in the configuration file: add it there.');
  const { path, sha256, disabled: _disabled, carrier: _carrier, settings: _settings, ...others } = settings;
  const source = given.path ?? path;
  if (source === undefined) {
    throw new PlugwireUsageError(
      'bad_option',
      'the configuration has no file for this plugin: send a path, or add one to the configuration.',
    );
  }
  // The hash of the configuration does not apply to another file.
  const hash = given.sha256 ?? (given.path === undefined ? sha256 : undefined);
  const { allowAnotherPlugin = false, replay } = given;
  const options = {
    ...others,
    allowAnotherPlugin,
    ...(hash === undefined ? {} : { sha256: hash }),
    ...(replay === undefined ? {} : { replay: replay as ReplaySettings }),
  };
  return { source, options };
};

/** Returns 409 for an invalid file, or if a plugin cannot be loaded. Nothing has changed then. */
const showEdit = (result: ApplyReport | ConfigError): Reply => {
  if (result instanceof ConfigError) {
    const { code, message, issues } = result;
    return { status: 409, body: { error: { code, message, issues } } };
  }
  const { plan, isApplied, failures } = result;
  const shown = failures.map(({ plugin, error }) => {
    const { stage, code, message } = error as {
      readonly stage?: string;
      readonly code?: string;
      readonly message?: string;
    };
    return { plugin, stage, code, message };
  });
  return { status: isApplied ? 200 : 409, body: { plan, isApplied, failures: shown } };
};
