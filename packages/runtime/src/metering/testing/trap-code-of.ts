import type { CallCode } from '../../outcomes/call-result.ts';
import { classifyFailure } from '../../sandbox/instance/classify-failure.ts';

const NO_FAULT = 0;

/** Returns the code that a call fails with after this trap. The code is the same on every engine; the message is not. */
export const trapCodeOf = (error: unknown): CallCode => classifyFailure(error, NO_FAULT);
