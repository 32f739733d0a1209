import { z } from 'zod';

import type { BenchContract } from '../contracts.ts';

/** The JSON encoding and validation that a careful host adds to any other host. */
export interface CarefulJson {
  /** Validates and writes a request. Throws if it does not fit its schema. */
  write(message: object): string;
  /** Reads and validates a response. Throws if it does not fit its schema. */
  read(text: string): object;
}

/** Uses compiled validators, `JSON.stringify` and `JSON.parse`. Adds and removes the protocol's `_v`. */
export const createCarefulJson = ({ wire, request, response }: BenchContract): CarefulJson => {
  const requests = z.compile(request);
  const responses = z.compile(response);
  const version = wire.versions.at(-1);
  return {
    write: (message) => {
      const checked = requests.safeParse(message);
      if (!checked.success) throw new Error('the request does not fit its schema');
      return JSON.stringify({ ...checked.data, _v: version });
    },
    read: (text) => {
      const answer = JSON.parse(text) as { _v?: unknown };
      if (answer._v !== version) throw new Error('the response has another version');
      delete answer._v;
      const checked = responses.safeParse(answer);
      if (!checked.success) throw new Error('the response does not fit its schema');
      return checked.data;
    },
  };
};
