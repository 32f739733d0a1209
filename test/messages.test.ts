import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import * as operate from '@plugwire/operate';
import * as process from '@plugwire/process';
import * as runtime from '@plugwire/runtime';
import * as testing from '@plugwire/testing';
import * as wire from '@plugwire/wire';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));

const sources = execFileSync('git', ['ls-files', '-co', '--exclude-standard', 'packages/*/src/*.ts'], {
  cwd: root,
  encoding: 'utf8',
})
  .trim()
  .split('\n')
  // Emitters contain source of other languages.
  .filter(
    (file) =>
      !/\.test(-d)?\.ts$|\/src\/(.+\/)?testing\/|packages\/pdk\/src\/(c|go|rust|assemblyscript)\//.test(file),
  )
  .map((file) => ({ file, text: readFileSync(join(root, file), 'utf8') }));

/** Replaces a value that is only known at run time. */
const VALUE = '…';

/** Returns the literals of a source that are sentences, with placeholders for values. Literals with lines or braces are code. */
const messagesOf = (text: string): string[] => {
  const code = text.replaceAll(/\/\*[\s\S]*?\*\//g, '').replaceAll(/(^|\s)\/\/.*$/gm, '');
  return [...code.matchAll(/'((?:[^'\\\n]|\\.)*)'|`((?:[^`\\\n]|\\.)*)`/g)]
    .map(([, plain, template = '']) => (plain ?? template).replaceAll(/\$\{[^}]*\}+/g, VALUE))
    .filter(
      (literal) => /[a-z]{2,},? \S*[a-z…]{2}/.test(literal) && !/[;{]\s*$|^\s*[({]|\) \{/.test(literal),
    );
};

const messages = sources.flatMap(({ file, text }) => messagesOf(text).map((message) => ({ file, message })));

const OPTION_INTERFACE =
  /interface \w*(?:Options|Settings|Limits|Manifest\w*|Sources)\b[^{]*\{([\s\S]*?)^\}/gm;

/** The members of every interface of options and every limit, as a caller writes them. */
const options = new Set<string>();
for (const { text } of sources)
  for (const [, body = ''] of text.matchAll(OPTION_INTERFACE))
    for (const [, name = ''] of body.matchAll(/^ {2,4}(?:readonly )?(\w+)\??[:(<]/gm)) options.add(name);

const namesIn = (form: RegExp): { file: string; name: string }[] =>
  messages.flatMap(({ file, message }) =>
    [...message.matchAll(form)].map(([, name = '']) => ({ file, name })),
  );

describe('the names in messages', () => {
  it('are checked in all messages', () => {
    expect(messages.length).toBeGreaterThan(300);
    expect(options).toContain('revealGuestErrors');
    expect(messages.map(({ message }) => message)).toContain(
      'the call did not end within its deadline (limits.deadlineMs)',
    );
  });

  it('are limits after "limits."', () => {
    const names = namesIn(/\blimits\.(\w+)/g);
    expect(names.length).toBeGreaterThan(10);
    const known = new Set<string>([...Object.keys(runtime.LIMITS), 'functions']);
    expect(names.filter(({ name }) => !known.has(name))).toEqual([]);
  });

  it('are limits of the breaker after "breaker."', () => {
    const names = namesIn(/\bbreaker\.(\w+)/g);
    expect(names.length).toBeGreaterThan(0);
    expect(names.filter(({ name }) => !(name in runtime.BREAKER_LIMITS))).toEqual([]);
  });

  it('begin with "limits." if a message says which limit to raise', () => {
    const names = namesIn(/\b(?:or|:) raise (\S+)/g);
    expect(names.length).toBeGreaterThan(1);
    expect(names.filter(({ name }) => !name.startsWith('limits.'))).toEqual([]);
  });

  it('are the full names of limits', () => {
    const own = Object.keys(runtime.LIMITS).filter((name) => /[A-Z]/.test(name));
    const bare = new RegExp(`(?<![.\\w{ ]|\\{ )(${own.join('|')})\\b|(?<=[a-z,;:] )(${own.join('|')})\\b`);
    expect(messages.filter(({ message }) => bare.test(message))).toEqual([]);
  });

  it('are options if a message calls them options or assigns them a value', () => {
    const names = [...namesIn(/\bthe option (\w+)/g), ...namesIn(/\b([a-z]\w*): (?:true|false)\b/g)];
    expect(names.length).toBeGreaterThan(0);
    expect(names.filter(({ name }) => !options.has(name))).toEqual([]);
  });

  it('exist if they look like names', () => {
    const exported = new Set(
      [operate, process, runtime, testing, wire].flatMap((entry) => Object.keys(entry)),
    );
    /** Names that are neither options nor exports: methods, and names of JavaScript, Node, zod and vitest. */
    const others = new Set([
      'applyDefault',
      'callText',
      'discriminatedUnion',
      'dispatchSync',
      'downgradeRequest',
      'gRPC',
      'isInteger',
      'jsonValue',
      'macOS',
      'readFile',
      'strictObject',
      'toFallBack',
      'toJSON',
      'toStayWithin',
      'upgradeResponse',
      'withDefault',
    ]);
    const names = namesIn(/(?<![\w/@-])(?:[a-z]\w*\.)*([a-z]+[A-Z]\w*)/g);
    expect(names.length).toBeGreaterThan(30);
    expect(
      names.filter(({ name }) => !options.has(name) && !exported.has(name) && !others.has(name)),
    ).toEqual([]);
  });
});
