import { behave, type Behaviour, buildPlugin, readToolchainPlugin } from '@plugwire/pdk-fixtures';
import { findLadder, type WireFunction } from '@plugwire/wire';

import { type BenchContract, shaped, trivial } from './contracts.ts';
import { filtering, shaping, signing } from './load-balancer-contracts.ts';
import { ASSEMBLYSCRIPT_GUEST, MAIN_GUEST } from './report/targets.ts';
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

/** Real plugins of the load balancer, by what tables call them. */
const TOOLCHAINS = [
  [ASSEMBLYSCRIPT_GUEST, 'load-balancer-assemblyscript'],
  ['C', 'load-balancer-c'],
] as const;

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
  ...[filtering, shaping, signing].flatMap((contract) =>
    TOOLCHAINS.map(([guest, plugin]): DispatchScenario => ({
      contract,
      guest,
      plugin: async () => readToolchainPlugin(plugin),
      subjects: FEW,
    })),
  ),
];

/** Plugins to load, by what tables call them; the first is the one of which many are loaded. */
export const LOADED_PLUGINS: readonly (readonly [string, Uint8Array<ArrayBuffer>])[] = TOOLCHAINS.map(
  ([language, plugin]) => [`the load balancer’s, ${language}`, readToolchainPlugin(plugin)],
);
