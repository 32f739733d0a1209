import { createPluginHost, defineHostFunction, describeHostFunctions } from '@plugwire/runtime';
import { createLogSpy } from '@plugwire/testing';
import { defineWireFunction, describeContracts } from '@plugwire/wire';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';

import { buildRustPlugin, hasRust, RUST_TITLE } from './testing/build-rust-plugin.ts';

const BUILD_MS = 600_000;

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

const SOURCE = `#![cfg_attr(target_arch = "wasm32", no_std)]
mod kit;
use kit::*;

fn act(request: ActRequest) -> Result<ActResponse, Error> {
    let mut lines = Vec::new();
    match &*request.what {
        "numbers" => {
            host::take_numbers(-1, u32::MAX, i64::MIN, u64::MAX, 1.5, -2.25);
            host::take_blocks(-1, u32::MAX, i64::MIN, u64::MAX, 1.5, -2.25, true);
        }
        "texts" => host::take_texts("über", &[0, 255, 1], Some(""), Some(&[]), None, None),
        "json" => {
            let turned = host::turn(&TurnArgument1 { x: 1.5, label: Some("left".to_owned()) })?;
            lines.push(turned.x.to_string());
            lines.extend(turned.label);
        }
        "bad json" => {
            host::turn(&TurnArgument1 { x: f64::NAN, label: None })?;
        }
        "results" => {
            let text = "a text of eight or more";
            if host::get_text(None).is_none() && host::get_text(Some(text)).as_deref() == Some(text) {
                lines.push("texts".to_owned());
            }
            if host::get_bytes(b"nine bytes") == b"nine bytes" && host::get_bytes(b"").is_empty() {
                lines.push("bytes".to_owned());
            }
            let numbers = (host::get_i32(-7), host::get_f32(0.5), host::get_f64(-0.1));
            if numbers == (-7, 0.5, -0.1) && host::get_bool(false) && !host::get_bool(true) {
                lines.push("numbers".to_owned());
            }
        }
        "protocol" => {
            host::log("info", "by cc_lb_log");
            host::metric_incr("count", 3);
            host::storage_put("key", b"stored");
            lines.push(String::from_utf8(host::storage_get("key"))?);
            lines.push(String::from_utf8(host::storage_get("other"))?);
            lines.push(host::random_bytes(40).len().to_string());
            lines.push(host::now_unix_ms().to_string());
        }
        "extism" => {
            assert!(config("missing").is_none());
            lines.extend(config("mode"));
            lines.push(String::from_utf8(variable("counted").unwrap_or_default())?);
            set_variable("counted", Some(b"once"));
            log(LogLevel::Warn, "by log_warn");
        }
        _ => panic!("nothing works"),
    }
    Ok(ActResponse { lines })
}
`;

describe.skipIf(!hasRust)(`host functions in Rust${RUST_TITLE}`, () => {
  it('take and return values of every kind', { timeout: BUILD_MS }, async () => {
    const module = buildRustPlugin(
      {
        contracts: describeContracts([act], describeHostFunctions(hostFunctions)),
        plugin: { name: 'actor', version: '1.0.0' },
        capabilities: ['turn', 'log', 'metrics', 'storage', 'clock', 'random'],
      },
      SOURCE,
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
    for (const line of ['by cc_lb_log', 'by log_warn', 'nothing works']) expect(lines).toContain(line);
  });
});
