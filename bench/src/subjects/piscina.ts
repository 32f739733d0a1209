import { Piscina } from 'piscina';

import { createCarefulJson } from './careful-json.ts';
import type { CreateSubject } from './subject.ts';

/** A pool of one worker that holds the plugin in our sandbox: so what is measured beyond it is the way there and back. */
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
