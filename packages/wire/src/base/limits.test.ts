import { expect, it } from 'vitest';

import { DISPATCH_STAGES, STAGE_CODES, stageFailure } from '../contract/dispatch-failure.ts';
import { FALLBACK_POLICIES } from './fallback-policy.ts';
import { ENVELOPE_VERSION, HANDSHAKE_SCHEMA_VERSION, PROTOCOL_LIMITS } from './limits.ts';
import { PlugwireUsageError, USAGE_CODES } from './usage-error.ts';

it('the limits equal those of the protocol', () => {
  expect(PROTOCOL_LIMITS).toStrictEqual({
    identityBytes: 65_536,
    handshakeMs: 200,
    handshakeFuel: 10_000_000,
    handshakeOutputBytes: 32_768,
    selfCheckMs: 200,
    selfCheckFuel: 10_000_000,
    selfCheckOutputBytes: 8192,
    selfCheckFailures: 16,
    selfCheckFunctions: 16,
    offeredFunctions: 32,
    versionsPerFunction: 16,
    capabilities: 32,
    implementedFunctions: 16,
    highestVersion: 65_535,
    jsonDepth: 128,
    metadataBytes: 262_144,
    metadataFreshSecs: 604_800,
  });
});

it('the versions of handshake and envelope equal those of the protocol', () => {
  expect([HANDSHAKE_SCHEMA_VERSION, ENVELOPE_VERSION]).toStrictEqual([1, 1]);
});

it('the fallback policies equal those of the protocol', () => {
  expect([...FALLBACK_POLICIES].toSorted()).toStrictEqual([
    'fail_request',
    'pass_through',
    'silent_skip',
    'use_default',
  ]);
});

it('the stages equal those of the protocol, in the order of a call', () => {
  expect(DISPATCH_STAGES).toStrictEqual([
    'version_lookup',
    'request_envelope',
    'serialize_request',
    'plugin_call',
    'deserialize_response',
    'response_envelope',
    'response_decode',
    'panic',
  ]);
});

it('no list of codes contains a code twice', () => {
  for (const codes of [...Object.values<readonly string[]>(STAGE_CODES), USAGE_CODES]) {
    expect(new Set(codes).size).toBe(codes.length);
  }
});

it('stageFailure returns the stage, code and message that it gets', () => {
  expect(stageFailure('panic', 'unexpected', 'why')).toStrictEqual({
    ok: false,
    stage: 'panic',
    code: 'unexpected',
    message: 'why',
  });
});

it('a usage error has a code', () => {
  const error = new PlugwireUsageError('bad_name', 'why');
  expect(error).toBeInstanceOf(Error);
  expect(error).toMatchObject({ name: 'PlugwireUsageError', code: 'bad_name', message: 'why' });
});
