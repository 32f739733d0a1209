import { Bytes } from './bytes';
import { beginCall, endCall } from './call';
import { fail, hasFailed } from './failure';
import { Fields } from './json-object';
import { readJson } from './json-reader';
import { Kind, Value } from './json-value';
import { Writer } from './json-writer';

/** The one version of each function that these plugins speak. */
export const VERSION: u64 = 1;

/** A request or a response, as a plugin's own type. */
export abstract class Message {
  /** Writes the members, without the brackets: the envelope may go before them. */
  abstract writeMembers(to: Writer): void;
}

/** Starts a call of a wire function: the input without its envelope. */
export function openRequest(): Fields {
  const input = beginCall();
  const fields = openObject(input);
  if (fields.count('_v') != VERSION) fail('another version');
  return fields;
}

/** Ends a call of a wire function with a response; with null, or after a failure, it ends in an error. */
export function endRequest(response: Message | null, expectedBytes: i32 = 1024): i32 {
  const to = new Writer(expectedBytes);
  if (response !== null && !hasFailed()) {
    to.open('{');
    to.key('_v');
    to.count(VERSION);
    response.writeMembers(to);
    to.close('}');
  } else fail('no response');
  return endCall(to.out);
}

/** JSON that must be an object. */
export function openObject(json: Bytes): Fields {
  const value = readJson(json);
  return new Fields(hasFailed() ? new Value(Kind.object) : value);
}

/** Whether a message, written again, is what it was read from. */
export function isWrittenAs(message: Message, sample: string): bool {
  const to = new Writer(sample.length);
  to.open('{');
  message.writeMembers(to);
  to.close('}');
  return !hasFailed() && to.out.done().is(sample);
}
