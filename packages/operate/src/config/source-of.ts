import { dirname } from 'node:path';

import type { Operator } from '../operator/create-operator.ts';
import type { VersionSource } from '../handle/plugin-handle.ts';
import { OperateError } from '../base/operate-error.ts';
import type { PluginConfig, PlugwireConfig } from './plugwire-config.ts';

/**
 * What a plugin of a configuration is loaded from.
 *
 * Throws `OperateError` `unknown_carrier`, and what the carrier throws for settings that it does not know.
 */
export const sourceOf = (
  { carriers }: Pick<Operator, 'carriers'>,
  { file }: Pick<PlugwireConfig, 'file'>,
  { path, carrier, settings = {} }: PluginConfig,
): VersionSource => {
  // The form has one of them.
  if (carrier === undefined) return path as string;
  if (Object.hasOwn(carriers, carrier))
    return (carriers[carrier] as (typeof carriers)[string])(settings, dirname(file));
  const known = Object.keys(carriers).join(', ') || 'none';
  throw new OperateError(
    'unknown_carrier',
    `no carrier is called ${JSON.stringify(carrier)}: expected one of ${known}. Give it to createOperator in carriers.`,
  );
};
