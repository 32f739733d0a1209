import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { onTestFinished } from 'vitest';

/** Creates a folder, which is removed when the test ends. */
export const openFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'process-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
};

/** Writes a file with a unique name, executable by default, and returns its path. */
export const writeExecutable = (content: string | Uint8Array, mode = 0o755): string => {
  const path = join(openFolder(), 'plugin');
  writeFileSync(path, content);
  chmodSync(path, mode);
  return path;
};

/** Writes a shell script that acts as a plugin, and returns its path. */
export const script = (body: string): string => writeExecutable(`#!/bin/sh\n${body}\n`);
