import { CALL_ADVICE } from './call-advice.ts';
import { DISPATCH_ADVICE } from './dispatch-advice.ts';
import { LOAD_ADVICE } from './load-advice.ts';

type AdviceTable = Readonly<Record<string, string>>;

const STAGES: Readonly<Record<string, AdviceTable>> = { ...LOAD_ADVICE, ...DISPATCH_ADVICE };

/** Returns the advice for a failed load or dispatch. Unknown codes get a reference to docs/errors.md. */
export const findAdvice = (stage: string, code: string): string =>
  STAGES[stage]?.[code] ?? (CALL_ADVICE as AdviceTable)[code] ?? 'See docs/errors.md.';
