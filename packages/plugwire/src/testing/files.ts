import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { toolchainPluginUrl, type ToolchainPluginName } from '@plugwire/pdk-fixtures';

/** A temporary folder for a test. */
export interface TestFolder {
  readonly path: string;
  /** Writes a file and returns its path. */
  write(name: string, content: string | Uint8Array): string;
  remove(): void;
}

/** Creates an empty temporary folder. */
export const makeFolder = (): TestFolder => {
  const path = mkdtempSync(join(tmpdir(), 'plugwire-'));
  return {
    path,
    write: (name, content) => {
      const file = join(path, name);
      writeFileSync(file, content);
      return file;
    },
    remove: () => rmSync(path, { recursive: true, force: true }),
  };
};

/** The path of a contract of these tests. */
export const contractFile = (name: string): string =>
  fileURLToPath(new URL(`contracts/${name}`, import.meta.url));

/** The path of a committed plugin. */
export const pluginFile = (name: ToolchainPluginName): string => fileURLToPath(toolchainPluginUrl(name));
