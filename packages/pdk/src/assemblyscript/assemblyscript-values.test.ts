import { createSandbox, defineHostFunction, describeHostFunctions, type Sandbox } from '@plugwire/runtime';
import { defineWireFunction, describeContracts, jsonValue, u64 } from '@plugwire/wire';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';

import { buildAssemblyscriptPlugin } from './testing/build-assemblyscript-plugin.ts';

const LIMITS = { deadlineMs: 20_000 };
const BUILD_MS = 300_000;

const echoNumbers = defineWireFunction({
  name: 'echo_numbers',
  fallback: 'silent_skip',
  request: z.strictObject({ numbers: z.array(z.number()), whole: z.array(u64) }),
  response: z.strictObject({ numbers: z.array(z.number()), whole: z.array(u64) }),
  sample: { request: { numbers: [], whole: [] }, response: { numbers: [], whole: [] } },
});

const useJson = defineWireFunction({
  name: 'use_json',
  fallback: 'silent_skip',
  request: z.strictObject({ value: jsonValue }),
  response: z.strictObject({ texts: z.array(z.string()), share: z.number().max(1) }),
  sample: { request: { value: null }, response: { texts: [], share: 0 } },
});

const callHost = defineWireFunction({
  name: 'call_host',
  fallback: 'silent_skip',
  request: z.strictObject({ name: z.string() }),
  response: z.strictObject({ texts: z.array(z.string()) }),
  sample: { request: { name: '' }, response: { texts: [] } },
});

const place = z.strictObject({ city: z.string(), zones: z.array(z.int()) });
const hostFunctions = [
  defineHostFunction({
    name: 'find_place',
    parameters: ['text', place, 'u64-block', 'f64'],
    result: place.nullable(),
    run: (name, near, distance, factor) =>
      name === 'nowhere'
        ? null
        : { city: `${name} by ${near.city}`, zones: [...near.zones, Number(distance) * factor] },
  }),
  defineHostFunction({
    name: 'find_bytes',
    parameters: ['bytes?', 'bool-block'],
    result: 'text?',
    run: (bytes, isThere) => (isThere ? `${bytes?.length ?? 'none'}` : undefined),
  }),
];

const HANDLERS = `import {
  CallHostRequest,
  CallHostResponse,
  config,
  decodeBase64,
  EchoNumbersRequest,
  EchoNumbersResponse,
  encodeBase64,
  fail,
  host,
  Json,
  JsonKind,
  setVariable,
  text,
  Text,
  UseJsonRequest,
  UseJsonResponse,
  variable,
} from './kit';

export function echoNumbers(request: EchoNumbersRequest): EchoNumbersResponse {
  return { numbers: request.numbers, whole: request.whole };
}

/** Describes a value and keeps it for the next call. */
export function useJson(request: UseJsonRequest): UseJsonResponse {
  const value = request.value;
  const texts: Text[] = [];
  const before = variable('before');
  if (before !== null) texts.push(Text.from(before)!);
  setVariable('before', value.text);
  const greeting = config('greeting');
  if (greeting !== null) texts.push(greeting);
  if (value.kind == JsonKind.string) texts.push(encodeBase64(decodeBase64(value.toText())));
  if (value.kind == JsonKind.list) {
    const elements = value.elements();
    for (let at = 0; at < elements.length; at++) texts.push(elements[at].text);
  }
  if (value.kind == JsonKind.object) {
    const keys = value.entries().keys;
    for (let at = 0; at < keys.length; at++) texts.push(keys[at]);
    const inner = value.member('inner');
    if (inner !== null) texts.push(text(inner.toU64().toString()));
  }
  const isNested = Json.tryParse(text('{"not":json}')) !== null;
  if (isNested) fail('what is not JSON was taken for JSON');
  return { texts, share: value.kind == JsonKind.number ? value.toNumber() : 0 };
}

export function callHost(request: CallHostRequest): CallHostResponse {
  const found = host.findPlace(request.name, { city: text('Köln'), zones: [1] }, 3, 2);
  const texts: Text[] = [];
  if (found !== null) texts.push(found.city + text(' ' + found.zones.join(' ')));
  const none = host.findBytes(null, true);
  if (none !== null) texts.push(none);
  const some = host.findBytes(request.name, true);
  if (some !== null) texts.push(some);
  if (host.findBytes(null, false) !== null) fail('nothing was taken for something');
  return { texts };
}
`;

