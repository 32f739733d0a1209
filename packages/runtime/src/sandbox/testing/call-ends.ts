/** Returns the code of a failed call of a sandbox, or `ok`. Rethrows errors that are not a `SandboxError`. */
export const codeOf = (call: () => unknown): string => {
  try {
    call();
    return 'ok';
  } catch (error) {
    const { name, code } = error as Record<string, unknown>;
    if (name !== 'SandboxError') throw error;
    return String(code);
  }
};

/** Resolves to the stage and code of a failed load as `stage/code`, or to `opened`. Rejects with errors that are not a `PluginLoadError`. */
export const refusalOf = async (opening: Promise<unknown>): Promise<string> =>
  await opening.then(
    () => 'opened',
    (error: unknown) => {
      const { name, stage, code } = error as Record<string, unknown>;
      if (name !== 'PluginLoadError') throw error;
      return `${String(stage)}/${String(code)}`;
    },
  );

/** Returns an output as text. */
export const textOf = (output: Uint8Array | null): string | null =>
  output === null ? null : Buffer.from(output).toString();
