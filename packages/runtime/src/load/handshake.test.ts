import { createHash } from 'node:crypto';

import {
  behave,
  type Behaviour,
  buildFixture,
  buildPlugin,
  fixtures,
  type PluginDescription,
} from '@plugwire/pdk-fixtures';
import { buildOffer, PROTOCOL_LIMITS } from '@plugwire/wire';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';

import { hashOffer } from './handshake.ts';
import { defineAsking, greet } from '../testing/contracts.ts';
import { endOfLoad, LOADED } from '../testing/end-of-load.ts';
import { openHost } from '../testing/open-plugin.ts';

const greetOfTwoVersions = greet.next({
  request: z.strictObject({}),
  response: z.strictObject({ text: z.string() }),
  sample: { request: {}, response: { text: '' } },
  downgradeRequest: () => ({}),
  upgradeResponse: ({ text }) => ({ text }),
});

const refusal = (code: string) => ({ name: 'PluginLoadError', stage: 'handshake', code });

/** A plugin with this behaviour in its handshake. */
const handshakeBy = async (handshake: Behaviour, more: Partial<PluginDescription> = {}) =>
  await buildPlugin({ functions: { greet: behave.answer({ _v: 1, text: 'hello' }) }, ...more, handshake });

describe('a handshake with a wrong answer', () => {
  it('fails with version_downgrade if the plugin chooses the lower of two common versions', async () => {
    const functions = [greetOfTwoVersions];
    expect(await endOfLoad(await buildFixture('acceptDowngrade'), {}, { functions })).toMatchObject(
      refusal('version_downgrade'),
    );
    expect(await endOfLoad(await buildFixture('honestV2'), {}, { functions })).toMatchObject({
      answer: { negotiated_functions: { greet: 2 } },
    });
    expect(await endOfLoad(await buildFixture('honest'), {}, { functions })).toMatchObject({
      answer: { negotiated_functions: { greet: 1 } },
    });
  });

  it.each(['Secret Name', 'SECRET', 'secret name', 'secret\n', 'é', 'x'.repeat(65), 'secret"'])(
    'does not show the function name %j',
    async (name) => {
      const lies = [
        { implemented_functions: ['greet', name] },
        { plugin_supported: { greet: [1], [name]: [1] } },
        { chosen_versions: { greet: 1, [name]: 1 } },
        { required_capabilities: [name] },
      ];
      for (const handshake of lies) {
        const bytes = await buildPlugin({ ...fixtures.honest, handshake });
        const failure = await endOfLoad(bytes);
        expect(failure).toMatchObject({ stage: 'handshake' });
        expect(failure.message).not.toContain(name);
      }
    },
  );

  it.each(['constructor', 'toString', '__proto__', 'hasOwnProperty'])(
    'is refused for an unknown function called %s',
    async (name) => {
      const handshake = { implemented_functions: ['greet', name] };
      const bytes = await buildPlugin({ ...fixtures.honest, handshake });
      expect(await endOfLoad(bytes)).toMatchObject(refusal('function_unknown'));
    },
  );
});

