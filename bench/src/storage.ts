/**
 * `npm run bench:storage -- redis://127.0.0.1:6379 [WRITES]`: measures the cost of the store in a plugin's call, and how long it takes until
 * another member of the fleet sees a write. Prints a table. It needs a server. It writes under its own prefix and removes it.
 *
 * @module
 */
import { randomUUID } from 'node:crypto';

import { createMemoryStorage, type PluginStore } from '@plugwire/runtime';
import { createRedisStorage } from '@plugwire/store-redis';

const [url, writes = '5000'] = process.argv.slice(2);
const WRITES = Number(writes);
const VALUE = new Uint8Array(100).fill(1);
const QUOTA = { quotaBytes: 1 << 20 };

const main = async (): Promise<void> => {
  if (url === undefined)
    throw new Error(
      'no server given: expected a Redis URL. Run npm run bench:storage -- redis://127.0.0.1:6379',
    );
  console.log(`Node ${process.version}, values of ${VALUE.length} bytes, ${WRITES} writes each\n`);
  console.log('| what | median µs | 99 % µs | worst µs |');
  console.log('| --- | ---: | ---: | ---: |');

  const prefix = `bench-${randomUUID()}`;
  const fleet = [createRedisStorage({ url, prefix }), createRedisStorage({ url, prefix })] as const;
  const [one, two] = await Promise.all([fleet[0].open('bench', QUOTA), fleet[1].open('bench', QUOTA)]);
  const memory = await createMemoryStorage().open('bench', QUOTA);

  row('put, in memory', await measureCalls(() => void memory.put('key', VALUE)));
  row('get, in memory', await measureCalls(() => void memory.get('key')));
  row('put, on Redis', await measureCalls(() => void one.put('key', VALUE)));
  row('get, on Redis', await measureCalls(() => void one.get('key')));
  row('put until another sees it, idle', await measurePropagation(one, two, 0));
  row('put until another sees it, 100 other keys written with it', await measurePropagation(one, two, 100));

  for (let key = 0; key < 100; key += 1) one.put(`other-${key}`, new Uint8Array());
  for (const key of ['key', 'probe']) one.put(key, new Uint8Array());
  await Promise.all(fleet.map((storage) => storage.close()));
};

const row = (what: string, timesUs: number[]): void => {
  timesUs.sort((left, right) => left - right);
  const cells = [0.5, 0.99, 1].map((share) =>
    (timesUs[Math.min(timesUs.length - 1, Math.floor(timesUs.length * share))] ?? 0).toFixed(1),
  );
  console.log(`| ${what} | ${cells.join(' | ')} |`);
};

const turn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

const measureCalls = async (call: () => void): Promise<number[]> => {
  const timesUs: number[] = [];
  for (let done = 0; done < WRITES; done += 1) {
    const startMs = performance.now();
    call();
    timesUs.push((performance.now() - startMs) * 1000);
    if (done % 16 === 0) await turn();
  }
  return timesUs;
};

/** Both members are in this process. The delay includes the work of both, and only the loopback part of the network. */
const measurePropagation = async (
  writer: PluginStore,
  reader: PluginStore,
  others: number,
): Promise<number[]> => {
  const timesUs: number[] = [];
  for (let round = 1; round <= WRITES; round += 1) {
    const value = new Uint8Array(8);
    new DataView(value.buffer).setFloat64(0, round + others * WRITES);
    const startMs = performance.now();
    for (let key = 0; key < others; key += 1) writer.put(`other-${key}`, VALUE);
    if (writer.put('probe', value) !== 'stored') throw new Error('a write was refused');
    while (!isEqual(reader.get('probe'), value)) await turn();
    timesUs.push((performance.now() - startMs) * 1000);
  }
  return timesUs;
};

const isEqual = (left: Uint8Array | undefined, right: Uint8Array): boolean =>
  left !== undefined && Buffer.compare(left, right) === 0;

await main();
