import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';

import { stringifyExactJson } from '../json/exact-numbers.ts';
import type { MessageDescription, Shape, VersionDescription } from './contract-description.ts';

/**
 * Returns the SHA-256, in hex, of the form of a contract's messages on the wire. Names of types, descriptions and samples do not change it.
 * Everything else does, including the order of keys.
 */
export const fingerprintOf = (versions: readonly VersionDescription[]): string => {
  const forms = versions.map(({ version, request, response }) => [
    version,
    formOf(request),
    formOf(response),
  ]);
  return bytesToHex(sha256(utf8ToBytes(stringifyExactJson(forms))));
};

/** The form of a message without names and descriptions. Definitions are numbered. */
const formOf = ({ shape, definitions }: MessageDescription): unknown => {
  const names = Object.keys(definitions);
  const parts = [shape, ...Object.values(definitions)];
  return parts.map((part) => formOfShape(part, names));
};

const formOfShape = (shape: Shape, names: readonly string[]): unknown => {
  const inner = (part: Shape): unknown => formOfShape(part, names);
  const { name: _name, description: _description, ...said } = shape;
  if (said.kind === 'object') {
    return {
      ...said,
      members: said.members.map(({ description: _text, shape: part, ...member }) => ({
        ...member,
        shape: inner(part),
      })),
    };
  }
  if (said.kind === 'list') return { ...said, element: inner(said.element) };
  if (said.kind === 'tuple') {
    return {
      ...said,
      items: said.items.map(inner),
      ...(said.rest === undefined ? {} : { rest: inner(said.rest) }),
    };
  }
  if (said.kind === 'record') return { ...said, key: inner(said.key), value: inner(said.value) };
  if (said.kind === 'nullable') return { ...said, inner: inner(said.inner) };
  if (said.kind === 'union') return { ...said, options: said.options.map(inner) };
  if (said.kind === 'intersection') return { ...said, parts: said.parts.map(inner) };
  if (said.kind === 'reference') return { ...said, to: names.indexOf(said.to) };
  return said;
};
