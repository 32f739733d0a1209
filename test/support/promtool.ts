import { spawnSync } from 'node:child_process';

/** Returns whether promtool is installed. */
export const hasPromtool = (): boolean => spawnSync('promtool', ['--version']).status === 0;

/** Runs promtool, and returns its exit code and output. */
export const runPromtool = (
  ...args: readonly string[]
): { readonly status: number | null; readonly said: string } => {
  const { status, stdout, stderr } = spawnSync('promtool', args, { encoding: 'utf8' });
  return { status, said: stdout + stderr };
};
