import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { IDENTITY_SECTION } from '@plugwire/wire';
import { describe, expect, it } from 'vitest';

import { identityText } from '../build/build-plugin.ts';
import { appendCustomSections } from '../build/custom-section.ts';
import {
  readToolchainPlugin,
  TOOLCHAIN_PLUGINS,
  toolchainPluginUrl,
  type ToolchainPluginName,
} from './toolchain-plugins.ts';

/** The record that `plugins/build.mjs` writes next to a module. */
interface Recorded {
  readonly name: string;
  readonly language: string;
  readonly functions: readonly string[];
  readonly needsWasi: boolean;
  /** The identity that was added to the module, or `null` if the source contains one. */
  readonly identity: Readonly<Record<string, unknown>> | null;
  readonly toolchain: string;
  /** Whether it is rebuilt only on request. */
  readonly isSlow?: boolean;
  readonly wasmSha256: string;
  readonly sourcesSha256: Readonly<Record<string, string>>;
}

const PLUGINS = fileURLToPath(new URL('../../plugins', import.meta.url));
const NAMES = Object.keys(TOOLCHAIN_PLUGINS) as ToolchainPluginName[];

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const recordOf = (name: ToolchainPluginName): Recorded =>
  JSON.parse(readFileSync(join(PLUGINS, name, 'plugin.json'), 'utf8')) as Recorded;
const build = (...args: string[]): string =>
  execFileSync(process.execPath, [join(PLUGINS, 'build.mjs'), ...args], { encoding: 'utf8' });

const installed = JSON.parse(build('--toolchains')) as Record<string, string | null>;

/** The files in the folders of the recorded sources, to detect files that are not recorded. */
const sourcesOf = ({ sourcesSha256 }: Recorded): string[] => {
  const folders = new Set(
    Object.keys(sourcesSha256).map((path) => path.split('/', path.startsWith('shared/') ? 2 : 1).join('/')),
  );
  return [...folders]
    .flatMap((folder) =>
      readdirSync(join(PLUGINS, folder), { recursive: true, encoding: 'utf8' }).map(
        (file) => `${folder}/${file.replaceAll('\\', '/')}`,
      ),
    )
    .filter((path) => /\.(?:ts|mjs|c|h|rs|go|mod|toml|lock)$/.test(path) && !path.includes('/target/'));
};

/** Why a module is not rebuilt here. */
const obstacleTo = (
  { toolchain, isSlow = false }: Recorded,
  found: string | null | undefined,
): string | undefined => {
  if (found !== toolchain) return `needs ${toolchain}, here is ${found ?? 'none'}`;
  if (isSlow && process.env['REBUILD_SLOW_PLUGINS'] === undefined)
    return 'takes minutes, set REBUILD_SLOW_PLUGINS';
  return undefined;
};

describe('the plugins of real toolchains', () => {
  it('are all plugins in the folder', () => {
    const folders = readdirSync(PLUGINS, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && entry.name !== 'shared')
      .map((entry) => entry.name);
    expect(folders.toSorted()).toEqual([...NAMES].toSorted());
  });

  it.each(NAMES)('include %s, which matches its record', (name) => {
    const recorded = recordOf(name);
    expect({ ...TOOLCHAIN_PLUGINS[name], name }).toEqual({
      name: recorded.name,
      language: recorded.language,
      functions: recorded.functions,
      needsWasi: recorded.needsWasi,
    });
    expect(sha256(readToolchainPlugin(name))).toBe(recorded.wasmSha256);
    expect(toolchainPluginUrl(name).pathname).toContain(`/${name}/${name}.wasm`);
  });

  it.each(NAMES)('include %s, which was built from the current sources', (name) => {
    const recorded = recordOf(name);
    expect(Object.keys(recorded.sourcesSha256).toSorted()).toEqual(sourcesOf(recorded).toSorted());
    for (const [path, hash] of Object.entries(recorded.sourcesSha256)) {
      expect([path, sha256(readFileSync(join(PLUGINS, path)))]).toEqual([path, hash]);
    }
  });

  for (const name of NAMES) {
    const recorded = recordOf(name);
    const found = installed[name];
    const obstacle = obstacleTo(recorded, found);
    const reason = obstacle === undefined ? '' : ` (skipped: ${obstacle})`;
    const isSkipped = obstacle !== undefined;
    it.skipIf(isSkipped)(
      `include ${name}, which has the same bytes when it is rebuilt${reason}`,
      { timeout: 600_000 },
      () => {
        const folder = mkdtempSync(join(tmpdir(), 'plugwire-'));
        try {
          const file = join(folder, 'module.wasm');
          build('--module', name, file);
          const compiled = readFileSync(file);
          const { identity } = recorded;
          const module =
            identity === null
              ? compiled
              : appendCustomSections(compiled, [{ name: IDENTITY_SECTION, payload: identityText(identity) }]);
          expect(sha256(module)).toBe(recorded.wasmSha256);
        } finally {
          rmSync(folder, { recursive: true });
        }
      },
    );
  }
});
