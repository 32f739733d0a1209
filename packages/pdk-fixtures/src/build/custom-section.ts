/** A custom section of a module. A text payload is encoded as UTF-8. */
export interface CustomSection {
  readonly name: string;
  readonly payload: string | Uint8Array;
}

/** Returns a copy of a module with custom sections added at the end, in this order. wabt's text format does not support them. */
export const appendCustomSections = (
  module: Uint8Array,
  sections: readonly CustomSection[],
): Uint8Array<ArrayBuffer> => concat([module, ...sections.map(encodeSection)]);

const CUSTOM_SECTION_ID = 0;

const encodeSection = ({ name, payload }: CustomSection): Uint8Array => {
  const nameBytes = toBytes(name);
  const content = concat([Uint8Array.from(leb128(nameBytes.length)), nameBytes, toBytes(payload)]);
  return concat([Uint8Array.of(CUSTOM_SECTION_ID, ...leb128(content.length)), content]);
};

/** Encodes text as UTF-8, and returns bytes unchanged. */
export const toBytes = (value: string | Uint8Array): Uint8Array =>
  typeof value === 'string' ? new TextEncoder().encode(value) : value;

/** Encodes an unsigned number as LEB128. */
const leb128 = (value: number): number[] => {
  const bytes: number[] = [];
  let rest = value;
  while (rest >= 0x80) {
    bytes.push((rest % 0x80) + 0x80);
    rest = Math.floor(rest / 0x80);
  }
  return [...bytes, rest];
};

const concat = (parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> => {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
};
