import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';

import { expect, it } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
const page = readFileSync(join(root, 'ARCHITECTURE.md'), 'utf8').replaceAll(/^```[\s\S]*?^```$/gm, '');

/** Returns the source files of a workspace, without tests and their helpers. */
const sourcesOf = (workspace: string): string[] =>
  execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', `${workspace}/**/*.ts`], {
    cwd: root,
    encoding: 'utf8',
  })
    .trim()
    .split('\n')
    .filter((file) => !/\.test(-d)?\.ts$|\/src\/(.+\/)?testing\//.test(file));

/** Returns the modules that a file imports, by statement or by call. */
const importsOf = (file: string): string[] =>
  [
    ...readFileSync(join(root, file), 'utf8').matchAll(
      /^(?:import|export|\}).* from '(.+)';$|^import '(.+)';$|\bimport\('(.+?)'\)/gm,
    ),
  ].map(([, from, alone, called]) => from ?? alone ?? called ?? '');

const codes = (cell: string): string[] => [...cell.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code);
const rules = [...page.matchAll(/^\| `(packages\/[\w-]+)` \| (.+?) \| (.*)\|$/gm)].map(
  ([, workspace = '', allowed = '', alone = '']) => ({ workspace, allowed: codes(allowed), alone }),
);

it('ARCHITECTURE.md has a rule for every package', () => {
  const packages = execFileSync('git', ['ls-files', ':(glob)packages/*/package.json'], {
    cwd: root,
    encoding: 'utf8',
  });
  expect(new Set(rules.map(({ workspace }) => workspace))).toEqual(
    new Set(
      packages
        .trim()
        .split('\n')
        .map((file) => dirname(file)),
    ),
  );
});

it.each(rules)('$workspace imports only what ARCHITECTURE.md allows', ({ workspace, allowed, alone }) => {
  const places = new Map(
    [...alone.matchAll(/`([^`]+)`: ((?:`[^`]+`(?:, )?)+)/g)].map(([, name = '', files = '']) => [
      name,
      codes(files).map((file) => `${workspace}/src/${file}`),
    ]),
  );
  const seen = new Set<string>();
  const wrong: string[] = [];
  for (const file of sourcesOf(workspace)) {
    for (const specifier of importsOf(file).filter((name) => !name.startsWith('.'))) {
      const rule = allowed.find((name) => `${specifier}/`.startsWith(name === 'node:' ? name : `${name}/`));
      const only = rule === undefined ? [] : places.get(rule);
      if (only !== undefined && !only.includes(file)) wrong.push(`${file}: ${specifier}`);
      else if (rule !== undefined) seen.add(rule);
    }
  }
  expect(wrong).toEqual([]);
  // An allowed import that is not used makes the rule wrong too.
  expect(allowed.filter((name) => !seen.has(name))).toEqual([]);
});

it('files import past the entry of a package only where ARCHITECTURE.md allows it', () => {
  const workspaces = [
    ...rules.map(({ workspace }) => workspace),
    'bench',
    'examples/intercepting-proxy',
    'examples/load-balancer',
    'examples/shared',
    'examples/opentelemetry',
  ];
  const reaching = workspaces.flatMap((workspace) =>
    sourcesOf(workspace).filter((file) =>
      importsOf(file).some(
        (name) => name.startsWith('.') && !normalize(join(dirname(file), name)).startsWith(`${workspace}/`),
      ),
    ),
  );
  expect(reaching.toSorted()).toEqual(
    codes(page)
      .filter((code) => code.startsWith('bench/src/'))
      .toSorted(),
  );
});

it.each(['packages/wire', 'packages/runtime'])('ARCHITECTURE.md names every file of %s', (workspace) => {
  const named = new Set(codes(page).map((name) => name.slice(name.lastIndexOf('/') + 1)));
  const homeless = sourcesOf(workspace).filter((file) => {
    const name = file.slice(file.lastIndexOf('/') + 1);
    return name !== 'index.ts' && !name.startsWith('cc-lb-') && !named.has(name);
  });
  expect(homeless).toEqual([]);
});

const [, orders = ''] = page.split('## The order of folders');
const folders = [...orders.matchAll(/^\| `([\w-]+)` \| (.*)\|$/gm)].map(([, name = '', cell = '']) => ({
  workspace: `packages/${name}`,
  order: codes(cell),
}));

it('ARCHITECTURE.md has an order of folders for each package', () => {
  expect(new Set(folders.map(({ workspace }) => workspace))).toEqual(
    new Set(rules.map(({ workspace }) => workspace)),
  );
});

it.each(folders)('folders of $workspace import only in the given order', ({ workspace, order }) => {
  const source = `${workspace}/src/`;
  const folderOf = (file: string): string => dirname(file).slice(source.length);
  const upward: string[] = [];
  const seen = new Set<string>();
  for (const file of sourcesOf(workspace).filter((each) => each.startsWith(source))) {
    const from = folderOf(file);
    // Files of `src` itself are entries: they may import everything.
    if (from === '') continue;
    seen.add(from);
    for (const specifier of importsOf(file).filter((name) => name.startsWith('.'))) {
      const to = folderOf(normalize(join(dirname(file), specifier)));
      if (to !== from && (to === '' || order.indexOf(to) > order.indexOf(from)))
        upward.push(`${file}: ${specifier}`);
    }
  }
  expect(upward).toEqual([]);
  expect(order.toSorted()).toEqual([...seen].toSorted());
});
