import { behave, buildPlugin } from '@plugwire/pdk-fixtures';
import { defineWireFunction } from '@plugwire/wire';
import { loadBalancerFunctions } from '@plugwire/wire/load-balancer';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';

import { defineHostFunction } from '../host-functions/define-host-function.ts';
import type { LoadOptions } from '../load/load-options.ts';
import { createPluginHost, type PluginHost, type PluginHostOptions } from './plugin-host.ts';
import { collectUntil } from '../testing/collect-garbage.ts';
import { defineTexting, reflect } from '../testing/contracts.ts';
import { openHost } from '../testing/open-plugin.ts';

const echoing = { functions: { reflect: behave.echo() } } as const;

const note = defineHostFunction({ name: 'note', run: () => {} });

const createHost = (options: Partial<PluginHostOptions> = {}): PluginHost =>
  openHost({ functions: [reflect], ...options });

const withoutDefault = defineWireFunction({
  name: 'greet',
  fallback: 'use_default',
  request: z.strictObject({}),
  response: z.strictObject({}),
  sample: { request: {}, response: {} },
});

describe('createPluginHost', () => {
  it.each([
    [{ functions: 'reflect' }, 'functions is a string: expected a list of contracts'],
    [{ functions: [{ name: 'reflect' }] }, 'functions[0] is a plain object: expected a contract'],
    [{ storage: 'redis://secret' }, 'storage is a string: expected what createMemoryStorage returns'],
    [{ registry: {} }, 'registry is a plain object: expected a prom-client Registry'],
    [{ hostFunctions: {} }, 'hostFunctions is a plain object: expected a list'],
    [
      { hostFunctions: [() => 'secret'] },
      'hostFunctions[0] is a function: expected a host function. Create it with defineHostFunction.',
    ],
  ])('names the type that was given and what was expected, without values: %j', (options, message) => {
    expect(() => createPluginHost({ functions: [], ...(options as object) })).toThrow(message);
  });

  it('lists the modes of instances if another is given', async () => {
    await using host = createPluginHost({ functions: [] });
    await expect(host.load('greeter.wasm', { instances: 'pooled' as 'shared' })).rejects.toThrow(
      'instances is "pooled": expected "shared" or "per_call".',
    );
  });

  it.each([
    ['bad_function', { functions: 'reflect' }],
    ['bad_function', { functions: [{ name: 'reflect', fallback: 'silent_skip', versions: [1] }] }],
    ['bad_function', { functions: [withoutDefault] }],
    ['duplicate_function', { functions: [reflect, defineTexting('reflect')] }],
    ['too_many_functions', { functions: Array.from({ length: 33 }, (_, at) => defineTexting(`f${at}`)) }],
    ['bad_limit', { limits: { requestBytes: 0 } }],
    ['bad_limit', { limits: { requestBytes: 1.5 } }],
    ['bad_limit', { limits: { requestBytes: '1' } }],
    ['bad_limit', { limits: { requestBytes: 2 ** 40 } }],
    ['bad_limit', { limits: { requestbytes: 1 } }],
    ['bad_limit', { limits: 7 }],
    ['bad_limit', { limits: { functions: { reflect: { moduleBytes: 1 } } } }],
    ['bad_limit', { limits: { functions: { refelct: { fuel: 1 } } } }],
    ['bad_option', { breaker: { minimumCalls: 0 } }],
    ['bad_option', { breaker: 7 }],
    ['bad_option', { logger: { info: () => {} } }],
    ['bad_option', { logger: null }],
    ['bad_option', { registry: {} }],
    ['bad_option', { registry: null }],
    ['bad_host_function', { hostFunctions: { 'extism:host/user': {} } }],
    ['bad_host_function', { hostFunctions: [() => undefined] }],
    ['bad_host_function', { hostFunctions: [note, note] }],
    ['bad_host_function', { hostFunctions: [defineHostFunction({ name: 'cc_lb_log', run: () => {} })] }],
    ['bad_option', { logger: 7 }],
    ['bad_option', { logger: { info: () => {} } }],
    ['bad_option', { registry: {} }],
    ['bad_option', { registry: null }],
    ['bad_option', { storage: {} }],
    ['bad_option', { sources: 7 }],
    ['bad_option', { sources: { nowUnixMs: 7 } }],
    ['bad_option', { sources: { now: () => 7 } }],
    ['bad_option', { sources: { nowUnixMs: async () => await Promise.resolve(7) } }],
  ])('throws %s for wrong use (%#)', (code, options) => {
    expect(() => createPluginHost({ functions: [], ...options } as never)).toThrow(
      expect.objectContaining({ code }),
    );
  });

  it.each([undefined, null, 7])('throws bad_option for %j in place of options', (options) => {
    expect(() => createPluginHost(options as never)).toThrow(expect.objectContaining({ code: 'bad_option' }));
  });

  it('throws bad_option for an unknown option, and lists the known ones', () => {
    expect(() => createHost({ function: [] } as never)).toThrow('no option "function": expected functions, ');
  });

  it('rejects a limit that is a numeric string', () => {
    expect(() => createHost({ limits: { fuel: '5' } as never })).toThrow('limits.fuel is a string: expected');
  });

  it('accepts 32 functions', () => {
    expect(() =>
      createHost({ functions: Array.from({ length: 32 }, (_, at) => defineTexting(`f${at}`)) }),
    ).not.toThrow();
  });
});

