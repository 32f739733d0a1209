import { createPlugin } from '@extism/extism';
import { createPluginHost } from '@plugwire/runtime';
import { z } from 'zod';

import { echoShaped, shaped, type Shaped } from './echo-contract.ts';

/** Something to measure: one round trip of a message. */
export interface Subject {
  readonly name: string;
  /** Gives the message back, as the peer understood it. */
  run(message: Shaped): Shaped | Promise<Shaped>;
  close(): Promise<void>;
}

const ENVELOPE = echoShaped.versions[0] as number;

/** What a careful host pays without any wasm: validate, stringify, copy, parse, check, validate. */
export const createFloor = (): Subject => {
  const validator = z.compile(shaped);
  const memory = Buffer.alloc(1024 * 1024) as Buffer & RawBuffer;
  return {
    name: 'the floor: JSON, zod and a copy, no plugin',
    run: (message) => {
      const checked = validator.safeParse(message);
      if (!checked.success) throw new Error('request');
      const text = JSON.stringify({ ...checked.data, _v: ENVELOPE });
      const length = Buffer.byteLength(text);
      if (length === text.length) memory.latin1Write(text, 0, length);
      else memory.utf8Write(text, 0, length);
      return parseAnswer(memory.utf8Slice(0, length), validator);
    },
    close: async () => undefined,
  };
};

interface RawBuffer {
  latin1Write(text: string, offset: number, length: number): number;
  utf8Write(text: string, offset: number, length: number): number;
  utf8Slice(start: number, end: number): string;
}

const parseAnswer = (text: string, validator: typeof shaped): Shaped => {
  const answer = JSON.parse(text) as { _v?: unknown };
  if (answer._v !== ENVELOPE) throw new Error('_v');
  delete answer._v;
  const checked = validator.safeParse(answer);
  if (!checked.success) throw new Error('response');
  return checked.data;
};

/** Ours, as a host calls it. */
export const createOurs = async (bytes: Uint8Array): Promise<Subject> => {
  const host = createPluginHost({ functions: [echoShaped] });
  const plugin = await host.load(bytes);
  return {
    name: 'Plugwire, dispatchSync',
    run: (message) => {
      const outcome = plugin.dispatchSync(echoShaped, message);
      if (outcome.kind !== 'ok') throw new Error(outcome.error.code);
      return outcome.response;
    },
    close: async () => await host.close(),
  };
};

/** Extism's own host in the foreground, with the same JSON and the same compiled validators around it. */
export const createExtism = async (bytes: Uint8Array): Promise<Subject> => {
  const plugin = await createPlugin({ wasm: [{ data: bytes }] });
  const validator = z.compile(shaped);
  return {
    name: '@extism/extism, foreground, JSON and zod',
    run: async (message) => {
      const checked = validator.safeParse(message);
      if (!checked.success) throw new Error('request');
      const output = await plugin.call(echoShaped.name, JSON.stringify({ ...checked.data, _v: ENVELOPE }));
      if (output === null) throw new Error('no output');
      return parseAnswer(output.text(), validator);
    },
    close: async () => await plugin.close(),
  };
};
