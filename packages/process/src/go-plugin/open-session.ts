import { X509Certificate } from 'node:crypto';

import { credentials as grpcCredentials, type ChannelCredentials, status } from '@grpc/grpc-js';
import { type CarrierContext, type GuestWords, loadError, LOG_TARGETS, writeLog } from '@plugwire/runtime';

import { clock } from '../base/clock.ts';
import { type GrpcConnection, openGrpcConnection } from '../grpc/grpc-connection.ts';
import { type Executable } from '../launch/check-executable.ts';
import { type RunningProcess, startProcess, within } from '../launch/start-process.ts';
import type { Session } from '../launch/supervise.ts';
import { openMultiplexer } from '../multiplex/open-multiplexer.ts';
import { createBroker, type Broker } from './broker.ts';
import { type Certificate, certificateToPem, createCertificate } from './create-certificate.ts';
import type { GoPluginSettings } from './go-plugin-options.ts';
import { type HandshakeLine, parseHandshakeLine } from './handshake-line.ts';
import { checkHealth } from './check-health.ts';
import { pluginEnvironment } from './plugin-environment.ts';
import { SHUTDOWN } from './services.ts';
import { followStdio } from './follow-stdio.ts';
import { waitForLine } from './wait-for-line.ts';

/** A running go-plugin process that serves. */
export interface GoPluginSession extends Session {
  readonly connection: GrpcConnection;
  readonly broker: Broker;
  /** The version of the application’s protocol that the plugin chose. */
  readonly appVersion: number;
  /** How the process ended; `undefined` while it runs. */
  isEnded(): boolean;
}

/** The parts of the host that a session uses. */
export type SessionContext = Pick<CarrierContext, 'name' | 'logger' | 'revealGuestErrors'> & {
  readonly words: GuestWords;
  /** The most bytes of any response. */
  readonly answerBytes: number;
};

/**
 * Starts a process, reads its handshake line, connects to it and checks its health.
 *
 * Rejects with `PluginLoadError`. The process and its folder are removed before it rejects.
 */
export const openSession = async (
  settings: GoPluginSettings,
  executable: Executable,
  context: SessionContext,
  signal: AbortSignal,
): Promise<GoPluginSession> => {
  const untilMs = clock.nowMs() + settings.startTimeoutMs;
  const own = settings.tls === 'off' ? undefined : await createCertificate();
  const running = await startProcess({
    command: executable.path,
    args: settings.args,
    env: (folder) => pluginEnvironment(settings, folder, own?.certificate),
    cwd: settings.cwd,
    inheritsStdin: settings.inheritsStdin,
  });
  const abort = (): void => void running.kill();
  signal.addEventListener('abort', abort);
  if (signal.aborted) abort();
  try {
    const { words, revealGuestErrors } = context;
    const timeoutMs = Math.max(1, untilMs - clock.nowMs());
    const text = await waitForLine(running, { words, timeoutMs, revealGuestErrors });
    const line = parseHandshakeLine(text, [...settings.versions.keys()]);
    return await connect(settings, running, line, own, context, untilMs);
  } catch (error) {
    await running.kill();
    throw error;
  } finally {
    signal.removeEventListener('abort', abort);
  }
};

const connect = async (
  settings: GoPluginSettings,
  running: RunningProcess,
  line: HandshakeLine,
  own: Certificate | undefined,
  context: SessionContext,
  untilMs: number,
): Promise<GoPluginSession> => {
  if (settings.multiplex && !line.multiplexes) {
    throw loadError(
      'handshake',
      'not_multiplexed',
      'multiplex is on, but the plugin does not support it: build it with go-plugin 1.6 or newer, or leave multiplex off.',
    );
  }
  const credentials = credentialsFor(settings, line, own, context);
  const { answerBytes } = context;
  const multiplexer = settings.multiplex ? await openMultiplexer(line, running.folder) : undefined;
  const { network, address } =
    multiplexer === undefined ? line : ({ network: 'unix', address: multiplexer.address } as const);
  const connection = openGrpcConnection({ network, address, credentials, answerBytes });
  const disconnect = (): void => {
    connection.close();
    multiplexer?.close();
  };
  try {
    await checkHealth(connection, running, untilMs);
  } catch (error) {
    disconnect();
    throw error;
  }
  const broker = createBroker(connection, {
    folder: running.folder,
    certificate: own,
    peer: line.certificate,
    multiplexer,
    answerBytes,
  });
  const stdio = followStdio(connection, context.words);
  let isEnded = false;
  const ended = running.ended.then((how) => {
    isEnded = true;
    stdio.close();
    broker.close();
    disconnect();
    return how;
  });
  const { stopTimeoutMs } = settings;
  const stop = async (): Promise<void> => {
    broker.close();
    stdio.close();
    await shutDown(connection, stopTimeoutMs, running);
    disconnect();
    await running.kill();
  };
  let stopping: Promise<void> | undefined;
  return {
    pid: running.pid,
    ended,
    isEnded: () => isEnded,
    connection,
    broker,
    appVersion: line.appVersion,
    stop: async () => await (stopping ??= stop()),
  };
};

/** Asks a plugin to shut down, through its controller service or with a signal, and waits until it ends or the timeout passes. */
const shutDown = async (
  connection: GrpcConnection,
  stopTimeoutMs: number,
  running: RunningProcess,
): Promise<void> => {
  if (running.end() !== undefined) return;
  const untilMs = clock.nowMs() + stopTimeoutMs;
  const answer = await connection.call({
    path: SHUTDOWN.path,
    requestStream: false,
    responseStream: false,
    parts: [new Uint8Array()],
    timeLeftMs: stopTimeoutMs,
    answerBytes: 1024,
  });
  // The connection may break before the response, because the process is ending.
  if (!answer.ok && answer.status === status.UNIMPLEMENTED) running.signal('SIGTERM');
  await within(Math.max(1, untilMs - clock.nowMs()), running.ended);
};

const credentialsFor = (
  { tls }: GoPluginSettings,
  { certificate }: HandshakeLine,
  own: Certificate | undefined,
  { name, logger }: SessionContext,
): ChannelCredentials => {
  if (certificate === undefined || own === undefined) {
    if (tls === 'required') {
      throw loadError(
        'handshake',
        'tls_required',
        'the plugin sent no certificate, but tls is "required": build it with AutoMTLS, or set tls to "automatic" if you trust every user of this machine.',
      );
    }
    if (tls === 'automatic')
      writeLog(
        logger,
        'warn',
        { target: LOG_TARGETS.process, plugin: name },
        'plugin connection without TLS',
      );
    return grpcCredentials.createInsecure();
  }
  const pem = certificateToPem(certificate);
  try {
    // Throws if the bytes are not a certificate.
    void new X509Certificate(certificate).fingerprint256;
    return grpcCredentials.createSsl(Buffer.from(pem), Buffer.from(own.key), Buffer.from(own.certificate));
  } catch (cause) {
    throw loadError(
      'handshake',
      'bad_certificate',
      'the certificate in the plugin’s handshake line cannot be read: build the plugin with a current go-plugin.',
      { cause },
    );
  }
};
