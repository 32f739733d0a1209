import { config, text, Text } from '../kit';

/** The configuration of the plugin. */
export class Settings {
  /** The name of the column whose values are masked; null for none. */
  readonly maskColumn: Text | null;
  readonly maskValue: Text;
  /** Statements that contain this text get an error; null for none. */
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

  /** Whether a column is masked. Then unread bytes must not pass, because they may contain a value. */
  get hides(): bool {
    return this.maskColumn !== null;
  }
}

function or(value: Text | null, otherwise: string): Text {
  return value === null ? text(otherwise) : value;
}
