import { type ByteReader, readByte, readCount, readU32, skipBytes } from './byte-reader.ts';
import { STRUCTURE } from './metering-limits.ts';
import { markEntered, type ModuleLayout, readLimitedCount } from './module-layout.ts';
import { refuse, refuseUnknown } from './refusal.ts';
import { scanConstExpression, scanReferenceType } from './scan-const-expression.ts';

/** Bits of the flags of an element segment (§5.5.12). */
const ELEMENT = { notActive: 1, tableOrDeclared: 2, expressions: 4, last: 7 } as const;

/** The only kind of element that exists: a function. */
const ELEMENT_KIND_FUNCTION = 0;

/** Reads the element section. Every function in it may be called indirectly, so it charges for itself. */
export const scanElements = (reader: ByteReader, layout: ModuleLayout): void => {
  const count = readLimitedCount(reader, STRUCTURE.segments, 'element segments');
  let entries = 0;
  for (let i = 0; i < count; i++) {
    entries += scanElementSegment(reader, layout);
    if (entries > STRUCTURE.segments) {
      refuse(
        'too_many_definitions',
        `more than ${STRUCTURE.segments} entries in element segments; split the plugin`,
      );
    }
  }
};

const scanElementSegment = (reader: ByteReader, layout: ModuleLayout): number => {
  const at = reader.pos;
  const flags = readU32(reader);
  if (flags > ELEMENT.last) refuseUnknown('element segment flag', flags, at);
  const active = (flags & ELEMENT.notActive) === 0;
  const withExpressions = (flags & ELEMENT.expressions) !== 0;
  if (active) {
    if ((flags & ELEMENT.tableOrDeclared) !== 0) readU32(reader); // the table
    scanConstExpression(reader, layout); // the offset
  }
  // Flags 0 and 4 omit the type. It is then the function type.
  if ((flags & (ELEMENT.notActive | ELEMENT.tableOrDeclared)) !== 0) {
    if (withExpressions) scanReferenceType(reader);
    else scanElementKind(reader);
  }
  const count = readCount(reader);
  for (let i = 0; i < count; i++) {
    if (withExpressions) scanConstExpression(reader, layout);
    else markEntered(layout, readU32(reader), reader.pos);
  }
  return count;
};

const scanElementKind = (reader: ByteReader): void => {
  const at = reader.pos;
  const kind = readByte(reader);
  if (kind !== ELEMENT_KIND_FUNCTION) refuseUnknown('element kind', kind, at);
};

/** Flags of a data segment (§5.5.14). */
const DATA = { active: 0, passive: 1, activeWithMemory: 2 } as const;

/** Reads the data section. */
export const scanData = (reader: ByteReader, layout: ModuleLayout): void => {
  const count = readLimitedCount(reader, STRUCTURE.segments, 'data segments');
  for (let i = 0; i < count; i++) {
    const at = reader.pos;
    const flags = readU32(reader);
    if (flags > DATA.activeWithMemory) refuseUnknown('data segment flag', flags, at);
    if (flags === DATA.activeWithMemory) readU32(reader); // the memory, which validation requires to be 0
    if (flags !== DATA.passive) scanConstExpression(reader, layout);
    skipBytes(reader, readU32(reader));
  }
};
