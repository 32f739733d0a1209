import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { expect, it } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
/** Files of the project with this ending, ignored ones left out. */
const filesOf = (ending: string): string[] =>
  execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', `*${ending}`], {
    cwd: root,
    encoding: 'utf8',
  })
    .trim()
    .split('\n');
const pages = filesOf('.md');
const read = (page: string): string => readFileSync(join(root, page), 'utf8');
/** The page without what is code, or written by a program. */
const prose = (page: string): string =>
  read(page)
    .replaceAll(/^```[\s\S]*?^```$/gm, '')
    .replaceAll(/^<!-- bench:begin -->[\s\S]*?^<!-- bench:end -->$/gm, '');

/** A heading's anchor, as GitHub makes it. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}_ -]/gu, '')
    .trim()
    .replaceAll(' ', '-');

const anchorsOf = (page: string): string[] =>
  [...read(page).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => anchorOf(heading));

const isDead = (page: string, link: string): boolean => {
  const [path = '', anchor] = link.split('#');
  const target = path === '' ? page : join(dirname(page), path);
  if (!existsSync(join(root, target))) return true;
  return anchor !== undefined && !anchorsOf(target).includes(anchor);
};

it.each(pages)('%s has no dead link', (page) => {
  const links = [...prose(page).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link);
  expect(links.filter((link) => !/^\w+:/.test(link)).filter((link) => isDead(page, link))).toEqual([]);
});

it.each(pages)('%s names no file of the project that is not there', (page) => {
  const named = [...prose(page).matchAll(/`((?:bench|docs|examples|packages|test)\/[\w./-]+)`/g)];
  expect(named.map(([, path = '']) => path).filter((path) => !existsSync(join(root, path)))).toEqual([]);
});

it('ARCHITECTURE.md and RATIONALE.md name no source file that is not there', () => {
  const present = new Set(filesOf('').map((path) => basename(path)));
  const named = [
    ...`${read('ARCHITECTURE.md')}${read('RATIONALE.md')}`.matchAll(/`([\w./-]+\.(?:ts|wat))`/g),
  ];
  expect(named.map(([, path = '']) => basename(path)).filter((name) => !present.has(name))).toEqual([]);
});

it('RATIONALE.md has a reason for each dependency of each package', () => {
  const manifests = filesOf('package.json');
  const dependencies = manifests.flatMap((path) => {
    const manifest = JSON.parse(read(path)) as Record<string, Record<string, string> | undefined>;
    return ['dependencies', 'devDependencies', 'peerDependencies'].flatMap((kind) =>
      Object.keys(manifest[kind] ?? {}),
    );
  });
  const [, reasons = ''] = read('RATIONALE.md').split(/^## Dependencies$/m);
  const foreign = new Set(dependencies.filter((name) => !/^(@plugwire\/|plugwire$)/.test(name)));
  expect([...foreign].filter((name) => !reasons.includes(`\`${name}\``))).toEqual([]);
});

it.each(pages)('%s has no line of more than 130 characters outside of tables', (page) => {
  const lines = prose(page).split('\n');
  expect(lines.filter((line) => line.length > 130 && !line.startsWith('|'))).toEqual([]);
});

it.each(pages)('%s names no command that the project does not have', (page) => {
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
  const named = [...read(page).matchAll(/npm run ([\w:-]+)/g)].map(([, script = '']) => script);
  expect(named.filter((script) => !(script in scripts))).toEqual([]);
});
