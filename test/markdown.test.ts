import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

import { expect, it } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
/** Returns the files of the project with this extension, without ignored ones. */
const filesOf = (ending: string): string[] =>
  execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', `*${ending}`], {
    cwd: root,
    encoding: 'utf8',
  })
    .trim()
    .split('\n');
const pages = filesOf('.md');
const read = (page: string): string => readFileSync(join(root, page), 'utf8');
/** Returns a page without code and without generated parts. */
const prose = (page: string): string =>
  read(page)
    .replaceAll(/^```[\s\S]*?^```$/gm, '')
    .replaceAll(/^<!-- bench:begin -->[\s\S]*?^<!-- bench:end -->$/gm, '');

/** Returns the anchor that GitHub creates for a heading. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}_ -]/gu, '')
    .trim()
    .replaceAll(' ', '-');

const anchorsOf = (page: string): string[] =>
  [...read(page).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => anchorOf(heading));

/** The address to which pages of packages link, because the registry shows them without the rest of the project. */
const PUBLISHED = 'https://github.com/plugwire/plugwire/blob/main/';
const published = pages.filter((page) => /^packages\/[\w-]+\/README\.md$/.test(page));

const linksOf = (page: string): string[] =>
  [...prose(page).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link);

/** Returns a link to a file of the project, relative to its page. Returns `undefined` for any other link. */
const localLink = (page: string, link: string): string | undefined => {
  if (link.startsWith(PUBLISHED)) return join(relative(dirname(page), '.'), link.slice(PUBLISHED.length));
  return /^\w+:/.test(link) ? undefined : link;
};

const isDead = (page: string, link: string): boolean => {
  const [path = '', anchor] = link.split('#');
  const target = path === '' ? page : join(dirname(page), path);
  if (!existsSync(join(root, target))) return true;
  return anchor !== undefined && !anchorsOf(target).includes(anchor);
};

it.each(pages)('%s has no broken links', (page) => {
  const links = linksOf(page).flatMap((link) => localLink(page, link) ?? []);
  expect(links.filter((link) => isDead(page, link))).toEqual([]);
});

it.each(published)('%s has only links that work on the registry', (page) => {
  expect(linksOf(page).filter((link) => !/^https:|^#/.test(link))).toEqual([]);
});

it('each package has a README.md, and the main README.md names it', () => {
  const packages = filesOf('package.json').flatMap(
    (path) => /^packages\/[\w-]+(?=\/package)/.exec(path) ?? [],
  );
  expect(packages.filter((path) => !published.includes(`${path}/README.md`))).toEqual([]);
  expect(packages.filter((path) => !linksOf('README.md').includes(path))).toEqual([]);
});

it.each(pages)('%s names only files that exist', (page) => {
  const named = [...prose(page).matchAll(/`((?:bench|docs|examples|packages|test)\/[\w./-]+)`/g)];
  expect(named.map(([, path = '']) => path).filter((path) => !existsSync(join(root, path)))).toEqual([]);
});

it('ARCHITECTURE.md and RATIONALE.md name only source files that exist', () => {
  const present = new Set(filesOf('').map((path) => basename(path)));
  const named = [
    ...`${read('ARCHITECTURE.md')}${read('RATIONALE.md')}`.matchAll(/`([\w./-]+\.(?:ts|wat))`/g),
  ];
  expect(named.map(([, path = '']) => basename(path)).filter((name) => !present.has(name))).toEqual([]);
});

it('code comments name only sections that RATIONALE.md has', () => {
  const sections = [...read('RATIONALE.md').matchAll(/^## (.+)$/gm)].map(([, heading = '']) => heading);
  const quoted = filesOf('.ts').flatMap((path) => {
    const text = read(path).replaceAll(/\n\s*(?:\*|\/\/) ?/g, ' ');
    return [...text.matchAll(/RATIONALE\.md, "([^"]+)"(?: and "([^"]+)")?/g)].flatMap((match) =>
      match.slice(1, 3),
    );
  });
  const named = quoted.filter((heading) => heading !== undefined);
  expect(named.length).toBeGreaterThan(0);
  expect(named.filter((name) => !sections.some((heading) => heading.startsWith(name)))).toEqual([]);
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

it.each(pages)('%s has no line of more than 130 characters outside tables', (page) => {
  const lines = prose(page).split('\n');
  expect(lines.filter((line) => line.length > 130 && !line.startsWith('|'))).toEqual([]);
});

it.each(pages)('%s names only commands that the project has', (page) => {
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
  const named = [...read(page).matchAll(/npm run ([\w:-]+)/g)].map(([, script = '']) => script);
  expect(named.filter((script) => !(script in scripts))).toEqual([]);
});
