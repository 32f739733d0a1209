import type { ByteReader } from './byte-reader.ts';
import type { ControlFrames } from './control-frames.ts';
import type { ModuleLayout } from './module-layout.ts';

/** State of the scan of one function; reused for the next. */
export interface FunctionScan {
  readonly reader: ByteReader;
  readonly layout: ModuleLayout;
  readonly frames: ControlFrames;
  /** By depth, for loops: the number of its `loopEntry` edit, and of the calls before it. */
  readonly loopEdit: Int32Array;
  readonly callsBefore: Int32Array;
  /** Calls, and instructions that the rewrite turns into calls, so far. */
  calls: number;
  loops: number;
  branchTargets: number;
  /** Sixteenths of the unit that `STRUCTURE.compileCost` is in. */
  compileCost: number;
  locals: number;
}
