import { answeringPlugin, failingPlugin } from '@plugwire/testing';
import type { ResponseOf } from '@plugwire/wire';
import {
  guardedHttpRequest,
  guardedInterceptFunctions,
  guardedStreamData,
  httpRequest,
  interceptFunctions,
  streamData,
  streamOpen,
} from '@plugwire/wire/intercept';

import type { FaultProcess } from '../measure/open-plugins.ts';
import { readExamplePlugin } from '../proxy-plugins.ts';
import { type DemoCase, type DemoPlugin, sendConnect, sendRequest, sendText } from './demo-case.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const echo: DemoPlugin = { source: readExamplePlugin('echo') };

/** The ways in which a plugin can fail to return an answer. */
const FAILURES = [
  { words: 'traps', stage: 'plugin_call', code: 'unreachable' },
  { words: 'never returns', stage: 'plugin_call', code: 'deadline' },
  { words: 'returns an empty output', stage: 'deserialize_response', code: 'empty_output' },
  { words: 'returns too many bytes', stage: 'plugin_call', code: 'output_too_large' },
  { words: 'returns a different message', stage: 'response_decode', code: 'schema_mismatch' },
] as const;

/** Lists every case for HTTP and for streams. Some of them use the running gRPC plugin `fault`. */
export const listCases = async (fault: FaultProcess): Promise<readonly DemoCase[]> => [
  { what: 'HTTP without a plugin', plugins: [], traffic: sendRequest(), expected: '200' },
  {
    what: 'HTTP, a plugin that adds a header',
    plugins: [echo],
    traffic: sendRequest(),
    expected: '200, seen by echo',
  },
  {
    what: 'HTTP, a plugin that answers the request',
    plugins: [echo],
    traffic: sendRequest('POST', '/echo'),
    expected: '200',
  },
  {
    what: 'HTTP, WebAssembly and then gRPC',
    plugins: [echo, { source: fault }],
    traffic: sendRequest(),
    expected: '200, seen by echo,fault',
  },
  {
    what: 'HTTP, a gRPC plugin that is not running',
    plugins: [echo, { source: { address: 'http://127.0.0.1:1' } }],
    traffic: sendRequest(),
    expected: '200, seen by echo',
  },
  ...(await listHttpFailures()),
  ...(await listHttpAnswers()),
  { what: 'CONNECT', plugins: [], traffic: sendConnect(), expected: '200' },
  {
    what: 'CONNECT to a forbidden address',
    plugins: [],
    traffic: sendConnect('169.254.169.254:443'),
    expected: '403',
  },
  {
    what: 'CONNECT to a forbidden port',
    plugins: [],
    traffic: sendConnect('example.com:25'),
    expected: '403',
  },
  {
    what: 'stream, a gRPC plugin',
    plugins: [{ source: fault }],
    traffic: sendText('hello'),
    expected: 'hello',
  },
  ...(await listStreamAnswers()),
  ...(await listStreamFailures()),
];

const listHttpFailures = async (): Promise<readonly DemoCase[]> => {
  const cases: DemoCase[] = [];
  for (const { words, ...failure } of FAILURES) {
    const alongside = interceptFunctions.filter((contract) => contract !== httpRequest);
    const guardsAlongside = guardedInterceptFunctions.filter((contract) => contract !== guardedHttpRequest);
    const source = await failingPlugin(httpRequest, failure, { alongside });
    const guard = await failingPlugin(guardedHttpRequest, failure, { alongside: guardsAlongside });
    const sample = { status: '200', name: `HTTP, a plugin that ${words}` };
    cases.push(
      { what: sample.name, plugins: [{ source }], traffic: sendRequest(), expected: sample.status },
      {
        what: `HTTP, a guard that ${words}`,
        plugins: [{ source: guard, isGuard: true }],
        traffic: sendRequest(),
        expected: '502, plugin_failed',
      },
    );
  }
  return cases;
};

const listHttpAnswers = async (): Promise<readonly DemoCase[]> => {
  const answering = async (parts: object): Promise<DemoPlugin> => {
    const response = { status_code: 200, headers: [], body: bytes('from the plugin'), ...parts };
    return { source: await answeringPlugin(httpRequest, { action: { kind: 'abort', response } }) };
  };
  return [
    {
      what: 'HTTP, a plugin returns a header with a line break',
      plugins: [await answering({ headers: [{ name: 'a', value: 'b\r\nc: d' }] })],
      traffic: sendRequest(),
      expected: '502, plugin_refused',
    },
    {
      what: 'HTTP, a plugin returns an invalid status',
      plugins: [await answering({ status_code: 99 })],
      traffic: sendRequest(),
      expected: '502, plugin_refused',
    },
    {
      what: 'HTTP, a plugin returns a body for a HEAD request',
      plugins: [await answering({})],
      traffic: sendRequest('HEAD'),
      expected: '200',
    },
  ];
};

type Action = ResponseOf<typeof streamData>['action'];

const listStreamAnswers = async (): Promise<readonly DemoCase[]> => {
  const saying = async (action: Action, isGuard = false): Promise<DemoPlugin> => ({
    source: await answeringPlugin(isGuard ? guardedStreamData : streamData, { action, state: null }),
    isGuard,
  });
  const refusing = await answeringPlugin(streamOpen, {
    action: { kind: 'close', reason: 'no' },
    state: null,
  });
  const hold: Action = { kind: 'hold', release_ms: null };
  const text = 'hello';
  return [
    { what: 'stream without a plugin', plugins: [], traffic: sendText(text), expected: text },
    {
      what: 'stream, a plugin that passes every chunk',
      plugins: [await saying({ kind: 'pass' })],
      traffic: sendText(text),
      expected: text,
    },
    {
      what: 'stream, a plugin that replaces every chunk',
      plugins: [await saying({ kind: 'replace', chunk: bytes('.'), held: null })],
      // The number of dots depends on the number of chunks. The end of each direction adds one.
      traffic: async (proxy) => (await sendText(text)(proxy)).replace(/^\.+$/, 'only dots'),
      expected: 'only dots',
    },
    {
      what: 'stream, a plugin that holds everything back',
      plugins: [await saying(hold)],
      traffic: sendText(text),
      expected: text,
    },
    {
      what: 'stream, a guard that holds everything back',
      plugins: [await saying(hold, true)],
      traffic: sendText(text),
      expected: '(cut off)',
    },
    {
      what: 'stream, a plugin that closes the stream',
      plugins: [await saying({ kind: 'close', reason: 'enough' })],
      traffic: sendText(text),
      expected: '(cut off)',
    },
    {
      what: 'stream, a plugin that refuses the stream',
      plugins: [{ source: refusing }],
      traffic: sendText(text),
      expected: 'nothing',
    },
  ];
};

const listStreamFailures = async (): Promise<readonly DemoCase[]> => {
  const cases: DemoCase[] = [];
  for (const { words, ...failure } of FAILURES) {
    const alongside = interceptFunctions.filter((contract) => contract !== streamData);
    const guardsAlongside = guardedInterceptFunctions.filter((contract) => contract !== guardedStreamData);
    const source = await failingPlugin(streamData, failure, { alongside });
    const guard = await failingPlugin(guardedStreamData, failure, { alongside: guardsAlongside });
    cases.push(
      {
        what: `stream, a plugin that ${words}`,
        plugins: [{ source }],
        traffic: sendText('hello'),
        expected: 'hello',
      },
      {
        what: `stream, a guard that ${words}`,
        plugins: [{ source: guard, isGuard: true }],
        traffic: sendText('hello'),
        expected: '(cut off)',
      },
    );
  }
  return cases;
};
