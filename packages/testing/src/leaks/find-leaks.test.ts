import { behave, buildPlugin } from '@plugwire/pdk-fixtures';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { failingPlugin } from '../failures/failing-plugin.ts';
import { PLUGIN_FAILURES } from '../failures/plugin-failures.ts';
import { openTestPlugin } from '../plugins/open-test-plugin.ts';
import { createLogSpy } from '../spies/log-spy.ts';
import { createMetricSpy } from '../spies/metric-spy.ts';
import { greet, schedule } from '../testing/contracts.ts';
import { findLeaks } from './find-leaks.ts';

const SECRET = 'Bearer "tök€n"/+\n1234';
const formsIn = async (text: unknown, secret = SECRET): Promise<string[]> =>
  (await findLeaks(secret, { others: { it: text } })).map(({ form }) => form);

describe('a leak is found', () => {
  it.each([
    ['plain', 'plain', `before ${SECRET} after`],
    ['as JSON', 'json', JSON.stringify({ authorization: SECRET })],
    [
      'as JSON, all escaped',
      'json',
      SECRET.replaceAll(/[^]/g, (each) => `\\u${each.charCodeAt(0).toString(16).padStart(4, '0')}`),
    ],
    ['in a URL', 'percent', `https://x/?q=${encodeURIComponent(SECRET)}`],
    ['in hex', 'hex', Buffer.from(SECRET).toString('hex')],
    ['in upper hex', 'hex', Buffer.from(SECRET).toString('hex').toUpperCase()],
    [
      'in a dump',
      'hex',
      `<Buffer ${[...Buffer.from(SECRET)].map((byte) => byte.toString(16).padStart(2, '0')).join(' ')}>`,
    ],
    ['as a list of bytes', 'bytes', JSON.stringify(Buffer.from(SECRET))],
    ['in part', 'part', `Bearer "t…`],
    ['in bytes', 'plain', Buffer.from(`x${SECRET}`)],
    ['as a key', 'plain', { [SECRET]: 1 }],
    ['in a symbol', 'plain', { key: Symbol(SECRET) }],
    ['in an error', 'plain', new Error('x', { cause: new Error(SECRET) })],
    ['in a map', 'plain', new Map([[{ in: new Set([SECRET]) }, 1]])],
    [
      'in a property that is not enumerable',
      'plain',
      Object.defineProperty({}, 'hidden', { value: SECRET, enumerable: false }),
    ],
    [
      'in an error that a getter throws',
      'plain',
      {
        get it(): string {
          throw new Error(SECRET);
        },
      },
    ],
  ])('%s', async (_, form, text) => {
    expect(await formsIn(text)).toEqual([form]);
  });

  it('as base64, whatever bytes surround it', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.string({ minLength: 8, unit: 'binary' }),
        fc.uint8Array({ maxLength: 5 }),
        fc.uint8Array({ maxLength: 5 }),
        fc.constantFrom('base64' as const, 'base64url' as const),
        async (secret, before, after, encoding) => {
          const whole = Buffer.concat([before, Buffer.from(secret), after]).toString(encoding);
          expect(await formsIn(whole, secret)).toContain('base64');
        },
      ),
      { numRuns: 300 },
    );
  });

  it('in logs and metrics', async () => {
    const logs = createLogSpy();
    const metrics = createMetricSpy();
    logs.logger.warn({ nested: { list: [SECRET] } }, 'oops');
    expect(await findLeaks(SECRET, { logs, metrics })).toEqual([
      { place: 'logs', form: 'plain' },
      { place: 'logs', form: 'json' },
    ]);
  });

  it('in an error of an outcome, and not in its response', async () => {
    const secret = 'no such upstream';
    const plugin = buildPlugin({ functions: { greet: behave.guestError(secret) } });
    await using test = await openTestPlugin(plugin, [greet], { host: { revealGuestErrors: true } });
    const outcome = test.plugin.dispatchSync(greet, { name: 'Ada Lovelace' });
    expect(await findLeaks(secret, { logs: test.logs, outcome })).toEqual([
      { place: 'outcome', form: 'plain' },
    ]);
    expect(await findLeaks('Ada Lovelace', { outcome: [outcome, outcome] })).toEqual([]);
  });
});

describe('no leak is found', () => {
  it.each([
    ['in an empty text', ''],
    ['in seven of its characters', 'Bearer "'.slice(0, 7)],
    [
      'in a cycle',
      (() => {
        const cycle: Record<string, unknown> = {};
        cycle['self'] = cycle;
        return cycle;
      })(),
    ],
  ])('%s', async (_, text) => {
    expect(await formsIn(text)).toEqual([]);
  });

  it.each(PLUGIN_FAILURES)(
    'in the outputs of a host after a request failed at $stage $code',
    async (failure) => {
      const failing = await failingPlugin(schedule, failure, { alongside: [greet] });
      await using test = await openTestPlugin(failing, [schedule, greet]);
      const { plugin, logs, metrics } = test;
      const secret = 'sk-ant-0123456789abcdef';
      const outcome = plugin.dispatchSync(schedule, { at: new Date(0), notes: { [secret]: secret } });
      expect(outcome).toMatchObject({ error: failure });
      expect(await findLeaks(secret, { logs, metrics, outcome, plugin })).toEqual([]);
    },
  );
});

it('findLeaks refuses a secret that is short enough to be found by chance', async () => {
  await expect(findLeaks('abc', {})).rejects.toMatchObject({ code: 'bad_option' });
  await expect(findLeaks('abcdefgh', {}, { partLength: 1 })).rejects.toMatchObject({ code: 'bad_option' });
});
