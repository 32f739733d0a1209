import { behave, type Behaviour, buildPlugin } from '@plugwire/pdk-fixtures';
import { findLadder, type WireFunction } from '@plugwire/wire';
import { loadBalancerFunctions } from '@plugwire/wire/load-balancer';

import { type BenchContract, shaped, trivial } from './contracts.ts';
import { filtering, signing } from './load-balancer-contracts.ts';
import { MAIN_GUEST } from './report/targets.ts';
import type { SubjectName } from './results.ts';

/** One contract on one guest, and who is measured with it. */
export interface DispatchScenario {
  readonly contract: BenchContract;
  readonly guest: string;
  readonly plugin: () => Promise<Uint8Array>;
  readonly subjects: readonly SubjectName[];
}

/** Payloads of all scenarios, in bytes of JSON. */
export const PAYLOADS = [100, 1024, 16 * 1024, 256 * 1024] as const;

const ALL: readonly SubjectName[] = [
  'function',
  'floor',
  'sync',
  'async',
  'unmetered',
  'extism',
  'piscina',
  'extismWorker',
  'grpc',
];
const FEW: readonly SubjectName[] = ['floor', 'sync', 'unmetered', 'extism'];

const pluginThat = async ({ wire }: BenchContract, behaviour: Behaviour): Promise<Uint8Array> =>
  await buildPlugin({ functions: { [wire.name]: behaviour } });

/** Reads all of its input, and answers with the contract's sample. */
const readAndAnswer = (wire: WireFunction): Behaviour =>
  behave.sequence(
    behave.wat('(drop (call $lib.read_input (global.get $heap))) (i32.const 0)'),
    behave.answer({ ...(findLadder(wire)?.newest.sample.response as object), _v: 1 }),
  );

const BYTEWISE_GUEST = 'byte by byte';

/** From the least contract to the load balancer's own, on guests that copy well and badly. */
export const SCENARIOS: readonly DispatchScenario[] = [
  {
    contract: shaped,
    guest: MAIN_GUEST,
    plugin: async () => await pluginThat(shaped, behave.echo()),
    subjects: ALL,
  },
  {
    contract: shaped,
    guest: BYTEWISE_GUEST,
    plugin: async () => await pluginThat(shaped, behave.echoByBytes()),
    subjects: FEW,
  },
  {
    contract: trivial,
    guest: MAIN_GUEST,
    plugin: async () => await pluginThat(trivial, behave.echo()),
    subjects: FEW,
  },
  ...[filtering, signing].map((contract): DispatchScenario => ({
    contract,
    guest: `${MAIN_GUEST}, a fixed answer`,
    plugin: async () => await pluginThat(contract, readAndAnswer(contract.wire)),
    subjects: FEW,
  })),
];

/** Plugins to load, by what tables call them: each implements all of the load balancer's functions. */
export const loadedPlugins = async (): Promise<readonly (readonly [string, Uint8Array<ArrayBuffer>])[]> => [
  [
    'seven fixed answers',
    await buildPlugin({
      functions: Object.fromEntries(loadBalancerFunctions.map((wire) => [wire.name, readAndAnswer(wire)])),
    }),
  ],
];
