import { findAdvice } from '../advice/find-advice.ts';
import type { Finding } from './verification.ts';

/** What is known about a finding before it is counted. */
export type Sighting = Omit<Finding, 'times' | 'advice'> & { readonly advice?: string };

/** Findings, each once with how often it was seen. */
export interface FindingCollector {
  add(sighting: Sighting): void;
  list(): readonly Finding[];
}

/** Longer requests are shown by their length. */
const SHOWN_CHARACTERS = 2_000;

/** A request as a finding shows it. */
export const showRequest = (text: string): string =>
  text.length <= SHOWN_CHARACTERS ? text : `${text.slice(0, 100)}… (${text.length} characters)`;

/** Collects findings. Those of one check, function and code are one, with the first message and request. */
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
