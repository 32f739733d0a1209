import { Piscina } from 'piscina';

import { createCarefulJson } from './careful-json.ts';
import type { CreateSubject } from './subject.ts';

/** A pool of one worker that runs the plugin in Plugwire's sandbox. The difference to Plugwire is the cost of the transport. */
export const createPiscina: CreateSubject = async ({ contract, plugin }) => {
  const json = createCarefulJson(contract);
  const pool = new Piscina({
    filename: new URL('piscina-worker.js', import.meta.url).href,
    workerData: { plugin, name: contract.wire.name },
    minThreads: 1,
    maxThreads: 1,
  });
  return {
    run: async (message) => json.read((await pool.run(json.write(message))) as string),
    close: async () => await pool.destroy(),
  };
};
