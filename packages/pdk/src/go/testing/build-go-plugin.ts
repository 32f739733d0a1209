import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';

import { appendCustomSections, identityText } from '@plugwire/pdk-fixtures';
import { IDENTITY_SECTION } from '@plugwire/wire';

import { generateKit, generateProject } from '../../generate/generate-kit.ts';
import type { KitFile } from '../../kit/kit.ts';
import type { KitOptions } from '../../plan/plan-kit.ts';

/** The search path, with the folder of Go's installer. */
const PATH = [process.env['PATH'] ?? '', '/usr/local/go/bin'].join(delimiter);
const WASM = { GOOS: 'wasip1', GOARCH: 'wasm', GOTOOLCHAIN: 'local', GOFLAGS: '', GOWORK: 'off' };

const run = (folder: string, file: string, args: readonly string[], env: NodeJS.ProcessEnv): string =>
  execFileSync(file, args, {
    cwd: folder,
    encoding: 'utf8',
    stdio: 'pipe',
    env: { ...process.env, PATH, ...env },
  });

/** Whether Go 1.24 or newer is installed. Older versions have no `go:wasmexport`. */
export const hasGo = ((): boolean => {
  try {
    const [, minor = '0'] = /go1\.(\d+)/.exec(run('.', 'go', ['version'], {})) ?? [];
    return Number(minor) >= 24;
  } catch {
    return false;
  }
})();

/** Writes the files into a new folder, calls `use` with it, and removes the folder. */
const withFolder = <Result>(files: readonly KitFile[], use: (folder: string) => Result): Result => {
  const folder = mkdtempSync(join(tmpdir(), 'plugwire-go-'));
  try {
    for (const { path, text } of files) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    return use(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
};

/** Runs `gofmt -l` and `go vet` on the files. Returns their output, which is empty if both find nothing. */
export const checkGo = (files: readonly KitFile[]): string =>
  withFolder(
    files,
    (folder) => run(folder, 'gofmt', ['-l', '.'], {}) + run(folder, 'go', ['vet', './...'], {}),
  );

/** Runs `go test` on the files, outside of WebAssembly. Returns its output. */
export const testGo = (files: readonly KitFile[]): string =>
  withFolder(files, (folder) => run(folder, 'go', ['test', './...'], {}));

/** Builds a plugin from a kit and the source of `main.go`. Default: the project's `main.go`. */
export const buildGoPlugin = (
  options: Omit<KitOptions, 'language'>,
  main?: string,
): Uint8Array<ArrayBuffer> => {
  const all = { ...options, language: 'go' as const };
  const files = [...generateKit(all), ...generateProject(all)].map((file) =>
    file.path === 'main.go' && main !== undefined ? { path: file.path, text: main } : file,
  );
  return withFolder(files, (folder) => {
    const args = ['build', '-buildmode=c-shared', '-trimpath', '-buildvcs=false', '-ldflags=-s -w'];
    run(folder, 'go', [...args, '-o', 'plugin.wasm', '.'], WASM);
    const { name, version } = options.plugin;
    const payload = identityText({ plugin_name: name, plugin_version: version });
    return appendCustomSections(readFileSync(join(folder, 'plugin.wasm')), [
      { name: IDENTITY_SECTION, payload },
    ]);
  });
};

/** Returns a `main.go` with these methods. Each is given as its name, signature and body. */
export const goMain = (plugin: string, methods: readonly string[], imports: readonly string[] = []): string =>
  `package main

import (
${[...imports, `${plugin}/kit`].map((path) => `\t"${path}"`).join('\n')}
)

func init() { kit.Serve(plugin{}) }

func main() {}

type plugin struct{}

${methods.map((method) => `func (plugin) ${method}\n`).join('\n')}`;
