import { Agent } from 'undici';

/** What clients saw. */
export interface Traffic {
  readonly sent: number;
  readonly statuses: ReadonlyMap<number, number>;
  readonly upstreams: ReadonlyMap<string, number>;
}

const CLIENTS = 16;
/** So often a progress line is worth its ink. */
const PROGRESS_EVERY = 50;

/** Sends requests over real connections, several at a time, and counts who answered. */
export const sendTraffic = async (
  origin: string,
  total: number,
  onProgress: (done: number) => void,
): Promise<Traffic> => {
  const agent = new Agent({ connections: CLIENTS });
  const statuses = new Map<number, number>();
  const upstreams = new Map<string, number>();
  let started = 0;
  let done = 0;

  const client = async (): Promise<void> => {
    while (started < total) {
      started += 1;
      const reply = await agent.request({
        origin,
        path: `/v1/messages?turn=${started}`,
        method: 'POST',
        headers: { authorization: 'Bearer a-secret' },
        body: JSON.stringify({ prompt: 'hello' }),
      });
      await reply.body.dump();
      add(statuses, reply.statusCode);
      add(upstreams, String(reply.headers['x-upstream'] ?? 'none'));
      done += 1;
      if (done % PROGRESS_EVERY === 0) onProgress(done);
    }
  };

  await Promise.all(Array.from({ length: CLIENTS }, client));
  await agent.close();
  return { sent: done, statuses, upstreams };
};

const add = <Key>(counts: Map<Key, number>, key: Key): void => {
  counts.set(key, (counts.get(key) ?? 0) + 1);
};
