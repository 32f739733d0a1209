/** `\0asm`. */
const WASM_MAGIC = [0x00, 0x61, 0x73, 0x6d];
const MODULE = [0x01, 0x00, 0x00, 0x00];
/** Version 13 and layer 1: a component. */
const COMPONENT_LAYER = 1;

/** A kind of file that was passed by mistake, and what to do about it. */
interface Kind {
  readonly seen: string;
  readonly advice: string;
}

const FOR_WASM32 = 'Build the plugin for wasm32';

const MACH_O: Kind = { seen: 'a Mach-O file, which only one kind of machine runs', advice: FOR_WASM32 };

const compiledBy = (runtime: string): Kind => ({
  seen: `a module that ${runtime} compiled for one kind of machine`,
  advice: 'Pass the .wasm file that it was compiled from',
});

const ZIP: Kind = { seen: 'a zip archive', advice: 'Unpack it, and pass the .wasm file in it' };

/** A Java class has its version where a Mach-O file has its number of architectures. */
const OLDEST_JAVA = 45;

type Signature = readonly (number | ((byte: number) => boolean))[];

const any = (): boolean => true;

/** Files that are recognised by their first bytes. */
const SIGNATURES: readonly (readonly [bytes: Signature, kind: Kind])[] = [
  [[0x1f, 0x8b], { seen: 'a gzip file', advice: 'Unpack it first (gunzip)' }],
  [[0x28, 0xb5, 0x2f, 0xfd], { seen: 'a zstd file', advice: 'Unpack it first (zstd -d)' }],
  [[0xfd, 0x37, 0x7a, 0x58, 0x5a], { seen: 'an xz file', advice: 'Unpack it first (xz -d)' }],
  [[0x42, 0x5a, 0x68], { seen: 'a bzip2 file', advice: 'Unpack it first (bunzip2)' }],
  [[0x50, 0x4b, 0x03, 0x04], ZIP],
  [[0x50, 0x4b, 0x05, 0x06], { ...ZIP, seen: 'an empty zip archive' }],
  [
    // An ELF file (.cwasm) whose operating system is Wasmtime.
    [0x7f, 0x45, 0x4c, 0x46, any, any, any, 200],
    compiledBy('Wasmtime'),
  ],
  [
    [0x7f, 0x45, 0x4c, 0x46],
    {
      seen: 'an ELF file, which only one kind of machine runs',
      advice: `${FOR_WASM32}; if it is a compiled module (.cwasm), pass the .wasm file that it was compiled from`,
    },
  ],
  [[...Buffer.from('wasmer')], compiledBy('Wasmer')],
  [[0xce, 0xfa, 0xed, 0xfe], MACH_O],
  [[0xcf, 0xfa, 0xed, 0xfe], MACH_O],
  [[0xfe, 0xed, 0xfa, 0xce], MACH_O],
  [[0xfe, 0xed, 0xfa, 0xcf], MACH_O],
  [[0xca, 0xfe, 0xba, 0xbe, 0, 0, 0, (machines) => machines < OLDEST_JAVA], MACH_O],
  [[0xca, 0xfe, 0xba, 0xbf], MACH_O],
  [[0xca, 0xfe, 0xba, 0xbe], { seen: 'a Java class', advice: FOR_WASM32 }],
  [[0x4d, 0x5a], { seen: 'a Windows program or library', advice: FOR_WASM32 }],
  [[...Buffer.from('!<arch>')], { seen: 'a static library', advice: 'Link it into a .wasm module' }],
  [[0x42, 0x43, 0xc0, 0xde], { seen: 'LLVM bitcode', advice: 'Link it into a .wasm module' }],
];

