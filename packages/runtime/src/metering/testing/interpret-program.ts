import { BULK, CALL_WEIGHT, LOCALS_PER_UNIT, MISC_WEIGHT, WEIGHT } from '../weights.ts';
import { GLOBALS, type Instruction, MEMORY_PAGES, PARAMS, type Program } from './random-program.ts';

export type Interpreted =
  | { readonly kind: 'ok'; readonly value: number; readonly weight: number }
  | { readonly kind: 'trap'; readonly weight: number }
  /** More than the given weight, or deeper than the interpreter goes. */
  | { readonly kind: 'tooLong' };

class Trap extends Error {}
class TooLong extends Error {}

const PAGE = 65_536;
const MOST_CALLS = 200;

/** How control leaves an instruction: it goes on, branches up by a number of labels, returns, or calls in the tail. */
const NEXT = -1;
const RETURN = -2;

/** Runs a program by the specification and adds up what the weight table says for each instruction that it executes. */
export const interpretProgram = (
  program: Program,
  args: readonly number[],
  mostWeight: number,
): Interpreted => {
  const memory = new Uint8Array(MEMORY_PAGES.max * PAGE);
  let pages: number = MEMORY_PAGES.min;
  const globals = new Int32Array(GLOBALS);
  let weight = 0;
  let calls = 0;

  const add = (units: number): void => {
    weight += units;
    if (weight > mostWeight) throw new TooLong();
  };
  const bounds = (start: number, count: number): void => {
    if ((start >>> 0) + (count >>> 0) > pages * PAGE) throw new Trap();
  };

  const call = (index: number, parameters: readonly number[]): number => {
    const callee = program.functions[index];
    if (callee === undefined) throw new Trap();
    if (++calls > MOST_CALLS) throw new TooLong();
    const locals = new Int32Array(PARAMS + callee.locals);
    locals.set(parameters);
    // Clearing locals is part of the entry; a leaf that does not charge is small, clearing included.
    add(Math.floor(locals.length / LOCALS_PER_UNIT));
    const stack: number[] = [];
    const left = sequence(callee.body, locals, stack);
    calls -= 1;
    if (left !== NEXT && left !== RETURN && left !== 0) throw new Error('a branch beyond the function');
    return pop(stack);
  };

  const pop = (stack: number[]): number => {
    const value = stack.pop();
    if (value === undefined) throw new Error('the generator made an invalid program');
    return value;
  };

  const sequence = (body: readonly Instruction[], locals: Int32Array, stack: number[]): number => {
    for (const node of body) {
      const left = step(node, locals, stack);
      if (left !== NEXT) return left;
    }
    return NEXT;
  };

  const step = (node: Instruction, locals: Int32Array, stack: number[]): number => {
    switch (node.op) {
      case 'const':
        add(WEIGHT[0x41] ?? 0);
        stack.push(node.value);
        return NEXT;
      case 'plain':
        return plain(node.opcode, stack);
      case 'indexed':
        return indexed(node.opcode, node.index, locals, stack);
      case 'memory':
        access(node.opcode, node.offset, stack);
        return NEXT;
      case 'size':
        add(WEIGHT[0x3f] ?? 0);
        stack.push(pages);
        return NEXT;
      case 'grow': {
        const delta = pop(stack) >>> 0;
        add((WEIGHT[0x40] ?? 0) + BULK.pages.base + BULK.pages.unit * Math.min(delta, MEMORY_PAGES.max));
        stack.push(pages + delta > MEMORY_PAGES.max ? -1 : pages);
        if (pages + delta <= MEMORY_PAGES.max) pages += delta;
        return NEXT;
      }
      case 'fill': {
        const [count, byte, to] = [pop(stack) >>> 0, pop(stack), pop(stack) >>> 0];
        bounds(to, count);
        add((MISC_WEIGHT[11] ?? 0) + BULK.bytes.base + Math.floor(count / BULK.bytes.per));
        memory.fill(byte, to, to + count);
        return NEXT;
      }
      case 'copy': {
        const [count, from, to] = [pop(stack) >>> 0, pop(stack) >>> 0, pop(stack) >>> 0];
        bounds(to, count);
        bounds(from, count);
        add((MISC_WEIGHT[10] ?? 0) + BULK.bytes.base + Math.floor(count / BULK.bytes.per));
        memory.copyWithin(to, from, from + count);
        return NEXT;
      }
      case 'callIndirect': {
        add(WEIGHT[0x11] ?? 0);
        const index = pop(stack);
        const [second, first] = [pop(stack), pop(stack)];
        if (index < 0 || index * 2 >= program.functions.length) throw new Trap();
        stack.push(call(index * 2, [first, second]));
        return NEXT;
      }
      case 'brTable': {
        add(WEIGHT[0x0e] ?? 0);
        const index = pop(stack) >>> 0;
        return node.targets[Math.min(index, node.targets.length - 1)] ?? 0;
      }
      case 'block': {
        add(WEIGHT[0x02] ?? 0);
        return leave(sequence(node.body, locals, stack));
      }
      case 'loop':
        for (;;) {
          add(WEIGHT[0x03] ?? 0);
          const left = sequence(node.body, locals, stack);
          if (left !== 0) return leave(left);
        }
      case 'if':
        add(WEIGHT[0x04] ?? 0);
        return leave(sequence(pop(stack) !== 0 ? node.taken : node.otherwise, locals, stack));
      default:
        return node satisfies never;
    }
  };
  /** A branch has passed one label; 0 was this one's. */
  const leave = (left: number): number => (left === 0 ? NEXT : left > 0 ? left - 1 : left);

  const plain = (opcode: number, stack: number[]): number => {
    add(WEIGHT[opcode] ?? 0);
    if (opcode === 0x00) throw new Trap();
    if (opcode === 0x01) return NEXT;
    if (opcode === 0x0f) return RETURN;
    const top = pop(stack);
    if (opcode === 0x1a) return NEXT;
    if (opcode === 0x1b) {
      const [second, first] = [pop(stack), pop(stack)];
      stack.push(top !== 0 ? first : second);
    } else if (opcode === 0x45 || (opcode >= 0x67 && opcode <= 0x69)) stack.push(unary(opcode, top));
    else stack.push(binary(opcode, pop(stack), top));
    return NEXT;
  };

  const indexed = (opcode: number, index: number, locals: Int32Array, stack: number[]): number => {
    const isCall = opcode === 0x10 || opcode === 0x12;
    add(isCall ? CALL_WEIGHT : (WEIGHT[opcode] ?? 0));
    if (isCall) {
      const [second, first] = [pop(stack), pop(stack)];
      stack.push(call(index, [first, second]));
      return opcode === 0x12 ? RETURN : NEXT;
    }
    if (opcode === 0x0c) return index;
    if (opcode === 0x20) stack.push(locals[index] ?? 0);
    else if (opcode === 0x23) stack.push(globals[index] ?? 0);
    else {
      const value = pop(stack);
      if (opcode === 0x0d) return value !== 0 ? branchWithValue(index) : NEXT;
      if (opcode === 0x24) globals[index] = value;
      else locals[index] = value;
      if (opcode === 0x22) stack.push(value);
    }
    return NEXT;
  };
  // Blocks with a result hold nothing below it, so what a branch carries is on top already.
  const branchWithValue = (label: number): number => label;

  const access = (opcode: number, offset: number, stack: number[]): void => {
    const isStore = opcode >= 0x36;
    const value = isStore ? pop(stack) : 0;
    const address = (pop(stack) >>> 0) + offset;
    const size =
      opcode === 0x28 || opcode === 0x36 ? 4 : opcode === 0x2c || opcode === 0x2d || opcode === 0x3a ? 1 : 2;
    add(WEIGHT[opcode] ?? 0);
    if (address + size > pages * PAGE) throw new Trap();
    const view = new DataView(memory.buffer);
    if (opcode === 0x36) view.setInt32(address, value, true);
    else if (opcode === 0x3a) view.setInt8(address, value);
    else if (opcode === 0x3b) view.setInt16(address, value, true);
    else if (opcode === 0x28) stack.push(view.getInt32(address, true));
    else if (opcode === 0x2c) stack.push(view.getInt8(address));
    else if (opcode === 0x2d) stack.push(view.getUint8(address));
    else if (opcode === 0x2e) stack.push(view.getInt16(address, true));
    else stack.push(view.getUint16(address, true));
  };

  try {
    const value = call(0, args);
    return { kind: 'ok', value, weight };
  } catch (error) {
    if (error instanceof Trap) return { kind: 'trap', weight };
    if (error instanceof TooLong) return { kind: 'tooLong' };
    throw error;
  }
};

