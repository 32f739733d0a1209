/** `\0asm`. */
const WASM_MAGIC = [0x00, 0x61, 0x73, 0x6d];
const MODULE = [0x01, 0x00, 0x00, 0x00];
/** Version 13 and layer 1: a component. */
const COMPONENT_LAYER = 1;

/** What a file is that was passed by mistake, and what to do about it. */
interface Kind {
  readonly seen: string;
  readonly advice: string;
}

/** Files that are told by their first bytes. */
const SIGNATURES: readonly (readonly [bytes: readonly number[], kind: Kind])[] = [
  [[0x1f, 0x8b], { seen: 'a gzip file', advice: 'Unpack it first (gunzip)' }],
  [[0x28, 0xb5, 0x2f, 0xfd], { seen: 'a zstd file', advice: 'Unpack it first (zstd -d)' }],
  [[0xfd, 0x37, 0x7a, 0x58, 0x5a], { seen: 'an xz file', advice: 'Unpack it first (xz -d)' }],
  [[0x42, 0x5a, 0x68], { seen: 'a bzip2 file', advice: 'Unpack it first (bunzip2)' }],
  [[0x50, 0x4b, 0x03, 0x04], { seen: 'a zip archive', advice: 'Unpack it, and pass the .wasm file in it' }],
  [
    [0x7f, 0x45, 0x4c, 0x46],
    { seen: 'an ELF file for one kind of machine', advice: 'Build the plugin for wasm32' },
  ],
  [
    [0xcf, 0xfa, 0xed, 0xfe],
    { seen: 'a Mach-O file for one kind of machine', advice: 'Build the plugin for wasm32' },
  ],
  [[0x4d, 0x5a], { seen: 'a Windows program', advice: 'Build the plugin for wasm32' }],
  [
    [0x21, 0x3c, 0x61, 0x72, 0x63, 0x68, 0x3e],
    { seen: 'a static library', advice: 'Link it into a .wasm module' },
  ],
  [[0x42, 0x43, 0xc0, 0xde], { seen: 'LLVM bitcode', advice: 'Link it into a .wasm module' }],
];

/** Text that is told by how it begins. */
const TEXTS: readonly (readonly [form: RegExp, kind: Kind])[] = [
  [
    /^(?:<!doctype|<html|<\?xml|<head|<body)/i,
    {
      seen: 'an HTML or XML page',
      advice: 'Look at the address that it was loaded from: it may answer with an error page',
    },
  ],
  [
    /^(?:;;|\(;|\(module\b|\(component\b)/,
    { seen: 'WebAssembly text (WAT)', advice: 'Compile it first (wat2wasm)' },
  ],
  [
    /^version https:\/\/git-lfs\.github\.com\//,
    { seen: 'a Git LFS pointer', advice: 'Fetch the file itself (git lfs pull)' },
  ],
  [
    /^AGFzb[A-Za-z0-9+/]/,
    { seen: 'a module in base64', advice: 'Decode it first, as with Buffer.from(text, "base64")' },
  ],
  [/^data:/, { seen: 'a data: URL', advice: 'Decode it first, and pass the bytes' }],
  [
    /^0061736d/i,
    { seen: 'a module in hexadecimal digits', advice: 'Decode it first, as with Buffer.from(text, "hex")' },
  ],
  [
    /^[[{]/,
    { seen: 'JSON', advice: 'If it is an Extism manifest, pass it to createSandbox as text or as an object' },
  ],
  [/^#!/, { seen: 'a script', advice: 'Plugwire runs WebAssembly modules only' }],
];

/**
 * Says what bytes are that are not a WebAssembly module, in three parts: what was seen, what was expected, what to do. `undefined` for
 * bytes that begin like a module of version 1. Shows nothing of the bytes.
 */
export const explainNotWasm = (bytes: Uint8Array): string | undefined => {
  const kind = recogniseKind(bytes);
  return kind === undefined
    ? undefined
    : `the ${bytes.length} bytes are ${kind.seen}: expected a WebAssembly module (.wasm) of version 1. ${kind.advice}.`;
};

const recogniseKind = (bytes: Uint8Array): Kind | undefined => {
  if (startsWith(bytes, WASM_MAGIC)) return recogniseVersion(bytes);
  if (bytes.length === 0) return { seen: 'nothing', advice: 'The file is empty: build or copy it again' };
  const [, signed] = SIGNATURES.find(([signature]) => startsWith(bytes, signature)) ?? [];
  if (signed !== undefined) return signed;
  const head = Buffer.from(bytes.subarray(0, 256))
    .toString('utf8')
    .replace(/^\uFEFF/, '')
    .trimStart();
  const [, text] = TEXTS.find(([form]) => form.test(head)) ?? [];
  return text ?? { seen: 'not a WebAssembly module', advice: 'Check which file was passed' };
};

const recogniseVersion = (bytes: Uint8Array): Kind | undefined => {
  if (startsWith(bytes.subarray(WASM_MAGIC.length), MODULE)) return undefined;
  if (bytes.length < WASM_MAGIC.length + MODULE.length)
    return {
      seen: 'the beginning of a WebAssembly file',
      advice: 'It was cut short: build or copy it again',
    };
  return bytes[6] === COMPONENT_LAYER && bytes[7] === 0
    ? {
        seen: 'a WebAssembly component',
        advice: 'Build a core module instead: for target wasm32-unknown-unknown or wasm32-wasip1',
      }
    : { seen: 'a WebAssembly file of another version', advice: 'Build it with a toolchain for version 1' };
};

const startsWith = (bytes: Uint8Array, expected: readonly number[]): boolean =>
  expected.every((byte, at) => bytes[at] === byte);
