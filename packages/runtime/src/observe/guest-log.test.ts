import { behave, type Behaviour, buildPlugin, GUEST_LOG_LEVELS } from '@plugwire/pdk-fixtures';
import pino from 'pino';
import { describe, expect, it } from 'vitest';

import { createSandbox, type SandboxOptions } from '../sandbox/create-sandbox.ts';
import { keepLines } from '../testing/keep-lines.ts';
import { PATIENT_LIMITS } from '../testing/patient-limits.ts';
import { createGuestLog } from './guest-log.ts';
import type { HostLogger } from './logger.ts';
import { LOG_LEVELS } from './logger.ts';
import { useFakeClock } from '../testing/use-fake-clock.ts';

const run = async (
  behaviour: Behaviour,
  logger?: HostLogger,
  options: SandboxOptions = {},
): Promise<string | null> => {
  const description = {
    identity: 'none',
    handshake: 'none',
    selfCheck: 'none',
    functions: { run: behaviour },
  } as const;
  using sandbox = await createSandbox(await buildPlugin(description), {
    ...options,
    limits: { ...PATIENT_LIMITS, ...options.limits },
    ...(logger === undefined ? {} : { logger }),
  });
  const output = sandbox.call('run');
  return output === null ? null : Buffer.from(output).toString();
};

const everyLevel = behave.sequence(...GUEST_LOG_LEVELS.map((level) => behave.log(level, `line at ${level}`)));
const levelNumber = behave.wat(`(call $lib.answer (global.get $heap)
  (i32.sub (call $lib.write_decimal (global.get $heap) (i64.extend_i32_s (call $env.get_log_level))) (global.get $heap)))
  (i32.const 0)`);

