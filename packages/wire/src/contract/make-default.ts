import type { Ladder } from './ladder.ts';
import type { Message } from './message-schema.ts';
import { silenceRejection } from './silence-rejection.ts';

/**
 * The contract's own answer to a checked request, validated; `undefined` where it has none, where it throws, or where
 * its answer does not fit. Never throws.
 */
export const makeDefault = (ladder: Ladder, checked: Message): object | undefined => {
  if (ladder.makeDefault === undefined) return undefined;
  let answer: unknown;
  try {
    answer = ladder.makeDefault(checked.host as never);
  } catch {
    return undefined;
  }
  silenceRejection(answer);
  const result = ladder.newest.response.fromHost(answer);
  return result.ok ? result.message.host : undefined;
};
