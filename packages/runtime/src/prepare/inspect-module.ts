import { createHash } from 'node:crypto';

import { isNamed, walkSections } from './wasm-sections.ts';
import type { Steps } from '../metering/steps.ts';

/** The unchecked payload of a module's identity section, or why there is none. */
export type IdentitySection =
  | { readonly kind: 'payload'; readonly payload: Uint8Array }
  | {
      readonly kind: 'not_wasm' | 'section_missing' | 'section_twice' | 'section_too_large';
      /** The size of the section. */
      readonly bytes: number;
    };

/** The name and the largest size of the identity section. */
export interface IdentityPlace {
  readonly name: string;
  readonly mostBytes: number;
}

/** What is known about a module before it is compiled. */
export interface Inspection {
  /** In hexadecimal digits. */
  readonly sha256: string;
  readonly identity: IdentitySection;
}

/** Bytes that one step hashes, in about a millisecond. */
const HASHED_BYTES = 1 << 20;
/** Sections that one step reads. */
const WALKED_SECTIONS = 1 << 12;

/** Hashes a module and finds its identity section, in short steps. */
export const inspectModule = function* (bytes: Uint8Array, place: IdentityPlace): Steps<Inspection> {
  const hash = createHash('sha256');
  for (let at = 0; at < bytes.length; at += HASHED_BYTES) {
    hash.update(bytes.subarray(at, at + HASHED_BYTES));
    yield;
  }
  return { sha256: hash.digest('hex'), identity: yield* findIdentity(bytes, place) };
};

/** Finds the identity section of a module. */
export const findIdentity = function* (bytes: Uint8Array, place: IdentityPlace): Steps<IdentitySection> {
  const name = new TextEncoder().encode(place.name);
  const walk = walkSections(bytes);
  const found: { start: number; end: number }[] = [];
  for (let walked = 1; ; walked += 1) {
    const { done, value } = walk.next();
    if (done === true)
      return value ? identityOf(bytes, found, place.mostBytes) : { kind: 'not_wasm', bytes: 0 };
    if (found.length < 2 && isNamed(bytes, value, name)) found.push(value);
    if (walked % WALKED_SECTIONS === 0) yield;
  }
};

const identityOf = (
  bytes: Uint8Array,
  [section, second]: readonly { readonly start: number; readonly end: number }[],
  mostBytes: number,
): IdentitySection => {
  if (section === undefined) return { kind: 'section_missing', bytes: 0 };
  const size = section.end - section.start;
  if (second !== undefined) return { kind: 'section_twice', bytes: size };
  if (size > mostBytes) return { kind: 'section_too_large', bytes: size };
  return { kind: 'payload', payload: bytes.slice(section.start, section.end) };
};
