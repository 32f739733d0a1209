import { readToolchainPlugin, TOOLCHAIN_PLUGINS, type ToolchainPluginName } from '@plugwire/pdk-fixtures';
import { createSandbox, PROTOCOL_FUNCTIONS, type Sandbox } from '@plugwire/runtime';
import {
  buildOffer,
  canonicalOffer,
  checkAccept,
  checkSelfCheck,
  findLadder,
  type HandshakeAccept,
} from '@plugwire/wire';
import { loadBalancerFunctions } from '@plugwire/wire/load-balancer';
import { describe, expect, it } from 'vitest';

import { BALANCERS } from '../support/balancer-plugins.ts';

const NAMES = Object.keys(TOOLCHAIN_PLUGINS) as ToolchainPluginName[];

const open = async (name: ToolchainPluginName): Promise<Sandbox> =>
  await createSandbox(readToolchainPlugin(name), {
    wasi: TOOLCHAIN_PLUGINS[name].needsWasi,
    // One plugin imports these functions. It does not call them here, because its configuration is empty.
    hostFunctions: PROTOCOL_FUNCTIONS,
    limits: { deadlineMs: 10_000 },
  });
const ask = (sandbox: Sandbox, name: string, request: string): string =>
  Buffer.from(sandbox.call(name, request) ?? []).toString();

describe.each(NAMES)('the handshake of %s', (name) => {
  const own: readonly string[] = TOOLCHAIN_PLUGINS[name].functions;
  const handshake = async (
    versions: Record<string, number[]>,
    capabilities: string[] = [],
  ): Promise<HandshakeAccept> => {
    const offered = Object.entries(versions).map(([of, list]) => ({ name: of, versions: list }));
    const offer = buildOffer(offered, capabilities);
    using sandbox = await open(name);
    const result = checkAccept(offer, ask(sandbox, 'cc_lb_handshake', canonicalOffer(offer)));
    if (!result.ok) throw new Error(result.code);
    return result.accept;
  };

  it('accepts everything that is offered, and requires the capabilities that it uses', async () => {
    const accept = await handshake(Object.fromEntries([...own, 'other'].map((each) => [each, [1]])), [
      'log',
      'storage',
    ]);
    expect(accept.implemented_functions.toSorted()).toEqual(own.toSorted());
    expect(accept.chosen_versions).toEqual(Object.fromEntries(own.map((each) => [each, 1])));
    expect(accept.required_capabilities).toEqual(BALANCERS.some((each) => each === name) ? ['log'] : []);
  });

  it('does not choose functions that are not offered', async () => {
    expect(await handshake({ other: [1, 2] })).toMatchObject({
      chosen_versions: {},
      plugin_supported: {},
      implemented_functions: [],
    });
  });

  it('declares but does not choose functions that are offered only at other versions', async () => {
    const [first = ''] = own;
    expect(await handshake({ [first]: [2, 65_535] })).toMatchObject({
      chosen_versions: {},
      plugin_supported: { [first]: [1] },
      implemented_functions: [first],
    });
  });

  it('refuses a malformed offer', async () => {
    using sandbox = await open(name);
    const offer = canonicalOffer(buildOffer([{ name: 'greet', versions: [1] }], []));
    for (const bad of [
      '',
      '[]',
      `${offer} x`,
      offer.replace('"envelope_version":1', '"envelope_version":2'),
      offer.replace('[1]', '["1"]'),
      offer.replace('[1]', '[-1]'),
      offer.replace('}}', '},"x":1}').replace('"host_capabilities":[]}', '"host_capabilities":[],"more":1}'),
      offer.replace('"envelope_version":1', '"envelope_version":1,"envelope_version":1'),
    ]) {
      expect(() => sandbox.call('cc_lb_handshake', bad)).toThrow(
        expect.objectContaining({ code: 'guest_error' }),
      );
    }
  });
});

describe.each(NAMES)('the self-check of %s', (name) => {
  const own: readonly string[] = TOOLCHAIN_PLUGINS[name].functions;

  it('succeeds for its own functions', async () => {
    using sandbox = await open(name);
    const text = ask(
      sandbox,
      'cc_lb_self_check',
      JSON.stringify({ functions_to_test: own, initiated_at: 1_700_000_000 }),
    );
    expect(checkSelfCheck(text)).toMatchObject({
      ok: true,
      response: { status: 'success', failures: [], completed_at: 1_700_000_000 },
    });
  });

  it('skips functions that it does not have, because cc-lb’s host asks for all seven', async () => {
    using sandbox = await open(name);
    const functions = [...own, 'other', 'unknown'];
    const text = ask(
      sandbox,
      'cc_lb_self_check',
      JSON.stringify({ functions_to_test: functions, initiated_at: 1 }),
    );
    expect(checkSelfCheck(text)).toMatchObject({ ok: true, response: { status: 'success', failures: [] } });
  });

  it.each([
    { functions_to_test: [], initiated_at: 1 },
    { functions_to_test: Array.from({ length: 17 }, () => 'greet'), initiated_at: 1 },
    { functions_to_test: ['greet'], initiated_at: 0 },
    { functions_to_test: ['greet'], initiated_at: -1 },
    { functions_to_test: [1], initiated_at: 1 },
    { functions_to_test: ['greet'] },
    { functions_to_test: ['greet'], initiated_at: 1, more: 1 },
  ])('refuses %j', async (request) => {
    using sandbox = await open(name);
    expect(() => sandbox.call('cc_lb_self_check', JSON.stringify(request))).toThrow(
      expect.objectContaining({ code: 'guest_error' }),
    );
  });
});

describe.each(BALANCERS)('the samples in %s', (name) => {
  it('are equal to those of the contracts', () => {
    const functions: readonly string[] = TOOLCHAIN_PLUGINS[name].functions;
    const module = Buffer.from(readToolchainPlugin(name));
    // Literals are UTF-16 in AssemblyScript and bytes in C.
    const encoding = TOOLCHAIN_PLUGINS[name].language === 'assemblyscript' ? 'utf16le' : 'utf8';
    const missing = loadBalancerFunctions
      .filter((contract) => functions.includes(contract.name))
      .flatMap((contract) => Object.values(findLadder(contract)?.newest.sample ?? {}))
      .map((sample) => JSON.stringify(sample))
      .filter((sample) => !module.includes(Buffer.from(sample, encoding)));
    expect(missing).toEqual([]);
  });
});
