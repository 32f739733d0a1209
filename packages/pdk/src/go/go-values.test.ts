import { createSandbox, type Sandbox } from '@plugwire/runtime';
import { defineWireFunction, describeContracts, jsonValue, u64 } from '@plugwire/wire';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';

import { buildGoPlugin, goMain, hasGo } from './testing/build-go-plugin.ts';

const TITLE = hasGo ? '' : ' (skipped: needs Go 1.24 or newer)';
const LIMITS = { deadlineMs: 20_000 };
const BUILD_MS = 300_000;

const values = defineWireFunction({
  name: 'echo_values',
  fallback: 'fail_request',
  request: z.strictObject({
    numbers: z.array(z.number()),
    texts: z.array(z.string()),
    any: jsonValue,
    counts: z.record(z.string(), z.strictObject({ exact: u64, small: z.int().min(-5).max(300) })),
  }),
  response: z.strictObject({
    numbers: z.array(z.number()),
    texts: z.array(z.string()),
    any: jsonValue,
    counts: z.record(z.string(), z.strictObject({ exact: u64, small: z.int().min(-5).max(300) })),
  }),
  sample: {
    request: { numbers: [], texts: [], any: null, counts: {} },
    response: { numbers: [], texts: [], any: null, counts: {} },
  },
});

