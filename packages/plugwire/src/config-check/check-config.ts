import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';

import { type PlannedChange, planConfig, type PluginConfig, readConfig } from '@plugwire/operate';
import { describeModule } from '@plugwire/runtime';

/** A plugin of a configuration whose file is not as the configuration says. */
interface ConfigProblem {
  readonly plugin: string;
  readonly message: string;
}

/** What a configuration means for a process that starts with it. */
export interface CheckedConfig {
  readonly file: string;
  readonly plugins: Readonly<Record<string, PluginConfig>>;
  readonly plan: readonly PlannedChange[];
  readonly problems: readonly ConfigProblem[];
}

/** Reads a configuration, plans it, and looks at the files of its plugins. Throws `ConfigError`. */
export const checkConfig = async (path: string | undefined): Promise<CheckedConfig> => {
  const config = readConfig(path);
  const checked = await Promise.all(
    Object.entries(config.plugins).map(async ([plugin, settings]) => {
      const message = await findProblem(settings);
      return message === undefined ? [] : [{ plugin, message }];
    }),
  );
  return {
    file: config.file,
    plugins: config.plugins,
    plan: planConfig(undefined, config),
    problems: checked.flat(),
  };
};

const findProblem = async ({ path, sha256 }: PluginConfig): Promise<string | undefined> => {
  // A carrier looks at its own files when it starts the plugin.
  if (path === undefined) return undefined;
  let bytes: Buffer;
  try {
    bytes = await readFile(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === 'ENOENT'
      ? `${path} does not exist: build the plugin, or correct the path.`
      : `${path} cannot be read (${code}): check its permissions.`;
  }
  const seen = createHash('sha256').update(bytes).digest('hex');
  if (sha256 !== undefined && seen !== sha256)
    return `${path} has the SHA-256 ${seen}, and the configuration has ${sha256}: approve the file, or bring back the old one.`;
  const described = describeModule(bytes);
  return described.ok ? undefined : `${path}: ${described.message}`;
};
