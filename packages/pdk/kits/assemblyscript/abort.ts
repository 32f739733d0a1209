import { logError } from './extism';
import { toBlock } from './memory';
import { text } from './text';

/** What `throw`, `assert` and AssemblyScript's own checks call: logs the message, then traps (`--use abort=…/abort/abort`). */
export function abort(message: string | null, file: string | null, line: u32, column: u32): void {
  const reason = message === null || message.length == 0 ? 'aborted' : message;
  const where = file === null ? '' : ' (' + file + ':' + line.toString() + ':' + column.toString() + ')';
  logError(toBlock(text(reason + where)));
  unreachable();
}
