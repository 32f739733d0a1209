import { createPluginHost, defineHostFunction, describeHostFunctions } from '@plugwire/runtime';
import { createLogSpy } from '@plugwire/testing';
import { defineWireFunction, describeContracts } from '@plugwire/wire';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';

import { buildGoPlugin, goMain, hasGo } from './testing/build-go-plugin.ts';

const TITLE = hasGo ? '' : ' (skipped: needs Go 1.24 or newer)';
const BUILD_MS = 300_000;

const act = defineWireFunction({
  name: 'act',
  fallback: 'fail_request',
  request: z.strictObject({ what: z.string() }),
  response: z.strictObject({ lines: z.array(z.string()) }),
  sample: { request: { what: '' }, response: { lines: [] } },
});

const seen: unknown[] = [];
/** The last argument is the caller. */
const note = (...values: readonly unknown[]): void => void seen.push(...values.slice(0, -1));
const point = z.strictObject({ x: z.number(), label: z.string().optional() });

/** Each kind of value, as a parameter and as a result. */
const hostFunctions = [
  defineHostFunction({
    name: 'take_numbers',
    parameters: ['i32', 'u32', 'i64', 'u64', 'f32', 'f64'],
    run: note,
  }),
  defineHostFunction({
    name: 'take_blocks',
    parameters: ['i32-block', 'u32-block', 'i64-block', 'u64-block', 'f32-block', 'f64-block', 'bool-block'],
    run: note,
  }),
  defineHostFunction({
    name: 'take_texts',
    parameters: ['text', 'bytes', 'text?', 'bytes?', 'text?', 'bytes?'],
    run: note,
  }),
  defineHostFunction({
    name: 'turn',
    capability: 'turn',
    parameters: [point],
    result: point,
    run: ({ x, label }) => ({ x: -x, ...(label === undefined ? {} : { label: `not ${label}` }) }),
  }),
  defineHostFunction({ name: 'get_text', parameters: ['text?'], result: 'text?', run: (text) => text }),
  defineHostFunction({ name: 'get_bytes', parameters: ['bytes'], result: 'bytes', run: (bytes) => bytes }),
  defineHostFunction({
    name: 'get_i32',
    parameters: ['i32-block'],
    result: 'i32-block',
    run: (value) => value,
  }),
  defineHostFunction({ name: 'get_f32', parameters: ['f32'], result: 'f32', run: (value) => value }),
  defineHostFunction({
    name: 'get_f64',
    parameters: ['f64-block'],
    result: 'f64-block',
    run: (value) => value,
  }),
  defineHostFunction({
    name: 'get_bool',
    parameters: ['bool-block'],
    result: 'bool-block',
    run: (value) => !value,
  }),
] as const;

const HANDLER = `Act(request kit.ActRequest) (kit.ActResponse, error) {
	response := kit.ActResponse{}
	say := func(parts ...string) { response.Lines = append(response.Lines, parts...) }
	switch request.What {
	case "numbers":
		kit.TakeNumbers(-1, 1<<32-1, -1<<63, 1<<64-1, 1.5, -2.25)
		kit.TakeBlocks(-1, 1<<32-1, -1<<63, 1<<64-1, 1.5, -2.25, true)
	case "texts":
		kit.TakeTexts("über", []byte{0, 255, 1}, kit.Pointer(""), []byte{}, nil, nil)
	case "json":
		turned, err := kit.Turn(kit.TurnArgument1{X: 1.5, Label: kit.Pointer("left")})
		if err != nil {
			return response, err
		}
		say(strconv.FormatFloat(turned.X, 'g', -1, 64), *turned.Label)
	case "bad json":
		_, err := kit.Turn(kit.TurnArgument1{X: math.NaN()})
		return response, err
	case "results":
		if kit.GetText(nil) == nil && *kit.GetText(kit.Pointer("a text of eight or more")) == "a text of eight or more" {
			say("texts")
		}
		if string(kit.GetBytes([]byte("nine bytes"))) == "nine bytes" && len(kit.GetBytes(nil)) == 0 {
			say("bytes")
		}
		if kit.GetI32(-7) == -7 && kit.GetF32(0.5) == 0.5 && kit.GetF64(-0.1) == -0.1 && kit.GetBool(false) && !kit.GetBool(true) {
			say("numbers")
		}
	case "protocol":
		kit.Log("info", "by cc_lb_log")
		kit.MetricIncr("count", 3)
		kit.StoragePut("key", []byte("stored"))
		say(string(kit.StorageGet("key")), string(kit.StorageGet("other")), strconv.Itoa(len(kit.RandomBytes(40))))
		say(strconv.FormatUint(kit.NowUnixMs(), 10))
	case "extism":
		if _, isThere := kit.Config("missing"); !isThere {
			configured, _ := kit.Config("mode")
			say(configured, string(kit.Variable("counted")))
		}
		kit.SetVariable("counted", []byte("once"))
		kit.WriteLog(kit.LevelWarn, "by log_warn")
	case "panic":
		panic(errors.New("nothing works"))
	}
	return response, nil
}`;

describe.skipIf(!hasGo)(`host functions in Go${TITLE}`, () => {
  it('take and return values of every kind', { timeout: BUILD_MS }, async () => {
    const module = buildGoPlugin(
      {
        contracts: describeContracts([act], describeHostFunctions(hostFunctions)),
        plugin: { name: 'actor', version: '1.0.0' },
        capabilities: ['turn', 'log', 'metrics', 'storage', 'clock', 'random'],
      },
      goMain('actor', [HANDLER], ['errors', 'math', 'strconv']),
    );
    const logs = createLogSpy();
    await using host = createPluginHost({
      functions: [act],
      hostFunctions,
      revealGuestErrors: true,
      logger: logs.logger,
      sources: { nowUnixMs: () => 1_700_000_000_123 },
    });
    const plugin = await host.load(module, {
      wasi: true,
      name: 'actor',
      config: { mode: 'fast' },
      capabilities: ['turn', 'log', 'metrics', 'storage', 'clock', 'random'],
    });
    const linesOf = (what: string): unknown => {
      const outcome = plugin.dispatchSync(act, { what });
      return outcome.kind === 'ok' ? outcome.response.lines : outcome.error;
    };

    expect(linesOf('numbers')).toEqual([]);
    const numbers = [-1, 2 ** 32 - 1, -(2n ** 63n), 2n ** 64n - 1n, 1.5, -2.25];
    expect(seen.splice(0)).toEqual([...numbers, ...numbers, true]);
    expect(linesOf('texts')).toEqual([]);
    // The handle of an empty block is 0, the same as for a missing value.
    expect(seen.splice(0)).toEqual(['über', Uint8Array.of(0, 255, 1), ...Array.from({ length: 4 })]);
    expect(linesOf('json')).toEqual(['-1.5', 'not left']);
    expect(linesOf('bad json')).toMatchObject({
      code: 'guest_error',
      message: expect.stringContaining('turn, argument 1.x: expected a finite number'),
    });
    expect(linesOf('results')).toEqual(['texts', 'bytes', 'numbers']);
    expect(linesOf('protocol')).toEqual(['stored', '', '40', '1700000000123']);
    expect(linesOf('extism')).toEqual(['fast', '']);
    expect(linesOf('extism')).toEqual(['fast', 'once']);
    expect(linesOf('panic')).toMatchObject({ code: 'unreachable' });
    expect(linesOf('json')).toEqual(['-1.5', 'not left']);
    const lines = JSON.stringify(logs.lines());
    for (const line of ['by cc_lb_log', 'by log_warn', 'panic: nothing works']) expect(lines).toContain(line);
  });
});
