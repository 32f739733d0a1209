import { createPluginHost, defineHostFunction, describeHostFunctions } from '@plugwire/runtime';
import { defineWireFunction, describeContracts } from '@plugwire/wire';
import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';

import { buildCPlugin, hasClang } from './testing/build-c-plugin.ts';

const TITLE = hasClang ? '' : ' (skipped: needs clang with wasm-ld)';
const LIMITS = { deadlineMs: 20_000 };

const ask = defineWireFunction({
  name: 'ask',
  fallback: 'fail_request',
  request: z.strictObject({ what: z.string() }),
  response: z.strictObject({ text: z.string() }),
  sample: { request: { what: '' }, response: { text: '' } },
});

const place = z.strictObject({ city: z.string(), people: z.number() });
const hostFunctions = [
  defineHostFunction({
    name: 'join',
    parameters: ['text', 'bytes', 'text?'],
    result: 'text',
    run: (text, bytes, maybe) => `${text}|${Buffer.from(bytes).toString('hex')}|${maybe ?? 'nothing'}`,
  }),
  defineHostFunction({
    name: 'maybe',
    parameters: ['text'],
    result: 'bytes?',
    run: (text) => (text === '' ? undefined : Buffer.from(text)),
  }),
  defineHostFunction({
    name: 'count',
    parameters: ['i32', 'u64', 'f64', 'i64-block', 'bool-block', 'f32-block'],
    result: 'u32-block',
    run: (...all) => all.slice(0, 6).reduce<number>((sum, each) => sum + Number(each), 0),
  }),
  defineHostFunction({ name: 'half', parameters: ['f64'], result: 'f64', run: (value) => value / 2 }),
  defineHostFunction({ name: 'note', parameters: ['text'], run: () => undefined }),
  defineHostFunction({
    name: 'move',
    parameters: [place],
    result: z.array(place),
    run: (from) => [from, { ...from, city: `${from.city} 2` }],
  }),
];

const SOURCE = `#include "kit/kit.h"

static bool moved(AskResponse *response) {
  MoveArgument1 from = {.city = PW_TEXT("Ulm"), .people = 0.5};
  MoveArgument1_list places;
  if (!host_move(&from, &places)) return false;
  response->text = PW_CONCAT(places.at[0].city, PW_TEXT("|"), places.at[1].city, pw_decimal(places.length));
  return true;
}

bool ask(const AskRequest *request, AskResponse *response) {
  if (pw_equals(request->what, PW_TEXT("join"))) {
    pw_text maybe = PW_TEXT("it");
    response->text = PW_CONCAT(host_join(PW_TEXT("a"), PW_TEXT("\\xff\\x01"), NULL), PW_TEXT(" "), host_join(PW_TEXT(""), PW_TEXT(""), &maybe));
  } else if (pw_equals(request->what, PW_TEXT("maybe"))) {
    pw_text found, missing;
    if (!host_maybe(PW_TEXT("found"), &found) || host_maybe(PW_TEXT(""), &missing)) return pw_fail("not what was expected");
    response->text = found;
  } else if (pw_equals(request->what, PW_TEXT("count"))) {
    host_note(PW_TEXT("counting"));
    response->text = pw_decimal(host_count(-1, 40, host_half(6), -10, true, 2.0f) + 100000);
  } else if (pw_equals(request->what, PW_TEXT("config"))) {
    if (!pw_config(PW_TEXT("key"), &response->text)) return pw_fail("no such setting");
  } else if (pw_equals(request->what, PW_TEXT("nan"))) {
    MoveArgument1 from = {.city = PW_TEXT("Ulm"), .people = __builtin_nan("")};
    MoveArgument1_list places;
    return host_move(&from, &places);
  } else return moved(response);
  return true;
}
`;

describe.skipIf(!hasClang)(`host functions in C${TITLE}`, () => {
  let module: Uint8Array<ArrayBuffer>;
  beforeAll(() => {
    const contracts = describeContracts([ask], describeHostFunctions(hostFunctions));
    module = buildCPlugin({ contracts, plugin: { name: 'asker', version: '1.0.0' } }, SOURCE);
  });

  it.each([
    ['join', 'a|ff01|nothing ||it'],
    ['maybe', 'found'],
    ['count', '100035'],
    ['config', 'a value'],
    ['move', 'Ulm|Ulm 22'],
  ])('pass and return values: %s', async (what, text) => {
    await using host = createPluginHost({ functions: [ask], hostFunctions, revealGuestErrors: true });
    const plugin = await host.load(module, { config: { key: 'a value' }, limits: LIMITS });
    expect(plugin.dispatchSync(ask, { what })).toMatchObject({ response: { text } });
  });

  it('fail with the place of an argument that cannot be written', async () => {
    await using host = createPluginHost({ functions: [ask], hostFunctions, revealGuestErrors: true });
    const plugin = await host.load(module, { limits: LIMITS });
    const outcome = plugin.dispatchSync(ask, { what: 'nan' });
    expect(outcome).toMatchObject({ kind: 'fallback', error: { code: 'guest_error' } });
    expect(JSON.stringify(outcome)).toContain('move argument 1.people: not a finite number');
  });
});
