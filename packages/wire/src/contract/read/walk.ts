import { PROTOCOL_LIMITS } from '../../base/limits.ts';
import type { JsonFault } from '../../json/walk-json.ts';

/** How many milliseconds a reading may still take; 0 or less ends it. It is asked once for some thousand values. */
export type TimeLeft = () => number;

/** What a reader returns for a value that does not fit. The reason is in its {@link Walk}. */
export const MISFIT: unique symbol = Symbol('misfit');

/** Why a reading ended. `deadline`: there was no time left to finish it. */
export type WalkReason = JsonFault | 'schema_mismatch' | 'deadline';

/** How many values are read between two looks at the clock: about 0.1 ms. */
const VALUES_PER_LOOK = 4_096;

/** How deep messages nest. */
export const MOST_LEVELS = PROTOCOL_LIMITS.jsonDepth;

/**
 * The state of one reading: what it may still cost, and where and why it ended. Readers share it, so a misfit is found without
 * making an object for it.
 */
export class Walk {
  /** How many values may be read before the next look at the clock. Readers count it down. */
  left = VALUES_PER_LOOK;
  /** How often the clock was looked at. */
  looks = 0;
  reason: WalkReason = 'schema_mismatch';
  /** What was expected, without payload. */
  text = '';
  /** Where the misfit is, below the value that is read: keys that the schema names, `.*` for a record's, `[]` for an index. */
  path = '';
  /** No other option of a union can save the value: time is up, or its form is forbidden everywhere. */
  isOver = false;
  /** A caller's value holds an object of a class or a function, left as it is. */
  foreign = false;
  /**
   * Set while a union inside an intersection is read: zod then asks of each option whether what is wrong with it only concerns checks
   * and keys. Such misfits are noted here, and reading goes on.
   */
  tolerant = false;
  /** In tolerant reading: something was wrong, and nothing of it ended the reading. */
  continued = false;
  /** The same, by anything but unknown keys: a pipe stops at that. */
  continuedByCheck = false;

  /** The property of a caller's object that told a union's options apart: it was read, and is not read again. */
  private toldOf: object | undefined = undefined;
  private toldKey = '';
  private toldValue: unknown = undefined;

  private readonly timeLeft: TimeLeft | undefined;

  constructor(timeLeft?: TimeLeft) {
    this.timeLeft = timeLeft;
  }

  /** Values read so far. */
  get values(): number {
    return (this.looks + 1) * VALUES_PER_LOOK - this.left;
  }

  /** Counts values, before they are read; true if there is no time for them. */
  spend(values: number): boolean {
    this.left -= values;
    return this.left < 0 && this.isLate();
  }

  /** Looks at the clock. For readers that count down {@link left} themselves, when it is below zero. */
  isLate(): boolean {
    const looks = Math.ceil(-this.left / VALUES_PER_LOOK);
    this.looks += looks;
    this.left += looks * VALUES_PER_LOOK;
    return (
      this.timeLeft !== undefined && this.timeLeft() <= 0 && this.end('deadline', 'was not read in time')
    );
  }

  /** Whether there is time for work that cannot be interrupted; if not, the reading is over. */
  canAfford(milliseconds: number): boolean {
    if (this.timeLeft === undefined) return true;
    this.looks += 1;
    this.left += VALUES_PER_LOOK;
    this.spend(VALUES_PER_LOOK);
    return (
      this.timeLeft() > milliseconds || !this.end('deadline', 'could not be read in the time that is left')
    );
  }

  /** Ends the reading for a reason that no other option of a union can mend. Always true. */
  end(reason: WalkReason, text: string): true {
    this.reason = reason;
    this.text = text;
    this.path = '';
    this.isOver = true;
    return true;
  }

  /** A misfit here, whatever else may be right. */
  misfit(text: string): typeof MISFIT {
    this.reason = 'schema_mismatch';
    this.text = text;
    this.path = '';
    return MISFIT;
  }

  /** A check failed; true if that ends the reading here. zod goes on after it unless the check says `abort`. */
  failsCheck(text: string, aborts: boolean): boolean {
    if (this.tolerant && !aborts) {
      this.continued = true;
      this.continuedByCheck = true;
      return false;
    }
    this.misfit(text);
    return true;
  }

  /** There is a key that the schema does not name; true if that ends the reading here. */
  failsKeys(): boolean {
    if (this.tolerant) {
      this.continued = true;
      return false;
    }
    this.misfit('has a key that the schema does not name');
    return true;
  }

  /** The form of the value is forbidden, in whatever schema. */
  badForm(fault: JsonFault): typeof MISFIT {
    this.end(fault, '');
    return MISFIT;
  }

  /** A misfit further in: adds a step to its path. */
  under(step: string): typeof MISFIT {
    this.path = step + this.path;
    return MISFIT;
  }

  /** Reads without tolerance, whatever is around it: it fits, or it does not. */
  strictly<Result>(read: () => Result): Result {
    if (!this.tolerant) return read();
    this.tolerant = false;
    const result = read();
    this.tolerant = true;
    return result;
  }

  /** Keeps a property that was read before the reader of its object runs. */
  tell(object: object, key: string, value: unknown): void {
    this.toldOf = object;
    this.toldKey = key;
    this.toldValue = value;
  }

  /** A property of an object, as it was told or as it is. */
  take(object: object, key: string): unknown {
    if (this.toldOf === object && this.toldKey === key) return this.toldValue;
    return (object as Readonly<Record<string, unknown>>)[key];
  }
}
