import { EDIT } from './function-plan.ts';
import type { FunctionScan } from './function-scan.ts';
import { addEdit } from './module-layout.ts';

/** Changes by a guest that restoring its memory and globals does not undo, as bits. */
export const CHANGE = {
  /** It writes elements of a table. The tables are then copied back. */
  tables: 1,
  /** It drops a segment, or grows a table. Only a new instance undoes that. */
  irreversible: 2,
} as const;

/** Plans an edit that notes a change before the instruction runs. */
export const noteChange = ({ layout }: FunctionScan, change: number, at: number): void => {
  layout.changes |= change;
  addEdit(layout, EDIT.noteChange, at, change);
};
