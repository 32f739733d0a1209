import { isAbsolute, resolve } from 'node:path';

import type { CarrierFactory } from '@plugwire/runtime';
import { PlugwireUsageError } from '@plugwire/wire';
import { z } from 'zod';

import { goPlugin } from './go-plugin.ts';
import type { GoPluginOptions } from './go-plugin-options.ts';

/** The settings of such a plugin in a configuration file. The program sets the other options. */
const form = z.strictObject({
  command: z.string().optional(),
  args: z.array(z.string()).optional(),
  env: z.record(z.string(), z.string()).optional(),
  inherit_env: z.boolean().optional(),
  cwd: z.string().optional(),
  tls: z.enum(['automatic', 'required', 'off']).optional(),
  multiplex: z.boolean().optional(),
  start_timeout_ms: z.int().optional(),
  stop_timeout_ms: z.int().optional(),
  version: z.string().optional(),
});

/**
 * Creates a carrier for go-plugin plugins in the configuration file of `@plugwire/operate`. `shared` has the options of all these plugins,
 * such as the cookie and the functions. The file can set `command`, `args`, `env`, `inherit_env`, `cwd`, `tls`, `multiplex`,
 * `start_timeout_ms`, `stop_timeout_ms` and `version`, which override `shared`.
 *
 * The returned function throws `PlugwireUsageError` `bad_option` for other settings.
 *
 * @example
 * const carriers = { go_plugin: goPluginCarrier({ cookie, functions }) };
 * const operator = createOperator({ host, carriers });
 */
export const goPluginCarrier =
  (shared: Omit<GoPluginOptions, 'command'> & Partial<Pick<GoPluginOptions, 'command'>>): CarrierFactory =>
  (settings, folder) => {
    const read = form.safeParse(settings);
    if (!read.success) {
      const [issue] = read.error.issues;
      throw new PlugwireUsageError(
        'bad_option',
        `settings${issue?.path.map((key) => `.${String(key)}`).join('') ?? ''}: ${issue?.message}. Expected ${Object.keys(form.shape).join(', ')}.`,
      );
    }
    const {
      inherit_env: inheritEnv,
      start_timeout_ms: startTimeoutMs,
      stop_timeout_ms: stopTimeoutMs,
      ...same
    } = read.data;
    const command = same.command ?? shared.command ?? '';
    return goPlugin({
      ...shared,
      ...given({ ...same, inheritEnv, startTimeoutMs, stopTimeoutMs }),
      // A name without a slash is searched in PATH, so it is not resolved to a path here.
      command: command.includes('/') && !isAbsolute(command) ? resolve(folder, command) : command,
      ...(same.cwd === undefined ? {} : { cwd: resolve(folder, same.cwd) }),
    });
  };

/** Removes the keys whose value is `undefined`. */
const given = <Options extends object>(
  options: Options,
): { [Key in keyof Options]?: Exclude<Options[Key], undefined> } =>
  Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as never;
