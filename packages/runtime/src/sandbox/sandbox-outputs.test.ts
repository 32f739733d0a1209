import { behave } from '@plugwire/pdk-fixtures';
import { describe, expect, it } from 'vitest';

import { keepLines } from '../testing/keep-lines.ts';
import { openFunctions } from './testing/open-sandbox.ts';

describe('an output', () => {
  it('is given as bytes, as text and as JSON', async () => {
    const sandbox = await openFunctions({ run: behave.answerText('{"a":["ü"]}') });
    expect(sandbox.call('run')).toEqual(new TextEncoder().encode('{"a":["ü"]}'));
    expect(sandbox.callText('run')).toBe('{"a":["ü"]}');
    expect(sandbox.callJson('run')).toEqual({ a: ['ü'] });
  });

  it('that is none is null in each form', async () => {
    const sandbox = await openFunctions({ run: behave.noOutput() });
    expect([sandbox.call('run'), sandbox.callText('run'), sandbox.callJson('run')]).toEqual([
      null,
      null,
      null,
    ]);
  });

  it('that is not JSON is not quoted', async () => {
    const sandbox = await openFunctions({ run: behave.answerText('SECRET') });
    expect(() => sandbox.callJson('run')).toThrow(
      new SyntaxError('the output is not JSON: use callText to see it'),
    );
  });
});

describe('a guest’s own error', () => {
  it.each([
    [true, true],
    [false, false],
  ])('is in the message if revealGuestErrors is %s', async (revealGuestErrors, isShown) => {
    const sandbox = await openFunctions({ run: behave.guestError('no such vowel') }, { revealGuestErrors });
    let message = '';
    try {
      sandbox.call('run');
    } catch (error) {
      message = String(error);
    }
    expect(message).toContain('guest');
    expect(message.includes('no such vowel')).toBe(isShown);
  });
});

it('logLevel leaves out lower lines of the guest', async () => {
  const { lines, logger } = keepLines();
  const run = behave.sequence(behave.log('info', 'low'), behave.log('warn', 'high'), behave.noOutput());
  const sandbox = await openFunctions({ run }, { logger, logLevel: 'warn' });
  sandbox.call('run');
  expect(lines).toHaveLength(1);
  expect(JSON.stringify(lines)).toContain('high');
});
