import type { CarrierContext } from '@plugwire/runtime';
import type { WireFunction } from '@plugwire/wire';

import type { GrpcFunction } from '../grpc/grpc-function.ts';

/** The largest response limit of all functions, in bytes. Each call has its own limit below it. */
export const mostAnswerBytes = ({ functions, limits }: CarrierContext): number =>
  Math.max(
    limits.outputBytes,
    ...functions.map(({ contract }) => limits.forFunction(contract.name).outputBytes),
  );

/** The versions of the functions that are bound and known to the host. */
export const versionsOf = (
  bound: readonly GrpcFunction[],
  { functions }: CarrierContext,
): ReadonlyMap<WireFunction, number> => {
  const known = new Set(functions.map(({ contract }) => contract));
  return new Map(
    bound.filter(({ contract }) => known.has(contract)).map(({ contract, version }) => [contract, version]),
  );
};
