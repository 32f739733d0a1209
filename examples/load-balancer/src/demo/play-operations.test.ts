import { createLogSpy } from '@plugwire/testing';
import { expect, it } from 'vitest';

import { closeAfterTest } from '../testing/balancer-test.ts';
import { startDemoUpstreams } from './demo-upstreams.ts';
import { findBrokenOperation } from './find-broken-operation.ts';
import { playOperations } from './play-operations.ts';

it('the operations of the demo have the expected results', { timeout: 120_000 }, async () => {
  const { logger } = createLogSpy();
  const upstreams = (await startDemoUpstreams()).map(closeAfterTest);
  const results = await playOperations(upstreams, logger, { requestsAround: 50, onProgress: () => {} });
  expect(results.map((result) => [result.operation.name, findBrokenOperation(result)])).toEqual([
    ['edited', []],
    ['canary', []],
    ['rolled-back', []],
  ]);
});
