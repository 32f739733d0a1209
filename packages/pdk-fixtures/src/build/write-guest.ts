import type { Behaviour, GuestWriter } from '../behave/behaviour.ts';
import { toBytes } from './custom-section.ts';
import { ENV_FUNCTIONS, LIBRARY_FUNCTIONS } from './guest-library.ts';

/** The parts of a guest's module. */
export interface GuestText {
  /** Exported functions `() -> i32`, by name. */
  readonly exports: ReadonlyMap<string, Behaviour>;
  /** Additional imports and other fields, in WAT. */
  readonly imports: readonly string[];
  readonly fields: readonly string[];
}

const ENV_NAMESPACE = 'extism:host/env';
/** The memory below this address is unused, so that a null pointer reads zeroes. */
const DATA_START = 1024;
const PAGE_BYTES = 65_536;

/** Writes the WAT of a guest: its imports, data and functions, and the library functions that they name. */
export const writeGuest = ({ exports, imports, fields }: GuestText): string => {
  const guest = createWriter();
  const exported = [...exports].map(
    ([name, behaviour]) => `(export ${quote(name)} (func ${guest.call(behaviour)}))`,
  );
  const own = [...guest.fields(), ...guest.functions(), ...fields];
  const library = linkLibrary(own.join('\n'));
  const heap = alignHeap(guest.dataEnd());
  return [
    '(module $plugin',
    ...linkEnv([...own, ...library].join('\n')),
    ...guest.imports(),
    ...imports,
    `(memory (export "memory") ${Math.floor(heap / PAGE_BYTES) + 1})`,
    `(global $heap i32 (i32.const ${heap}))`,
    ...guest.segments(),
    ...library,
    ...own,
    ...exported,
    ')',
  ].join('\n  ');
};

const alignHeap = (end: number): number => Math.ceil(end / 16) * 16;

/** Collects the parts of a module while its behaviours are written. */
const createWriter = () => {
  const segments: string[] = [];
  const placed = new Map<string, string>();
  const imports = new Map<string, string>();
  const fields = new Set<string>();
  const functions: string[] = [];
  const identifiers = new Map<Behaviour, string>();
  let dataEnd = DATA_START;

  const data = (value: string | Uint8Array): string => {
    const literal = quote(value);
    const known = placed.get(literal);
    if (known !== undefined) return known;
    const operands = `(i32.const ${dataEnd}) (i32.const ${toBytes(value).length})`;
    segments.push(`(data (i32.const ${dataEnd}) ${literal})`);
    placed.set(literal, operands);
    dataEnd += toBytes(value).length;
    return operands;
  };

  const call = (behaviour: Behaviour): string => {
    const known = identifiers.get(behaviour);
    if (known !== undefined) return known;
    const identifier = `$behaviour.${identifiers.size}`;
    identifiers.set(behaviour, identifier);
    functions.push(`(func ${identifier} (result i32)\n    ${behaviour.writeBody(writer)})`);
    return identifier;
  };

  const importFunction = (namespace: string, name: string, signature: string): string => {
    const origin = `${quote(namespace)} ${quote(name)} ${signature}`;
    const identifier = imports.get(origin) ?? `$import.${imports.size}`;
    imports.set(origin, identifier);
    return identifier;
  };

  const writer: GuestWriter = {
    data,
    block: (value) => `(call $lib.to_block ${data(value)})`,
    call,
    field: (wat) => fields.add(wat),
    importFunction,
  };
  return {
    call,
    functions: () => functions,
    segments: () => segments,
    fields: () => [...fields],
    imports: () =>
      [...imports].map(([origin, identifier]) => {
        const [, names, signature] = /^(".*?" ".*?") (.*)$/.exec(origin) ?? [];
        return `(import ${names} (func ${identifier} ${signature}))`;
      }),
    dataEnd: () => dataEnd,
  };
};

/** Returns the library functions that a text names, and those that they name themselves. */
const linkLibrary = (text: string): string[] => {
  const linked = new Map<string, string>();
  const link = (from: string): void => {
    for (const name of namesIn(from, 'lib')) {
      if (linked.has(name)) continue;
      const body = LIBRARY_FUNCTIONS[name];
      if (body === undefined)
        throw new TypeError(
          `a body names $lib.${name}: expected one of ${Object.keys(LIBRARY_FUNCTIONS).join(', ')}. Correct the name.`,
        );
      linked.set(name, body);
      link(body);
    }
  };
  link(text);
  return [...linked.values()];
};

const linkEnv = (text: string): string[] =>
  [...namesIn(text, 'env')].map((name) => {
    const signature = ENV_FUNCTIONS[name];
    if (signature === undefined)
      throw new TypeError(
        `a body names $env.${name}: expected a function of ${ENV_NAMESPACE}. Correct the name, or import the function.`,
      );
    return `(import "${ENV_NAMESPACE}" "${name}" (func $env.${name} ${signature}))`;
  });

const namesIn = (text: string, group: 'lib' | 'env'): Set<string> =>
  new Set(
    [...text.matchAll(/\$(lib|env)\.(\w+)/g)]
      .filter((match) => match[1] === group)
      .map((match) => match[2] as string),
  );

/** Writes bytes or text as a WAT string, in which every byte with a special meaning is escaped. */
const quote = (value: string | Uint8Array): string =>
  `"${Array.from(toBytes(value), (byte) => (isPlain(byte) ? String.fromCharCode(byte) : `\\${byte.toString(16).padStart(2, '0')}`)).join('')}"`;

const isPlain = (byte: number): boolean =>
  byte >= 0x20 && byte < 0x7f && byte !== 0x22 && byte !== 0x5c && byte !== 0x24;
