import type { Plugin } from '@plugwire/runtime';

/** More turns than making an instance ever takes. */
const MAX_TURNS = 100_000;

/**
 * Waits until an instance is there for the next call, turn by turn of the event loop and without a timer.
 *
 * Rejects if the plugin is closed, or if none comes.
 *
 * @example
 * plugin.dispatchSync(greet, request); // crashes
 * await untilReady(plugin);
 */
export const untilReady = async (plugin: Plugin): Promise<void> => {
  for (let turn = 0; turn < MAX_TURNS; turn += 1) {
    const { status } = plugin.health();
    if (status === 'ready') return;
    if (status === 'closed')
      throw new Error(`the plugin "${plugin.name}" is closed: it gets no instance any more.`);
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
  }
  throw new Error(`the plugin "${plugin.name}" got no new instance: does its start function fail?`);
};
