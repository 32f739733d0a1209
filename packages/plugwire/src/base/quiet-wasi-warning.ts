/**
 * Hides Node’s experimental warning about WASI. Importing Extism causes it; Plugwire never uses `node:wasi`. All other warnings are
 * shown.
 */
export const quietWasiWarning = (): void => {
  const emitWarning = process.emitWarning.bind(process);
  process.emitWarning = (warning: string | Error, ...rest: unknown[]): void => {
    if (rest[0] === 'ExperimentalWarning' && String(warning).includes('WASI')) return;
    emitWarning(warning, ...(rest as []));
  };
};
