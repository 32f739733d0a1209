/** The code with which a call of a sandbox ends, or `ok`. Throws what is no `SandboxError`. */
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

/** Where the making of a sandbox was refused, as `stage/code`, or `opened`. Rejects with what is no `PluginLoadError`. */
export const refusalOf = async (opening: Promise<unknown>): Promise<string> =>
  await opening.then(
    () => 'opened',
    (error: unknown) => {
      const { name, stage, code } = error as Record<string, unknown>;
      if (name !== 'PluginLoadError') throw error;
      return `${String(stage)}/${String(code)}`;
    },
  );

/** An output as text. */
export const textOf = (output: Uint8Array | null): string | null =>
  output === null ? null : Buffer.from(output).toString();
