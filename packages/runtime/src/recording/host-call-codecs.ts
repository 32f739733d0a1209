import type { HostFunction } from '../host-functions/define-host-function.ts';
import { createValueCodec, type ValueCodec } from '../host-functions/value-codec.ts';

/** The codecs of the arguments and the result of one host function. */
export interface HostCallCodecs {
  readonly arguments: readonly ValueCodec[];
  /** `undefined` for a function that returns nothing. */
  readonly result: ValueCodec | undefined;
}

const known = new WeakMap<HostFunction, HostCallCodecs>();

/** Returns the codecs of a host function. They are created when its first call is recorded or replayed. */
export const codecsOf = (declared: HostFunction): HostCallCodecs => {
  const present = known.get(declared);
  if (present !== undefined) return present;
  const codecs = {
    arguments: declared.parameters.map(createValueCodec),
    result: declared.result === undefined ? undefined : createValueCodec(declared.result),
  };
  known.set(declared, codecs);
  return codecs;
};

/** Converts the arguments of a call to JSON. Throws `TypeError` for a value that is not of its declared type. */
export const argumentsToJson = (declared: HostFunction, values: readonly unknown[]): readonly unknown[] =>
  codecsOf(declared).arguments.map((codec, at) => codec.toJson(values[at]));