describe('the log lines of a guest', () => {
  it('are written at their level, and marked as lines of the guest', async () => {
    const { lines, logger } = keepLines();
    await run(everyLevel, logger);
    expect(lines).toEqual(
      GUEST_LOG_LEVELS.map((level) => ({
        level: pino.levels.values[level],
        target: 'cc_lb_plugin.guest',
        origin: 'guest',
        function: 'run',
        msg: `line at ${level}`,
      })),
    );
  });

  it.each(LOG_LEVELS)('below %s are left out if that is the logger’s level', async (level) => {
    const { lines, logger } = keepLines(level);
    await run(everyLevel, logger);
    const expected = LOG_LEVELS.slice(LOG_LEVELS.indexOf(level)).map((name) => `line at ${name}`);
    expect(lines.map(({ msg }) => msg)).toEqual(expected);
  });

  it.each([
    ...LOG_LEVELS.map((level, at) => [level, String(at)]),
    ['silent', '2147483647'],
    ['fatal', '2147483647'],
  ])('have levels that the guest can ask for: %s is %s', async (level, number) => {
    expect(await run(levelNumber, keepLines(level).logger)).toBe(number);
  });

  it('are all written if the logger has no level', async () => {
    const written: string[] = [];
    const write = (level: string) => (_: object, message: string) => void written.push(`${level} ${message}`);
    const logger = Object.fromEntries(
      LOG_LEVELS.map((level) => [level, write(level)]),
    ) as unknown as HostLogger;
    await run(everyLevel, logger);
    expect(written).toEqual(LOG_LEVELS.map((level) => `${level} line at ${level}`));
    expect(await run(levelNumber, logger)).toBe('0');
  });

  it('are dropped without a logger, and the guest can see that', async () => {
    expect(await run(everyLevel)).toBeNull();
    expect(await run(levelNumber)).toBe('2147483647');
  });

  it('are truncated, so that one line cannot fill a disk', async () => {
    const { lines, logger } = keepLines('info');
    await run(behave.log('info', 'x'.repeat(100_000)), logger);
    expect(lines.map(({ msg }) => String(msg).length)).toEqual([4096]);
  });

  it('cannot imitate another line', async () => {
    const lines: string[] = [];
    const logger = pino({ level: 'info' }, { write: (line) => void lines.push(line) });
    await run(behave.log('info', 'one\n{"level":50,"target":"cc_lb_plugin.load","msg":"forged"}'), logger);
    expect(lines).toHaveLength(1);
    expect(lines[0]?.trimEnd()).not.toContain('\n');
  });

  it('of ten megabytes are truncated before they are decoded, by every way of logging', async () => {
    const { lines, logger } = keepLines('info');
    const megabytes = 10 * 2 ** 20;
    const long: Behaviour = {
      writeBody: (guest) => `(local $block i64) (local $at i64)
        (local.set $block (call $env.alloc (i64.const ${megabytes})))
        (loop $next
          (call $env.store_u64 (i64.add (local.get $block) (local.get $at)) (i64.load ${guest.data('a€€b').replace(/ \(i32.const \d+\)$/, '')}))
          (local.set $at (i64.add (local.get $at) (i64.const 8)))
          (br_if $next (i64.lt_u (local.get $at) (i64.const ${megabytes}))))
        (call $env.log_info (local.get $block)) (i32.const 0)`,
    };
    await run(long, logger);
    expect(lines.map(({ msg }) => msg)).toEqual(['a€€b'.repeat(512)]);
  });

  it('show control characters as symbols, so that a terminal ignores them', async () => {
    const { lines, logger } = keepLines('info');
    await run(behave.log('warn', '\u001b[31mred\r\n\u0000\u007f\u009b\u202e\u2028 grüß 🌍\t'), logger);
    expect(lines.map(({ msg }) => msg)).toEqual(['␛[31mred␍␊␀␡\uFFFD\uFFFD\uFFFD grüß 🌍␉']);
  });

  it('above the limit per second are counted, and the count is written once', async () => {
    let nowMs = 0;
    const { lines, logger } = keepLines('info');
    const log = createGuestLog(logger, { plugin: 'it', linesPerSecond: 3, now: () => nowMs });
    const write = (count: number): void => {
      for (let at = 0; at < count; at += 1) log.write(2, `line ${at}`);
    };
    write(10);
    nowMs = 999;
    write(10);
    expect(lines.map(({ msg }) => msg)).toEqual(['line 0', 'line 1', 'line 2']);
    lines.length = 0;
    nowMs = 1000;
    write(2);
    expect(lines).toMatchObject([
      {
        level: 40,
        target: 'cc_lb_plugin.guest',
        origin: 'host',
        plugin: 'it',
        held_back: 17,
        msg: 'plugin log lines held back',
      },
      { origin: 'guest', msg: 'line 0' },
      { origin: 'guest', msg: 'line 1' },
    ]);
    nowMs = 5000;
    write(1);
    log.close();
    expect(lines).toHaveLength(4);
  });

  it('that were held back are reported when the guest is closed', async () => {
    // Otherwise the second of the limit could end while the guest writes.
    useFakeClock();
    const { lines, logger } = keepLines('info');
    const four = behave.sequence(...GUEST_LOG_LEVELS.slice(1).map((level) => behave.log(level, level)));
    await run(four, logger, { limits: { logLinesPerSecond: 1 } });
    expect(lines).toMatchObject([{ msg: 'info' }, { origin: 'host', held_back: 2 }]);
  });

  it('share one limit, by every way of logging', async () => {
    // Otherwise the second of the limit could end while the guest writes.
    useFakeClock();
    const { lines, logger } = keepLines('info');
    const stdout: Behaviour = {
      writeBody: (guest) => {
        const write = guest.importFunction(
          'wasi_snapshot_preview1',
          'fd_write',
          '(param i32 i32 i32 i32) (result i32)',
        );
        const [address, length] = guest
          .data('from stdout\n')
          .split(' (')
          .map((part, at) => (at ? `(${part}` : part));
        return `(i32.store (i32.const 0) ${address}) (i32.store (i32.const 4) ${length})
          (call ${write} (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8))`;
      },
    };
    const both = behave.sequence(stdout, behave.log('info', 'by Extism'), behave.log('info', 'again'));
    await run(both, logger, { wasi: true, limits: { logLinesPerSecond: 2 } });
    expect(lines).toMatchObject([
      { msg: 'from stdout', origin: 'guest', function: 'run' },
      { msg: 'by Extism' },
      { held_back: 1 },
    ]);
  });

  it('are left out if their handle is not valid', async () => {
    const { lines, logger } = keepLines();
    const odd = behave.wat(
      '(call $env.log_error (i64.const 7)) (call $env.log_error (i64.const 0)) (i32.const 0)',
    );
    await run(odd, logger);
    expect(lines).toEqual([]);
  });

  it('do not fail the call if the logger throws', async () => {
    const throwing = () => {
      throw new TypeError('the disk is full');
    };
    const logger = Object.fromEntries(LOG_LEVELS.map((level) => [level, throwing])) as unknown as HostLogger;
    expect(await run(behave.sequence(everyLevel, behave.answerText('fine')), logger)).toBe('fine');
  });

  it('do not fail the call if reading the logger’s level throws', async () => {
    const isLevelEnabled = () => {
      throw new TypeError('the disk is full');
    };
    const logger = { ...keepLines('info').logger, isLevelEnabled } as unknown as HostLogger;
    expect(await run(behave.sequence(everyLevel, behave.answerText('fine')), logger)).toBe('fine');
  });
});
