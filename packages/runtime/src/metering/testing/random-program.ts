/** An instruction of a generated program. `block`, `loop` and `if` hold instructions of their own. */
export type Instruction =
  | { readonly op: 'plain'; readonly opcode: number }
  | { readonly op: 'const'; readonly value: number }
  /** `local.get`, `set`, `tee`, `global.get`, `set`, `call`, `return_call`, `br`, `br_if`: an opcode and an index. */
  | { readonly op: 'indexed'; readonly opcode: number; readonly index: number }
  | { readonly op: 'memory'; readonly opcode: number; readonly offset: number }
  | { readonly op: 'callIndirect' }
  | { readonly op: 'grow' | 'fill' | 'copy' | 'size' }
  | { readonly op: 'brTable'; readonly targets: readonly number[] }
  | { readonly op: 'block' | 'loop'; readonly results: 0 | 1; readonly body: readonly Instruction[] }
  | { readonly op: 'if'; readonly taken: readonly Instruction[]; readonly otherwise: readonly Instruction[] };

/** A function of two i32 parameters and one i32 result. */
interface ProgramFunction {
  readonly locals: number;
  readonly body: readonly Instruction[];
}

/** A program that ends or traps. Function 0 is exported as `run`; the even ones fill a table. */
export interface Program {
  readonly functions: readonly ProgramFunction[];
}

export const PARAMS = 2;
export const GLOBALS = 2;
export const MEMORY_PAGES = { min: 34, max: 40 } as const;

/** Binary i32 operators: comparisons, arithmetic (division may trap), shifts. */
const BINARY = [0x46, 0x48, 0x49, 0x4a, 0x6a, 0x6b, 0x6c, 0x6d, 0x70, 0x71, 0x72, 0x73, 0x74, 0x76, 0x77];
const UNARY = [0x45, 0x67, 0x68, 0x69];
const LOADS = [0x28, 0x2c, 0x2d, 0x2e, 0x2f];
const STORES = [0x36, 0x3a, 0x3b];

/** Statements of `createProgram` that call, fill or copy. */
const NOISY = new Set([10, 11, 13, 14]);

interface Scope {
  /** From the innermost out: what a branch to each label does. */
  readonly labels: readonly ('block' | 'loop')[];
  readonly functionIndex: number;
  readonly functionCount: number;
  readonly depth: number;
  /** No calls and nothing that the rewriter turns into one, so that loops keep their counter in a local. */
  readonly quiet: boolean;
}

