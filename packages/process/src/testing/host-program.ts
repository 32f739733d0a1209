/**
 * A host in a separate process, for tests that end it. Its arguments say what to do. It prints what it has started.
 *
 * @module
 */
import { createPluginHost } from '@plugwire/runtime';
import { defineWireFunction } from '@plugwire/wire';
import { z } from 'zod';

import { goPlugin } from '../go-plugin/go-plugin.ts';
import { grpcFunction } from '../grpc/grpc-function.ts';

const [mode = '', command = '', ...args] = process.argv.slice(2);
const get = defineWireFunction({
  name: 'get',
  fallback: 'silent_skip',
  request: z.strictObject({ key: z.string() }),
  response: z.strictObject({ value: z.string() }),
  sample: { request: { key: '' }, response: { value: '' } },
});
const proto = new URL('./protos/kv.proto', import.meta.url);
const host = createPluginHost({ functions: [get], limits: { deadlineMs: 20_000 } });
const load = async () =>
  await host.load(
    goPlugin({
      command,
      args,
      cookie: { key: 'BASIC_PLUGIN', value: 'hello' },
      functions: [grpcFunction(get, { proto, method: 'proto.KV/Get' })],
      stdin: mode === 'stdin' ? 'inherit' : 'ignore',
    }),
    { name: 'kv' },
  );
const tell = (value: object): void => void process.stdout.write(`${JSON.stringify(value)}\n`);
const ask = async (plugin: Awaited<ReturnType<typeof load>>, key: string): Promise<string> =>
  String((await plugin.dispatch(get, { key })).response?.value);

if (mode === 'loop') {
  tell({});
  for (;;) await (await load()).close();
}
const plugin = await load();
if (mode === 'stdin') {
  tell({ read: await ask(plugin, 'stdin') });
  await host.close();
} else {
  tell({ pid: Number(await ask(plugin, 'pid')), child: Number(await ask(plugin, 'child')) });
  process.stdin.once('data', (word) => {
    if (String(word) === 'exit') process.exit(3);
    throw new Error('thrown on purpose');
  });
}
