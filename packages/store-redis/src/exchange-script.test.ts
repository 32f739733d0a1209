import { describe, expect, it } from 'vitest';

import { EXCHANGE_SCRIPT, exchangeArguments, type ExchangeRequest } from './exchange-script.ts';

const REQUEST: ExchangeRequest = {
  mode: 'sync',
  knownEpoch: 'known',
  freshEpoch: 'fresh',
  client: 'client',
  quotaBytes: 1,
  leaseMs: 2,
  ttlMs: 3,
  leaseTarget: 4,
  batchNumber: 5,
  signal: 'short',
  channel: 'channel',
  generation: 6,
  knownSeq: 7,
  knownUsed: 8,
  overhead: 9,
  writes: [],
};

/** The names that the script gives to its arguments, in the order in which it reads them. */
const namesOfArguments = (): string[] => {
  const names: string[] = [];
  for (const [, left = '', right = ''] of EXCHANGE_SCRIPT.matchAll(/^local ([\w, ]+) = (.*ARGV\[.*)$/gm)) {
    const places = [...right.matchAll(/ARGV\[(\d+)\]/g)].map(([, place]) => Number(place));
    for (const [index, name] of left.split(', ').entries()) names[(places[index] ?? 0) - 1] = name;
  }
  return names;
};

describe('the arguments of the exchange script', () => {
  it('are in the order in which the script reads them', () => {
    const given = exchangeArguments(REQUEST);
    expect(Object.fromEntries(namesOfArguments().map((name, index) => [name, given[index]]))).toEqual({
      mode: 'sync',
      known: 'known',
      fresh: 'fresh',
      id: 'client',
      quota: '1',
      leaseMs: '2',
      ttlMs: '3',
      target: '4',
      batch: '5',
      signal: 'short',
      channel: 'channel',
      generation: '6',
      knownSeq: '7',
      knownUsed: '8',
      overhead: '9',
    });
    expect(given).toHaveLength(namesOfArguments().length);
  });

  it('have an empty epoch if the client must load', () => {
    expect(exchangeArguments({ ...REQUEST, knownEpoch: undefined })[1]).toBe('');
  });

  it('end with the writes, at the index and with the stride that the script uses', () => {
    const [, first, stride] = /FIRST_WRITE, WRITE_STRIDE = (\d+), (\d+)/.exec(EXCHANGE_SCRIPT) ?? [];
    const value = Buffer.from('-value-').subarray(1, 6);
    const writes = [
      { key: 'a', value, reserved: 6 },
      { key: 'b', value: new Uint8Array(), reserved: 0 },
    ];
    const given = exchangeArguments({ ...REQUEST, writes });
    expect(given.slice(Number(first) - 1)).toEqual([
      'a',
      Buffer.from('value'),
      '6',
      'b',
      Buffer.alloc(0),
      '0',
    ]);
    expect(given).toHaveLength(Number(first) - 1 + Number(stride) * writes.length);
  });
});
