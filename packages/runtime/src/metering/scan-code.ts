import { type ByteReader, readCount, readU32, skipBytes } from './byte-reader.ts';
import { createControlFrames } from './control-frames.ts';
import { createFlowLog } from './flow-log.ts';
import type { MeteringLimits } from './metering-limits.ts';
import type { ModuleLayout } from './module-layout.ts';
import { refuseMalformed } from './refusal.ts';
import type { FunctionPlan } from './function-plan.ts';
import type { FunctionScan } from './function-scan.ts';
import { createChargePlanner } from './plan-charges.ts';
import { createDispatchScan } from './scan-dispatch.ts';
import { checkFunction, scanFunction } from './scan-function.ts';
import type { Steps } from './steps.ts';
import { findUnchargedFunctions, type SmallFunction } from './uncharged-functions.ts';
import { IMPORTED_CALL_WEIGHT, UNCHARGED } from './weights.ts';

/** Reads the code section: checks each function's size and structure and plans its rewrite. One step for each function. */
export const scanCode = function* (reader: ByteReader, layout: ModuleLayout, limits: MeteringLimits): Steps {
  const { functionTypes, imported } = layout;
  const count = readCount(reader);
  if (count !== functionTypes.length - imported.functions) {
    refuseMalformed('a code section that the function section contradicts', reader.pos);
  }
  const bodies = readBodies(reader, count, layout, limits);
  const scan = createFunctionScan(reader, layout, limits, bodies);
  const sectionEnd = reader.end;
  layout.callWeights.fill(IMPORTED_CALL_WEIGHT, 0, imported.functions);
  findUnchargedFunctions(layout, yield* scanSmallFunctions(scan, bodies));
  for (const [i, body] of bodies.entries()) {
    const functionIndex = imported.functions + i;
    // The charge for callers of a small function was computed without charges in its arms, so it must not get any.
    const mayCharge = layout.uncharged[functionIndex] === 0;
    layout.functions.push(scanBody(scan, body, functionIndex, mayCharge));
    yield;
  }
  reader.pos = sectionEnd;
  reader.end = sectionEnd;
};

/** A function's instructions and locals: `start..end`. */
interface Body {
  readonly start: number;
  readonly end: number;
}

const readBodies = (
  reader: ByteReader,
  count: number,
  layout: ModuleLayout,
  limits: MeteringLimits,
): readonly Body[] => {
  const bodies: Body[] = [];
  for (let i = 0; i < count; i++) {
    const size = readU32(reader);
    const functionIndex = layout.imported.functions + i;
    checkFunction({ layout, limits }, functionIndex, 'function_too_large', size, 'functionBytes');
    const start = reader.pos;
    skipBytes(reader, size);
    bodies.push({ start, end: reader.pos });
  }
  return bodies;
};

const scanBody = (
  scan: FunctionScan,
  body: Body,
  functionIndex: number,
  mayCharge: boolean,
): FunctionPlan => {
  scan.findsDispatch = mayCharge;
  scan.reader.pos = body.start;
  scan.reader.end = body.end;
  return scanFunction(scan, functionIndex);
};

/** Reads the small functions to find their calls. Removes the edits that this logs. */
const scanSmallFunctions = function* (scan: FunctionScan, bodies: readonly Body[]): Steps<SmallFunction[]> {
  const { edits, imported } = scan.layout;
  const found: SmallFunction[] = [];
  for (const [i, body] of bodies.entries()) {
    if (body.end - body.start > UNCHARGED.bodyBytes) continue;
    const functionIndex = imported.functions + i;
    const plan = scanBody(scan, body, functionIndex, false);
    if (scan.callees.length <= UNCHARGED.calls)
      found.push({ functionIndex, plan, callees: scan.callees, callsIndirectly: scan.indirectCalls > 0 });
    edits.length = plan.firstEdit;
    yield;
  }
  return found;
};

/** Bytes that open a block. */
const SHORTEST_BLOCK = 2;

const createFunctionScan = (
  reader: ByteReader,
  layout: ModuleLayout,
  limits: MeteringLimits,
  bodies: readonly Body[],
): FunctionScan => {
  const longest = bodies.reduce((most, { start, end }) => Math.max(most, end - start), 0);
  const levels = Math.ceil(longest / SHORTEST_BLOCK) + 2;
  return {
    reader,
    layout,
    limits,
    frames: createControlFrames(levels),
    flow: createFlowLog(),
    planner: createChargePlanner(levels),
    loopEdit: new Int32Array(levels),
    chargesBefore: new Int32Array(levels),
    dispatch: createDispatchScan(levels),
    findsDispatch: false,
    lastLoopEdit: 0,
    accessed: 0,
    callees: [],
    indirectCalls: 0,
    charges: 0,
    unchargedCallWeight: 0,
    branchTargets: 0,
    compileCost: 0,
    locals: 0,
  };
};
