import { Builder } from './builder';
import { logError } from './extism';
import { toBlock } from './memory';
import { text } from './text';

/** AssemblyScript calls it for `throw`, `assert` and its own checks. Logs the message, then traps (`--use abort=…/abort/abort`). */
export function abort(message: string | null, file: string | null, line: u32, column: u32): void {
  const to = new Builder(256);
  to.bytes(text(message === null ? 'aborted' : message));
  if (file !== null) {
    to.literal(' at ');
    to.bytes(text(file));
    to.literal(':');
    to.decimal(line);
    to.literal(':');
    to.decimal(column);
  }
  logError(toBlock(to.toBytes()));
  unreachable();
}
