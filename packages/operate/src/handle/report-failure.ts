import { PluginLoadError } from '@plugwire/runtime';

import { clock } from '../base/clock.ts';
import type { FailureReport } from './plugin-handle.ts';

/** Describes a failed operation for `health()`. */
export const reportFailure = (error: unknown): FailureReport => {
  const atUnixMs = clock.unixMs();
  const message = error instanceof Error ? error.message : 'an unknown failure';
  if (error instanceof PluginLoadError) return { stage: error.stage, code: error.code, message, atUnixMs };
  const code = (error as { readonly code?: unknown }).code;
  return { stage: 'operate', code: typeof code === 'string' ? code : 'unexpected', message, atUnixMs };
};
