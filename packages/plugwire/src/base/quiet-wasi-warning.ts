/**
 * Keeps Node’s warning about WASI off the terminal. It comes with the import of Extism; Plugwire never uses Node’s WASI. All other
 * warnings are shown.
 */
export const quietWasiWarning = (): void => {
  const emitWarning = process.emitWarning.bind(process);
  process.emitWarning = (warning: string | Error, ...rest: unknown[]): void => {
    if (rest[0] === 'ExperimentalWarning' && String(warning).includes('WASI')) return;
    emitWarning(warning, ...(rest as []));
  };
};