/** Makes a program out of a tape of choices; where the tape ends, the smallest choice is made. So it shrinks well. */
export const createProgram = (tape: Uint8Array): Program => {
  let at = 0;
  let locals = 0;
  const draw = (choices: number): number => (tape[at++] ?? 0) % choices;
  const pick = <T>(from: readonly T[]): T => from[draw(from.length)] as T;

  const plain = (opcode: number): Instruction => ({ op: 'plain', opcode });
  const constant = (value: number): Instruction => ({ op: 'const', value: value | 0 });
  const indexed = (opcode: number, index: number): Instruction => ({ op: 'indexed', opcode, index });
  const inner = (scope: Scope, label: 'block' | 'loop'): Scope => {
    return { ...scope, labels: [label, ...scope.labels], depth: scope.depth + 1 };
  };
  /** Mostly in bounds and small, at times far away. */
  const address = (scope: Scope): Instruction[] => {
    return draw(12) === 11
      ? [constant(draw(256) << 16)]
      : [...expression(scope), constant(0xffff), plain(0x71)];
  };
  const callee = ({ functionIndex, functionCount, quiet }: Scope): number | undefined => {
    const later = functionCount - functionIndex - 1;
    return later > 0 && !quiet ? functionIndex + 1 + draw(later) : undefined;
  };

  const expression = (scope: Scope): Instruction[] => {
    if (scope.depth > 6) return [constant(draw(8))];
    const deeper: Scope = { ...scope, depth: scope.depth + 1 };
    switch (draw(11)) {
      case 0:
        return [constant(draw(256) * 0x01010101)];
      case 1:
        return [indexed(0x20, draw(PARAMS + 2))];
      case 2:
        return [indexed(0x23, draw(GLOBALS))];
      case 3:
        return [...expression(deeper), ...expression(deeper), plain(pick(BINARY))];
      case 4:
        return [...expression(deeper), plain(pick(UNARY))];
      case 5:
        return [...address(deeper), { op: 'memory', opcode: pick(LOADS), offset: draw(64) }];
      case 6: {
        const target = callee(scope);
        return target === undefined
          ? [constant(1)]
          : [...expression(deeper), ...expression(deeper), indexed(0x10, target)];
      }
      case 7: {
        const body = [
          ...expression(inner(scope, 'block')),
          ...expression(inner(scope, 'block')),
          indexed(0x0d, 0),
        ];
        return [
          { op: 'block', results: 1, body: [...body, ...expression(inner(scope, 'block')), plain(0x6a)] },
        ];
      }
      case 8:
        return [...expression(deeper), ...expression(deeper), ...expression(deeper), plain(0x1b)];
      case 9:
        return [...expression(deeper), indexed(0x22, draw(PARAMS + 2))];
      default:
        return scope.quiet || draw(2) === 0 ? [{ op: 'size' }] : [constant(draw(3)), { op: 'grow' }];
    }
  };

  const loop = (scope: Scope): Instruction[] => {
    const counter = PARAMS + locals++;
    const turns = 1 + draw(4);
    const inside = inner(inner(scope, 'block'), 'loop');
    // Every visit of the head counts, so branches back may stand anywhere.
    const head = [
      indexed(0x20, counter),
      constant(1),
      plain(0x6a),
      indexed(0x22, counter),
      constant(turns),
      plain(0x4b),
    ];
    const body = [
      ...head,
      indexed(0x0d, 1),
      ...statements(inside),
      ...(draw(3) > 0 ? [indexed(0x0c, 0)] : []),
    ];
    const whole: Instruction = { op: 'loop', results: 0, body };
    return [
      constant(0),
      indexed(0x21, counter),
      { op: 'block', results: 0, body: [whole, ...statements(inner(scope, 'block'))] },
    ];
  };

  /** A loop around a `br_table`, as Go's compiler writes a function: its arms jump by a local that the table reads. */
  const dispatchLoop = (scope: Scope): Instruction[] => {
    const key = PARAMS + locals++;
    const counter = PARAMS + locals++;
    const arms = 2 + draw(3);
    const turns = 1 + draw(6);
    // At times to the head itself or out of the loop, at times through an instruction more: all that must not be taken for an arm.
    const targets = Array.from({ length: arms + draw(2) }, () => draw(draw(8) === 7 ? arms + 2 : arms));
    const exit = inner(scope, 'block');
    const jump = (toLoop: number): Instruction[] => {
      const value = draw(16) === 15 ? [-1, 64, 200][draw(3)] : draw(arms + 1);
      const other = draw(12);
      return [
        ...(other === 11 ? expression(exit) : [constant(value ?? 0)]),
        indexed(0x21, other === 10 ? PARAMS + draw(2) : key),
        ...(other === 9 ? [indexed(0x20, PARAMS), indexed(0x21, key)] : []),
        ...(other === 8 ? [plain(0x01)] : []),
        indexed(0x0c, toLoop),
      ];
    };
    const arm = (index: number): Instruction[] => {
      const toLoop = arms - 1 - index;
      let around = inner(exit, 'loop');
      for (let i = 0; i < toLoop; i++) around = inner(around, 'block');
      around = { ...around, depth: exit.depth + 1 };
      // Every way to the head leads through an arm, so every turn counts.
      const count = [indexed(0x20, counter), constant(1), plain(0x6a), indexed(0x22, counter)];
      const bound = [constant(turns), plain(0x4b), indexed(0x0d, toLoop + 1)];
      const body = draw(3) === 0 ? [] : statements(around);
      const weight = Array.from({ length: 30 * draw(4) }, () => plain(0x01)).flatMap(() => [
        constant(1),
        plain(0x1a),
      ]);
      const end = [
        [],
        jump(toLoop),
        [...expression(around), { op: 'if', taken: jump(toLoop + 1), otherwise: [] } as const],
      ][draw(3)]!;
      return [...count, ...bound, ...body, ...weight, ...end];
    };
    const block = (body: readonly Instruction[]): Instruction => ({ op: 'block', results: 0, body });
    let nest: Instruction[] = [indexed(0x20, key), { op: 'brTable', targets }];
    for (let i = 0; i < arms; i++) nest = [block(nest), ...arm(i)];
    return [
      ...[constant(0), indexed(0x21, counter), constant(draw(arms)), indexed(0x21, key)],
      block([{ op: 'loop', results: 0, body: nest }, ...statements(exit)]),
    ];
  };

  const statement = (scope: Scope): Instruction[] => {
    if (scope.depth > 7) return [plain(0x01)];
    // A result-bearing label is never a target of these: they know of labels without values alone.
    const choice = draw(17);
    switch (scope.quiet && NOISY.has(choice) ? choice % 7 : choice) {
      case 0:
        return [...expression(scope), indexed(0x21, draw(PARAMS + 2))];
      case 1:
        return [...expression(scope), indexed(0x24, draw(GLOBALS))];
      case 2:
      case 3:
        return loop(scope);
      case 4:
        return [
          ...expression(scope),
          {
            op: 'if',
            taken: statements(inner(scope, 'block')),
            otherwise: statements(inner(scope, 'block')),
          },
        ];
      case 5:
        return [...expression(scope), { op: 'if', taken: statements(inner(scope, 'block')), otherwise: [] }];
      case 6:
        return [{ op: 'block', results: 0, body: statements(inner(scope, 'block')) }];
      case 7:
        return scope.labels.length === 0
          ? []
          : [...expression(scope), indexed(0x0d, draw(scope.labels.length))];
      case 8: {
        if (scope.labels.length === 0) return [];
        const targets = Array.from({ length: 1 + draw(4) }, () => draw(scope.labels.length));
        return [
          {
            op: 'block',
            results: 0,
            body: [...expression(scope), { op: 'brTable', targets: targets.map((t) => t + 1) }],
          },
        ];
      }
      case 9:
        return [
          ...address(scope),
          ...expression(scope),
          { op: 'memory', opcode: pick(STORES), offset: draw(64) },
        ];
      case 10:
        return [
          ...address(scope),
          ...expression(scope),
          constant(pick([0, 1, 7, 4096, 0x100000, 0x100001, 0x180000])),
          { op: 'fill' },
        ];
      case 11:
        return [
          ...address(scope),
          ...address(scope),
          constant(pick([0, 3, 900, 65536, 0x100001, 0x1c0000])),
          { op: 'copy' },
        ];
      case 12:
        return draw(3) > 0 ? [] : [...expression(scope), plain(0x0f)];
      case 13:
        return [
          ...expression(scope),
          ...expression(scope),
          constant(draw(8)),
          { op: 'callIndirect' },
          plain(0x1a),
        ];
      case 14: {
        const target = callee(scope);
        if (target === undefined || draw(2) > 0) return [];
        const tail = [...expression(scope), ...expression(scope), indexed(0x12, target)];
        return [...expression(scope), { op: 'if', taken: tail, otherwise: [] }];
      }
      case 15:
        return scope.depth > 4 ? [] : dispatchLoop(scope);
      default:
        return draw(20) === 19 ? [plain(0x00)] : [plain(0x01)];
    }
  };
  const statements = (scope: Scope): Instruction[] => {
    return Array.from({ length: 1 + draw(3) }, () => statement(scope)).flat();
  };

  const functionCount = 1 + draw(5);
  const functions: ProgramFunction[] = [];
  for (let functionIndex = 0; functionIndex < functionCount; functionIndex++) {
    locals = 2;
    const scope: Scope = { labels: [], functionIndex, functionCount, depth: 0, quiet: draw(2) === 0 };
    // Small functions are wanted too: they leave their charge to their callers.
    const body = functionIndex > 0 && draw(3) === 0 ? [] : statements(scope);
    functions.push({ body: [...body, ...expression(scope)], locals });
  }
  return { functions };
};
