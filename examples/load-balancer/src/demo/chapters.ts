import { behave, buildPlugin } from '@plugwire/pdk-fixtures';
import { answeringPlugin, failingPlugin, type PluginFailure } from '@plugwire/testing';
import type { LoadOptions } from '@plugwire/runtime';
import {
  buildSigner,
  filter,
  normalizeError,
  observe,
  onUnauthorized,
  shape,
  sign,
} from '@plugwire/wire/load-balancer';

import type { Role } from '../balancer-plugins.ts';

/** A plugin that has a role in the chain for a chapter. */
interface ChapterPlugin {
  readonly role: Role;
  readonly source: Uint8Array;
  readonly loadOptions?: LoadOptions;
}

/** One chapter of the demo: a chain, traffic over it, and what must come of it. */
export interface Chapter {
  /** The operator's name for the plugin, where there is one. */
  readonly name: string;
  readonly about: string;
  /** What is put into the healthy chain. */
  readonly plugin?: ChapterPlugin;
  /** Replaces a plugin of the healthy chain again and again while requests go on. */
  readonly isReplacing?: boolean;
  /** Whether upstreams answer with an error. */
  readonly asksForError?: boolean;
  readonly expected: Expectation;
}

interface Expectation {
  readonly status: number;
  /** Whether upstreams see the requests; they share them evenly then. */
  readonly reachesUpstreams: boolean;
  /** What clients read of an error. */
  readonly errorBody?: 'plain' | 'normalised' | 'balancer';
  /** `stage/code` of every failed dispatch of this function, besides those that spare the plugin. */
  readonly fallback?: { readonly function: string; readonly reason: string };
  /** The load is refused for this reason, and the chain stays as it was. */
  readonly refused?: string;
  /** What the fallback policy came to. */
  readonly policy: string;
}

const SERVED = { status: 200, reachesUpstreams: true } as const;
const NOT_SENT = { status: 502, reachesUpstreams: false, errorBody: 'balancer' } as const;
const FAILED = 'fail_request: 502 with the request id, and no upstream saw the request';

const fails = async (
  contract: Parameters<typeof failingPlugin>[0],
  role: Role,
  failure: PluginFailure,
  alongside: readonly (typeof contract)[] = [],
): Promise<{ readonly plugin: ChapterPlugin; readonly fallback: NonNullable<Expectation['fallback']> }> => {
  const { source, loadOptions } = await failingPlugin(contract, failure as never, { alongside });
  return {
    plugin: { role, source, loadOptions },
    fallback: { function: contract.name, reason: `${failure.stage}/${failure.code}` },
  };
};

/** The healthy chain, then one broken plugin at a time in each of its roles, and the healthy one again. */
export const writeChapters = async (): Promise<readonly Chapter[]> => {
  const spins = await fails(filter, 'filter', { stage: 'plugin_call', code: 'deadline' });
  const garbage = await fails(shape, 'shape', { stage: 'deserialize_response', code: 'not_json' });
  const crashes = await fails(sign, 'signer', { stage: 'plugin_call', code: 'unreachable' }, [buildSigner]);
  const keyless = await fails(buildSigner, 'signer', { stage: 'plugin_call', code: 'guest_error' }, [sign]);
  const liesLater = await fails(sign, 'signer', { stage: 'response_envelope', code: 'version_mismatch' }, [
    buildSigner,
    onUnauthorized,
  ]);
  const allocates = await fails(normalizeError, 'normalizer', { stage: 'plugin_call', code: 'memory' });
  const noisy = await fails(observe, 'observer', { stage: 'plugin_call', code: 'fuel' });
  const elsewhere = { url: 'https://evil.example/', method: 'POST', headers: [], body_base64: '' };
  return [
    {
      name: 'healthy',
      about: 'an AssemblyScript plugin in every role',
      expected: { ...SERVED, policy: '-' },
    },
    {
      name: 'healthy-errors',
      about: 'the same; the upstreams answer 500',
      asksForError: true,
      expected: { status: 500, reachesUpstreams: true, errorBody: 'normalised', policy: '-' },
    },
    {
      name: 'spins',
      about: 'filter never ends',
      plugin: spins.plugin,
      expected: { ...SERVED, fallback: spins.fallback, policy: 'use_default: all are kept and take turns' },
    },
    {
      name: 'garbage',
      about: 'shape answers what is no JSON',
      plugin: garbage.plugin,
      expected: { ...NOT_SENT, fallback: garbage.fallback, policy: FAILED },
    },
    {
      name: 'elsewhere',
      about: 'shape answers another origin',
      plugin: { role: 'shape', source: await answeringPlugin(shape, elsewhere) },
      expected: { ...NOT_SENT, policy: 'refused by the balancer: 502, as if the call had failed' },
    },
    {
      name: 'liar',
      about: 'signer lies about its version in the handshake',
      plugin: {
        role: 'signer',
        source: await buildPlugin({ functions: { sign: { behaviour: behave.echo(), chosen: 2 } } }),
      },
      expected: {
        ...SERVED,
        refused: 'handshake/version_not_offered',
        policy: 'refused at load: the one before goes on',
      },
    },
    {
      name: 'liar-later',
      about: 'sign answers at another version than agreed',
      plugin: liesLater.plugin,
      expected: { ...NOT_SENT, fallback: liesLater.fallback, policy: FAILED },
    },
    {
      name: 'crashes',
      about: 'sign crashes',
      plugin: crashes.plugin,
      expected: { ...NOT_SENT, fallback: crashes.fallback, policy: FAILED },
    },
    {
      name: 'keyless',
      about: 'build_signer reports an error',
      plugin: keyless.plugin,
      expected: { ...NOT_SENT, fallback: keyless.fallback, policy: FAILED },
    },
    {
      name: 'allocates',
      about: 'normalize_error uses up its memory; the upstreams answer 500',
      plugin: allocates.plugin,
      asksForError: true,
      expected: {
        status: 500,
        reachesUpstreams: true,
        errorBody: 'plain',
        fallback: allocates.fallback,
        policy: 'pass_through: the error is left as it was',
      },
    },
    {
      name: 'burns',
      about: 'observe burns its fuel',
      plugin: noisy.plugin,
      expected: { ...SERVED, fallback: noisy.fallback, policy: 'silent_skip: nobody notices' },
    },
    {
      name: 'replaced',
      about: 'healthy again, and replaced under load',
      isReplacing: true,
      expected: { ...SERVED, policy: '-' },
    },
  ];
};
