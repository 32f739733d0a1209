import { readFileSync } from 'node:fs';

import {
  buildOffer,
  checkAccept,
  checkIdentity,
  checkMetadata,
  checkSelfCheck,
  findLadder,
  readResponse,
} from '@plugwire/wire';
import { loadBalancerFunctions } from '@plugwire/wire/load-balancer';
import { describe, expect, it } from 'vitest';

/** A text that a plugin or a store could return. `cc_lb` says whether cc-lb accepts it. `here` is `ok` or the code of the refusal. */
interface Text {
  /** The name of a function, for its responses, or one of {@link STEPS}. */
  readonly of: string;
  readonly what: string;
  readonly text: string;
  readonly cc_lb: boolean;
  readonly here: string;
}

/** `cc_lb` is the result of `cc-lb-plugin-wire` 0.1.1 for each text, which is read as `cc-lb-runtime-protocol` 0.1.0 reads it. */
const texts = JSON.parse(
  readFileSync(new URL('cc-lb-host/texts.json', import.meta.url), 'utf8'),
) as readonly Text[];

type Verdict = { readonly ok: true } | { readonly ok: false; readonly code: string };

const offer = buildOffer(
  [
    { name: 'shape', versions: [1, 2] },
    { name: 'sign', versions: [1] },
  ],
  ['http:read', 'log'],
);

const STEPS: Readonly<Record<string, (text: string) => Verdict>> = {
  identity: checkIdentity,
  accept: (text) => checkAccept(offer, text),
  self_check: checkSelfCheck,
  metadata: (text) => checkMetadata(text, 1500),
};

const readerOf = (of: string): ((text: string) => Verdict) => {
  const step = STEPS[of];
  if (step !== undefined) return step;
  const contract = loadBalancerFunctions.find(({ name }) => name === of);
  const ladder = contract && findLadder(contract);
  if (ladder === undefined) throw new Error(`there is no function or step ${of}`);
  return (text) => readResponse(ladder, 1, text);
};

const verdictOn = ({ of, text }: Text): string => {
  const result = readerOf(of)(text);
  return result.ok ? 'ok' : result.code;
};

it.each(texts)('$of with $what: $here', (text) => {
  expect(verdictOn(text)).toBe(text.here);
});

describe('docs/protocol.md, where cc-lb and this project differ', () => {
  const page = readFileSync(new URL('../docs/protocol.md', import.meta.url), 'utf8');
  const [, refusedHere = '', acceptedHere = ''] =
    /^## What cc-lb accepts and this project refuses$([\s\S]*?)^## What this project accepts and cc-lb refuses$([\s\S]*?)(?:^## |$(?![\s\S]))/m.exec(
      page,
    ) ?? [];

  it('names the code of each text that only cc-lb accepts', () => {
    const codes = texts.filter(({ cc_lb: taken, here }) => taken && here !== 'ok').map(({ here }) => here);
    // One sentence covers all texts that do not have the form of a step's message.
    const ofForm = new Set(['payload_undecodable', 'accept_malformed']);
    expect(codes.filter((code) => !ofForm.has(code) && !refusedHere.includes(`\`${code}\``))).toEqual([]);
  });

  it.each([
    ['a float', '`1.0`'],
    ['a key twice', 'A repeated key'],
    ['half of a surrogate pair', 'Half of a surrogate pair'],
    ['128 levels', '128 levels'],
    ['no function', 'without any negotiated function'],
  ])('names %s, which only this project accepts', (what, words) => {
    const taken = texts.filter(({ cc_lb: there, here }) => !there && here === 'ok');
    expect(taken.some((text) => text.what.startsWith(what))).toBe(true);
    expect(acceptedHere).toContain(words);
  });

  it('has a line for each text that only this project accepts', () => {
    const taken = texts.filter(({ cc_lb: there, here }) => !there && here === 'ok').map(({ what }) => what);
    const known = ['a float', 'a key twice', 'half of a surrogate pair', '128 levels', 'no function'];
    expect(taken.filter((what) => !known.some((start) => what.startsWith(start)))).toEqual([]);
  });
});
