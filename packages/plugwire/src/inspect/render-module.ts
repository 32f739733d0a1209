import type { ImportDescription, LimitsDescription, ModuleDescription } from '@plugwire/runtime';

import { plainText } from '../output/plain-text.ts';
import type { Style } from '../output/style.ts';
import { layTable } from '../output/table.ts';
import { showBytes, showChange, showCount } from '../output/units.ts';
import { findNotes } from './find-notes.ts';
import { needsOf } from './needs-of.ts';

/** Renders a module as text. Long lists are cut; `--json` prints all of them. */
export const renderModule = (file: string, module: ModuleDescription, style: Style): string[] => {
  const heading = (text: string): string => style.bold(text);
  const facts = layTable(factsOf(module).map(([name, value]) => [style.dim(name), value]));
  return [
    heading(file),
    ...indent(facts),
    ...part(heading('imports'), renderImports(module.imports, style)),
    ...part(
      heading('exports'),
      layTable(
        cut(
          module.exports.map(({ name, kind, signature }) => [plainText(name), style.dim(signature ?? kind)]),
        ),
      ),
    ),
    ...part(heading('sections'), renderSections(module)),
    ...part(
      heading('notes'),
      findNotes(module).map(
        ({ level, text }) => `${level === 'warning' ? style.yellow('!') : style.dim('-')} ${text}`,
      ),
    ),
  ];
};

const indent = (lines: readonly string[]): string[] => lines.map((line) => `  ${line}`);

const part = (heading: string, lines: readonly string[]): string[] =>
  lines.length === 0 ? [] : ['', heading, ...indent(lines)];

const factsOf = (module: ModuleDescription): [name: string, value: string][] => {
  const { identity, bytes, sha256, metering, memories, tables, functions, features, producers } = module;
  return [
    [
      'identity',
      identity.ok
        ? plainText(`${identity.identity.plugin_name} ${identity.identity.plugin_version}`)
        : `none (${identity.code})`,
    ],
    ['size', `${showBytes(bytes)}, ${showCount(functions)} functions`],
    [
      'metered',
      metering.ok
        ? `${showBytes(metering.bytes)} (${showChange(bytes, metering.bytes)})`
        : `refused (${metering.code})`,
    ],
    ['memory', memories.map((memory) => showMemory(memory)).join('; ') || 'none'],
    ['tables', tables.map((table) => showTable(table)).join('; ') || 'none'],
    ['features', features.join(', ') || 'WebAssembly 1.0 only'],
    [
      'made by',
      plainText(producers.map(({ name, version }) => `${name} ${version}`.trim()).join(', ')) || 'unknown',
    ],
    ['needs', needsOf(module.imports).join('; ') || 'nothing'],
    ['sha256', sha256],
  ];
};

const PAGE_BYTES = 65_536;

const showMemory = ({ from, minimum, maximum }: LimitsDescription): string =>
  `${from}, starts with ${showBytes(minimum * PAGE_BYTES)}, ${maximum === undefined ? 'no maximum' : `at most ${showBytes(maximum * PAGE_BYTES)}`}`;

const showTable = ({ from, minimum, maximum }: LimitsDescription): string =>
  `${from}, starts with ${showCount(minimum)} elements, ${maximum === undefined ? 'no maximum' : `at most ${showCount(maximum)}`}`;

const PROVIDERS = {
  extism: 'Extism',
  wasi: 'WASI',
  protocol: 'the protocol',
  host: 'the host itself',
} as const;

const renderImports = (imports: readonly ImportDescription[], style: Style): string[] => {
  const rows = imports.map(({ namespace, name, signature, kind, provider, capability }) => [
    plainText(`${namespace} ${name}`),
    style.dim(signature ?? kind),
    provider === 'host' ? style.yellow(PROVIDERS[provider]) : PROVIDERS[provider],
    capability === undefined ? '' : `capability ${capability}`,
  ]);
  return layTable(cut(rows));
};

/** The most rows of a list that are shown. */
const MOST_ROWS = 40;

const cut = (rows: readonly string[][]): readonly string[][] =>
  rows.length <= MOST_ROWS
    ? rows
    : [...rows.slice(0, MOST_ROWS), [`… and ${rows.length - MOST_ROWS} more (--json has them all)`]];

const renderSections = ({ sections, bytes }: ModuleDescription): string[] =>
  layTable(
    cut(
      sections
        .filter((section) => section.bytes > 0)
        .map(({ name, isCustom, bytes: size }) => [
          isCustom ? plainText(`custom ${name}`) : name,
          showBytes(size),
          `${((100 * size) / bytes).toFixed(1)} %`,
        ]),
    ),
    ['left', 'right', 'right'],
  );
