import { clock } from '../../base/clock.ts';
import { stopOnRefusal } from '../../host-functions/host-sources.ts';
import { LINE_BYTES } from '../../wasi/line-stream.ts';
import type { HostCallGate } from '../imports/host-function.ts';
import type { Kernel, KernelServices } from '../../kernel/kernel.ts';
import { createVariables } from '../../kernel/variables.ts';
import type { CallStop } from './call-stop.ts';
import type { GuestParts } from './guest-instance.ts';
import type { Meter } from './meter.ts';

/**
 * The charge for a call of a host function, in fuel. One unit stands for a nanosecond: entering the host and reading the clock take half
 * a microsecond. Each byte that the function reads or stores costs one more.
 */
const HOST_CALL_CHARGE = 512;

/** Creates the host's services for a running guest. They charge for all work, and do none for a call that must end. */
export const createHostServices = (parts: GuestParts, { stop, leave }: CallStop, meter: Meter) => {
  const { config, limits, log } = parts;
  const charge = (fuel: number): void => {
    const stoppedBy = meter.charge(fuel);
    if (stoppedBy !== undefined) stop(stoppedBy);
  };
  return {
    config,
    variables: createVariables(limits.variableBytes),
    log,
    stop,
    charge,
    gate: ((capability) => {
      const refused = parts.gate(capability);
      if (refused !== undefined) return refused;
      charge(HOST_CALL_CHARGE);
      return meter.checkTime();
    }) satisfies HostCallGate,
    caller: parts.caller,
    intercept: parts.intercept,
    checkTime: () => meter.checkTime(),
    jsonLimits: {
      nodes: limits.outputNodes,
      timeLeft: () => meter.deadlineMs() - clock.nowMs(),
    },
    sources: stopOnRefusal(parts.sources, stop),
    exit: (status: number) => {
      if (status === 0) return leave();
      // Go's runtime exits if it gets no memory.
      return meter.wasGrowthRefused()
        ? stop('memory', GROWTH_REFUSED)
        : stop('guest_exit', `status ${status}`);
    },
  };
};

/** The detail of a `memory` failure after a refused `memory.grow`. */
export const GROWTH_REFUSED = 'a memory.grow beyond limits.memoryBytes was refused';
/** The detail of a `memory` failure after a refused allocation in the kernel. */
export const ALLOC_REFUSED =
  'an alloc beyond limits.kernelMemoryBytes, or of more than 65,536 blocks in one call, was refused';

/** Returns a kernel that charges for each byte that is read or stored. */
export const chargedKernel = (kernel: Kernel, { charge }: Pick<KernelServices, 'charge'>): Kernel => ({
  ...kernel,
  bytes: (address, length) => {
    charge(length);
    return kernel.bytes(address, length);
  },
  text: (address, length) => {
    charge(length);
    return kernel.text(address, length);
  },
  line: (address, length) => {
    charge(Math.min(length, LINE_BYTES));
    return kernel.line(address, length);
  },
  store: (value) => {
    charge(value.length);
    return kernel.store(value);
  },
});
