import type { ByteReader } from './byte-reader.ts';
import type { ControlFrames } from './control-frames.ts';
import type { FlowLog } from './flow-log.ts';
import type { MeteringLimits } from './metering-limits.ts';
import type { DispatchScan } from './scan-dispatch.ts';
import type { ModuleLayout } from './module-layout.ts';
import type { ChargePlanner } from './plan-charges.ts';

/** State of the scan of one function; reused for the next. */
export interface FunctionScan {
  readonly reader: ByteReader;
  readonly layout: ModuleLayout;
  readonly limits: MeteringLimits;
  readonly frames: ControlFrames;
  readonly flow: FlowLog;
  readonly planner: ChargePlanner;
  /** By depth, for loops: the number of its entry's edit, and of the charges before it. */
  readonly loopEdit: Int32Array;
  readonly chargesBefore: Int32Array;
  readonly dispatch: DispatchScan;
  /** Whether dispatch loops are looked for: not in functions that their callers pay for. */
  findsDispatch: boolean;
  /** The entry's edit of the loop that began last. */
  lastLoopEdit: number;
  /** What its memory accesses, so far, need locals for. */
  accessed: number;
  /** Functions that it calls directly, so far; each as often as it stands there. */
  callees: number[];
  /** Indirect calls so far. */
  indirectCalls: number;
  /** Calls so far in which a charge may be made: the counter is then not what it was. */
  charges: number;
  /** What calls of functions weigh, since the last look at the time, that their callers pay for. */
  unchargedCallWeight: number;
  branchTargets: number;
  /** Sixteenths of the unit of `limits.functionCompileCost`. */
  compileCost: number;
  locals: number;
}
