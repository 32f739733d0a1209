import { createHash } from 'node:crypto';

import { PROTOCOL_FUNCTIONS } from '../host-functions/protocol-functions.ts';
import { LIMITS } from '../base/limits.ts';
import { PluginLoadError } from '../outcomes/load-error.ts';
import { readIdentity } from '../modules/read-identity.ts';
import { explainNotWasm } from '../modules/recognise-file.ts';
import { type ByteReader, readByte, readCount } from '../metering/byte-reader.ts';
import { meterModule } from '../metering/meter-module.ts';
import { METERING_LIMITS, type MeteringLimits } from '../metering/metering-limits.ts';
import { Refusal } from '../metering/refusal.ts';
import { listSections, type WasmSection } from '../prepare/wasm-sections.ts';
import { KERNEL_NAMESPACE, WASI_NAMESPACE } from '../link/extism-link.ts';
import type {
  IdentityDescription,
  ImportDescription,
  MeteringDescription,
  ModuleDescribed,
  ModuleDescription,
  ProducerDescription,
  SectionDescription,
} from './module-description.ts';
import { type Extern, readName, readStructure } from './read-structure.ts';

/**
 * Describes a module without running it: its identity, imports with the capabilities that they need, exports, memories, tables,
 * features, sections with their sizes, toolchain, and size after metering. It is meant for tools and takes about as long as a load.
 *
 * Never throws. If the bytes are not a module, `message` says what they are and what to do.
 *
 * @example
 * const described = describeModule(await readFile('greeter.wasm'));
 * if (described.ok) use(described.module.imports.map(({ capability }) => capability));
 */
export const describeModule = (source: Uint8Array): ModuleDescribed => {
  const bytes = new Uint8Array(source);
  const sections = listSections(bytes);
  if (sections === undefined) return { ok: false, message: explainBroken(bytes) };
  const { notes, functions, hasStart, memories, tables, imports, exports } = readStructure(bytes, sections);
  const module: ModuleDescription = {
    bytes: bytes.length,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    identity: describeIdentity(bytes),
    imports: imports.map(describeImport),
    exports,
    functions,
    memories,
    tables,
    hasStart,
    features: [...notes.features].toSorted(),
    targetFeatures: readTargetFeatures(bytes, sections),
    sections: sections.map(describeSection),
    producers: readProducers(bytes, sections),
    debugInfo: {
      bytes: sizeOf(sections, (name) => name.startsWith('.debug_') || DEBUG_LINKS.has(name)),
      nameBytes: sizeOf(sections, (name) => name === 'name'),
    },
    localMoves: notes.instructions === 0 ? 0 : notes.localMoves / notes.instructions,
    metering: describeMetering(bytes),
  };
  return { ok: true, module };
};

const explainBroken = (bytes: Uint8Array): string =>
  explainNotWasm(bytes) ??
  `the ${bytes.length} bytes begin like a WebAssembly module, but its sections are malformed: build or copy it again.`;

const describeIdentity = (bytes: Uint8Array): IdentityDescription => {
  try {
    return { ok: true, identity: readIdentity(bytes) };
  } catch (error) {
    if (!(error instanceof PluginLoadError) || error.stage !== 'identity') throw error;
    return {
      ok: false,
      code: error.code as (IdentityDescription & { ok: false })['code'],
      message: error.message,
    };
  }
};

const describeImport = (found: Extern): ImportDescription => {
  const { namespace, name } = found;
  const known = PROTOCOL_FUNCTIONS.find((each) => each.namespace === namespace && each.name === name);
  const provider =
    namespace === KERNEL_NAMESPACE
      ? 'extism'
      : namespace === WASI_NAMESPACE
        ? 'wasi'
        : known === undefined
          ? 'host'
          : 'protocol';
  return { ...found, provider, capability: known?.capability };
};

/** The names of the sections in the WebAssembly specification, by section id. */
const SECTION_NAMES = [
  'custom',
  'type',
  'import',
  'function',
  'table',
  'memory',
  'global',
  'export',
  'start',
  'element',
  'code',
  'data',
  'data count',
  'tag',
];

const describeSection = ({ id, name, start, end }: WasmSection): SectionDescription => ({
  name: name ?? SECTION_NAMES[id] ?? `section ${id}`,
  isCustom: id === 0,
  bytes: end - start,
});

/** Sections that point to debug information in another file. */
const DEBUG_LINKS: ReadonlySet<string> = new Set(['sourceMappingURL', 'external_debug_info']);

const sizeOf = (sections: readonly WasmSection[], is: (name: string) => boolean): number =>
  sections
    .filter(({ name }) => name !== undefined && is(name))
    .reduce((sum, { start, end }) => sum + end - start, 0);

/** Reads a custom section. Returns `[]` if there is none, and the items before the error if it is malformed. */
const readCustom = <Item>(
  bytes: Uint8Array,
  sections: readonly WasmSection[],
  wanted: string,
  read: (reader: ByteReader, items: Item[]) => void,
): Item[] => {
  const items: Item[] = [];
  const section = sections.find(({ name }) => name === wanted);
  if (section === undefined) return items;
  try {
    read({ bytes, pos: section.start, end: section.end }, items);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
  }
  return items;
};

const readProducers = (bytes: Uint8Array, sections: readonly WasmSection[]): ProducerDescription[] =>
  readCustom<ProducerDescription>(bytes, sections, 'producers', (reader, producers) => {
    for (let fields = readCount(reader); fields > 0; fields -= 1) {
      const field = readName(reader);
      for (let values = readCount(reader); values > 0; values -= 1)
        producers.push({ field, name: readName(reader), version: readName(reader) });
    }
  });

/** The prefix `+` of a used feature in the section `target_features` (WebAssembly tool conventions). */
const USED = 0x2b;

const readTargetFeatures = (bytes: Uint8Array, sections: readonly WasmSection[]): string[] =>
  readCustom<string>(bytes, sections, 'target_features', (reader, features) => {
    for (let left = readCount(reader); left > 0; left -= 1) {
      const prefix = readByte(reader);
      const name = readName(reader);
      if (prefix === USED) features.push(name);
    }
  });

const describeMetering = (bytes: Uint8Array): MeteringDescription => {
  const limits = Object.fromEntries(METERING_LIMITS.map((name) => [name, LIMITS[name].default]));
  const result = meterModule(bytes, limits as unknown as MeteringLimits);
  return result.ok
    ? { ok: true, bytes: result.bytes.length }
    : { ok: false, code: result.code, message: result.message };
};