const unary = (opcode: number, a: number): number => {
  if (opcode === 0x45) return a === 0 ? 1 : 0;
  if (opcode === 0x67) return Math.clz32(a);
  if (opcode === 0x68) return a === 0 ? 32 : 31 - Math.clz32(a & -a);
  let ones = 0;
  for (let rest = a >>> 0; rest !== 0; rest >>>= 1) ones += rest & 1;
  return ones;
};

const binary = (opcode: number, a: number, b: number): number => {
  switch (opcode) {
    case 0x46:
      return Number(a === b);
    case 0x48:
      return Number(a < b);
    case 0x49:
      return Number(a >>> 0 < b >>> 0);
    case 0x4a:
      return Number(a > b);
    case 0x4b:
      return Number(a >>> 0 > b >>> 0);
    case 0x6a:
      return (a + b) | 0;
    case 0x6b:
      return (a - b) | 0;
    case 0x6c:
      return Math.imul(a, b);
    case 0x6d:
      if (b === 0 || (a === -0x80000000 && b === -1)) throw new Trap();
      return (a / b) | 0;
    case 0x70:
      if (b === 0) throw new Trap();
      return ((a >>> 0) % (b >>> 0)) | 0;
    case 0x71:
      return a & b;
    case 0x72:
      return a | b;
    case 0x73:
      return a ^ b;
    case 0x74:
      return a << (b & 31);
    case 0x76:
      return (a >>> (b & 31)) | 0;
    case 0x77:
      return (a << (b & 31)) | (a >>> ((32 - b) & 31));
    default:
      throw new Error(`opcode ${opcode}`);
  }
};
