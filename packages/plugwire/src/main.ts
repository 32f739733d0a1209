import { quietWasiWarning } from './base/quiet-wasi-warning.ts';

quietWasiWarning();
// Imported afterwards: the warning comes when Node links the modules.
const { runPlugwire } = await import('./program/run-plugwire.ts');
await runPlugwire(process.argv.slice(2), process);
