/**
 * The `plugwire` command, for programs that run it in their own process.
 *
 * @module
 */
export { EXIT_CODES, type ExitKind } from './base/exit-codes.ts';
export { runPlugwire } from './program/run-plugwire.ts';
export type { ProcessLike } from './output/terminal.ts';
