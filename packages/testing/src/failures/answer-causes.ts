import { type STAGE_CODES, stringifyExactJson } from '@plugwire/wire';

import { sampleAnswer } from '../plugins/sample-message.ts';
import { OF_PROCESSES } from './call-causes.ts';
import type { AnswerCause, FailureTarget, OutOfReach } from './cause.ts';
import { freeKey, placesIn, replaceAt } from './mutations.ts';

const NEVER_NEEDED = 'nothing: every contract can fail in this way';

/** The cause of a failure that is the same for every contract. */
const always = (make: (target: FailureTarget) => string | Uint8Array): AnswerCause => ({
  by: 'answer',
  candidates: (target) => [make(target)],
  needs: NEVER_NEEDED,
});

const withEnvelope = (answer: object, version: unknown): string =>
  stringifyExactJson({ ...answer, _v: version });
const sampleOf = ({ ladder, version }: FailureTarget): Readonly<Record<string, unknown>> =>
  sampleAnswer(ladder, version);

/** JSON with more than the 128 levels that the protocol allows. */
const DEEP = '['.repeat(200) + ']'.repeat(200);

/** Adds an unknown key to the sample. Its value is given as JSON text. */
const withSurplus = (target: FailureTarget, key: string, json: string): string => {
  const open = stringifyExactJson(sampleOf(target)).slice(0, -1);
  return `${open}${open === '{' ? '' : ','}${JSON.stringify(key)}:${json},"_v":${target.version}}`;
};

/** Values that often make codecs and adapters fail. If none of them does, the caller must give an answer that does. */
const ODD_VALUES: readonly unknown[] = [
  '',
  '\u0000',
  'x',
  '%',
  '{',
  '-1',
  'ffffffff-ffff-4fff-8fff-ffffffffffff',
  'not what is expected',
  'x'.repeat(10_000),
  0,
  -1,
  1.5,
  Number.MAX_SAFE_INTEGER,
  1e308,
  null,
  true,
  false,
  [],
  {},
];

function* oddAnswers(target: FailureTarget): Generator<string> {
  const sample = sampleOf(target);
  yield withEnvelope(sample, target.version);
  for (const path of placesIn(sample)) {
    for (const odd of ODD_VALUES) {
      yield withEnvelope(replaceAt(sample, path, odd) as object, target.version);
    }
  }
}

const odd = (needs: string, climbs?: true): AnswerCause => ({
  by: 'answer',
  candidates: oddAnswers,
  needs,
  ...(climbs === true ? { climbs } : {}),
});

const OPEN_ENDS =
  'a response that accepts any JSON somewhere (jsonValue, z.unknown, z.any, z.record, z.lazy): a strict schema fails with schema_mismatch before';

/** How to cause each code that depends on the plugin's answer. */
export const ANSWER_CAUSES = {
  deserialize_response: {
    empty_output: always(() => ''),
    not_utf8: always(() => Uint8Array.of(0x22, 0xff, 0xfe, 0x22)),
    not_json: always((target) => withEnvelope(sampleOf(target), target.version).slice(0, -1)),
    not_protobuf: OF_PROCESSES,
  },
  response_envelope: {
    not_an_object: always((target) => JSON.stringify([target.version])),
    version_missing: always((target) => stringifyExactJson(sampleOf(target))),
    version_invalid: always((target) => withEnvelope(sampleOf(target), String(target.version))),
    version_mismatch: always((target) => withEnvelope(sampleOf(target), target.version + 1)),
  },
  response_decode: {
    inexact_number: {
      by: 'answer',
      candidates: (target) => [withSurplus(target, freeKey(sampleOf(target)), '1e400')],
      needs: 'a response that accepts large numbers somewhere (z.number, or any JSON such as jsonValue)',
    },
    schema_mismatch: {
      by: 'answer',
      candidates: (target) => [
        withSurplus(target, freeKey(sampleOf(target)), '1'),
        withSurplus(target, 'plugwire_surplus_of_no_schema', '1'),
      ],
      needs: NEVER_NEEDED,
    },
    too_deep: {
      by: 'answer',
      candidates: (target) => [withSurplus(target, freeKey(sampleOf(target)), DEEP)],
      needs: OPEN_ENDS,
    },
    proto_key: {
      by: 'answer',
      candidates: (target) => [withSurplus(target, '__proto__', '1')],
      needs: OPEN_ENDS,
    },
    codec_threw: odd('a codec or a check in its response that throws for an answer that fits otherwise'),
    adapter_threw: odd(
      'a version below the newest, and an upgradeResponse that throws for a valid answer',
      true,
    ),
    adapter_mismatch: odd(
      'a version below the newest, and an upgradeResponse that returns an invalid response for a valid answer',
      true,
    ),
  },
} as const satisfies {
  [Stage in 'deserialize_response' | 'response_envelope' | 'response_decode']: Record<
    (typeof STAGE_CODES)[Stage][number],
    AnswerCause | OutOfReach
  >;
};
