import type { Effort } from '../measure.ts';
import type { Group, GroupResults } from '../results.ts';

/** Measures one group and reports its progress. */
export type MeasureGroup<Name extends Group> = (
  effort: Effort,
  progress: (line: string) => void,
) => Promise<GroupResults[Name]>;
