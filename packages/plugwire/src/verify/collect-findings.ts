import { findAdvice } from '../advice/find-advice.ts';
import type { Finding } from './verification.ts';

/** A finding before it is counted. Without `advice` it gets the advice for its code. */
export type Sighting = Omit<Finding, 'times' | 'advice'> & { readonly advice?: string };

/** Collects findings, and counts equal ones. */
export interface FindingCollector {
  add(sighting: Sighting): void;
  list(): readonly Finding[];
}

/** Longer requests are cut, and shown with their length in characters. */
const SHOWN_CHARACTERS = 2_000;

/** Returns a request as a finding shows it. */
export const showRequest = (text: string): string =>
  text.length <= SHOWN_CHARACTERS ? text : `${text.slice(0, 100)}… (${text.length} characters)`;

/** Creates a collector. Findings with the same check, function, stage, code and level are merged; the first message and request are kept. */
export const collectFindings = (): FindingCollector => {
  const found = new Map<string, Finding>();
  return {
    add: (sighting) => {
      const { check, function: name = '', stage, code, level } = sighting;
      const key = [check, name, stage, code, level].join(' ');
      const former = found.get(key);
      const advice = sighting.advice ?? findAdvice(stage, code);
      found.set(
        key,
        former === undefined ? { ...sighting, advice, times: 1 } : { ...former, times: former.times + 1 },
      );
    },
    list: () => [...found.values()],
  };
};
