import { behave, type Behaviour, type PluginDescription } from '@plugwire/pdk-fixtures';
import { describe, expect, it, vi } from 'vitest';

import { defineHostFunction } from '../host-functions/define-host-function.ts';
import type { LoadOptions } from '../load/load-options.ts';
import type { PluginHostOptions } from '../host/plugin-host.ts';
import { CALL_CODES, type CallCode } from '../outcomes/call-result.ts';
import type { PluginStorage } from '../storage/plugin-storage.ts';
import { act, reflect } from '../testing/contracts.ts';
import { openPlugin } from '../testing/open-plugin.ts';
import type { Plugin } from './plugin.ts';
import { useFakeClock } from '../testing/use-fake-clock.ts';

/** A plugin whose call fails with a code: what its function does, how it is loaded, and how it is called. */
interface Case {
  readonly act: Behaviour;
  readonly options?: LoadOptions;
  readonly description?: PluginDescription;
  readonly requires?: { readonly requiredCapabilities: readonly string[] };
  readonly host?: Partial<PluginHostOptions>;
  /** Returns the code. By default it makes one call. */
  readonly reach?: (plugin: Plugin) => string | Promise<string>;
  /** Runs before the next call, so that the plugin works again. */
  readonly recover?: () => void;
}

const codeOf = (plugin: Plugin): string => {
  const outcome = plugin.dispatchSync(act, { text: 'x' });
  return outcome.kind === 'ok' ? 'ok' : outcome.error.code;
};

const failing = behave.trap('unreachable');
const limited = (limits: LoadOptions['limits']): LoadOptions => (limits === undefined ? {} : { limits });

const putting = behave.callHostFunction({ name: 'cc_lb_storage_put', args: ['key', 'value'] });

/** Host options with a clock that fails, and with a store that rejects all writes. */
const brokenSources = { nowUnixMs: () => Number.NaN };
const fullStorage: PluginStorage = {
  open: async () =>
    await Promise.resolve({
      get: () => undefined,
      put: () => 'unavailable' as const,
      close: async () => await Promise.resolve(),
    }),
  close: async () => await Promise.resolve(),
};

/** For each code a plugin whose call fails with it. `ELSEWHERE` lists the other codes. */
const CASES: Readonly<Record<Exclude<CallCode, keyof typeof ELSEWHERE>, Case>> = {
  fuel: { act: behave.spin(), options: limited({ functions: { act: { fuel: 5_000 } } }) },
  deadline: { act: behave.spin(), options: limited({ fuel: 1e12, functions: { act: { deadlineMs: 5 } } }) },
  unreachable: { act: failing },
  out_of_bounds: { act: behave.trap('outOfBounds') },
  division: { act: behave.trap('divideByZero') },
  conversion: { act: behave.trap('conversion') },
  indirect_call: { act: behave.trap('indirectCall') },
  stack_overflow: { act: behave.trap('stackOverflow') },
  memory: { act: behave.wat('(drop (memory.grow (i32.const 1000))) (unreachable)') },
  request_too_large: {
    act: behave.echo(),
    options: limited({ functions: { act: { requestBytes: 4 } } }),
  },
  output_too_large: {
    act: behave.echo(),
    options: limited({ functions: { act: { outputBytes: 4 } } }),
  },
  output_too_complex: {
    act: behave.deepJson(20_000),
    options: limited({ functions: { act: { outputNodes: 100 } } }),
  },
  guest_error: { act: behave.guestError('not today') },
  guest_exit: {
    act: behave.callHostFunction({ namespace: 'wasi_snapshot_preview1', name: 'proc_exit', args: [3] }),
    options: { wasi: true },
  },
  bad_handle: { act: behave.badHandle('load') },
  variable_quota: { act: behave.varSet('key', 'x'.repeat(100)), options: limited({ variableBytes: 50 }) },
  http_refused: { act: behave.httpRequest() },
  bad_argument: { act: behave.callHostFunction({ name: 'take_text', args: [Uint8Array.of(0xff)] }) },
  source_failed: {
    act: behave.callHostFunction({ name: 'cc_lb_now_unix_ms', result: 'i64' }),
    requires: { requiredCapabilities: ['clock'] },
    options: { capabilities: ['clock'] },
    host: { sources: brokenSources },
  },
  storage_quota: {
    act: putting,
    requires: { requiredCapabilities: ['storage'] },
    options: { name: 'it', capabilities: ['storage'], limits: { storageBytes: 1 } },
  },
  storage_unavailable: {
    act: putting,
    requires: { requiredCapabilities: ['storage'] },
    options: { name: 'it', capabilities: ['storage'] },
    host: { storage: fullStorage },
  },
  host_function_failed: { act: behave.callHostFunction({ name: 'fail' }) },
  capability_denied: { act: behave.callHostFunction({ name: 'guarded' }) },
  reentrant_call: {
    act: behave.callHostFunction({ name: 'call_again' }),
    reach: (plugin) => {
      let inner = 'not called';
      again = () => void (inner = codeOf(plugin));
      codeOf(plugin);
      return inner;
    },
  },
  no_function: {
    act: failing,
    description: {
      functions: {
        act: { behaviour: failing, exported: false },
        reflect: behave.echo(),
      },
      wat: ['(func (export "act") (param i32))'],
    },
  },
  breaker_open: {
    act: failing,
    reach: (plugin) => {
      useFakeClock();
      for (let times = 0; times < 20; times += 1) codeOf(plugin);
      return codeOf(plugin);
    },
    recover: () => void vi.advanceTimersByTime(1000),
  },
};

