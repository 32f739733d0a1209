import { Builder, Bytes } from '../kit';
import { Progress } from './progress';
import { skip } from './read-client';
import { Phase, Session } from './session';
import { Settings } from './settings';

const DATA_ROW: u32 = 0x44;
const ERROR: u32 = 0x45;
const NOTICE: u32 = 0x4e;
const NOTIFICATION: u32 = 0x41;
const PARAMETER: u32 = 0x53;
const READY: u32 = 0x5a;
const ROW_DESCRIPTION: u32 = 0x54;
const NO_TLS: u32 = 0x4e;

/** Reads bytes of the server. Returns false if they are not PostgreSQL. */
export function readServer(session: Session, settings: Settings, progress: Progress): bool {
  const half = session.server;
  while (progress.left > 0) {
    if (half.skip > 0) skip(half, progress);
    else if (session.phase == Phase.opaque) progress.pass(progress.left);
    else if (session.phase == Phase.asked) {
      // Old servers do not support the request for TLS and answer it with an error.
      const letter = progress.byte(0);
      session.phase = letter == NO_TLS ? Phase.startup : letter == ERROR ? Phase.ready : Phase.opaque;
      if (letter != ERROR) progress.pass(1);
    } else if (session.phase == Phase.startup) return false;
    else {
      if (progress.left < 5) return true;
      const size = progress.u32(1);
      if (size < 4 || size > 0x7fff_fff0) return false;
      if (!readMessage(session, settings, progress, size + 1)) return true;
    }
  }
  return true;
}

/** Reads one message. Returns false if it is incomplete and must be read as a whole. */
function readMessage(session: Session, settings: Settings, progress: Progress, total: u32): bool {
  const type = progress.byte(0);
  const half = session.server;
  const isAsynchronous = type == NOTICE || type == NOTIFICATION || type == PARAMETER;
  if (session.isReplaced && !isAsynchronous) {
    if (!session.hasError) progress.put(errorOf(settings), 0);
    session.hasError = true;
    if (type == READY) session.endCycle();
    else half.drops = true;
    half.skip = total;
    return true;
  }
  if (type == READY) session.endCycle();
  const column = settings.maskColumn;
  const isRead = column !== null && (type == ROW_DESCRIPTION || (type == DATA_ROW && session.column >= 0));
  if (!isRead) {
    half.skip = total;
    return true;
  }
  if (<u32>progress.left < total) return false;
  const message = progress.data.part(progress.at, progress.at + <i32>total);
  if (type == ROW_DESCRIPTION) {
    session.column = findColumn(message, column!);
    progress.pass(total);
  } else {
    const masked = maskColumn(message, session.column, settings.maskValue);
    if (masked === null) progress.pass(total);
    else progress.put(masked, total);
  }
  return true;
}

/** Returns the index of the column with this name, or -1. If several columns have the name, returns the last one. */
function findColumn(message: Bytes, name: Bytes): i32 {
  const count = short(message, 5);
  let found = -1;
  let at = 7;
  for (let column = 0; column < count; column++) {
    const end = message.indexOf(0, at);
    if (end < 0) return found;
    if (message.part(at, end).equals(name)) found = column;
    at = end + 19;
  }
  return found;
}

/** Returns the row with `value` in one column, or null if the column is NULL or missing. */
function maskColumn(message: Bytes, column: i32, value: Bytes): Bytes | null {
  const count = short(message, 5);
  let at = 7;
  for (let index = 0; index < count && at + 4 <= message.length; index++) {
    const length = bswap<i32>(load<i32>(message.start + at));
    at += 4;
    if (index == column) {
      if (length < 0 || at + length > message.length) return null;
      const row = new Builder(message.length + value.length);
      row.byte(DATA_ROW);
      word(row, message.length - 1 - length + value.length);
      row.bytes(message.part(5, at - 4));
      word(row, value.length);
      row.bytes(value);
      row.bytes(message.part(at + length, message.length));
      return row.toBytes();
    }
    if (length > 0) at += length;
  }
  return null;
}

/** Builds the error that replaces the result of a statement. */
function errorOf(settings: Settings): Bytes {
  const fields = new Builder(128);
  field(fields, 'SERROR');
  field(fields, 'VERROR');
  fields.byte(0x43);
  fields.bytes(settings.errorCode);
  fields.byte(0);
  fields.byte(0x4d);
  fields.bytes(settings.errorMessage);
  fields.byte(0);
  fields.byte(0);
  const error = new Builder(fields.size + 5);
  error.byte(ERROR);
  word(error, fields.size + 4);
  error.bytes(fields.toBytes());
  return error.toBytes();
}

function field(to: Builder, literal: string): void {
  to.literal(literal);
  to.byte(0);
}

function short(message: Bytes, at: i32): i32 {
  return message.length < at + 2 ? 0 : bswap<u16>(load<u16>(message.start + at));
}

function word(to: Builder, value: i32): void {
  store<i32>(to.reserve(4), bswap<i32>(value));
  to.advance(4);
}
