// oxlint-disable-next-line import/no-unassigned-import -- it installs the matchers
import '../vitest.ts';
import type { Plugin } from '@plugwire/runtime';
import { describe, expect, it } from 'vitest';

import { failingPlugin } from '../failures/failing-plugin.ts';
import { failingRequest } from '../failures/failing-request.ts';
import { PLUGIN_FAILURES, type PluginFailure } from '../failures/plugin-failures.ts';
import { measure } from '../measure/measure.ts';
import { answeringPlugin } from '../plugins/answering-plugin.ts';
import { createMetricSpy } from '../spies/metric-spy.ts';
import { greet, schedule } from '../testing/contracts.ts';

declare const plugin: Plugin;
const outcome = () => plugin.dispatchSync(greet, { name: 'Ada' });

describe('the matchers', () => {
  it('accept arguments that fit their subject', async () => {
    expect(outcome()).toBeOk();
    expect(outcome()).toBeOk({ text: 'x' });
    expect(outcome()).not.toFallBack({ policy: 'use_default', stage: 'plugin_call', code: 'deadline' });
    expect(measure(plugin, greet, { name: '' })).toStayWithin({ fuel: 1, deadlineMs: 2 });
    expect({ outcome: outcome() }).toEqual({ outcome: expect.toBeOk() });
    await expect(plugin.dispatch(greet, { name: '' })).resolves.toBeOk({ text: 'x' });
  });

  it('refuse another response, policy, stage or code', () => {
    // @ts-expect-error -- the response has another shape
    expect(outcome()).toBeOk({ text: 7 });
    // @ts-expect-error -- the response of another contract
    expect(plugin.dispatchSync(schedule, {} as never)).toBeOk({ text: 'x' });
    // @ts-expect-error -- another policy than the contract's
    expect(outcome()).toFallBack({ policy: 'fail_request' });
    // @ts-expect-error -- no stage
    expect(outcome()).toFallBack({ stage: 'call' });
    // @ts-expect-error -- no code
    expect(outcome()).toFallBack({ code: 'timeout' });
    // @ts-expect-error -- no such key
    expect(outcome()).toFallBack({ reason: 'fuel' });
  });

  it('refuse another subject', async () => {
    // @ts-expect-error -- the promise of something else
    await expect(plugin.close()).resolves.toBeOk();
    // @ts-expect-error -- the response, not the outcome
    expect(outcome().response).toBeOk();
    // @ts-expect-error -- a plugin
    expect(plugin).toFallBack();
    // @ts-expect-error -- not measured
    expect(outcome()).toStayWithin({ fuel: 1 });
    // @ts-expect-error -- measured, but not an outcome
    expect(measure(plugin, greet, { name: '' })).toBeOk();
  });

  it('refuse an empty budget and unknown limits', () => {
    // @ts-expect-error -- no limit
    expect(measure(plugin, greet, { name: '' })).toStayWithin({});
    // @ts-expect-error -- no such limit
    expect(measure(plugin, greet, { name: '' })).toStayWithin({ durationMs: 1 });
  });
});

describe('failures', () => {
  it('are limited to those that a plugin can cause', () => {
    const failure: PluginFailure = { stage: 'plugin_call', code: 'deadline' };
    void failingPlugin(greet, failure);
    void failingPlugin(greet, { stage: 'response_decode', code: 'schema_mismatch' }, { version: 1 });
    // @ts-expect-error -- a request causes it
    void failingPlugin(greet, { stage: 'request_envelope', code: 'schema_mismatch' });
    // @ts-expect-error -- the host causes it
    void failingPlugin(greet, { stage: 'plugin_call', code: 'closed' });
    // @ts-expect-error -- a code of another stage
    void failingPlugin(greet, { stage: 'response_decode', code: 'deadline' });
  });

  it('with not_negotiated need another function', () => {
    const failure = { stage: 'version_lookup', code: 'not_negotiated' } as const;
    void failingPlugin(greet, failure, { alongside: [schedule] });
    // @ts-expect-error -- nothing alongside
    void failingPlugin(greet, failure);
    // @ts-expect-error -- nothing alongside
    void failingPlugin(greet, failure, { alongside: [] });
    // @ts-expect-error -- nothing alongside, and one failure of the matrix needs it
    void PLUGIN_FAILURES.map(async (each) => await failingPlugin(greet, each));
    void PLUGIN_FAILURES.map(async (each) => await failingPlugin(greet, each, { alongside: [schedule] }));
  });

  it('of a request occur at one of two stages', () => {
    plugin.dispatchSync(greet, failingRequest(greet, 'request_envelope'));
    // @ts-expect-error -- no request causes it
    failingRequest(greet, 'plugin_call');
    // @ts-expect-error -- the request of another contract
    plugin.dispatchSync(greet, failingRequest(schedule, 'request_envelope'));
  });

  it('cannot be caused with answeringPlugin, whose answer must fit the contract', () => {
    void answeringPlugin(greet, { text: '' });
    // @ts-expect-error -- another response
    void answeringPlugin(greet, { text: 7 });
  });
});

it('metrics can be read by any name', () => {
  void createMetricSpy().value('cc_lb_plugin_dispatch_total', { plugin: 'x' });
  void createMetricSpy().value('its_own_total');
});