describe.skipIf(!hasGo)(`values in Go${TITLE}`, () => {
  let sandbox: Sandbox;
  beforeAll(async () => {
    const module = buildGoPlugin(
      { contracts: describeContracts([values]), plugin: { name: 'values', version: '1.0.0' } },
      goMain('values', [
        `EchoValues(request kit.EchoValuesRequest) (kit.EchoValuesResponse, error) {
	for at := range request.Counts {
		if request.Counts[at].Key == "too small" {
			request.Counts[at].Value.Small = -6
		}
	}
	for at, text := range request.Texts {
		if text == "not UTF-8" {
			request.Texts[at] = "\\xff"
		}
	}
	return kit.EchoValuesResponse(request), nil
}`,
      ]),
    );
    sandbox = await createSandbox(module, { wasi: true, limits: LIMITS, revealGuestErrors: true });
  }, BUILD_MS);
  afterAll(() => sandbox.close());

  const PARTS = { numbers: '[]', texts: '[]', any: 'null', counts: '{}' };
  const messageOf = (parts: Partial<typeof PARTS>): string => {
    const members = Object.entries({ _v: '1', ...PARTS, ...parts });
    return `{${members.map(([key, json]) => `"${key}":${json}`).join()}}`;
  };
  const echoOf = (parts: Partial<typeof PARTS>): string =>
    Buffer.from(sandbox.call('echo_values', messageOf(parts)) ?? []).toString();
  const errorOf = (message: string): string => {
    try {
      sandbox.call('echo_values', message);
      return 'no error';
    } catch (error) {
      return (error as Error).message.replace(/^.*its text\): /s, '');
    }
  };

  it('writes numbers as JavaScript does', () => {
    const some = [
      0, -0, 1, -1.5, 1e21, 1e-7, 123_456_789_012_345_680_000, 5e-324, 1.797_693_134_862_315_7e308, 1e-6,
    ];
    // If a number is exactly between two decimal forms of equal length, JavaScript chooses the even one.
    const ties = Array.from({ length: 2098 }, (_, at) => 2 ** (at - 1074)).filter(Number.isFinite);
    const odd = ties.flatMap((power) => [power * 3, power * 5, -power * 1.5]).filter(Number.isFinite);
    const large = Array.from({ length: 3000 }, (_, at) => 2 ** 53 * (1 + at / 7) + 2 ** (at % 12) * at);
    const numbers = [
      ...some,
      ...ties,
      ...odd,
      ...large,
      ...fc.sample(fc.double({ noNaN: true, noDefaultInfinity: true }), { numRuns: 2000, seed: 1 }),
    ];
    expect(echoOf({ numbers: JSON.stringify(numbers) })).toBe(
      messageOf({ numbers: JSON.stringify(numbers) }),
    );
  });

  it('writes strings as JavaScript does', () => {
    const texts = fc.sample(fc.string({ unit: 'binary' }), { numRuns: 2000, seed: 1 });
    expect(echoOf({ texts: JSON.stringify(texts) })).toBe(messageOf({ texts: JSON.stringify(texts) }));
    expect(echoOf({ texts: String.raw`["\u0041\ud83d\udd11\/\u00fc"]` })).toBe(
      messageOf({ texts: '["A🔑/ü"]' }),
    );
  });

  it('keeps the text of JSON values unchanged', () => {
    const any = '{ "b" : [1.0, 1e400, "\\u0041", {}], "a":\n-0.10 }';
    expect(echoOf({ any })).toBe(messageOf({ any }));
  });

  it.each([
    ['1.0', '1'],
    ['3e2', '300'],
    ['-0', '0'],
    ['0.05e2', '5'],
    ['0e999999999999', '0'],
  ])('reads %s as a whole number', (written, small) => {
    const counts = (number: string): string => `{"a":{"exact":18446744073709551615,"small":${number}}}`;
    expect(echoOf({ counts: counts(written) })).toBe(messageOf({ counts: counts(small) }));
  });

  it.each([
    [messageOf({ texts: '["a",1]' }), 'request.texts[1]: expected a string'],
    [messageOf({ texts: '["a","\\ud800"]' }), 'request.texts[1]: a lone surrogate in a string'],
    [messageOf({ texts: '["a" "b"]' }), 'request.texts: expected a comma or ]'],
    [messageOf({ numbers: '[1,01]' }), 'request.numbers[1]: expected a number'],
    [messageOf({ numbers: '[1e999]' }), 'request.numbers[0]: expected a finite number'],
    [messageOf({ any: '[[{"a":[1,2],"a":3}]]' }), 'request.any[0][0]: a key that comes twice'],
    [
      messageOf({ any: `${'['.repeat(128)}${']'.repeat(128)}` }),
      `request.any${'[0]'.repeat(127)}: nests deeper than 128 levels`,
    ],
    [messageOf({ counts: '{"a":{"exact":1,"small":1},"a":{}}' }), 'request.counts: a key that comes twice'],
    [
      messageOf({ counts: '{"a b":{"exact":1,"small":301}}' }),
      'request.counts["a b"].small: expected an integer from -5 to 300',
    ],
    [
      messageOf({ counts: '{"a":{"exact":18446744073709551616,"small":1}}' }),
      'request.counts.a.exact: expected an integer from 0 to 18446744073709551615',
    ],
    [
      messageOf({ counts: '{"a":{"exact":1.5,"small":1}}' }),
      'request.counts.a.exact: expected an integer from 0 to 18446744073709551615',
    ],
    [messageOf({ counts: '{"a":{"exact":1}}' }), 'request.counts.a: missing key "small"'],
    [messageOf({ counts: '{"a":{"exact":1,"small":1,"more":2}}' }), 'request.counts.a: unknown key "more"'],
    [`${messageOf({})} {}`, 'request: text behind the value'],
    ['{"_v":1,"numbers":[],"texts":[],"any":null}', 'request: missing key "counts"'],
    [
      messageOf({}).replace('"_v":1', '"_v":2'),
      'request._v: another version than that of the function that was called',
    ],
    [messageOf({}).replace('"_v":1,', ''), 'request: missing key "_v"'],
    ['', 'request: expected an object, the text ends'],
    [
      messageOf({ counts: '{"too small":{"exact":1,"small":1}}' }),
      'response.counts["too small"].small: expected an integer from -5 to 300',
    ],
    [messageOf({ texts: '["a","not UTF-8"]' }), 'response.texts[1]: a string that is not UTF-8'],
  ])('rejects an invalid message and names the place (case %#)', (message, error) => {
    expect(errorOf(message)).toBe(error);
  });
});