/** Codes that a call of a loaded plugin cannot cause in this test. */
const ELSEWHERE = {
  /** Needs a trap message that is unknown: see classify-failure.test.ts. */
  trap: true,
  /** Needs a process without free address space: see clean-slate.test.ts. */
  out_of_memory: true,
  host_call_refused: true,
  closed: true,
  /** Only for plugins in processes: see packages/process. */
  process_exited: true,
  not_connected: true,
  call_failed: true,
  too_many_calls: true,
} as const satisfies Partial<Record<CallCode, true>>;

let again = (): void => undefined;
const USER_FUNCTIONS = [
  defineHostFunction({ name: 'guarded', capability: 'guarding', run: () => {} }),
  defineHostFunction({
    name: 'fail',
    run: () => {
      throw new Error('broken');
    },
  }),
  defineHostFunction({ name: 'call_again', run: () => again() }),
  defineHostFunction({ name: 'take_text', parameters: ['text'], run: () => {} }),
];

const load = async (
  description: PluginDescription,
  loadOptions: LoadOptions = {},
  hostOptions: Partial<PluginHostOptions> = {},
): Promise<Plugin> => {
  const host = { functions: [act, reflect], hostFunctions: USER_FUNCTIONS, ...hostOptions };
  return await openPlugin(description, host, loadOptions);
};

describe('every code of a call', () => {
  it('has a test case here', () => {
    expect([...Object.keys(CASES), ...Object.keys(ELSEWHERE)].toSorted()).toEqual([...CALL_CODES].toSorted());
  });

  it.each(Object.entries(CASES))(
    'can be caused by a plugin, and the next call works: %s',
    async (code, one) => {
      const functions = { act: one.act, reflect: behave.echo() };
      const plugin = await load(one.description ?? { functions, ...one.requires }, one.options, one.host);
      expect(await (one.reach ?? codeOf)(plugin)).toBe(code);
      one.recover?.();
      // `reflect` has its own limits, because those of `act` are too small on purpose.
      const outcome = plugin.dispatchSync(reflect, { text: 'still there' });
      expect(outcome).toMatchObject({ kind: 'ok', response: { text: 'still there' } });
    },
  );

  it('includes host_call_refused for a plugin that calls the host while it is loaded', async () => {
    const refused = load({
      functions: { act: failing },
      handshake: behave.callHostFunction({ name: 'fail' }),
    });
    await expect(refused).rejects.toMatchObject({ stage: 'handshake', code: 'host_call_refused' });
  });

  it('includes closed for a plugin that was closed', async () => {
    const plugin = await load({ functions: { act: behave.echo() } });
    await plugin.close();
    expect(codeOf(plugin)).toBe('closed');
  });
});
