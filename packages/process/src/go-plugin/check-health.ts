import { loadError } from '@plugwire/runtime';

import { clock } from '../base/clock.ts';
import type { GrpcAnswer, GrpcConnection } from '../grpc/grpc-connection.ts';
import { type RunningProcess, showEnd } from '../launch/start-process.ts';
import { HEALTH } from './services.ts';

const ANSWER_BYTES = 64 * 1024;
/** The timeout of a ping, in milliseconds. */
export const PING_MS = 5_000;

/** Calls the health service once. Never rejects. */
export const askHealth = async (connection: GrpcConnection, timeLeftMs: number): Promise<GrpcAnswer> =>
  await connection.call({
    path: HEALTH.path,
    requestStream: false,
    responseStream: false,
    parts: [HEALTH.request.write({ service: HEALTH.service })],
    timeLeftMs,
    answerBytes: ANSWER_BYTES,
  });

/** Whether the health service reports SERVING. */
export const isServing = (answer: GrpcAnswer): boolean => {
  if (!answer.ok) return false;
  try {
    return HEALTH.response.read(answer.parts[0] ?? new Uint8Array()).status === HEALTH.serving;
  } catch {
    return false;
  }
};

/**
 * Waits for the connection, and checks the health of the plugin.
 *
 * Rejects with `PluginLoadError` `instantiate`/`not_connected` or `process_exited`, `self_check`/`not_serving`.
 */
export const checkHealth = async (
  connection: GrpcConnection,
  running: RunningProcess | undefined,
  untilMs: number,
): Promise<void> => {
  const exited = async (): Promise<never> => {
    const how = await (running?.ended ?? new Promise<never>(() => undefined));
    throw loadError(
      'instantiate',
      'process_exited',
      `the process ended (${showEnd(how)}) after its handshake line: see its log lines.`,
    );
  };
  const ended = exited();
  // The process may also end after this function has returned.
  ended.catch(() => undefined);
  await Promise.race([waitForConnection(connection, untilMs), ended]);
  const timeLeftMs = Math.max(1, Math.min(PING_MS, untilMs - clock.nowMs()));
  const answer = await Promise.race([askHealth(connection, timeLeftMs), ended]);
  if (isServing(answer)) return;
  throw loadError(
    'self_check',
    'not_serving',
    `the plugin's health service does not report SERVING for "${HEALTH.service}"${answer.ok ? '' : ` (status ${answer.status})`}: register it under that name.`,
  );
};

const waitForConnection = async (connection: GrpcConnection, untilMs: number): Promise<void> =>
  await new Promise((resolve, reject) => {
    const leftMs = Math.max(1, Math.min(CONNECT_MS, untilMs - clock.nowMs()));
    connection.client.waitForReady(clock.unixMs() + leftMs, (error) => {
      if (error === undefined) return resolve();
      return reject(
        loadError(
          'instantiate',
          'not_connected',
          'the host cannot connect to the address in the plugin’s handshake line, or the certificate does not match: see its log lines.',
        ),
      );
    });
  });

/** A process that listens accepts connections immediately. */
const CONNECT_MS = 10_000;
