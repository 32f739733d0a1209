import { spawnSync } from 'node:child_process';

/** Whether Prometheus' own checks can run here. */
export const hasPromtool = (): boolean => spawnSync('promtool', ['--version']).status === 0;

/** Runs promtool, and gives its exit code and what it said. */
export const runPromtool = (
  ...args: readonly string[]
): { readonly status: number | null; readonly said: string } => {
  const { status, stdout, stderr } = spawnSync('promtool', args, { encoding: 'utf8' });
  return { status, said: stdout + stderr };
};
