import { Builder, Bytes, log, LogLevel, Text } from '../kit';
import { Progress } from './progress';
import { Half, Phase, Session } from './session';
import { Settings } from './settings';
import { withoutLiterals } from './statement';

const CANCEL: u32 = 80877102;
const TLS: u32 = 80877103;
const GSS: u32 = 80877104;
const LONGEST_STARTUP: u32 = 10_000;

const PARSE: u32 = 0x50;
const QUERY: u32 = 0x51;
const SYNC: u32 = 0x53;
const CALL: u32 = 0x46;

/** Reads bytes of the client. Returns false if they are not PostgreSQL. */
export function readClient(session: Session, settings: Settings, progress: Progress): bool {
  const half = session.client;
  if (half.missed == QUERY) session.begun++;
  while (progress.left > 0) {
    if (half.skip > 0) skip(half, progress);
    else if (session.phase == Phase.opaque) progress.pass(progress.left);
    else if (session.phase == Phase.ready) {
      if (progress.left < 5) return true;
      const size = progress.u32(1);
      if (size < 4 || size > 0x7fff_fff0) return false;
      if (!readMessage(session, settings, progress, size + 1)) return true;
    } else if (session.phase == Phase.asked) return false;
    else {
      if (progress.left < 8) return true;
      const size = progress.u32(0);
      if (size < 8 || size > LONGEST_STARTUP) return false;
      readStartup(session, settings, progress, size);
      if (session.refusal !== null) return true;
    }
  }
  return true;
}

function readStartup(session: Session, settings: Settings, progress: Progress, size: u32): void {
  const code = progress.u32(4);
  if (code == TLS || code == GSS) {
    if (settings.refusesTls || settings.hides) session.refusal = 'tls_refused';
    session.phase = Phase.asked;
  } else if (code == CANCEL) session.phase = Phase.opaque;
  else {
    session.phase = Phase.ready;
    session.begun = 1;
  }
  session.client.skip = size;
}

/** Reads one message. Returns false if it is incomplete and must be read as a whole. */
function readMessage(session: Session, settings: Settings, progress: Progress, total: u32): bool {
  const type = progress.byte(0);
  if (type == QUERY || type == PARSE) {
    if (<u32>progress.left < total) return false;
    readStatement(session, settings, progress, <i32>total);
    if (type == QUERY) session.begun++;
    return true;
  }
  if (type == SYNC || type == CALL) session.begun++;
  session.client.skip = total;
  return true;
}

/** Logs a statement. If it gets an error, its text is removed, so that the server runs nothing. */
function readStatement(session: Session, settings: Settings, progress: Progress, total: i32): void {
  const from = progress.at;
  const message = progress.data.part(from, from + total);
  const isParse = message.at(0) == PARSE;
  const begin = isParse ? message.indexOf(0, 5) + 1 : 5;
  const end = begin == 0 ? -1 : message.indexOf(0, begin);
  if (end < 0) {
    progress.pass(total);
    return;
  }
  const statement = message.part(begin, end);
  if (statement.length > 0) log(LogLevel.info, 'statement: ' + Text.trust(withoutLiterals(statement)).toString());
  const wanted = settings.errorOn;
  if (wanted === null || !contains(statement, wanted) || !session.addError()) {
    progress.pass(total);
    return;
  }
  const empty = new Builder(total);
  empty.byte(message.at(0));
  store<u32>(empty.reserve(4), bswap<u32>(total - 1 - statement.length));
  empty.advance(4);
  empty.bytes(message.part(5, begin));
  empty.bytes(message.part(end, total));
  progress.put(empty.toBytes(), total);
}

function contains(text: Bytes, part: Bytes): bool {
  for (let at = 0; at + part.length <= text.length; at++) {
    if (memory.compare(text.start + at, part.start, part.length) == 0) return true;
  }
  return false;
}

/** Passes or drops the available bytes of a message that is not parsed. */
export function skip(half: Half, progress: Progress): void {
  const length = <i32>min<u32>(half.skip, progress.left);
  if (half.drops) progress.drop(length);
  else progress.pass(length);
  half.skip -= length;
  if (half.skip == 0) half.drops = false;
}
