import { PROTOCOL_LIMITS } from '../../base/limits.ts';
import type { JsonFault } from '../../json/walk-json.ts';

/** Returns how many milliseconds are left for reading a message. 0 or less ends it. Called about once for 4,096 values. */
export type TimeLeft = () => number;

/** The result of a reader for a value that does not fit. The reason is in the {@link Walk}. */
export const MISFIT: unique symbol = Symbol('misfit');

/** Why reading ended early. `deadline`: no time was left. */
export type WalkReason = JsonFault | 'schema_mismatch' | 'deadline';

/** How many values are read between two reads of the clock. This takes about 0.1 ms. */
const VALUES_PER_LOOK = 4_096;

/** How many levels deep a message may nest. */
export const MOST_LEVELS = PROTOCOL_LIMITS.jsonDepth;

/**
 * The state of reading one message: the time left, and where and why reading ended. All readers share it, so no object is allocated for a
 * fault.
 */
export class Walk {
  /** How many values may be read before the clock is read again. Readers count it down. */
  left = VALUES_PER_LOOK;
  /** How often the clock was read. */
  looks = 0;
  reason: WalkReason = 'schema_mismatch';
  /** What was expected, without payload. */
  text = '';
  /** The path of the fault below the root: keys that the schema names, `.*` for a key of a record, `[]` for an index. */
  path = '';
  /** Whether no other option of a union can fit: time is up, or the form of the value is never allowed. */
  isOver = false;
  /** Whether a caller's value contains a class instance, a function, or a number that `JSON.stringify` does not write exactly. */
  foreign = false;
  /**
   * Set while a union inside an intersection is read. zod then treats failed checks and unknown keys of an option differently from other
   * faults. They are noted here, and reading continues.
   */
  tolerant = false;
  /** While tolerant: whether there was such a fault, after which reading continued. */
  continued = false;
  /** While tolerant: whether one of those faults was a failed check. A pipe stops at that. */
  continuedByCheck = false;

  /** The discriminator of a caller's object. It was read already, and is not read again. */
  private toldOf: object | undefined = undefined;
  private toldKey = '';
  private toldValue: unknown = undefined;

  private readonly timeLeft: TimeLeft | undefined;

  constructor(timeLeft?: TimeLeft) {
    this.timeLeft = timeLeft;
  }

  /** The number of values read so far. */
  get values(): number {
    return (this.looks + 1) * VALUES_PER_LOOK - this.left;
  }

  /** Counts values before they are read. Returns true if no time is left for them. */
  spend(values: number): boolean {
    this.left -= values;
    return this.left < 0 && this.isLate();
  }

  /** Reads the clock and returns whether time is up. For readers that count down {@link left} themselves, when it is below zero. */
  isLate(): boolean {
    const looks = Math.ceil(-this.left / VALUES_PER_LOOK);
    this.looks += looks;
    this.left += looks * VALUES_PER_LOOK;
    return (
      this.timeLeft !== undefined && this.timeLeft() <= 0 && this.end('deadline', 'was not read in time')
    );
  }

  /** Returns whether enough time is left for work that cannot be interrupted. If not, reading ends. */
  canAfford(milliseconds: number): boolean {
    if (this.timeLeft === undefined) return true;
    this.looks += 1;
    this.left += VALUES_PER_LOOK;
    this.spend(VALUES_PER_LOOK);
    return (
      this.timeLeft() > milliseconds || !this.end('deadline', 'could not be read in the time that is left')
    );
  }

  /** Ends reading, for a reason that applies to all options of a union. Returns true. */
  end(reason: WalkReason, text: string): true {
    this.reason = reason;
    this.text = text;
    this.path = '';
    this.isOver = true;
    return true;
  }

  /** Records that the value does not fit. */
  misfit(text: string): typeof MISFIT {
    this.reason = 'schema_mismatch';
    this.text = text;
    this.path = '';
    return MISFIT;
  }

  /** Records a failed check. Returns true if that ends reading here. While tolerant, only a check with `abort` does. */
  failsCheck(text: string, aborts: boolean): boolean {
    if (this.tolerant && !aborts) {
      this.continued = true;
      this.continuedByCheck = true;
      return false;
    }
    this.misfit(text);
    return true;
  }

  /** Records a key that the schema does not name. Returns true if that ends reading here. */
  failsKeys(): boolean {
    if (this.tolerant) {
      this.continued = true;
      return false;
    }
    this.misfit('has a key that the schema does not name');
    return true;
  }

  /** Records that the form of the value is never allowed, for any schema. */
  badForm(fault: JsonFault): typeof MISFIT {
    this.end(fault, '');
    return MISFIT;
  }

  /** Adds a step to the start of the fault's path. */
  under(step: string): typeof MISFIT {
    this.path = step + this.path;
    return MISFIT;
  }

  /** Runs a reader with `tolerant` switched off. */
  strictly<Result>(read: () => Result): Result {
    if (!this.tolerant) return read();
    this.tolerant = false;
    const result = read();
    this.tolerant = true;
    return result;
  }

  /** Stores a property that was read before the reader of its object runs. */
  tell(object: object, key: string, value: unknown): void {
    this.toldOf = object;
    this.toldKey = key;
    this.toldValue = value;
  }

  /** Returns a property of an object: the stored value if there is one, otherwise the current one. */
  take(object: object, key: string): unknown {
    if (this.toldOf === object && this.toldKey === key) return this.toldValue;
    return (object as Readonly<Record<string, unknown>>)[key];
  }
}
