import { Builder, Bytes, encodeBase64, Text } from '../kit';

/** Where a connection is. */
export enum Phase {
  /** The client is to say who it is, or to ask for encryption. */
  startup,
  /** It has asked for encryption; the server answers with a letter. */
  asked,
  /** Messages with a type go both ways. */
  ready,
  /** Nobody here can read it. */
  opaque,
}

/** The most statements under way that get an error. */
const MOST_ERRORS = 16;
/** A message has its type and its length first. */
const HEAD: u32 = 5;

/** How far one direction is. */
export class Half {
  /** So many bytes of a message pass unread, or are dropped. */
  skip: u32 = 0;
  drops: bool = false;
  /** So many bytes were held back, of a message of this type and size. */
  held: u32 = 0;
  heldType: u32 = 0;
  heldTotal: u32 = 0;
  /** A message went on that was not read to its end. */
  missed: u32 = 0;

  /** Goes on after what was held back, or after it was released. False: nobody knows where a message begins. */
  resume(held: i32): bool {
    this.missed = 0;
    if (<u32>held == this.held) return true;
    if (held != 0 || this.held < HEAD || this.heldTotal == 0) return false;
    this.missed = this.heldType;
    this.skip = this.heldTotal - this.held;
    return true;
  }

  /** Remembers what is held back. */
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

/** What is known of a connection: it goes to the host and back with each call. */
export class Session {
  phase: Phase = Phase.startup;
  client: Half = new Half();
  server: Half = new Half();
  /** Which column of the rows that come is to be hidden; -1 for none. */
  column: i32 = -1;
  /** Cycles that the client has begun: startup, statements, syncs. Each ends with a ReadyForQuery. */
  begun: u32 = 0;
  /** Cycles that the server has ended. */
  ended: u32 = 0;
  /** Whether the error of the current cycle has gone out. */
  hasError: bool = false;
  /** Cycles that get an error, in order. */
  errors: u32[] = [];
  /** Why the stream is to end. */
  refusal: string | null = null;

  /** Whether what the server says now is replaced. */
  get isReplaced(): bool {
    return this.errors.length > 0 && this.errors[0] == this.ended;
  }

  /** Has the current cycle end with an error. False if there are too many of them. */
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
