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

/** A plugin that has a role in the chain during one chapter. */
interface ChapterPlugin {
  readonly role: Role;
  readonly source: Uint8Array;
  readonly loadOptions?: LoadOptions;
}

/** One chapter of the demo: a chain, its traffic, and the expected results. */
export interface Chapter {
  /** The operator's name for the plugin, if the chapter has one. */
  readonly name: string;
  readonly about: string;
  /** The plugin that is inserted into the healthy chain. */
  readonly plugin?: ChapterPlugin;
  /** Replaces a plugin of the healthy chain repeatedly under load. */
  readonly isReplacing?: boolean;
  /** Whether the upstreams respond with an error. */
  readonly asksForError?: boolean;
  readonly expected: Expectation;
}

interface Expectation {
  readonly status: number;
  /** Whether the requests reach the upstreams, which then share them evenly. */
  readonly reachesUpstreams: boolean;
  /** The error body that clients receive. */
  readonly errorBody?: 'plain' | 'normalised' | 'balancer';
  /** `stage/code` of every failed dispatch of this function, except those that never reach the plugin. */
  readonly fallback?: { readonly function: string; readonly reason: string };
  /** The reason for which the load is refused. The chain stays unchanged. */
  readonly refused?: string;
  /** The fallback policy and its effect. */
  readonly policy: string;
}

const SERVED = { status: 200, reachesUpstreams: true } as const;
const NOT_SENT = { status: 502, reachesUpstreams: false, errorBody: 'balancer' } as const;
const FAILED = 'fail_request: 502 with the request id; the request reaches no upstream';

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

/** The healthy chain, then one broken plugin at a time in each role, then the healthy chain again. */
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
      about: 'the same plugin; the upstreams respond with 500',
      asksForError: true,
      expected: { status: 500, reachesUpstreams: true, errorBody: 'normalised', policy: '-' },
    },
    {
      name: 'spins',
      about: 'filter loops forever',
      plugin: spins.plugin,
      expected: {
        ...SERVED,
        fallback: spins.fallback,
        policy: 'use_default: all upstreams are kept and take turns',
      },
    },
    {
      name: 'garbage',
      about: 'shape returns invalid JSON',
      plugin: garbage.plugin,
      expected: { ...NOT_SENT, fallback: garbage.fallback, policy: FAILED },
    },
    {
      name: 'elsewhere',
      about: 'shape returns a URL with another origin',
      plugin: { role: 'shape', source: await answeringPlugin(shape, elsewhere) },
      expected: { ...NOT_SENT, policy: 'the balancer refuses the response: 502, as for a failed call' },
    },
    {
      name: 'liar',
      about: 'signer chooses a wrong version in the handshake',
      plugin: {
        role: 'signer',
        source: await buildPlugin({ functions: { sign: { behaviour: behave.echo(), chosen: 2 } } }),
      },
      expected: {
        ...SERVED,
        refused: 'handshake/version_not_offered',
        policy: 'the load is refused: the previous plugin keeps serving',
      },
    },
    {
      name: 'liar-later',
      about: 'sign responds in another version than negotiated',
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
      about: 'build_signer returns an error',
      plugin: keyless.plugin,
      expected: { ...NOT_SENT, fallback: keyless.fallback, policy: FAILED },
    },
    {
      name: 'allocates',
      about: 'normalize_error exceeds its memory limit; the upstreams respond with 500',
      plugin: allocates.plugin,
      asksForError: true,
      expected: {
        status: 500,
        reachesUpstreams: true,
        errorBody: 'plain',
        fallback: allocates.fallback,
        policy: 'pass_through: the error is forwarded unchanged',
      },
    },
    {
      name: 'burns',
      about: 'observe uses up its fuel',
      plugin: noisy.plugin,
      expected: { ...SERVED, fallback: noisy.fallback, policy: 'silent_skip: requests are not affected' },
    },
    {
      name: 'replaced',
      about: 'healthy again; the plugin is replaced under load',
      isReplacing: true,
      expected: { ...SERVED, policy: '-' },
    },
  ];
};
