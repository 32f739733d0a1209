import type { ByteReader } from './byte-reader.ts';
import type { ControlFrames } from './control-frames.ts';
import type { FlowLog } from './flow-log.ts';
import type { MeteringLimits } from './metering-limits.ts';
import type { DispatchScan } from './scan-dispatch.ts';
import type { ModuleLayout } from './module-layout.ts';
import type { ChargePlanner } from './plan-charges.ts';

/** State of the scan of one function. It is reused for the next function. */
export interface FunctionScan {
  readonly reader: ByteReader;
  readonly layout: ModuleLayout;
  readonly limits: MeteringLimits;
  readonly frames: ControlFrames;
  readonly flow: FlowLog;
  readonly planner: ChargePlanner;
  /** By depth, for loops: the number of the edit at its entry, and the number of charges before it. */
  readonly loopEdit: Int32Array;
  readonly chargesBefore: Int32Array;
  readonly dispatch: DispatchScan;
  /** Whether to look for dispatch loops. False in functions that their callers pay for. */
  findsDispatch: boolean;
  /** The edit at the entry of the last loop. */
  lastLoopEdit: number;
  /** The locals that its memory accesses need so far. */
  accessed: number;
  /** Functions that it calls directly so far, once for each call. */
  callees: number[];
  /** Indirect calls so far. */
  indirectCalls: number;
  /** Calls so far that may make a charge and so change the counter. */
  charges: number;
  /** The weight of calls of functions that their callers pay for, since the last check of the time. */
  unchargedCallWeight: number;
  branchTargets: number;
  /** Sixteenths of the unit of `limits.functionCompileCost`. */
  compileCost: number;
  locals: number;
}
