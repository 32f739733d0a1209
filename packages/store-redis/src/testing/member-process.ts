/** A process of a fleet, for tests. It reads commands as lines of JSON, and answers each with one line. */
import { createInterface } from 'node:readline';

import { createRedisStorage } from '../create-redis-storage.ts';

const [url = '', prefix = '', quotaBytes = '', leaseMs = '', closeTimeoutMs = ''] = process.argv.slice(2);
const storage = createRedisStorage({
  url,
  prefix,
  leaseMs: Number(leaseMs),
  heartbeatMs: 50,
  closeTimeoutMs: Number(closeTimeoutMs),
});
const store = await storage.open('keeper', { quotaBytes: Number(quotaBytes) });

const answer = (value: unknown): void => void process.stdout.write(`${JSON.stringify(value)}\n`);

const lines = createInterface({ input: process.stdin });
lines.on('line', (line) => {
  const [command, key = '', text = ''] = JSON.parse(line) as string[];
  if (command === 'get') answer(Buffer.from(store.get(key) ?? []).toString());
  else if (command === 'put') answer(store.put(key, Buffer.from(text)));
  else lines.close();
});
// Also called when the parent process ends, which closes the input.
lines.on('close', () => {
  process.stdin.destroy();
  storage.close().then(
    () => answer('closed'),
    (error: unknown) => answer((error as { code: string }).code),
  );
  // Nothing calls process.exit: the process ends if nothing is left.
});
answer('open');
