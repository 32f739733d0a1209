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

/** Options of {@link createScopeClient}. */
export interface ScopeClientOptions {
  readonly scope: string;
  readonly prefix: string;
  readonly leaseMs: number;
  /** 0 if values do not expire. */
  readonly ttlMs: number;
  readonly connection: RedisConnection;
}

/** The parts of a request that differ from one exchange of a client to the next. */
type ScopeRequest = Omit<
  ExchangeRequest,
  'freshEpoch' | 'client' | 'leaseMs' | 'ttlMs' | 'channel' | 'overhead'
>;

/** The client for one scope on the server. Only this file knows the scope's keys and channel. */
export interface ScopeClient {
  /** The random name of this client. */
  readonly id: string;
  /** Runs the script once. */
  exchange(request: ScopeRequest): Promise<ExchangeAnswer>;
  /** Calls `listener` for each valid message of the scope, until `unsubscribe`. */
  subscribe(listener: (message: ScopeMessage) => void): Promise<void>;
  unsubscribe(): Promise<void>;
}

/** Creates the client for one scope. */
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
