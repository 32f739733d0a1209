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

/** The stages at which a request can make a dispatch fail, before the plugin is called. */
export const REQUEST_STAGES = ['request_envelope', 'serialize_request'] as const;
/** One of {@link REQUEST_STAGES}. */
export type RequestStage = (typeof REQUEST_STAGES)[number];

/**
 * Creates a request for which a dispatch of the contract fails at a stage, with any plugin. The request is invalid, although its type says
 * otherwise. `serialize_request` is possible only if the schema accepts values somewhere that JSON cannot represent.
 *
 * Throws `PlugwireUsageError`: `bad_function` if `contract` is not a contract; `bad_option` if no request of the contract can fail at the
 * stage, for example because a strict schema accepts only values that JSON can represent.
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
    // An adapter may leave out the bad value. The dispatch then fails only for plugins of the newest version.
    if (stages.at(-1) === stage) fitting.push(candidate);
  }
  if (fitting.length > 0) return fitting[0] as RequestOf<Contract>;
  throw new PlugwireUsageError(
    'bad_option',
    `no request of "${contract.name}" was found that fails at ${stage}: its schema accepts only values that JSON can ` +
      'represent. The failure needs z.unknown, z.any, a z.record or z.custom of them, or a codec that throws. A jsonValue ' +
      'refuses such values before, at request_envelope.',
  );
};

const stageOf = (ladder: Ladder, version: number, request: unknown): string => {
  const checked = checkRequest(ladder, request);
  const written = checked.ok ? writeRequest(ladder, version, checked.message) : checked;
  return written.ok ? 'ok' : written.stage;
};

/** A request that throws when it is read. It does not fit any schema. */
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

/** Wraps a class instance so that it throws when a codec reads it. */
const untouchable = (value: object): object =>
  new Proxy(value, {
    get: () => {
      throw new Error('a value that cannot be touched, on purpose');
    },
  });

/**
 * Returns variants of the sample that have the optional keys, because such a key may accept any JSON. The keys are found by observing what
 * the schema reads from a class instance.
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

/** Copies an object to a class instance that records which keys are read. */
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
