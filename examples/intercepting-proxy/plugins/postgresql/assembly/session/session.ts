import { Builder, Bytes, encodeBase64, Text } from '../kit';

/** The phase of a connection. */
export enum Phase {
  /** Waits for the client's startup message, or for its request for encryption. */
  startup,
  /** The client has asked for encryption. Waits for the answer of the server, which is one letter. */
  asked,
  /** Messages with a type go in both directions. */
  ready,
  /** The bytes cannot be parsed, for example because they are encrypted. */
  opaque,
}

/** Maximum number of pending cycles that get an error. */
const MOST_ERRORS = 16;
/** Size of a message's type and length, in bytes. */
const HEAD: u32 = 5;

/** The position in one direction. */
export class Half {
  /** Number of bytes of the current message that are still passed unread, or dropped if `drops` is set. */
  skip: u32 = 0;
  drops: bool = false;
  /** Number of held bytes, and the type and size of their message (0 if less than a head is held). */
  held: u32 = 0;
  heldType: u32 = 0;
  heldTotal: u32 = 0;
  /** Type of a message whose held bytes were released before it was complete; 0 for none. */
  missed: u32 = 0;

  /** Continues after a `hold`. Held bytes may have been released. Returns false if the start of the next message is unknown. */
  resume(held: i32): bool {
    this.missed = 0;
    if (<u32>held == this.held) return true;
    if (held != 0 || this.held < HEAD || this.heldTotal == 0) return false;
    this.missed = this.heldType;
    this.skip = this.heldTotal - this.held;
    return true;
  }

  /** Records the bytes that are held back. */
  hold(data: Bytes, at: i32): void {
    this.held = data.length - at;
    this.heldType = this.held >= HEAD ? data.at(at) : 0;
    this.heldTotal = this.held >= HEAD ? bswap<u32>(load<u32>(data.start + at + 1)) + 1 : 0;
  }

  write(out: Builder): void {
    put(out, this.skip);
    put(out, <u32>this.drops);
    put(out, this.held);
    put(out, this.heldType);
    put(out, this.heldTotal);
  }

  static read(from: usize): Half {
    const half = new Half();
    half.skip = load<u32>(from);
    half.drops = load<u32>(from, 4) != 0;
    half.held = load<u32>(from, 8);
    half.heldType = load<u32>(from, 12);
    half.heldTotal = load<u32>(from, 16);
    return half;
  }
}

const HALF_SIZE = 20;

/** The state of a connection. The host keeps it between calls. */
export class Session {
  phase: Phase = Phase.startup;
  client: Half = new Half();
  server: Half = new Half();
  /** Index of the masked column in the rows of the current result; -1 for none. */
  column: i32 = -1;
  /** Number of cycles that the client has started: startup, statements, syncs. Each ends with a ReadyForQuery. */
  begun: u32 = 0;
  /** Number of cycles that the server has ended. */
  ended: u32 = 0;
  /** Whether the error of the current cycle was sent. */
  hasError: bool = false;
  /** Indexes of the cycles that get an error, in ascending order. */
  errors: u32[] = [];
  /** Reason to close the stream, or null. */
  refusal: string | null = null;

  /** Whether the messages of the current cycle are replaced by an error. */
  get isReplaced(): bool {
    return this.errors.length > 0 && this.errors[0] == this.ended;
  }

  /** Makes the cycle of the client's current message fail. Returns false if too many such cycles are pending. */
  addError(): bool {
    const last = this.errors.length - 1;
    if (last >= 0 && this.errors[last] == this.begun) return true;
    if (this.errors.length >= MOST_ERRORS) return false;
    this.errors.push(this.begun);
    return true;
  }

  endCycle(): void {
    if (this.isReplaced) this.errors.shift();
    this.ended++;
    this.hasError = false;
  }

  write(): Text {
    const out = new Builder(128);
    put(out, this.phase);
    put(out, <u32>this.column);
    put(out, this.begun);
    put(out, this.ended);
    put(out, <u32>this.hasError);
    this.client.write(out);
    this.server.write(out);
    for (let at = 0; at < this.errors.length; at++) put(out, this.errors[at]);
    return encodeBase64(out.toBytes());
  }

  static read(state: Bytes): Session {
    const session = new Session();
    const fixed = 20 + 2 * HALF_SIZE;
    if (state.length < fixed) return session;
    const from = state.start;
    session.phase = <Phase>load<u32>(from);
    session.column = load<i32>(from, 4);
    session.begun = load<u32>(from, 8);
    session.ended = load<u32>(from, 12);
    session.hasError = load<u32>(from, 16) != 0;
    session.client = Half.read(from + 20);
    session.server = Half.read(from + 20 + HALF_SIZE);
    for (let at = fixed; at + 4 <= state.length; at += 4) session.errors.push(load<u32>(from + at));
    return session;
  }
}

function put(out: Builder, value: u32): void {
  store<u32>(out.reserve(4), value);
  out.advance(4);
}
