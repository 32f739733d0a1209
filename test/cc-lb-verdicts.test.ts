import { readFileSync } from 'node:fs';

import { checkRequest, findLadder, readResponse, type Ladder, type WireFunction } from '@plugwire/wire';
import { loadBalancerFunctions } from '@plugwire/wire/load-balancer';
import { describe, expect, it } from 'vitest';

/** For each change, the places where the changed message still decodes in the crate's types, and the places where it does not. */
type Places = Readonly<Record<string, readonly string[]>>;

interface Verdicts {
  readonly sample: object;
  readonly accepted: Places;
  readonly refused: Places;
}

/** Results of `cc-lb-plugin-wire` for messages with one changed value. Written by test/cc-lb-host. */
const verdicts = JSON.parse(
  readFileSync(new URL('cc-lb-host/verdicts.json', import.meta.url), 'utf8'),
) as Record<string, { readonly request: Verdicts; readonly response: Verdicts }>;

type Node = Record<string, unknown>;

/** Returns a copy of a sample with a change at a place. */
const changeAt = (sample: object, place: string, change: string): object => {
  const changed = structuredClone(sample) as Node;
  const keys = place.split('/').slice(1);
  const last = keys.pop();
  let parent = changed;
  for (const key of keys) parent = parent[key] as Node;
  if (change === 'added') ((last === undefined ? parent : parent[last]) as Node)['unknown'] = 1;
  else if (last === undefined) throw new Error(`${change} of the whole message`);
  else if (change === 'removed') delete parent[last];
  else parent[last] = JSON.parse(change);
  return changed;
};

/** Lists changed messages as `<change> at <place>`, in `taken` if the contract accepts them, else in `left`. */
const takenOf = (
  { sample }: Verdicts,
  places: Places,
  takes: (message: object) => boolean,
): { taken: string[]; left: string[] } => {
  const taken: string[] = [];
  const left: string[] = [];
  for (const [change, list] of Object.entries(places)) {
    for (const place of list)
      (takes(changeAt(sample, place, change)) ? taken : left).push(`${change} at ${place}`);
  }
  return { taken, left };
};

const cases = loadBalancerFunctions.map((contract: WireFunction) => {
  const ladder = findLadder(contract);
  const verdict = verdicts[contract.name];
  if (ladder === undefined || verdict === undefined)
    throw new Error(`there is no result for ${contract.name}`);
  return { name: contract.name, ladder, verdict };
});

const takesRequest = (ladder: Ladder) => (message: object) => checkRequest(ladder, message).ok;
const takesResponse = (ladder: Ladder) => (message: object) =>
  readResponse(ladder, 1, JSON.stringify({ ...message, _v: 1 })).ok;

/** Changes of requests that the crate accepts and these contracts refuse. A host has no reason to send them. */
const NOT_SENT = [
  // A key that may be null. The host writes it.
  /^removed at /,
  // A key that may be absent. The host leaves it out.
  /^null at \/candidates\/0\/cache_score/,
  // Serde accepts unknown keys beside the `kind` of a variant, and a variant's number instead of its name.
  /^added at \/(?:.+\/)?upstream$/,
  /^0 at \/(?:.+\/)?upstream\/kind$/,
];

describe.each(cases)('the contract of $name', ({ ladder, verdict }) => {
  it('accepts the messages of the crate', () => {
    expect(takesRequest(ladder)(verdict.request.sample)).toBe(true);
    const { sample } = verdict.response;
    expect(readResponse(ladder, 1, JSON.stringify({ ...sample, _v: 1 }))).toEqual({
      ok: true,
      response: sample,
    });
  });

  it('accepts no request that a plugin with the crate would refuse', () => {
    const { request } = verdict;
    expect(takenOf(request, request.refused, takesRequest(ladder)).taken).toEqual([]);
  });

  it('accepts every request that a plugin with the crate can read and a host may send', () => {
    const { request } = verdict;
    const { left } = takenOf(request, request.accepted, takesRequest(ladder));
    expect(left.filter((change) => !NOT_SENT.some((pattern) => pattern.test(change)))).toEqual([]);
  });

  it('accepts the same responses as the crate, and no others', () => {
    const { response } = verdict;
    expect(takenOf(response, response.refused, takesResponse(ladder)).taken).toEqual([]);
    expect(takenOf(response, response.accepted, takesResponse(ladder)).left).toEqual([]);
  });
});
