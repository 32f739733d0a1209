import { quietWasiWarning } from './base/quiet-wasi-warning.ts';

quietWasiWarning();
// Imported after the call above, because Node prints the warning when it links the modules.
const { runPlugwire } = await import('./program/run-plugwire.ts');
await runPlugwire(process.argv.slice(2), process);
