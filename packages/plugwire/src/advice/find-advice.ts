import { CALL_ADVICE } from './call-advice.ts';
import { DISPATCH_ADVICE } from './dispatch-advice.ts';
import { LOAD_ADVICE } from './load-advice.ts';

type AdviceTable = Readonly<Record<string, string>>;

const STAGES: Readonly<Record<string, AdviceTable>> = { ...LOAD_ADVICE, ...DISPATCH_ADVICE };

/** What to do about a failure of a load or a dispatch. The tables have advice for each code; a type holds them to that. */
export const findAdvice = (stage: string, code: string): string =>
  STAGES[stage]?.[code] ?? (CALL_ADVICE as AdviceTable)[code] ?? 'See docs/errors.md.';