describe('load', () => {
  it('gives the plugin its name, identity and metadata', async () => {
    const host = createHost({ functions: [reflect, defineTexting('other')] });
    const plugin = await host.load(
      await buildPlugin({
        identity: { plugin_name: 'mirror', plugin_version: '2.1.0' },
        ...echoing,
        requiredCapabilities: ['log'],
      }),
      { capabilities: ['log', 'clock'] },
    );
    expect(plugin.name).toBe('mirror');
    expect(plugin.identity).toEqual({
      magic: [0xcc, 0x1b, 0x70, 0x10, 0, 1, 0, 0],
      abi_envelope: 1,
      plugin_name: 'mirror',
      plugin_version: '2.1.0',
    });
    const { metadata } = plugin;
    expect(metadata).toMatchObject({
      identity: plugin.identity,
      negotiated_functions: { reflect: 1 },
      negotiated_capabilities: ['log'],
      self_check_passed: true,
    });
    const now = Date.now() / 1000;
    expect(Math.abs(metadata.handshake_completed_at - now)).toBeLessThan(60);
    expect(Math.abs(metadata.self_check_completed_at - now)).toBeLessThan(60);
    expect(metadata.expires_at).toBe(metadata.handshake_completed_at + 7 * 24 * 60 * 60);
  });

  it('offers the contracts and only the granted capabilities, sorted', async () => {
    const seen: string[] = [];
    const host = createHost({
      functions: [defineTexting('zeta'), defineTexting('alpha').next({ ...adapterless })],
      revealGuestErrors: true,
    });
    const plugin = await buildPlugin({
      functions: { zeta: behave.echo() },
      // The plugin returns the offer as its error text.
      handshake: behave.sequence(
        behave.wat('(call $env.error_set (call $env.input_offset)) (return (i32.const 1))'),
      ),
    });
    await host
      .load(plugin, { capabilities: ['random', 'log'] })
      .catch((error: Error) => seen.push(error.message));
    expect(seen[0]).toContain(
      '{"handshake_schema_version":1,"envelope_version":1,"function_versions":{"alpha":[1,2],"zeta":[1]},"host_capabilities":["log","random"]}',
    );
  });

  it.each<[string, LoadOptions]>([
    ['bad_option', { name: 'No Name' }],
    ['bad_option', { name: '' }],
    ['bad_option', { sha256: 'abc' }],
    ['bad_option', { config: { retries: 3 } as never }],
    ['bad_option', null as never],
    ['bad_option', { sha265: '00' } as never],
    ['bad_capability', { capabilities: ['Log'] }],
    ...['', ':', 'a:', ':a', 'a::b', 'a:1b', 'a:B', 'a-b', 'a:b\n', `a:${'b'.repeat(63)}`].map(
      (name): [string, LoadOptions] => ['bad_capability', { capabilities: [name] }],
    ),
    ['bad_capability', { capabilities: 'log' as never }],
    ['too_many_capabilities', { capabilities: Array.from({ length: 33 }, (_, at) => `c${at}`) }],
    ['bad_option', { breaker: { windowMs: 1.5 } }],
    ['bad_option', { breaker: { onChange: () => {} } as never }],
    ['bad_limit', { limits: { outputBytes: -1 } }],
    ['bad_limit', { limits: { functions: { refelct: { fuel: 1 } } } }],
  ])('rejects with %s for wrong use (%#)', async (code, options) => {
    const host = createHost();
    await expect(host.load(await buildPlugin(echoing), options)).rejects.toMatchObject({ code });
  });

  it.each([undefined, 7, {}, { modules: 'main' }, 'https://plugins.example/a.wasm'])(
    'rejects with bad_source for %j',
    async (source) => {
      await expect(createHost().load(source as never)).rejects.toMatchObject({ code: 'bad_source' });
    },
  );

  it('refuses a name that a live or loading plugin has, until that plugin is closed', async () => {
    const host = createHost();
    const bytes = await buildPlugin(echoing);
    const results = await Promise.allSettled([host.load(bytes), host.load(bytes)]);
    expect(results.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    await expect(host.load(bytes)).rejects.toMatchObject({ stage: 'identity', code: 'name_in_use' });
    const second = await host.load(bytes, { name: 'another' });
    await second.close();
    await host.load(bytes, { name: 'another' });
  });

  it('frees the name of a plugin that was refused', async () => {
    const host = createHost();
    await expect(host.load(await buildPlugin({ ...echoing, selfCheck: 'none' }))).rejects.toMatchObject({
      stage: 'self_check',
    });
    await host.load(await buildPlugin(echoing));
  });

  it('requires a name if storage is granted', async () => {
    const host = createHost();
    const bytes = await buildPlugin(echoing);
    await expect(host.load(bytes, { capabilities: ['storage'] })).rejects.toMatchObject({
      code: 'name_required',
    });
    await host.load(bytes, { capabilities: ['storage'], name: 'keeper' });
  });

  it('drops the state that handshake and self-check leave in the plugin', async () => {
    const host = createHost();
    const plugin = await host.load(
      await buildPlugin({
        functions: { reflect: behave.sequence(behave.varGet('mark')) },
        selfCheck: behave.sequence(
          behave.varSet('mark', 'left'),
          behave.answer({ status: 'success', failures: [], completed_at: 1 }),
        ),
      }),
    );
    expect(plugin.dispatchSync(reflect, { text: 'x' })).toMatchObject({
      error: { stage: 'deserialize_response' },
    });
  });

  it('loads a plugin that implements the functions of a load balancer', async () => {
    const host = createHost({ functions: loadBalancerFunctions });
    const plugin = await host.load(
      await buildPlugin({ functions: { normalize_error: behave.answer({ _v: 1, body_base64: null }) } }),
    );
    const normalizeError = loadBalancerFunctions.find(({ name }) => name === 'normalize_error');
    expect(plugin.dispatchSync(normalizeError as never, { status: 500, body_base64: '' } as never)).toEqual({
      kind: 'ok',
      response: { body_base64: null },
      version: 1,
    });
  });
});

const adapterless = {
  request: z.strictObject({ text: z.string() }),
  response: z.strictObject({ text: z.string() }),
  sample: { request: { text: '' }, response: { text: '' } },
  downgradeRequest: (request: { text: string }) => request,
  upgradeResponse: (response: { text: string }) => response,
};

describe('host functions', () => {
  const calling = (name: string) => ({
    functions: {
      reflect: behave.sequence(
        behave.callHostFunction({ name, args: ['ping'] }),
        behave.answer({ _v: 1, text: 'called' }),
      ),
    },
  });

  it.each(['geo', 'geo:read', 'a:b_c:d2'])(
    'run when the capability %s is granted and required',
    async (capability) => {
      const calls: unknown[] = [];
      const geo = defineHostFunction({
        name: 'geo',
        capability,
        parameters: ['text'],
        run: (text, { plugin }) => void calls.push(`${plugin}: ${text}`),
      });
      const host = createHost({ hostFunctions: [geo] });
      const bytes = async (requiredCapabilities: string[]) =>
        await buildPlugin({ ...calling('geo'), requiredCapabilities });
      const granted = await host.load(await bytes([capability]), {
        name: 'granted',
        capabilities: [capability],
      });
      expect(granted.dispatchSync(reflect, { text: 'x' }).kind).toBe('ok');
      expect(calls).toEqual(['granted: ping']);
      const notRequired = await host.load(await bytes([]), {
        name: 'not-required',
        capabilities: [capability],
      });
      expect(notRequired.dispatchSync(reflect, { text: 'x' })).toMatchObject({
        error: { code: 'capability_denied' },
      });
      await expect(host.load(await bytes([capability]), { name: 'not-granted' })).rejects.toMatchObject({
        code: 'capability_not_offered',
      });
      expect(calls).toEqual(['granted: ping']);
    },
  );

  it('get reentrant_call if they call back into the plugin, and the outer call continues', async () => {
    const inner: unknown[] = [];
    const again = defineHostFunction({
      name: 'again',
      parameters: ['text'],
      run: () => void inner.push(plugin.dispatchSync(reflect, { text: 'inner' })),
    });
    const host = createHost({ hostFunctions: [again] });
    const plugin = await host.load(await buildPlugin(calling('again')));
    expect(plugin.dispatchSync(reflect, { text: 'outer' })).toMatchObject({
      kind: 'ok',
      response: { text: 'called' },
    });
    expect(inner).toMatchObject([{ error: { stage: 'plugin_call', code: 'reentrant_call' } }]);
  });

  it('may close the plugin that calls them', async () => {
    const shut = defineHostFunction({
      name: 'shut',
      parameters: ['text'],
      run: () => void plugin.close(),
    });
    const host = createHost({ hostFunctions: [shut] });
    const plugin = await host.load(await buildPlugin(calling('shut')));
    expect(plugin.dispatchSync(reflect, { text: 'x' }).kind).toBe('ok');
    expect(plugin.health().usage.totalFuel).toBeGreaterThan(0);
    expect(plugin.dispatchSync(reflect, { text: 'x' })).toMatchObject({ error: { code: 'closed' } });
  });
});

describe('close', () => {
  /** Loads and closes in a separate function, so that no variable holds the plugin afterwards. */
  const loadAndClose = async (host: PluginHost, bytes: Uint8Array): Promise<WeakRef<object>> => {
    const plugin = await host.load(bytes);
    await plugin.close();
    return new WeakRef(plugin);
  };

  it('of a plugin releases its memory while the host stays open', async () => {
    const host = createHost();
    const bytes = await buildPlugin(echoing);
    const closed: WeakRef<object>[] = [];
    for (let at = 0; at < 5; at += 1) closed.push(await loadAndClose(host, bytes));
    expect(await collectUntil(() => closed.every((plugin) => plugin.deref() === undefined))).toBe(true);
  });

  it('of a host closes every plugin, and later loads are rejected', async () => {
    const host = createHost();
    const plugin = await host.load(await buildPlugin(echoing));
    await host.close();
    expect(plugin.health().status).toBe('closed');
    await expect(host.load(await buildPlugin(echoing))).rejects.toMatchObject({ code: 'host_closed' });
  });

  it('of a host closes a plugin that is still loading', async () => {
    const host = createHost();
    const loading = host.load(await buildPlugin(echoing));
    await host.close();
    await expect(loading).rejects.toMatchObject({ code: 'host_closed' });
  });

  it('runs at the end of an await using block', async () => {
    let plugin;
    {
      await using host = createPluginHost({ functions: [reflect] });
      plugin = await host.load(await buildPlugin(echoing));
    }
    expect(plugin.health().status).toBe('closed');
  });
});