describe('a handshake at its limits', () => {
  it('accepts 32 KiB of output', async () => {
    expect(await endOfLoad(await buildFixture('acceptAtLimit'))).toMatchObject(LOADED);
  });

  it('accepts 32 KiB even if the limits of the plugin’s functions are lower', async () => {
    const limits = { requestBytes: 1, outputBytes: 1 };
    expect(await endOfLoad(await buildFixture('acceptAtLimit'), { limits })).toMatchObject(LOADED);
    const more = { outputBytes: 1_000_000 };
    expect(await endOfLoad(await buildFixture('acceptTooLarge'), { limits: more })).toMatchObject(
      refusal('output_too_large'),
    );
  });

  const names = Array.from({ length: PROTOCOL_LIMITS.offeredFunctions }, (_, at) => `f${at}`.padEnd(64, 'x'));
  const functions = names.map(defineAsking);
  const capabilities = names.map((name) => name.replace('f', 'c'));

  it('accepts 32 offered functions with 16 versions each, 16 implemented functions, and 32 capabilities', async () => {
    const versions = Array.from({ length: PROTOCOL_LIMITS.versionsPerFunction }, (_, at) => at + 1);
    const implemented = names.slice(0, PROTOCOL_LIMITS.implementedFunctions);
    const bytes = await buildPlugin({
      functions: Object.fromEntries(
        implemented.map((name) => [name, { versions, chosen: 1, behaviour: behave.noOutput() }]),
      ),
      handshake: { plugin_supported: Object.fromEntries(names.map((name) => [name, versions])) },
      requiredCapabilities: capabilities,
    });
    const host = openHost({ functions });
    const { metadata } = await host.load(bytes, { capabilities });
    expect(metadata.negotiated_functions).toEqual(Object.fromEntries(implemented.map((name) => [name, 1])));
    expect(metadata.negotiated_capabilities).toEqual(capabilities.toSorted());
  });

  it('refuses 17 implemented functions, even if all are offered and exported', async () => {
    const implemented = names.slice(0, PROTOCOL_LIMITS.implementedFunctions + 1);
    const bytes = await buildPlugin({
      functions: Object.fromEntries(implemented.map((name) => [name, behave.noOutput()])),
    });
    expect(await endOfLoad(bytes, {}, { functions })).toMatchObject(refusal('too_many_functions'));
  });

  it.each([
    ['version 65,535', [1, 65_535], LOADED],
    ['version 65,536', [1, 65_536], refusal('version_out_of_range')],
    ['version 0', [0, 1], refusal('version_out_of_range')],
  ])('accepts versions from 1 to 65,535: %s', async (_, versions, end) => {
    const bytes = await buildPlugin({
      ...fixtures.honest,
      handshake: { plugin_supported: { greet: versions } },
    });
    expect(await endOfLoad(bytes)).toMatchObject(end);
  });
});

describe('the handshake', () => {
  /** Fails with the request as its error text. */
  const complains = behave.wat('(call $env.error_set (call $env.input_offset)) (i32.const 1)');

  it('sends the offer in its canonical form, with the hash of hashOffer', async () => {
    const two = defineAsking('answer');
    const options = { functions: [greetOfTwoVersions, two], revealGuestErrors: true };
    const { message } = await endOfLoad(
      await handshakeBy(complains),
      { capabilities: ['log', 'clock', 'log'] },
      options,
    );
    const sent = String(message).split('It says: ')[1] ?? '';
    expect(sent).toBe(
      '{"handshake_schema_version":1,"envelope_version":1,"function_versions":{"answer":[1],"greet":[1,2]},"host_capabilities":["clock","log"]}',
    );
    const offer = buildOffer([two, greetOfTwoVersions], ['clock', 'log']);
    expect(hashOffer(offer)).toBe(createHash('sha256').update(sent).digest('hex'));
    expect(hashOffer(buildOffer([two], ['clock', 'log']))).not.toBe(hashOffer(offer));
  });

  it('shows the guest’s error text only with revealGuestErrors', async () => {
    const bytes = await buildFixture('handshakeGuestError');
    const hidden = await endOfLoad(bytes, {}, { revealGuestErrors: false });
    const shown = await endOfLoad(bytes, {}, { revealGuestErrors: true });
    expect(JSON.stringify(hidden)).not.toContain('secret');
    expect(shown).toMatchObject(refusal('guest_error'));
    expect(shown.message).toContain('secret of the handshake');
  });

  it('writes no log lines of the guest, even if log is granted', async () => {
    const lines: unknown[] = [];
    const write = (fields: object, text: string) => void lines.push({ ...fields, text });
    const logger = { trace: write, debug: write, info: write, warn: write, error: write };
    const answer = behave.sequence(behave.log('error', 'secret'), behave.noOutput());
    expect(await endOfLoad(await handshakeBy(answer), { capabilities: ['log'] }, { logger })).toMatchObject(
      refusal('empty_output'),
    );
    expect(JSON.stringify(lines)).not.toContain('secret');
  });

  it('returns frozen metadata', async () => {
    const { metadata } = await openHost({ functions: [greet] }).load(await buildFixture('honest'));
    for (const value of [
      metadata,
      metadata.identity,
      metadata.negotiated_functions,
      metadata.negotiated_capabilities,
    ]) {
      expect(Object.isFrozen(value)).toBe(true);
    }
    expect(metadata.expires_at - metadata.handshake_completed_at).toBe(PROTOCOL_LIMITS.metadataFreshSecs);
  });
});
