import { mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';

import { afterAll, describe, expect, it } from 'vitest';

import { makeFolder } from '../testing/files.ts';
import { plainText } from './plain-text.ts';
import { axisOf, plotDistribution } from './plot.ts';
import { createStyle } from './style.ts';
import { layTable, wrapText } from './table.ts';
import { openTerminal, type ProcessLike } from './terminal.ts';
import { showBytes, showChange, showMs } from './units.ts';
import { writeOutput } from './write-output.ts';

const folder = makeFolder();
afterAll(folder.remove);

describe('colours', () => {
  it.each([
    ['on in a terminal', { isTTY: true }, {}, true],
    ['off in a pipe', {}, {}, false],
    ['off with NO_COLOR', { isTTY: true }, { NO_COLOR: '1' }, false],
    ['on with an empty NO_COLOR', { isTTY: true }, { NO_COLOR: '' }, true],
    ['off in a dumb terminal', { isTTY: true }, { TERM: 'dumb' }, false],
    ['on in a pipe with FORCE_COLOR', {}, { FORCE_COLOR: '1' }, true],
    ['off with FORCE_COLOR and NO_COLOR', { isTTY: true }, { FORCE_COLOR: '1', NO_COLOR: '1' }, false],
  ])('are %s', (_, stream, env, isOn) => {
    expect(createStyle(stream, env).red('x') !== 'x').toBe(isOn);
  });
});

describe('progress', () => {
  const run = async (isTTY: boolean): Promise<string> => {
    const stderr = Object.assign(new PassThrough(), { isTTY });
    const [stdout, stdin] = [new PassThrough(), new PassThrough()];
    const terminal = openTerminal({ stdout, stderr, stdin, env: {} } satisfies ProcessLike);
    const progress = terminal.startProgress('verifying');
    progress.show(1, 4);
    progress.end();
    stderr.end();
    return await text(stderr);
  };

  it('is one line on a terminal, which is erased at the end', async () => {
    expect(await run(true)).toBe('\r\u001B[2Kverifying 25 %\r\u001B[2K');
  });

  it('is not shown without a terminal', async () => {
    expect(await run(false)).toBe('');
  });
});

describe('a terminal', () => {
  it.each([
    [false, undefined, 100],
    [true, 80, 80],
    [true, 0, 100],
    [true, 10, 40],
  ])('with isTTY %s and %s columns is treated as %s columns wide', (isTTY, columns, expected) => {
    const stdout = Object.assign(new PassThrough(), { isTTY, ...(columns === undefined ? {} : { columns }) });
    const process: ProcessLike = { stdout, stderr: new PassThrough(), stdin: new PassThrough(), env: {} };
    expect(openTerminal(process).columns).toBe(expected);
  });
});

describe('text', () => {
  it('of a plugin cannot move the cursor or change the direction of text', () => {
    expect(plainText('a\u001B[2J\r\n\u0007\u009B1m\u202Eb')).toBe('a·[2J····1m·b');
    expect(plainText('a\nb', true)).toBe('a\nb');
  });

  it('is aligned in columns, with and without colours', () => {
    const { red } = createStyle({ isTTY: true }, {});
    expect(
      layTable(
        [
          ['a', '1'],
          [red('bbb'), '22'],
        ],
        ['left', 'right'],
      ),
    ).toEqual(['a     1', `${red('bbb')}  22`]);
  });

  it('is wrapped between words', () => {
    expect(wrapText('one two three', 9, ' ')).toEqual([' one two', ' three']);
    expect(wrapText('a-word-that-is-longer', 5)).toEqual(['a-word-that-is-longer']);
  });

  it.each([
    [showBytes(100), '100 bytes'],
    [showBytes(11_074), '10.8 KiB'],
    [showBytes(5 * 1024 * 1024), '5.0 MiB'],
    [showMs(0.0081), '8.1 µs'],
    [showMs(1.2), '1.20 ms'],
    [showMs(2500), '2.50 s'],
    [showChange(100, 110), '+10.0 %'],
    [showChange(100, 97), '-3.0 %'],
    [showChange(0, 0), '0.0 %'],
  ])('is formatted as %s', (shown, expected) => {
    expect(shown).toBe(expected);
  });
});

describe('a plot', () => {
  it('is highest where most values are', () => {
    const quantiles = Array.from({ length: 101 }, (_, at) => (at < 90 ? 10 + at / 100 : 100));
    const plot = plotDistribution(quantiles, axisOf([quantiles]), 20);
    expect(plot).toHaveLength(20);
    expect(plot[0]).toBe('█');
    expect(plot.slice(1)).not.toContain('█');
  });

  it('works for equal values and for no values', () => {
    for (const value of [0, 5]) {
      const quantiles = Array.from({ length: 101 }, () => value);
      expect(plotDistribution(quantiles, axisOf([quantiles]), 20)).toHaveLength(20);
    }
  });
});

describe('writeOutput', () => {
  it('replaces a file as a whole, also through a symbolic link', async () => {
    const file = folder.write('real.txt', 'old');
    const link = join(folder.path, 'link.txt');
    symlinkSync(file, link);
    await writeOutput(link, 'new');
    expect(readFileSync(file, 'utf8')).toBe('new');
    expect(readdirSync(folder.path).toSorted()).toEqual(['link.txt', 'real.txt']);
  });

  it.skipIf(process.platform !== 'linux')('leaves the old one where it cannot be written', async () => {
    await expect(writeOutput('/dev/full', 'x')).rejects.toMatchObject({ code: 'ENOSPC', path: '/dev/full' });
    const locked = join(folder.path, 'a-file-in-between');
    folder.write('a-file-in-between', '');
    await expect(writeOutput(join(locked, 'x'), 'x')).rejects.toMatchObject({ code: 'ENOTDIR' });
    mkdirSync(join(folder.path, 'folder'));
    await expect(writeOutput(join(folder.path, 'folder'), 'x')).rejects.toMatchObject({ code: 'EISDIR' });
  });
});
