import { EDIT } from './function-plan.ts';
import type { FunctionScan } from './function-scan.ts';
import { addEdit } from './module-layout.ts';

/** What a guest may do that restoring its memory and globals does not undo, as bits. */
export const CHANGE = {
  /** It writes elements of a table. The tables are copied back then. */
  tables: 1,
  /** It drops a segment, or makes a table longer. Only a new instance undoes that. */
  irreversible: 2,
} as const;

/** Plans that an instruction notes a change before it runs. */
export const noteChange = ({ layout }: FunctionScan, change: number, at: number): void => {
  layout.changes |= change;
  addEdit(layout, EDIT.noteChange, at, change);
};
