import { type ByteReader, readU32, skipBytes } from './byte-reader.ts';
import { createControlFrames } from './control-frames.ts';
import { type MeteringLimits, STRUCTURE } from './metering-limits.ts';
import { type ModuleLayout, readLimitedCount } from './module-layout.ts';
import { refuse, refuseMalformed } from './refusal.ts';
import type { FunctionPlan } from './function-plan.ts';
import type { FunctionScan } from './function-scan.ts';
import { scanFunction } from './scan-function.ts';
import type { Steps } from './steps.ts';
import { findUnchargedFunctions, type SmallFunction } from './uncharged-functions.ts';
import { IMPORTED_CALL_WEIGHT, UNCHARGED } from './weights.ts';

/** Reads the code section: checks each function's size and structure and plans its rewrite. One step for each function. */
export const scanCode = function* (reader: ByteReader, layout: ModuleLayout, limits: MeteringLimits): Steps {
  const { functionTypes, imported } = layout;
  const count = readLimitedCount(reader, STRUCTURE.functions, 'functions');
  if (count !== functionTypes.length - imported.functions) {
    refuseMalformed('a code section that the function section contradicts', reader.pos);
  }
  const scan = createFunctionScan(reader, layout);
  const bodies = readBodies(reader, count, limits);
  const sectionEnd = reader.end;
  layout.callWeights.fill(IMPORTED_CALL_WEIGHT, 0, imported.functions);
  findUnchargedFunctions(layout, yield* scanSmallFunctions(scan, bodies));
  for (const [i, body] of bodies.entries()) {
    layout.functions.push(scanBody(scan, body, imported.functions + i));
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

const readBodies = (reader: ByteReader, count: number, limits: MeteringLimits): readonly Body[] => {
  const bodies: Body[] = [];
  for (let i = 0; i < count; i++) {
    const size = readU32(reader);
    if (size > limits.functionBytes) {
      const seen = `a function of ${size} bytes`;
      refuse(
        'function_too_large',
        `${seen}; at most ${limits.functionBytes} are accepted; split it or optimise for size`,
      );
    }
    const start = reader.pos;
    skipBytes(reader, size);
    bodies.push({ start, end: reader.pos });
  }
  return bodies;
};

const scanBody = (scan: FunctionScan, body: Body, functionIndex: number): FunctionPlan => {
  scan.reader.pos = body.start;
  scan.reader.end = body.end;
  return scanFunction(scan, scan.layout.functionTypes[functionIndex]!);
};

/** Reads the small functions for what they call; what it logs for the rewrite is taken back. */
const scanSmallFunctions = function* (scan: FunctionScan, bodies: readonly Body[]): Steps<SmallFunction[]> {
  const { edits, imported } = scan.layout;
  const found: SmallFunction[] = [];
  for (const [i, body] of bodies.entries()) {
    if (body.end - body.start > UNCHARGED.bodyBytes) continue;
    const functionIndex = imported.functions + i;
    const plan = scanBody(scan, body, functionIndex);
    found.push({ functionIndex, plan, callees: scan.callees, callsIndirectly: scan.indirectCalls > 0 });
    for (const log of [edits.kinds, edits.positions, edits.values]) log.length = plan.firstEdit;
    yield;
  }
  return found;
};

const createFunctionScan = (reader: ByteReader, layout: ModuleLayout): FunctionScan => {
  const levels = STRUCTURE.depth + 1;
  return {
    reader,
    layout,
    frames: createControlFrames(),
    loopEdit: new Int32Array(levels),
    chargesBefore: new Int32Array(levels),
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
