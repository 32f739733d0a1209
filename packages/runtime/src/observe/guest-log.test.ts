import { behave, type Behaviour, buildPlugin, GUEST_LOG_LEVELS } from '@plugwire/pdk-fixtures';
import pino from 'pino';
import { describe, expect, it } from 'vitest';

import { createSandbox } from '../sandbox/create-sandbox.ts';
import type { HostLogger } from './logger.ts';
import { LOG_LEVELS } from './logger.ts';

const run = async (behaviour: Behaviour, logger?: HostLogger): Promise<string | null> => {
  const description = {
    identity: 'none',
    handshake: 'none',
    selfCheck: 'none',
    functions: { run: behaviour },
  } as const;
  const sandbox = await createSandbox(await buildPlugin(description), logger === undefined ? {} : { logger });
  const output = sandbox.call('run');
  return output === null ? null : Buffer.from(output).toString();
};

const pinoTo = (lines: Record<string, unknown>[], level: string): HostLogger =>
  pino(
    { level, base: null, timestamp: false },
    { write: (line) => void lines.push(JSON.parse(line) as Record<string, unknown>) },
  );

const everyLevel = behave.sequence(...GUEST_LOG_LEVELS.map((level) => behave.log(level, `line at ${level}`)));
const levelNumber = behave.wat(`(call $lib.answer (global.get $heap)
  (i32.sub (call $lib.write_decimal (global.get $heap) (i64.extend_i32_s (call $env.get_log_level))) (global.get $heap)))
  (i32.const 0)`);

describe('the log lines of a guest', () => {
  it('are written at their level, marked as the guest’s', async () => {
    const lines: Record<string, unknown>[] = [];
    await run(everyLevel, pinoTo(lines, 'trace'));
    expect(lines).toEqual(
      GUEST_LOG_LEVELS.map((level) => ({
        level: pino.levels.values[level],
        target: 'cc_lb_plugin.guest',
        origin: 'guest',
        msg: `line at ${level}`,
      })),
    );
  });

  it.each(LOG_LEVELS)('below %s are left out if the logger does so', async (level) => {
    const lines: Record<string, unknown>[] = [];
    await run(everyLevel, pinoTo(lines, level));
    const expected = LOG_LEVELS.slice(LOG_LEVELS.indexOf(level)).map((name) => `line at ${name}`);
    expect(lines.map(({ msg }) => msg)).toEqual(expected);
  });

  it.each([
    ...LOG_LEVELS.map((level, at) => [level, String(at)]),
    ['silent', '2147483647'],
    ['fatal', '2147483647'],
  ])('can be asked for by their level: %s is %s', async (level, number) => {
    expect(await run(levelNumber, pinoTo([], level))).toBe(number);
  });

  it('are all written where the logger has no levels', async () => {
    const written: string[] = [];
    const write = (level: string) => (_: object, message: string) => void written.push(`${level} ${message}`);
    const logger = Object.fromEntries(
      LOG_LEVELS.map((level) => [level, write(level)]),
    ) as unknown as HostLogger;
    await run(everyLevel, logger);
    expect(written).toEqual(LOG_LEVELS.map((level) => `${level} line at ${level}`));
    expect(await run(levelNumber, logger)).toBe('0');
  });

  it('go nowhere without a logger, and the guest is told so', async () => {
    expect(await run(everyLevel)).toBeNull();
    expect(await run(levelNumber)).toBe('2147483647');
  });

  it('are cut, so that a guest cannot fill a disk with one', async () => {
    const lines: Record<string, unknown>[] = [];
    await run(behave.log('info', 'x'.repeat(100_000)), pinoTo(lines, 'info'));
    expect(lines.map(({ msg }) => String(msg).length)).toEqual([4096]);
  });

  it('cannot pretend to be another line', async () => {
    const lines: string[] = [];
    const logger = pino({ level: 'info' }, { write: (line) => void lines.push(line) });
    await run(behave.log('info', 'one\n{"level":50,"target":"cc_lb_plugin.load","msg":"forged"}'), logger);
    expect(lines).toHaveLength(1);
    expect(lines[0]?.trimEnd()).not.toContain('\n');
  });

  it('are left out if their handle is none', async () => {
    const lines: Record<string, unknown>[] = [];
    const odd = behave.wat(
      '(call $env.log_error (i64.const 7)) (call $env.log_error (i64.const 0)) (i32.const 0)',
    );
    await run(odd, pinoTo(lines, 'trace'));
    expect(lines).toEqual([]);
  });

  it('do not fail the call if the logger throws', async () => {
    const throwing = () => {
      throw new TypeError('the disk is full');
    };
    const logger = Object.fromEntries(LOG_LEVELS.map((level) => [level, throwing])) as unknown as HostLogger;
    expect(await run(behave.sequence(everyLevel, behave.answerText('fine')), logger)).toBe('fine');
  });

  it('do not fail the call if the logger cannot even say its level', async () => {
    const isLevelEnabled = () => {
      throw new TypeError('the disk is full');
    };
    const logger = { ...pinoTo([], 'info'), isLevelEnabled } as unknown as HostLogger;
    expect(await run(behave.sequence(everyLevel, behave.answerText('fine')), logger)).toBe('fine');
  });
});
