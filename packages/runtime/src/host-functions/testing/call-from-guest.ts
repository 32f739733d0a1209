import { behave, buildPlugin, type HostArgument, type WasmValueType } from '@plugwire/pdk-fixtures';

import { createSandbox, type SandboxOptions } from '../../sandbox/create-sandbox.ts';
import { PATIENT_LIMITS } from '../../testing/patient-limits.ts';
import { defineHostFunction, findHostFunctionBody, type HostFunction } from '../define-host-function.ts';

/** The result of a call from a guest: the value that the guest got, or the failure. */
export type GuestCall =
  /** The WebAssembly value, and the text of the block if the value is a handle. */
  { readonly raw: number | bigint | undefined; readonly text: string | undefined } | Failure;

interface Failure {
  readonly code: string;
  readonly message: string;
}

/** Calls a host function from a real WebAssembly guest, and returns what the guest got. */
export const callFromGuest = async (
  declared: HostFunction,
  args: readonly HostArgument[] = [],
  options: SandboxOptions = {},
): Promise<GuestCall> => {
  const result: WasmValueType | undefined = findHostFunctionBody(declared)?.result;
  let raw: number | bigint | undefined;
  const take = defineHostFunction({
    name: 'take',
    parameters: [result ?? 'i32'],
    run: (value) => {
      raw = value;
    },
  });
  const { namespace, name } = declared;
  const call = { namespace, name, args, ...(result === undefined ? {} : { result, passesResultTo: 'take' }) };
  const run = behave.callHostFunction({ ...call, answersResult: result === 'i64' && isBlock(declared) });
  const plugin = { identity: 'none', handshake: 'none', selfCheck: 'none', functions: { run } } as const;
  using sandbox = await createSandbox(await buildPlugin(plugin), {
    ...options,
    limits: { ...PATIENT_LIMITS, ...options.limits },
    hostFunctions: [declared, ...(options.hostFunctions ?? []), take],
  });
  try {
    const output = sandbox.call('run');
    return { raw, text: output === null ? undefined : Buffer.from(output).toString() };
  } catch (error) {
    const { code, message } = error as Failure;
    return { code, message };
  }
};

const isBlock = ({ result }: HostFunction): boolean =>
  typeof result === 'object' || result?.startsWith('text') === true || result?.startsWith('bytes') === true;
