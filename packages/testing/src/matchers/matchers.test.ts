// oxlint-disable-next-line import/no-unassigned-import -- it installs the matchers
import '../vitest.ts';
import { behave, buildPlugin } from '@plugwire/pdk-fixtures';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { answeringPlugin } from '../plugins/answering-plugin.ts';
import { failingPlugin } from '../failures/failing-plugin.ts';
import { failingRequest } from '../failures/failing-request.ts';
import { measure } from '../measure/measure.ts';
import { openTestPlugin, type TestPlugin } from '../plugins/open-test-plugin.ts';
import { greet } from '../testing/contracts.ts';

let fine: TestPlugin;
let rude: TestPlugin;
let hungry: TestPlugin;
beforeAll(async () => {
  fine = await openTestPlugin(answeringPlugin(greet, { text: 'the response' }), [greet]);
  rude = await openTestPlugin(failingPlugin(greet, { stage: 'plugin_call', code: 'guest_error' }), [greet]);
  hungry = await openTestPlugin(buildPlugin({ functions: { greet: behave.spin() } }), [greet], {
    load: { limits: { fuel: 5000, deadlineMs: 60_000 } },
  });
});
afterAll(async () => {
  await Promise.all([fine, rude, hungry].map(async (test) => await test.close()));
});

const request = { name: 'Ada' };
const ok = () => fine.plugin.dispatchSync(greet, request);
const fallback = () => rude.plugin.dispatchSync(greet, request);

/** The message of a failed assertion. */
const messageOf = (assertion: () => void): string => {
  try {
    assertion();
  } catch (error) {
    return (error as Error).message;
  }
  return expect.fail('the assertion passed');
};

describe('toBeOk', () => {
  it('passes for any response, or for the expected one', () => {
    expect(ok()).toBeOk();
    expect(ok()).toBeOk({ text: 'the response' });
    expect(ok()).toBeOk(expect.objectContaining({ text: expect.stringMatching(/^the/) }) as never);
    expect(ok()).not.toBeOk({ text: 'another' });
    expect(fallback()).not.toBeOk();
    expect(fallback()).not.toBeOk({ text: 'hello, Ada' });
  });

  it('can be used with .resolves', async () => {
    await expect(fine.plugin.dispatch(greet, request)).resolves.toBeOk({ text: 'the response' });
  });

  it('can be used as an asymmetric matcher', () => {
    expect({ first: ok(), second: fallback() }).toEqual({
      first: expect.toBeOk(),
      second: expect.toFallBack({ code: 'guest_error' }),
    });
    expect([ok()]).not.toEqual([expect.toFallBack()]);
  });

  it('says how the dispatch fell back, without the default', () => {
    expect(messageOf(() => expect(fallback()).toBeOk())).toMatchInlineSnapshot(`
      "expected the dispatch to be ok, but it fell back:
        kind:    fallback
        policy:  use_default
        stage:   plugin_call
        code:    guest_error
        message: the guest reported an error (revealGuestErrors shows its text)"
    `);
  });

  it('says that the dispatch was ok, without its response', () => {
    expect(messageOf(() => expect(ok()).not.toBeOk())).toMatchInlineSnapshot(`
      "expected the dispatch to fall back, but it was ok:
        kind:    ok
        version: 1"
    `);
  });

  it('shows both responses as a difference if the test gives the expected one', () => {
    const failing = () => expect(ok()).toBeOk({ text: 'another' });
    expect(messageOf(failing)).toMatchInlineSnapshot(`
      "expected the dispatch to return another response:
        kind:    ok
        version: 1"
    `);
    expect(failing).toThrow(
      expect.objectContaining({ actual: { text: 'the response' }, expected: { text: 'another' } }),
    );
    expect(messageOf(() => expect(ok()).not.toBeOk({ text: 'the response' }))).toMatchInlineSnapshot(`
      "expected the dispatch not to return this response, but it did:
        kind:    ok
        version: 1"
    `);
  });
});

describe('toFallBack', () => {
  it('passes for any fallback, or for the expected one', () => {
    expect(fallback()).toFallBack();
    expect(fallback()).toFallBack({});
    expect(fallback()).toFallBack({ policy: 'use_default', stage: 'plugin_call', code: 'guest_error' });
    expect(fallback()).not.toFallBack({ code: 'fuel' });
    expect(ok()).not.toFallBack();
    expect(ok()).not.toFallBack({ code: 'fuel' });
  });

  it('says that the dispatch was ok', () => {
    expect(messageOf(() => expect(ok()).toFallBack())).toMatchInlineSnapshot(`
      "expected the dispatch to fall back, but it was ok:
        kind:    ok
        version: 1"
    `);
    expect(messageOf(() => expect(ok()).toFallBack({ stage: 'plugin_call' }))).toMatchInlineSnapshot(`
      "expected the dispatch to fall back with stage plugin_call, but it was ok:
        kind:    ok
        version: 1"
    `);
  });

  it('says what differs', () => {
    const failing = () => expect(fallback()).toFallBack({ policy: 'use_default', code: 'fuel' });
    expect(messageOf(failing)).toMatchInlineSnapshot(`
      "expected the dispatch to fall back with policy use_default, code fuel, but code differs:
        kind:    fallback
        policy:  use_default
        stage:   plugin_call
        code:    guest_error
        message: the guest reported an error (revealGuestErrors shows its text)"
    `);
    expect(failing).toThrow(
      expect.objectContaining({
        actual: { policy: 'use_default', code: 'guest_error' },
        expected: { policy: 'use_default', code: 'fuel' },
      }),
    );
    expect(
      messageOf(() => expect(fallback()).toFallBack({ stage: 'response_decode', code: 'too_deep' })),
    ).toContain('but stage and code differ:');
  });

  it('says that the dispatch fell back if it should not', () => {
    expect(messageOf(() => expect(fallback()).not.toFallBack({ code: 'guest_error' })))
      .toMatchInlineSnapshot(`
      "expected the dispatch not to fall back with code guest_error, but it did:
        kind:    fallback
        policy:  use_default
        stage:   plugin_call
        code:    guest_error
        message: the guest reported an error (revealGuestErrors shows its text)"
    `);
    expect(messageOf(() => expect(fallback()).not.toFallBack())).toContain(
      'expected the dispatch not to fall back, but',
    );
  });

  it('refuses unknown keys', () => {
    expect(() => expect(fallback()).toFallBack({ stages: 'plugin_call' } as never)).toThrow(
      'toFallBack got the unknown key stages: expected some of policy, stage, code.',
    );
  });
});

