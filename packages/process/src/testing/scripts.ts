import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { onTestFinished } from 'vitest';

/** A folder that is removed when the test ends. */
export const openFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'process-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
};

/** A file of its own, executable unless said otherwise. */
export const writeExecutable = (content: string | Uint8Array, mode = 0o755): string => {
  const path = join(openFolder(), 'plugin');
  writeFileSync(path, content);
  chmodSync(path, mode);
  return path;
};

/** A shell script as a plugin. */
export const script = (body: string): string => writeExecutable(`#!/bin/sh\n${body}\n`);