/** Texts that are recognised by how they begin. */
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
  [
    /^(?:["']use strict["']|import[\s{*"']|export[\s{*]|(?:async\s+)?function[\s*]|(?:const|let|var)\s|(?:module\.)?exports\s*[.=[]|require\(|\/\/.*\n|\/\*|\(\s*(?:async\s*)?(?:function\b|\(\)\s*=>))/,
    {
      seen: 'JavaScript or other source code',
      advice:
        'Pass the .wasm file that belongs to it, or compile it to one (a JavaScript plugin with extism-js)',
    },
  ],
];

/**
 * Describes bytes that are not a WebAssembly module, in three parts: what was seen, what was expected, what to do. Returns `undefined` for
 * bytes that begin like a module of version 1. The text contains nothing of the bytes.
 */
export const explainNotWasm = (bytes: Uint8Array): string | undefined => {
  const kind = recogniseKind(bytes);
  return kind === undefined
    ? undefined
    : `the ${bytes.length} bytes are ${kind.seen}: expected a WebAssembly module (.wasm) of version 1. ${kind.advice}.`;
};

/** The same for a string that is the content of a file instead of a path. Returns `undefined` for a string that may be a path. */
export const explainNotPath = (source: string): string | undefined => {
  if (/\.wasm$/i.test(source)) return undefined;
  const kind = source.startsWith('\0asm')
    ? { seen: 'the bytes of a module', advice: 'Pass them as a Uint8Array, as fs.readFile returns them' }
    : recogniseText(source.slice(0, HEAD_BYTES));
  return kind === undefined
    ? undefined
    : `the source is a string of ${source.length} characters, ${kind.seen}: expected the path of a .wasm file. ${kind.advice}.`;
};

/** How many bytes of a file are examined. */
const HEAD_BYTES = 512;

const recogniseKind = (bytes: Uint8Array): Kind | undefined => {
  if (startsWith(bytes, WASM_MAGIC)) return recogniseVersion(bytes);
  if (bytes.length === 0) return { seen: 'nothing', advice: 'The file is empty: build or copy it again' };
  const [, signed] = SIGNATURES.find(([signature]) => startsWith(bytes, signature)) ?? [];
  if (signed !== undefined) return signed;
  const head = bytes.subarray(0, HEAD_BYTES);
  const encoding = wideEncodingOf(head);
  const text = recogniseText(new TextDecoder(encoding ?? 'utf-8').decode(head));
  if (encoding === undefined)
    return text ?? { seen: 'not a WebAssembly module', advice: 'Check which file was passed' };
  return text === undefined
    ? { seen: 'text in UTF-16', advice: 'Check which file was passed' }
    : { ...text, seen: `${text.seen}, in UTF-16` };
};

const recogniseText = (text: string): Kind | undefined => {
  const begun = text.replace(/^\uFEFF/, '').trimStart();
  return TEXTS.find(([form]) => form.test(begun))?.[1];
};

/** Returns whether bytes are UTF-16: they have a byte order mark, or every second byte of ASCII text is zero. */
const wideEncodingOf = (head: Uint8Array): 'utf-16le' | 'utf-16be' | undefined => {
  const [first, second] = head;
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  if (first === 0xfe && second === 0xff) return 'utf-16be';
  const units = Math.min(8, Math.floor(head.length / 2));
  const isAscii = (at: number): boolean =>
    units >= 4 && Array.from({ length: units }, (_, unit) => head[2 * unit + at]).every(isPrintable);
  const isZero = (at: number): boolean =>
    Array.from({ length: units }, (_, unit) => head[2 * unit + at]).every((byte) => byte === 0);
  if (isAscii(0) && isZero(1)) return 'utf-16le';
  return isZero(0) && isAscii(1) ? 'utf-16be' : undefined;
};

const isPrintable = (byte: number | undefined): boolean =>
  byte !== undefined && ((byte >= 0x20 && byte < 0x7f) || (byte >= 0x09 && byte <= 0x0d));

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

const startsWith = (bytes: Uint8Array, expected: Signature): boolean =>
  expected.every((byte, at) => {
    const given = bytes[at];
    return typeof byte === 'number' ? given === byte : given !== undefined && byte(given);
  });
