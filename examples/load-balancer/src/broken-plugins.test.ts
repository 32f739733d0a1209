import { METRICS, type Plugin } from '@plugwire/runtime';
import {
  answeringPlugin,
  failingPlugin,
  findLeaks,
  PLUGIN_FAILURES,
  type PluginFailure,
} from '@plugwire/testing';
import type { WireFunction } from '@plugwire/wire';
import {
  buildSigner,
  filter,
  normalizeError,
  observe,
  onUnauthorized,
  shape,
  sign,
} from '@plugwire/wire/load-balancer';
import { describe, expect, it } from 'vitest';

import type { Role } from './balancer-plugins.ts';
import {
  type BalancerTest,
  openBalancer,
  reflect,
  reflected,
  type Response,
  startUpstream,
} from './testing/balancer-test.ts';

const SECRET = 'k9Zq-wX3v/Lm+7Rt=p2';
/** In a header, in the path and in the body. */
const SECRET_REQUEST = {
  method: 'POST',
  path: `/${encodeURIComponent(SECRET)}?token=${encodeURIComponent(SECRET)}`,
  headers: { authorization: `Bearer ${SECRET}`, 'user-agent': SECRET },
  body: `{"secret":"${SECRET}"}`,
} as const;

/** With its default: contracts match by object. */

interface BrokenStep {
  readonly contract: WireFunction;
  readonly role: Role;
  /** What the upstream answers, so that the step comes to its turn. */
  readonly status: number;
  readonly check: (answers: readonly Response[], seen: ReadonlyMap<string, number>) => void;
}

const expectRefused: BrokenStep['check'] = (answers, seen) => {
  expect(seen.size).toBe(0);
  for (const answer of answers) {
    expect([answer.status, answer.error().code]).toEqual([502, 'plugin_failed']);
    expect(answer.error().request_id).toBe(answer.headers['x-request-id']);
  }
};
const expectServed =
  (status: number): BrokenStep['check'] =>
  (answers, seen) => {
    for (const answer of answers)
      expect([answer.status, answer.body.toString()]).toEqual([status, 'as it was']);
    expect([...seen.values()]).toEqual([2, 2]);
  };

const STEPS: readonly BrokenStep[] = [
  { contract: filter, role: 'filter', status: 200, check: expectServed(200) },
  { contract: shape, role: 'shape', status: 200, check: expectRefused },
  { contract: buildSigner, role: 'signer', status: 200, check: expectRefused },
  { contract: sign, role: 'signer', status: 200, check: expectRefused },
  { contract: onUnauthorized, role: 'signer', status: 401, check: expectServed(401) },
  { contract: normalizeError, role: 'normalizer', status: 500, check: expectServed(500) },
  { contract: observe, role: 'observer', status: 200, check: expectServed(200) },
];

/** The other functions of the same plugin, which work. */
const alongside = ({ contract, role }: BrokenStep): [WireFunction, ...WireFunction[]] => {
  const others: readonly WireFunction[] =
    role === 'signer' ? [buildSigner, sign, onUnauthorized] : [observe, filter];
  return others.filter((each) => each !== contract) as [WireFunction, ...WireFunction[]];
};

const cannotHappen = ({ stage, code }: PluginFailure): boolean =>
  // What these need is the contract's own: a ladder, or a codec.
  (stage === 'response_decode' && ['codec_threw', 'adapter_threw', 'adapter_mismatch'].includes(code)) ||
  // Only where a schema has open ends.
  (stage === 'response_decode' && ['inexact_number', 'too_deep', 'proto_key'].includes(code));

const FAILURES = PLUGIN_FAILURES.filter((failure) => !cannotHappen(failure));

interface BrokenTest extends BalancerTest {
  /** How many requests each upstream got. */
  readonly seen: ReadonlyMap<string, number>;
  /** Makes sure that the next call fails as it is to. */
  readonly prepare: () => Promise<void>;
}

const openBroken = async (step: BrokenStep, failure: PluginFailure): Promise<BrokenTest> => {
  const broken = await failingPlugin(
    step.contract,
    failure as never,
    { alongside: alongside(step) } as never,
  );
  const seen = new Map<string, number>();
  const startOne = async (at: number) =>
    await startUpstream((incoming, reply) => {
      seen.set(`${at}`, (seen.get(`${at}`) ?? 0) + 1);
      incoming.resume().on('end', () => reply.writeHead(step.status).end('as it was'));
    }, at);
  const test = await openBalancer([await startOne(1), await startOne(2)], { [step.role]: broken });
  // It dispatches, and looks at the breaker: a handle has both.
  const plugin = test.handle(step.role) as unknown as Plugin;
  return { ...test, seen, prepare: async () => await broken.prepare(plugin) };
};

describe.each(STEPS.map((step) => [step.contract.name, step] as const))(
  'a plugin whose %s fails',
  (name, step) => {
    it.each(FAILURES)(
      'with $stage $code does what its policy says, and tells nobody a secret',
      async (failure) => {
        const test = await openBroken(step, failure);
        const answers: Response[] = [];
        for (let at = 0; at < 4; at += 1) {
          // Before each: a breaker lets a probe through after a second, and one of the functions that work would close it.
          await test.prepare();
          answers.push(await test.request(SECRET_REQUEST));
        }
        // A breaker keeps all of a plugin from being called, and a request without its signature from being sent.
        const isLeftAlone = failure.code === 'breaker_open';
        if (isLeftAlone && step.role === 'signer') expectRefused(answers, test.seen);
        else step.check(answers, test.seen);
        await test.balancer.close();

        const fallbacks = await test.metrics.fallbacks();
        if (!isLeftAlone) expect(new Set(fallbacks.map((each) => each.function))).toEqual(new Set([name]));
        expect(fallbacks.map(({ stage, code }) => ({ stage, code }))).toContainEqual(failure);
        expect(fallbacks.reduce((sum, { count }) => sum + count, 0)).toBeGreaterThanOrEqual(4);
        const others = { answers: answers.map(({ headers, body }) => [headers, body.toString()]) };
        expect(await findLeaks(SECRET, { logs: test.logs, metrics: test.metrics, others })).toEqual([]);
      },
    );
  },
);

