import { readFileSync } from 'node:fs';

import { describe, expect, it } from 'vitest';

import { EXIT_CODES } from '../base/exit-codes.ts';
import { listCommands } from '../testing/list-commands.ts';
import { runHere } from '../testing/run-command.ts';

const page = readFileSync(new URL('../../../../docs/cli.md', import.meta.url), 'utf8');

/** The part of the page from a heading to the next one. */
const section = (heading: string): string => {
  const [, rest] = page.split(new RegExp(`^##+ ${heading}$`, 'm'));
  return rest?.split(/^##+ /m)[0] ?? '';
};

const firstCells = (text: string): string[] =>
  [...text.matchAll(/^\| `([^`]+)` \|/gm)].map(([, cell = '']) => cell);

const SHARED = 'How a plugin is loaded';
const commands = listCommands();

describe('docs/cli.md', () => {
  it.each(commands)('lists exactly the options of $name, in their order', ({ name, flags }) => {
    const part = section(`plugwire ${name}`);
    const shared = part.includes(`[${SHARED}]`) ? firstCells(section(SHARED)) : [];
    expect([...firstCells(part), ...shared]).toEqual(flags);
  });

  it('has exactly one section for each command', () => {
    const sections = [...page.matchAll(/^## plugwire (.+)$/gm)].map(([, name = '']) => name);
    expect(sections).toEqual(commands.map(({ name }) => name));
    const listed = [...page.matchAll(/^\| \[`([^`]+)`\]\(#plugwire-/gm)].map(([, name = '']) => name);
    expect(listed).toEqual(sections);
  });

  it('lists the exit codes', () => {
    const rows = [...section('Exit codes').matchAll(/^\| `(\w+)` \| (\d+) \|/gm)];
    expect(rows.map(([, kind, code]) => [kind, Number(code)])).toEqual(Object.entries(EXIT_CODES));
  });

  it.each(commands)('shows an example of $name', ({ name }) => {
    expect(section(`plugwire ${name}`)).toMatch(new RegExp(`^plugwire ${name} `, 'm'));
  });

  it.each(commands)('lists the options that $name --help prints', async ({ name, flags }) => {
    const { stdout } = await runHere([...name.split(' '), '--help']);
    for (const flag of flags) expect(stdout).toContain(`  ${flag}`);
  });
});
