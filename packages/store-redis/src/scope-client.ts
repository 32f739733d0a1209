import { randomBytes } from 'node:crypto';

import { storageEntryOverhead } from '@plugwire/runtime';

import {
  exchangeArguments,
  readReply,
  WORD_LENGTH,
  type ExchangeAnswer,
  type ExchangeRequest,
} from './exchange-script.ts';
import type { RedisConnection } from './redis-connection.ts';
import { readMessage, type ScopeMessage } from './scope-message.ts';

export interface ScopeClientOptions {
  readonly scope: string;
  readonly prefix: string;
  readonly leaseMs: number;
  /** 0 where values stay. */
  readonly ttlMs: number;
  readonly connection: RedisConnection;
}

/** What of a request is not the same for each one of a client. */
type ScopeRequest = Omit<
  ExchangeRequest,
  'freshEpoch' | 'client' | 'leaseMs' | 'ttlMs' | 'channel' | 'overhead'
>;

/** One scope at the server, under a name of our own: its keys and its channel are known here alone. */
export interface ScopeClient {
  readonly id: string;
  /** Runs the script once. */
  exchange(request: ScopeRequest): Promise<ExchangeAnswer>;
  /** Has every message of the scope given to `listener`, until `unsubscribe`; what is none is left out. */
  subscribe(listener: (message: ScopeMessage) => void): Promise<void>;
  unsubscribe(): Promise<void>;
}

export const createScopeClient = (options: ScopeClientOptions): ScopeClient => {
  const { scope, prefix, leaseMs, ttlMs, connection } = options;
  const id = newWord();
  const base = `${prefix}:{${scope}}`;
  const keys = ['meta', 'values', 'expiry', 'leases'].map((part) => `${base}:${part}`);
  const channel = `${base}:changes`;
  const overhead = storageEntryOverhead(scope);
  let listen: (raw: Buffer) => void = () => undefined;
  return {
    id,
    exchange: async (request) => {
      const fixed = { freshEpoch: newWord(), client: id, leaseMs, ttlMs, channel, overhead };
      return readReply(await connection.exchange(keys, exchangeArguments({ ...request, ...fixed })));
    },
    subscribe: (listener) => {
      listen = (raw) => {
        const message = readMessage(raw);
        if (message !== undefined) listener(message);
      };
      return connection.subscribe(channel, listen);
    },
    unsubscribe: () => connection.unsubscribe(channel, listen),
  };
};

const newWord = (): string => randomBytes(WORD_LENGTH / 2).toString('hex');