describe('a healthy chain', () => {
  it('signs its requests with a state that is built once', async () => {
    const upstream = await startUpstream(reflect);
    const signer = await answeringPlugin(
      sign,
      { url: null, method: null, headers: [{ name: 'x-signed', value_base64: 'MQ==' }], body_base64: null },
      { alongside: [buildSigner, onUnauthorized] },
    );
    const test = await openBalancer([upstream], { signer });
    const got = reflected(await test.request(SECRET_REQUEST));
    expect(got).toMatchObject({ method: 'POST', url: SECRET_REQUEST.path, body: SECRET_REQUEST.body });
    expect(got.rawHeaders).toContain('x-signed');
    await test.request({});
    const builds = { function: 'build_signer', outcome: 'ok' };
    expect(await test.metrics.value(METRICS.dispatchTotal.name, builds)).toBe(1);
  });
});

describe('a 401', () => {
  const refusing = async (refusals: number) => {
    const seen: (string | undefined)[] = [];
    const upstream = await startUpstream((incoming, reply) => {
      seen.push(incoming.headers['x-signed'] as string | undefined);
      incoming.resume().on('end', () => {
        if (seen.length <= refusals) reply.writeHead(401).end('refused');
        else reply.end('served');
      });
    });
    return { upstream, seen };
  };
  const signerThat = async (decision: string) =>
    await answeringPlugin(
      onUnauthorized,
      { decision, signer_state: { fresh: true } },
      { alongside: [buildSigner, sign] },
    );

  it('leads to exactly one retry with a fresh state', async () => {
    for (const [refusals, status, tries] of [
      [1, 200, 2],
      [9, 401, 2],
    ] as const) {
      const { upstream, seen } = await refusing(refusals);
      const test = await openBalancer([upstream], { signer: await signerThat('refresh') });
      const answer = await test.request({ method: 'POST', body: 'asked' });
      expect([answer.status, seen.length]).toEqual([status, tries]);
      expect(await test.metrics.value(METRICS.dispatchTotal.name, { function: 'sign' })).toBe(2);
    }
  });

  it('is forwarded if the plugin gives up, or if the body was streamed', async () => {
    for (const [decision, shownBodyBytes] of [
      ['give_up', 1000],
      ['refresh', 4],
    ] as const) {
      const { upstream, seen } = await refusing(9);
      const test = await openBalancer([upstream], { signer: await signerThat(decision) }, { shownBodyBytes });
      const answer = await test.request({ method: 'POST', body: 'asked' });
      expect([answer.status, answer.body.toString(), seen.length]).toEqual([401, 'refused', 1]);
    }
  });
});

describe('a plugin that is replaced', () => {
  it('loses no request under load', async () => {
    const upstream = await startUpstream((_, reply) => reply.end('served'));
    const build = async () => await answeringPlugin(shape, sampleShape, { alongside: [sign, buildSigner] });
    const test = await openBalancer([upstream], { shape: await build(), signer: await build() });
    let isOver = false;
    const statuses = new Map<number, number>();
    const client = async (): Promise<void> => {
      while (!isOver) {
        const { status } = await test.request({});
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
      }
    };
    const clients = Promise.allSettled([client(), client(), client()]);
    try {
      for (let at = 0; at < 20; at += 1) {
        for (const role of ['shape', 'signer'] as const) await test.handle(role).swap(await build());
      }
    } finally {
      isOver = true;
      await clients;
    }
    const ended = { status: 'fulfilled', value: undefined };
    expect(await clients).toEqual([ended, ended, ended]);
    expect([...statuses.keys()]).toEqual([200]);
    expect(await test.metrics.fallbacks()).toEqual([]);
  });
});

describe('a signer that is swapped while a signed request is running', () => {
  it('refreshes its own state, and is closed afterwards', async () => {
    let refuse = (): void => {};
    let onAsked = (): void => {};
    const asked = new Promise<void>((resolve) => {
      onAsked = resolve;
    });
    let requests = 0;
    const upstream = await startUpstream((_, reply) => {
      requests += 1;
      if (requests > 1) reply.end('served');
      else refuse = () => reply.writeHead(401).end();
      onAsked();
    });
    const build = async (state: string) =>
      await answeringPlugin(
        onUnauthorized,
        { decision: 'refresh', signer_state: { of: state } },
        { alongside: [buildSigner, sign] },
      );
    const test = await openBalancer([upstream], { signer: await build('first') });
    const first = test.handle('signer').health().version?.sha256;
    const request = test.request({});
    await asked;
    await test.handle('signer').swap(await build('second'));
    // The first version is closed after the next swap, but for those who hold it.
    await test.handle('signer').swap(await build('third'));
    refuse();
    expect((await request).status).toBe(200);
    expect(requests).toBe(2);
    expect(await test.metrics.fallbacks()).toEqual([]);
    expect(test.handle('signer').health().version?.sha256).not.toBe(first);
  });
});

const sampleShape = { url: '/', method: 'GET', headers: [], body_base64: '' };
