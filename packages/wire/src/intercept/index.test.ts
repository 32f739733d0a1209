import { Buffer } from 'node:buffer';

import { describe, expect, it } from 'vitest';
import { z } from 'zod';

import { defineWireFunction } from '../contract/define-wire-function.ts';
import type { Ladder } from '../contract/ladder.ts';
import { findLadder } from '../contract/ladder.ts';
import { makeDefault } from '../contract/make-default.ts';
import { readResponse } from '../contract/read-response.ts';
import { checkRequest, writeRequest } from '../contract/write-request.ts';
import type { WireFunction } from '../contract/wire-function.ts';
import { contractsFromDescription } from '../description/contracts-from-description.ts';
import { describeContract, describeContracts } from '../description/describe-contract.ts';
import { generateMessages } from '../description/generate/generate-messages.ts';
import { base64Bytes } from '../json/base64-bytes.ts';
import {
  guardedInterceptFunctions,
  httpRequest,
  httpResponse,
  interceptFunctions,
  pluginInfo,
  streamClose,
  streamData,
  streamOpen,
} from './index.ts';

type Fields = Record<string, unknown>;
const ladderOf = (contract: WireFunction): Ladder => findLadder(contract) ?? expect.fail('no contract');
const read = (contract: WireFunction, value: Fields) =>
  readResponse(ladderOf(contract), 1, JSON.stringify({ ...value, _v: 1 }));
const write = (contract: WireFunction, value: unknown) => {
  const checked = checkRequest(ladderOf(contract), value);
  return checked.ok ? writeRequest(ladderOf(contract), 1, checked.message) : checked;
};

const all: readonly WireFunction[] = [...interceptFunctions, ...guardedInterceptFunctions];
const chunk = {
  id: 's',
  side: 'client',
  direction: 'ingress',
  chunk: new Uint8Array([104, 105]),
  held: new Uint8Array(),
  is_end: false,
  state: new Uint8Array([255]),
};
const answer = { status_code: 403, headers: [], body: 'aGk=' };

describe('the contracts of an intercepting proxy', () => {
  it.each([
    ['plugin_info', 'use_default', 'use_default'],
    ['http_request', 'pass_through', 'fail_request'],
    ['http_response', 'pass_through', 'fail_request'],
    ['stream_open', 'pass_through', 'fail_request'],
    ['stream_data', 'pass_through', 'fail_request'],
    ['stream_close', 'silent_skip', 'silent_skip'],
  ])('have these policies: %s has %s, and %s if guarded', (name, open, guarded) => {
    expect(interceptFunctions.find((contract) => contract.name === name)?.fallback).toBe(open);
    expect(guardedInterceptFunctions.find((contract) => contract.name === name)?.fallback).toBe(guarded);
  });

  it('differ between the two sets only in their fallback', () => {
    for (const [at, contract] of interceptFunctions.entries()) {
      const { fallback: _, ...open } = describeContract(contract);
      const { fallback: __, ...guarded } = describeContract(
        guardedInterceptFunctions[at] ?? expect.fail('as many'),
      );
      expect(guarded).toStrictEqual(open);
    }
  });

  it.each(all.map((contract) => [contract.name, contract] as const))(
    'have samples that can be written and read: %s',
    (_, contract) => {
      const { sample } = describeContract(contract).versions[0] ?? expect.fail('one version');
      const hosts = ladderOf(contract).newest.sample;
      const written = write(contract, hosts.request);
      expect(written.ok && JSON.parse(written.text)).toStrictEqual({ ...(sample.request as object), _v: 1 });
      expect(read(contract, sample.response as Fields)).toStrictEqual({
        ok: true,
        response: hosts.response,
      });
    },
  );

  it('can be created from their description', () => {
    const described = describeContracts(interceptFunctions);
    expect(contractsFromDescription(described).map(({ name }) => name)).toStrictEqual(
      interceptFunctions.map(({ name }) => name),
    );
  });

  it.each(interceptFunctions.map((contract) => [contract.name, contract] as const))(
    'accept generated answers: %s',
    (_, contract) => {
      const { response, sample } = describeContract(contract).versions[0] ?? expect.fail('one version');
      for (const message of generateMessages(response, sample.response))
        expect(read(contract, message as Fields)).toMatchObject({ ok: true });
    },
  );
});