describe('toStayWithin', () => {
  const taken = () => measure(fine.plugin, greet, request);
  const MUCH = { fuel: 1_000_000, memoryBytes: 16_777_216, deadlineMs: 1_000_000 };

  it('compares each limit exactly', () => {
    const { fuel, memoryBytes } = taken();
    expect({ ...taken(), durationMs: 7 }).toStayWithin({ ...MUCH, deadlineMs: 7 });
    expect(taken()).toStayWithin({ fuel, memoryBytes });
    expect(taken()).not.toStayWithin({ fuel: fuel - 1 });
    expect(taken()).not.toStayWithin({ memoryBytes: memoryBytes - 1 });
    expect({ ...taken(), durationMs: 7 }).not.toStayWithin({ deadlineMs: 6.999 });
  });

  it('can be used for calls that fail in the guest', () => {
    expect(measure(hungry.plugin, greet, request)).not.toStayWithin({ fuel: 4999 });
    expect(measure(rude.plugin, greet, request)).toStayWithin(MUCH);
  });

  it('says how much of each limit was used', () => {
    const measured = { ...taken(), fuel: 700, memoryBytes: 65_536, durationMs: 0.123_456 };
    expect(messageOf(() => expect(measured).toStayWithin({ fuel: 600, memoryBytes: 65_535, deadlineMs: 1 })))
      .toMatchInlineSnapshot(`
      "expected the dispatch to stay within its budget, but it exceeded fuel and memoryBytes:
        fuel: used 700 of 600
        memoryBytes: used 65536 of 65535
        deadlineMs: used 0.123 of 1
        kind:    ok
        version: 1"
    `);
    expect(messageOf(() => expect(measured).not.toStayWithin({ fuel: 700 }))).toMatchInlineSnapshot(`
      "expected the dispatch to exceed its budget, but it stayed within:
        fuel: used 700 of 700
        kind:    ok
        version: 1"
    `);
  });

  it('throws, also with .not, if the guest was never entered', () => {
    const untouched = () => measure(fine.plugin, greet, failingRequest(greet, 'request_envelope'));
    taken();
    expect(untouched().fuel).toBe(0);
    expect(() => expect(untouched()).toStayWithin(MUCH)).toThrow('the guest was never entered');
    expect(() => expect(untouched()).not.toStayWithin(MUCH)).toThrow('the guest was never entered');
  });

  it.each([{}, { fuel: -1 }, { fuel: Number.NaN }, { fuel: '1' }, { fuels: 1 }, undefined])(
    'refuses the budget %j',
    (budget) => {
      expect(() => expect(taken()).toStayWithin(budget as never)).toThrow('toStayWithin got');
    },
  );
});

describe('a subject of the wrong type', () => {
  it.each([
    ['undefined', undefined, 'undefined'],
    ['null', null, 'null'],
    ['a number', 7, 'a number'],
    ['a promise', Promise.resolve(), 'a promise: await it, or use .resolves'],
    ['a list', [], 'an array'],
    ['an object', { secret: 'SECRET' }, 'an object with the keys secret'],
    ['a response', {}, 'an object with the keys (none)'],
  ])('is refused, also with .not: %s', (_, subject, named) => {
    for (const assertion of [
      () => expect(subject as never as ReturnType<typeof ok>).toBeOk(),
      () => expect(subject as never as ReturnType<typeof ok>).not.toBeOk(),
      () => expect(subject as never as ReturnType<typeof ok>).toFallBack(),
      () => expect(subject as never as ReturnType<typeof ok>).not.toFallBack(),
    ]) {
      expect(messageOf(assertion)).toMatch(
        /^to(BeOk|FallBack): expected the outcome of a dispatch, but the subject is /,
      );
      expect(messageOf(assertion)).toContain(named);
      expect(messageOf(assertion)).not.toContain('SECRET');
    }
    expect(
      messageOf(() => expect(subject as never as ReturnType<typeof measure>).not.toStayWithin({ fuel: 1 })),
    ).toContain(
      'toStayWithin: expected the result of measure(plugin, contract, request), but the subject is ',
    );
  });

  it('is an outcome if a measured dispatch is expected', () => {
    expect(
      messageOf(() => expect(ok() as never as ReturnType<typeof measure>).toStayWithin({ fuel: 1 })),
    ).toContain('the outcome of a dispatch: use the result of measure(plugin, contract, request) instead');
  });
});