describe('values in AssemblyScript', () => {
  let sandbox: Sandbox;
  beforeAll(async () => {
    const contracts = {
      ...describeContracts([echoNumbers, useJson, callHost]),
      hostFunctions: describeHostFunctions(hostFunctions),
    };
    const plugin = { name: 'values', version: '1.0.0' };
    const module = buildAssemblyscriptPlugin({ contracts, plugin }, HANDLERS);
    sandbox = await createSandbox(module, {
      hostFunctions,
      limits: LIMITS,
      config: { greeting: 'grüß dich' },
      revealGuestErrors: true,
    });
  }, BUILD_MS);
  afterAll(() => sandbox.close());

  const call = (name: string, request: string): string => {
    try {
      return sandbox.callText(name, request) ?? '';
    } catch (error) {
      return (error as Error).message.replace(/^.*?\): /, '');
    }
  };
  const echo = (numbers: string, whole = ''): string =>
    call('echo_numbers', `{"numbers":[${numbers}],"whole":[${whole}],"_v":1}`);

  it('writes doubles as JavaScript does', () => {
    const view = new DataView(new ArrayBuffer(8));
    let state = 0x2545_f491_4f6c_dd1dn;
    const random = Array.from({ length: 4000 }, () => {
      state = BigInt.asUintN(64, (state ^ (state << 13n)) * 0x9e37_79b9_7f4a_7c15n + 1n);
      view.setBigUint64(0, state ^ (state >> 29n));
      return view.getFloat64(0);
    }).filter(Number.isFinite);
    const decimals = Array.from({ length: 2000 }, (_, at) => [
      at / 100,
      at * 1e19,
      at / 3,
      2 ** (at - 1000),
      10 ** ((at % 600) - 300),
    ]).flat();
    const edges = [
      5e-324,
      2.225_073_858_507_201_4e-308,
      Number.MAX_VALUE,
      1e21,
      1e-6,
      1e-7,
      123_456_789.123,
      2 ** 53,
      -0,
      0.1 + 0.2,
      5e-7,
    ];
    const numbers = [...random, ...decimals.filter(Number.isFinite), ...edges];
    const written = numbers.map((number) => JSON.stringify(number));
    const answer = /\[(.*?)\]/.exec(echo(written.join(',')))?.[1]?.split(',') ?? [];
    expect(answer).toHaveLength(written.length);
    expect(written.filter((text, at) => text !== answer[at])).toEqual([]);
  });

  it('rounds doubles of any length to the nearest value', () => {
    const written = [
      '0.1000000000000000055511151231257827021181583404541015625',
      '9007199254740993',
      '9007199254740992.99999999999999999999999999999999999999',
      '9007199254740993.00000000000000000000000000000000000001',
      '2.4703282292062327208299439634110764623e-324',
      '2.4703282292062328e-324',
      '179769313486231570814527423731704356798070567525844996598917476803157260780028538760589558632766878171540458953514382464234321326889464182768467546703537516986049910576551282076245490090389328944075868508455133942304583236903222948165808559332123347747949e-1',
      `1${'0'.repeat(400)}e-400`,
      `0.${'0'.repeat(330)}1e331`,
      `1.${'0'.repeat(1000)}1`,
      '1e-400',
      '1.7976931348623158e308',
      '4.35e-5',
    ];
    expect(echo(written.join(','))).toBe(
      `{"_v":1,"numbers":${JSON.stringify(written.map(Number))},"whole":[]}`,
    );
    expect(echo('1.7976931348623159e308')).toBe('request.numbers[0]: the number is too large');
  });

  it.each([
    ['18446744073709551615', '18446744073709551615'],
    ['18446744073709551616', 'request.whole[0]: the number is too large'],
    ['-1', 'request.whole[0]: the number is too small'],
    ['-0', '0'],
    ['1.0', '1'],
    ['12e2', '1200'],
    ['1200e-2', '12'],
    ['1.5', 'request.whole[0]: expected a whole number'],
    ['9007199254740992.0', '9007199254740992'],
    ['9007199254740993.0', 'request.whole[0]: expected a whole number'],
    ['"1"', 'request.whole[0]: expected a whole number'],
  ])('reads the integer %s', (written, expected) => {
    const answer = echo('', written);
    expect(answer).toBe(/^\d/.test(expected) ? `{"_v":1,"numbers":[],"whole":[${expected}]}` : expected);
  });

  it('reads any JSON and keeps variables', () => {
    const use = (value: string): string => call('use_json', `{"value":${value},"_v":1}`);
    const answer = (texts: readonly string[], share = 0): string =>
      `{"_v":1,"texts":${JSON.stringify(texts)},"share":${share}}`;
    expect(use('[1, {"a":[ ]}]')).toBe(answer(['grüß dich', '1', '{"a":[ ]}']));
    expect(use('{"in\\u006eer":18446744073709551615,"é":null}')).toBe(
      answer(['[1, {"a":[ ]}]', 'grüß dich', 'inner', 'é', '18446744073709551615']),
    );
    expect(use('"AAEC/v8="')).toContain('"AAEC/v8="');
    expect(use('"AAEC/v9="')).toBe('the text is not base64');
    expect(use('0.25')).toBe(answer(['"AAEC/v9="', 'grüß dich'], 0.25));
    expect(use('2')).toBe('response.share: the number is out of range');
    expect(use('{"a":1,"a":2}')).toBe('request.value.a: the key is there twice');
  });

  it('calls functions of the host', () => {
    expect(call('call_host', '{"name":"Bonn","_v":1}')).toBe(
      '{"_v":1,"texts":["Bonn by Köln 1 6","none","4"]}',
    );
    expect(call('call_host', '{"name":"nowhere","_v":1}')).toBe('{"_v":1,"texts":["none","7"]}');
  });
});
