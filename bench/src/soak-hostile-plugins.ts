import { behave, buildPlugin, type Behaviour } from '@plugwire/pdk-fixtures';
import { createPluginHost, type Plugin } from '@plugwire/runtime';

import { echoShaped, shapedOf } from './echo-contract.ts';
import { mebibytes } from './soak-one-plugin.ts';

const DEADLINE_MS = 10;
/** How late a deadline may be reported, in ms: what the target allows. */
const GRACE_MS = 5;

/** The plugins, and how many of a hundred calls each gets. The rest goes to the healthy plugin. */
const HOSTILE: readonly (readonly [string, Behaviour, number])[] = [
  ['spins', behave.spin(), 1],
  ['traps', behave.trap('unreachable'), 1],
  ['recurses', behave.trap('stackOverflow'), 1],
  ['allocates', behave.allocateForever(), 1],
  ['floods', behave.hugeOutput(4 * 1024 * 1024), 1],
  ['strays', behave.badHandle('load'), 1],
  ['complains', behave.guestError('no'), 2],
  ['babbles', behave.answerText('{"_v":1,'), 2],
];

/** Runs healthy and hostile plugins in one process. Every call must settle in time, and nothing may be left behind. */
export const soakHostilePlugins = async (calls: number): Promise<void> => {
  globalThis.gc?.();
  const handlesBefore = process.getActiveResourcesInfo().length;
  const host = createPluginHost({ functions: [echoShaped], limits: { deadlineMs: DEADLINE_MS } });
  const load = async (name: string, behaviour: Behaviour): Promise<Plugin> =>
    await host.load(await buildPlugin({ functions: { [echoShaped.name]: behaviour } }), { name });
  const healthy = await load('healthy', behave.echo());
  const schedule: Plugin[] = [];
  for (const [name, behaviour, share] of HOSTILE) {
    const plugin = await load(name, behaviour);
    for (let at = 0; at < share; at += 1) schedule.push(plugin);
  }

  const message = shapedOf(1024);
  const codes = new Map<string, number>();
  const rss: number[] = [];
  let late = 0;
  let worstMs = 0;
  for (let at = 0; at < calls; at += 1) {
    const plugin = schedule[at % 100] ?? healthy;
    const startMs = performance.now();
    const outcome = plugin.dispatchSync(echoShaped, message);
    const tookMs = performance.now() - startMs;
    worstMs = Math.max(worstMs, tookMs);
    if (tookMs > DEADLINE_MS + GRACE_MS) late += 1;
    const key = `${plugin.name}: ${outcome.kind === 'ok' ? 'ok' : `${outcome.error.stage}/${outcome.error.code}`}`;
    codes.set(key, (codes.get(key) ?? 0) + 1);
    if (at % 100 === 99) await new Promise((resolve) => setImmediate(resolve));
    if (at % (calls / 10) === 0) {
      globalThis.gc?.();
      rss.push(process.memoryUsage().rss);
      process.stderr.write(`${at} of ${calls} calls\n`);
    }
  }
  await host.close();
  await new Promise((resolve) => setTimeout(resolve, 100));

  const settled = [...codes.values()].reduce((sum, count) => sum + count, 0);
  console.log(`\n${settled} of ${calls} calls settled, deadline ${DEADLINE_MS} ms, one in a hundred spins\n`);
  for (const [key, count] of codes) console.log(`| ${key} | ${count} |`);
  console.log(
    `\nwithin the deadline and ${GRACE_MS} ms: ${(100 - (100 * late) / calls).toFixed(3)} %, worst ${worstMs.toFixed(1)} ms`,
  );
  console.log(`resident MiB at each tenth: ${rss.map(mebibytes).join(', ')}`);
  console.log(`handles before and after: ${handlesBefore}, ${process.getActiveResourcesInfo().length}`);
};
