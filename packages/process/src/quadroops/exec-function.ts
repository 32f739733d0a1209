import { Buffer, isUtf8 } from 'node:buffer';

import { callError, type CarrierAnswer } from '@plugwire/runtime';
import {
  findLadder,
  type MessageDescription,
  PlugwireUsageError,
  showType,
  stageFailure,
  stringifyExactJson,
  type WireFunction,
} from '@plugwire/wire';

import { refuseBinding } from '../binding/bad-binding.ts';

/**
 * Which part of a message is the payload. `json`: the whole message, as JSON. `{ text }` and `{ base64 }`: the bytes of one key, which must be
 * the only key of the message.
 */
export type PayloadForm = 'json' | { readonly text: string } | { readonly base64: string };

/** The options of {@link execFunction}. */
export interface ExecFunctionOptions {
  /** The command, such as `hello.msg`. */
  readonly command: string;
  /** Which part of the request is the payload. `json` by default. */
  readonly request?: PayloadForm;
  /** Which part of the response is the payload. `json` by default. */
  readonly response?: PayloadForm;
  /** The version of the contract. The newest by default. */
  readonly version?: number;
}

/** A contract that is bound to a command of a quadroops plugin. */
export interface ExecFunction {
  readonly contract: WireFunction;
  readonly version: number;
  readonly command: string;
  /** Returns the payload of a request, or `undefined` if it cannot be encoded. */
  write(message: object): Buffer | undefined;
  /** Decodes the payload of a response. */
  read(answer: Buffer): CarrierAnswer;
}

/**
 * Binds a contract to a command of a quadroops plugin.
 *
 * Throws `PlugwireUsageError` `bad_binding`.
 *
 * @example
 * execFunction(hello, { command: 'hello.msg', request: { text: 'message' }, response: { text: 'message' } });
 */
export const execFunction = (
  contract: WireFunction,
  { command, request = 'json', response = 'json', version: given }: ExecFunctionOptions,
): ExecFunction => {
  const ladder = findLadder(contract);
  if (ladder === undefined) {
    throw new PlugwireUsageError(
      'bad_binding',
      `a ${showType(contract)} is bound: expected a contract from defineWireFunction.`,
    );
  }
  const { name } = contract;
  if (typeof command !== 'string' || command === '')
    refuseBinding(name, `command is ${showType(command)}: expected the name of a command.`);
  const version = given ?? ladder.newest.version;
  const rung = ladder.rungs.find((each) => each.version === version);
  if (rung === undefined) return refuseBinding(name, `the contract has no version ${version}.`);
  checkForm(rung.request.description, request, `${name} request`);
  checkForm(rung.response.description, response, `${name} response`);
  return { contract, version, command, write: createWriter(request), read: createReader(response) };
};

const checkForm = ({ shape }: MessageDescription, form: PayloadForm, place: string): void => {
  if (form === 'json') return;
  const key = keyOf(form);
  const members = shape.kind === 'object' ? shape.members : [];
  const [member] = members;
  if (members.length !== 1 || member?.key !== key || member.shape.kind !== 'string')
    refuseBinding(
      place,
      `the payload is ${JSON.stringify(key)}: expected a contract with this text as its only key.`,
    );
  const isBase64 = member?.shape.kind === 'string' && member.shape.format === 'base64';
  if ('base64' in form && !isBase64)
    refuseBinding(place, `the payload is bytes in ${JSON.stringify(key)}: expected z.base64().`);
};

const keyOf = (form: Exclude<PayloadForm, 'json'>): string => ('text' in form ? form.text : form.base64);

const createWriter = (form: PayloadForm): ExecFunction['write'] => {
  if (form === 'json') {
    return (message) => {
      try {
        return Buffer.from(stringifyExactJson(message), 'utf8');
      } catch {
        return undefined;
      }
    };
  }
  const key = keyOf(form);
  const encoding = 'text' in form ? 'utf8' : 'base64';
  return (message) => Buffer.from((message as Readonly<Record<string, string>>)[key] ?? '', encoding);
};

const createReader =
  (form: PayloadForm): ExecFunction['read'] =>
  (answer) => {
    if (form !== 'json' && 'base64' in form)
      return { ok: true, body: { [form.base64]: answer.toString('base64') } };
    if (!isUtf8(answer)) {
      const { stage, code, message } = stageFailure(
        'deserialize_response',
        'not_utf8',
        'response: the payload is not UTF-8',
      );
      return { ok: false, error: { stage, code, message } };
    }
    const text = answer.toString('utf8');
    return form === 'json' ? { ok: true, json: text } : { ok: true, body: { [form.text]: text } };
  };

/** The failure of a request that cannot be encoded. */
export const notWritable = (): CarrierAnswer => {
  const { stage, code, message } = stageFailure(
    'serialize_request',
    'not_serializable',
    'request: it cannot be encoded as JSON',
  );
  return { ok: false, error: { stage, code, message } };
};

/** The failure of a call over REST or gRPC. */
export const callFailed = (
  code: Parameters<typeof callError>[0],
  detail?: string,
  guestText?: string,
): CarrierAnswer => ({
  ok: false,
  error: callError(code, detail),
  guestText,
});