describe('bytes in messages', () => {
  it('are a Uint8Array for the host and base64 on the wire', () => {
    const written = write(streamData, chunk);
    expect(written.ok && JSON.parse(written.text)).toMatchObject({ chunk: 'aGk=', held: '', state: '/w==' });
  });

  it('may be a Buffer, and a view of a larger one', () => {
    const written = write(streamData, { ...chunk, chunk: Buffer.from('a hi b').subarray(2, 4) });
    expect(written.ok && JSON.parse(written.text)).toMatchObject({ chunk: 'aGk=' });
  });

  it('are described as base64, without a pattern', () => {
    const { shape } = describeContract(streamData).versions[0]?.request ?? expect.fail('one version');
    const member = shape.kind === 'object' ? shape.members.find(({ key }) => key === 'held') : undefined;
    expect(member?.shape).toMatchObject({ kind: 'string', format: 'base64' });
    expect(member?.shape).not.toHaveProperty('refined');
  });

  it.each([
    ['a text', 'aGk='],
    ['a list of numbers', [104, 105]],
    ['undefined', undefined],
    ['an ArrayBuffer', new ArrayBuffer(2)],
  ])('of a request may not be %s', (_, value) => {
    expect(write(streamData, { ...chunk, chunk: value })).toMatchObject({
      ok: false,
      stage: 'request_envelope',
      code: 'schema_mismatch',
    });
  });

  it.each(['aGk', 'a-_=', 'aGl=', 7, null])('of an answer may not be %o', (value) => {
    const result = read(streamData, { action: { kind: 'replace', chunk: value } });
    expect(result).toMatchObject({ ok: false, stage: 'response_decode', code: 'schema_mismatch' });
    expect(JSON.stringify(result)).not.toContain('aGl');
  });

  it('can be used next to any JSON with BigInts', () => {
    const open = defineWireFunction({
      name: 'open',
      fallback: 'silent_skip',
      request: z.strictObject({ bytes: base64Bytes, any: z.unknown() }),
      response: z.strictObject({}),
      sample: { request: { bytes: new Uint8Array(), any: null }, response: {} },
    });
    const written = write(open, { bytes: new Uint8Array([1]), any: { deep: 1n } });
    expect(written.ok && written.text).toBe('{"bytes":"AQ==","any":{"deep":1},"_v":1}');
  });
});

describe('the contracts', () => {
  it.each([
    ['leaves a request unchanged', httpRequest, { action: { kind: 'continue' } }],
    [
      'changes a request',
      httpRequest,
      { action: { kind: 'continue', modified_request: { method: 'GET', path: '/', headers: [], body: '' } } },
    ],
    ['answers a request', httpRequest, { action: { kind: 'abort', response: answer } }],
    ['leaves a response unchanged', httpResponse, { action: { kind: 'continue', modified_response: null } }],
    ['changes a response', httpResponse, { action: { kind: 'continue', modified_response: answer } }],
    ['replaces a response', httpResponse, { action: { kind: 'abort', response: answer } }],
    ['opens a stream', streamOpen, { action: { kind: 'open' }, state: 'AQ==' }],
    ['refuses a stream', streamOpen, { action: { kind: 'close', reason: 'r' } }],
    ['passes a chunk', streamData, { action: { kind: 'pass' } }],
    ['replaces a chunk', streamData, { action: { kind: 'replace', chunk: '' }, state: null }],
    [
      'replaces a chunk and holds the rest',
      streamData,
      { action: { kind: 'replace', chunk: '', held: 'AQ==' } },
    ],
    ['holds a chunk', streamData, { action: { kind: 'hold' } }],
    ['holds a chunk for some time', streamData, { action: { kind: 'hold', release_ms: 5 } }],
    ['closes a stream', streamData, { action: { kind: 'close', reason: 'r' }, state: '' }],
    ['is told that a stream ended', streamClose, {}],
  ])('accept an answer of a plugin that %s', (_, contract: WireFunction, value) => {
    expect(read(contract, value)).toMatchObject({ ok: true });
  });

  it.each([
    ['no action', httpRequest, {}],
    ['an unknown action', httpRequest, { action: { kind: 'retry' } }],
    ['an abort without an answer', httpRequest, { action: { kind: 'abort' } }],
    ['an action of the other contract', streamOpen, { action: { kind: 'pass' } }],
    [
      'a status that is not a number',
      httpResponse,
      { action: { kind: 'abort', response: { ...answer, status_code: '403' } } },
    ],
    ['a negative release_ms', streamData, { action: { kind: 'hold', release_ms: -1 } }],
    ['a key of another action', streamData, { action: { kind: 'pass', chunk: '' } }],
  ])('refuse %s', (_, contract: WireFunction, value) => {
    expect(read(contract, value)).toMatchObject({ ok: false, stage: 'response_decode' });
  });
});

describe('a plugin without plugin_info', () => {
  it('sees everything once', () => {
    const ladder = ladderOf(pluginInfo);
    const checked = checkRequest(ladder, {});
    expect(checked.ok && makeDefault(ladder, checked.message)).toMatchObject({
      response: { direction: 'ingress', side: 'any', can_handle_http_forward: true, can_handle_tunnel: true },
    });
  });
});
