import type { BenchContract } from '../contracts.ts';
import { createCarefulJson } from './careful-json.ts';
import type { Subject } from './subject.ts';

/** Methods of Buffer that its types do not declare: reading and writing without checking the name of the encoding. */
interface RawBuffer extends Buffer {
  latin1Write(text: string, offset: number, length: number): number;
  utf8Write(text: string, offset: number, length: number): number;
  utf8Slice(start: number, end: number): string;
}

/** The size of each buffer: the largest payload and its envelope. */
const HALF_BYTES = 1024 * 1024;

/** The cost of a careful host without any plugin: validate, stringify, copy in; copy out, parse, check, validate. */
export const createFloor = (contract: BenchContract, answer: object): Subject => {
  const json = createCarefulJson(contract);
  const memory = Buffer.alloc(2 * HALF_BYTES) as RawBuffer;
  const answerText = JSON.stringify({ ...answer, _v: contract.wire.versions.at(-1) });
  const answerEnd = HALF_BYTES + memory.write(answerText, HALF_BYTES);
  return {
    run: (message) => {
      const text = json.write(message);
      const length = Buffer.byteLength(text);
      if (length === text.length) memory.latin1Write(text, 0, length);
      else memory.utf8Write(text, 0, length);
      return json.read(memory.utf8Slice(HALF_BYTES, answerEnd));
    },
    close: async () => undefined,
  };
};
