import type { Effort } from '../measure.ts';
import type { Group, GroupResults } from '../results.ts';

/** Measures one group; says on the way how far it is. */
export type MeasureGroup<Name extends Group> = (
  effort: Effort,
  progress: (line: string) => void,
) => Promise<GroupResults[Name]>;
