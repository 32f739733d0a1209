import {
  checkRequest,
  type Ladder,
  PlugwireUsageError,
  type RequestOf,
  type WireFunction,
  writeRequest,
} from '@plugwire/wire';

import { ladderOf } from '../plugins/sample-message.ts';
import { freeKey, placesIn, replaceAt, valueAt } from './mutations.ts';

/** The stages at which a request makes a dispatch fail, before the plugin is called. */
export const REQUEST_STAGES = ['request_envelope', 'serialize_request'] as const;
/** One of {@link REQUEST_STAGES}. */
export type RequestStage = (typeof REQUEST_STAGES)[number];

/**
 * Makes a request with which a dispatch of this contract fails at a stage, whatever plugin serves it: wrong on purpose,
 * though its type says otherwise. `serialize_request` needs a place for what JSON cannot carry.
 *
 * Throws `PlugwireUsageError`: `bad_function` for what is no contract, `bad_option` where no request of this contract can fail
 * at the stage, as with a strict schema that lets nothing through that JSON cannot write.
 *
 * @example expect(plugin.dispatchSync(greet, failingRequest(greet, 'request_envelope'))).toFallBack();
 */
export const failingRequest = <Contract extends WireFunction>(
  contract: Contract,
  stage: RequestStage,
): RequestOf<Contract> => {
  const ladder = ladderOf(contract);
  if (!REQUEST_STAGES.includes(stage)) {
    throw new PlugwireUsageError(
      'bad_option',
      `no request fails at ${stage as string}: expected one of ${REQUEST_STAGES.join(', ')}.`,
    );
  }
  const sample: unknown = ladder.newest.sample.request;
  const fitting: unknown[] = [];
  for (const candidate of stage === 'request_envelope' ? misfits(sample) : unwritables(ladder, sample)) {
    const stages = contract.versions.map((version) => stageOf(ladder, version, candidate));
    if (stages.every((each) => each === stage)) return candidate as RequestOf<Contract>;
    // An adapter may leave out what cannot be written: then only plugins of the newest version see it fail.
    if (stages.at(-1) === stage) fitting.push(candidate);
  }
  if (fitting.length > 0) return fitting[0] as RequestOf<Contract>;
  throw new PlugwireUsageError(
    'bad_option',
    `no request of "${contract.name}" was found that fails at ${stage}: its schema lets nothing through that JSON cannot ` +
      'write. That needs an open end (z.unknown, z.any, a z.record or z.custom of such) or a codec that throws; a jsonValue ' +
      'refuses it before, at request_envelope.',
  );
};

const stageOf = (ladder: Ladder, version: number, request: unknown): string => {
  const checked = checkRequest(ladder, request);
  const written = checked.ok ? writeRequest(ladder, version, checked.message) : checked;
  return written.ok ? 'ok' : written.stage;
};

/** A request that cannot be read does not fit any schema. */
const UNREADABLE: object = Object.defineProperty({}, 'unreadable', {
  enumerable: true,
  get: () => {
    throw new Error('a request that cannot be read, on purpose');
  },
});

const misfits = (sample: unknown): unknown[] => {
  const object = typeof sample === 'object' && sample !== null ? sample : {};
  return [{ ...object, [freeKey(object)]: 1 }, null, [], UNREADABLE];
};

class Unwritable {
  toJSON(): never {
    throw new Error('a value that cannot be written, on purpose');
  }
}

function* unwritables(ladder: Ladder, sample: unknown): Generator {
  const known = knownKeys(ladder, sample);
  for (const root of [sample, ...known]) {
    for (const path of placesIn(root)) {
      yield replaceAt(root, path, 1n);
      yield replaceAt(root, path, new Unwritable());
      const value = valueAt(root, path);
      if (isForeign(value)) yield replaceAt(root, path, untouchable(value));
    }
  }
}

const isForeign = (value: unknown): value is object =>
  typeof value === 'object' &&
  value !== null &&
  !Array.isArray(value) &&
  Object.getPrototypeOf(value) !== Object.prototype;

/** Is of its class, and throws when a codec touches it. */
const untouchable = (value: object): object =>
  new Proxy(value, {
    get: () => {
      throw new Error('a value that cannot be touched, on purpose');
    },
  });

/**
 * Samples leave optional keys out, and an open end may be behind one. A schema that reads an object of a class shows by what
 * it asks for which keys it names.
 */
const knownKeys = (ladder: Ladder, sample: unknown): unknown[] => {
  const found: unknown[] = [];
  const places = [[], ...placesIn(sample)];
  for (const path of places) {
    const value = valueAt(sample, path);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) continue;
    const asked = new Set<string>();
    checkRequest(ladder, replaceAt(sample, path, asking(value, asked)));
    for (const key of asked) {
      if (!(key in value)) found.push(replaceAt(sample, [...path, key], null));
    }
  }
  return found;
};

class Asking {}

/** The same object as one of a class, which notes what it is asked for. */
const asking = (value: object, asked: Set<string>): object =>
  new Proxy(Object.assign(new Asking(), value), {
    get: (target, key) => {
      if (typeof key === 'string') asked.add(key);
      return Reflect.get(target, key) as unknown;
    },
    has: (target, key) => {
      if (typeof key === 'string') asked.add(key);
      return Reflect.has(target, key);
    },
  });
