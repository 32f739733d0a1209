import { config, text, Text } from '../kit';

/** What the operator configured. */
export class Settings {
  /** The column whose values are replaced; null for none. */
  readonly maskColumn: Text | null;
  readonly maskValue: Text;
  /** Statements with this in them get an error; null for none. */
  readonly errorOn: Text | null;
  readonly errorCode: Text;
  readonly errorMessage: Text;
  readonly refusesTls: bool;

  constructor() {
    this.maskColumn = config('mask_column');
    this.maskValue = or(config('mask_value'), '***');
    this.errorOn = config('error_on');
    this.errorCode = or(config('error_code'), '58000');
    this.errorMessage = or(config('error_message'), 'this statement is not served');
    this.refusesTls = or(config('tls'), 'pass').is('refuse');
  }

  /** Whether bytes that nobody reads may give away what is to be hidden. */
  get hides(): bool {
    return this.maskColumn !== null;
  }
}

function or(value: Text | null, otherwise: string): Text {
  return value === null ? text(otherwise) : value;
}
