import { dirname } from 'node:path';

import type { Operator } from '../operator/create-operator.ts';
import type { VersionSource } from '../handle/plugin-handle.ts';
import { OperateError } from '../base/operate-error.ts';
import type { PluginConfig, PlugwireConfig } from './plugwire-config.ts';

/**
 * Returns the source from which a plugin of a configuration is loaded.
 *
 * Throws `OperateError` `unknown_carrier`, and the carrier's error for unknown settings.
 */
export const sourceOf = (
  { carriers }: Pick<Operator, 'carriers'>,
  { file }: Pick<PlugwireConfig, 'file'>,
  { path, carrier, settings = {} }: PluginConfig,
): VersionSource => {
  // The configuration was checked, so it has one of them.
  if (carrier === undefined) return path as string;
  if (Object.hasOwn(carriers, carrier))
    return (carriers[carrier] as (typeof carriers)[string])(settings, dirname(file));
  const known = Object.keys(carriers).join(', ') || 'none';
  throw new OperateError(
    'unknown_carrier',
    `there is no carrier ${JSON.stringify(carrier)}: expected one of ${known}. Pass it in carriers of createOperator.`,
  );
};
