import type { HostFunction } from '../host-functions/define-host-function.ts';
import { createValueCodec, type ValueCodec } from '../host-functions/value-codec.ts';

/** How the values of one host function are written and read. */
export interface HostCallCodecs {
  readonly arguments: readonly ValueCodec[];
  /** `undefined` for a function that gives nothing. */
  readonly result: ValueCodec | undefined;
}

const known = new WeakMap<HostFunction, HostCallCodecs>();

/** The codecs of a host function, made when its first call is recorded or replayed. */
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

/** The arguments of a call as JSON. Throws for what is not of its declared type. */
export const argumentsToJson = (declared: HostFunction, values: readonly unknown[]): readonly unknown[] =>
  codecsOf(declared).arguments.map((codec, at) => codec.toJson(values[at]));
