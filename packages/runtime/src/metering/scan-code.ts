import { type ByteReader, readU32, skipBytes } from './byte-reader.ts';
import { createControlFrames } from './control-frames.ts';
import { type MeteringLimits, STRUCTURE } from './metering-limits.ts';
import { type ModuleLayout, readLimitedCount } from './module-layout.ts';
import { refuse, refuseMalformed } from './refusal.ts';
import type { FunctionScan } from './function-scan.ts';
import { scanFunction } from './scan-function.ts';

/** Reads the code section: checks each function's size and structure and plans its rewrite. */
export const scanCode = (reader: ByteReader, layout: ModuleLayout, limits: MeteringLimits): void => {
  const { functionTypes, imported } = layout;
  const count = readLimitedCount(reader, STRUCTURE.functions, 'functions');
  if (count !== functionTypes.length - imported.functions) {
    refuseMalformed('a code section that the function section contradicts', reader.pos);
  }
  const scan = createFunctionScan(reader, layout);
  const sectionEnd = reader.end;
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
    reader.end = reader.pos;
    reader.pos = start;
    layout.functions.push(scanFunction(scan, functionTypes[imported.functions + i]!));
    reader.end = sectionEnd;
  }
};

const createFunctionScan = (reader: ByteReader, layout: ModuleLayout): FunctionScan => {
  const levels = STRUCTURE.depth + 1;
  return {
    reader,
    layout,
    frames: createControlFrames(),
    loopEdit: new Int32Array(levels),
    callsBefore: new Int32Array(levels),
    calls: 0,
    loops: 0,
    branchTargets: 0,
    compileCost: 0,
    locals: 0,
  };
};
