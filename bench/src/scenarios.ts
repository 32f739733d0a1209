import { behave, type Behaviour, buildPlugin, readToolchainPlugin } from '@plugwire/pdk-fixtures';
import { findLadder, type WireFunction } from '@plugwire/wire';

import { type BenchContract, shaped, trivial } from './contracts.ts';
import { filtering, shaping, signing } from './load-balancer-contracts.ts';
import { ASSEMBLYSCRIPT_GUEST, MAIN_GUEST } from './report/targets.ts';
import type { SubjectName } from './results.ts';

/** A contract with a guest, and the subjects to measure with it. */
export interface DispatchScenario {
  readonly contract: BenchContract;
  readonly guest: string;
  readonly plugin: () => Promise<Uint8Array>;
  readonly subjects: readonly SubjectName[];
}

/** The payload sizes of all scenarios, in bytes of JSON. */
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

/** Reads all of its input and returns the contract's sample. */
const readAndAnswer = (wire: WireFunction): Behaviour =>
  behave.sequence(
    behave.wat('(drop (call $lib.read_input (global.get $heap))) (i32.const 0)'),
    behave.answer({ ...(findLadder(wire)?.newest.sample.response as object), _v: 1 }),
  );

/** Real plugins of the load balancer, by their names in tables. */
const TOOLCHAINS = [
  [ASSEMBLYSCRIPT_GUEST, 'load-balancer-assemblyscript'],
  ['C', 'load-balancer-c'],
] as const;

const BYTEWISE_GUEST = 'byte by byte';

/** From the smallest contract to the load balancer's, with guests that copy efficiently and inefficiently. */
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

/** Plugins to load, by their names in tables. The first one is also loaded many times. */
export const LOADED_PLUGINS: readonly (readonly [string, Uint8Array<ArrayBuffer>])[] = TOOLCHAINS.map(
  ([language, plugin]) => [`the load balancer’s, ${language}`, readToolchainPlugin(plugin)],
);
