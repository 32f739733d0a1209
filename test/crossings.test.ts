import { behave, type Behaviour, buildPlugin } from '@plugwire/pdk-fixtures';
import { createPluginHost, type Plugin, type PluginHost } from '@plugwire/runtime';
import { defineWireFunction } from '@plugwire/wire';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';

import { countCrossings, type Crossings } from './support/count-crossings.ts';

const text = z.strictObject({ text: z.string() });
const echo = defineWireFunction({
  name: 'echo',
  fallback: 'fail_request',
  request: text,
  response: text,
  sample: { request: { text: '' }, response: { text: '' } },
});

/** A long deadline, so that slices of fuel have their largest size on a busy machine too. */
const LIMITS = { deadlineMs: 60_000, requestBytes: 2 ** 20, outputBytes: 2 ** 20 } as const;
const FIRST_SLICE = 20_000;
const SLICE = 200_000;
/** Shorter JSON is parsed without being counted. */
const UNCOUNTED_BYTES = 32 * 1024;

const hosts: PluginHost[] = [];
afterEach(async () => {
  await Promise.all(hosts.splice(0).map(async (host) => await host.close()));
});

const load = async (behaviour: Behaviour): Promise<Plugin> => {
  const host = createPluginHost({ functions: [echo], limits: LIMITS });
  hosts.push(host);
  return await host.load(await buildPlugin({ functions: { echo: behaviour } }));
};

const dispatch = (plugin: Plugin, bytes: number): void => {
  expect(plugin.dispatchSync(echo, { text: 'x'.repeat(bytes) }).kind).toBe('ok');
};

const fuelOfLast = (plugin: Plugin): number => plugin.health().usage.lastFuel;

/** Calls are cheap because the guest does not leave WebAssembly. Counts prove this on any machine, and times do not. */
describe('a dispatch crosses the boundary between JavaScript and WebAssembly', () => {
  let crossings: Crossings;
  beforeEach(() => {
    crossings = countCrossings();
  });
  afterEach(() => crossings.restore());

  it.each([
    ['eight bytes at a time', behave.echo(), [0, 100, 1024, 16 * 1024, 256 * 1024]],
    ['byte by byte', behave.echoByBytes(), [0, 100, 1024, 16 * 1024]],
  ] as const)(
    'four times inwards (five for a long answer), and outwards only for more fuel, if the guest copies %s',
    async (_, behaviour, payloads) => {
      const plugin = await load(behaviour);
      for (const bytes of payloads) {
        crossings.reset();
        dispatch(plugin, bytes);
        // Inwards: allocate the input, check its text, set the first slice of fuel, call the function, and for a long answer count
        // the parts of its JSON.
        expect(crossings.into()).toBe(bytes >= UNCOUNTED_BYTES ? 5 : 4);
        const refills = crossings.outOf();
        expect(refills).toBe(Math.ceil(Math.max(0, fuelOfLast(plugin) - FIRST_SLICE) / SLICE));
      }
    },
  );
});

/** Fuel is equal on every machine. If the same work needed more fuel, it would use up more of every operator's budget. */
describe('the fuel for echoing one byte', () => {
  it.each([
    ['eight bytes at a time', behave.echo(), 7.625],
    ['byte by byte', behave.echoByBytes(), 66],
  ] as const)('is unchanged if the guest copies %s', async (_, behaviour, units) => {
    const plugin = await load(behaviour);
    const fuel = [1024, 2048, 3072].map((bytes) => {
      dispatch(plugin, bytes);
      return fuelOfLast(plugin);
    });
    const [first = 0, second = 0, third = 0] = fuel;
    expect(third - second).toBe(second - first);
    expect((second - first) / 1024).toBeLessThanOrEqual(units);
  });
});
