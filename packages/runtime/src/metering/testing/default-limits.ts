import { resolveLimits } from '../../base/limits.ts';
import type { MeteringLimits } from '../metering-limits.ts';

/** What metering uses where an operator sets nothing. */
export const DEFAULT_LIMITS: MeteringLimits = resolveLimits();
