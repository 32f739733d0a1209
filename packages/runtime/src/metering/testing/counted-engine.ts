import { COUNTERS, countInstructions } from './count-instructions.ts';
import { patchEngine, type PatchedEngine } from './patched-engine.ts';

/** What has been executed: the number of instructions, and what they weigh. */
interface Executed {
  readonly instructions: number;
  readonly weight: number;
}

export interface CountedEngine extends PatchedEngine {
  /** What all counting instances have executed. */
  readonly executed: () => Executed;
}

/** Makes `WebAssembly` count the instructions of whatever a library compiles, until restored. */
export const countEverything = (): CountedEngine => {
  const instances: Record<string, unknown>[] = [];
  const engine = patchEngine({
    rewrite: countInstructions,
    attach: (exports) => {
      instances.push(exports);
      return exports;
    },
  });
  const sum = (name: string): number =>
    instances.reduce(
      (total, exports) => total + Number((exports[name] as WebAssembly.Global<'i64'>).value),
      0,
    );
  return {
    ...engine,
    executed: () => ({ instructions: sum(COUNTERS.instructions), weight: sum(COUNTERS.weight) }),
  };
};
