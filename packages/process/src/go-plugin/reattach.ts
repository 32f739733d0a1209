import { credentials as grpcCredentials, type ChannelCredentials } from '@grpc/grpc-js';
import { checkOptions, type CarrierSource, loadError } from '@plugwire/runtime';
import { isPluginName, PlugwireUsageError } from '@plugwire/wire';

import { clock } from '../base/clock.ts';
import { createGrpcCarrier } from '../grpc/grpc-carrier.ts';
import type { GrpcFunction } from '../grpc/grpc-function.ts';
import { openGrpcConnection } from '../grpc/grpc-connection.ts';
import { hashFile } from '../launch/check-executable.ts';
import { isRunning, isStill, type ProcessProof, proveListener } from '../launch/identify-process.ts';
import { readMemoryBytes } from '../launch/read-memory-bytes.ts';
import { waitUntil } from '../launch/wait-until.ts';
import { askHealth, checkHealth, isServing, PING_MS } from './check-health.ts';
import { checkMs } from './go-plugin-options.ts';
import { checkAddress, refuseProtocol } from './handshake-line.ts';
import { mostAnswerBytes, versionsOf } from './served-functions.ts';
import { SHUTDOWN } from './services.ts';

/** The address of a running plugin, in the form of go-plugin’s `ReattachConfig`. */
export interface ReattachConfig {
  readonly protocol: string;
  /** The version of the application’s protocol. */
  readonly protocolVersion: number;
  readonly network: string;
  /** `host:port`, or the path of a unix socket. */
  readonly address: string;
  readonly pid: number;
}

/** The options of {@link reattachGoPlugin}. */
export interface ReattachOptions {
  readonly reattach: ReattachConfig;
  readonly functions: readonly GrpcFunction[];
  /**
   * Certificates in PEM, for a plugin with TLS: `ca` verifies the plugin, whose certificate must be for `localhost`; `certificate` and `key` identify
   * this host. Without `tls`, the connection is not encrypted. A plugin with AutoMTLS cannot be reattached, because it accepts only the certificate
   * of the host that started it.
   */
  readonly tls?: { readonly ca: string; readonly certificate?: string; readonly key?: string };
  /**
   * What `close` does: `leave`, the default, lets the process run; `stop` shuts it down. The process is killed only if it is proved to be the
   * one that listens at the address.
   */
  readonly onClose?: 'leave' | 'stop';
  /** The timeout for connecting, in milliseconds. 10,000 by default. */
  readonly startTimeoutMs?: number;
  /** How long the process may take to shut down, in milliseconds. 2,000 by default. */
  readonly stopTimeoutMs?: number;
  /** The name of the plugin. By default the operator’s name. */
  readonly name?: string;
  /** The version of the plugin. `0.0.0` by default. */
  readonly version?: string;
}

const KNOWN: Readonly<Record<keyof ReattachOptions, true>> = {
  reattach: true,
  functions: true,
  tls: true,
  onClose: true,
  startTimeoutMs: true,
  stopTimeoutMs: true,
  name: true,
  version: true,
};
const ANSWER_BYTES = 1024;

/**
 * Connects to a go-plugin process that is already running, such as one in a debugger. Its output is not captured, and it is not restarted.
 *
 * Throws `PlugwireUsageError` `bad_option`.
 *
 * @example
 * const source = reattachGoPlugin({
 *   reattach: { protocol: 'grpc', protocolVersion: 1, network: 'unix', address: '/tmp/plugin123', pid: 4711 },
 *   functions,
 * });
 */
export const reattachGoPlugin = (options: ReattachOptions): CarrierSource => {
  const { reattach, functions, tls, onClose = 'leave', name } = checkOptions(options, KNOWN);
  const startTimeoutMs = checkMs('startTimeoutMs', options.startTimeoutMs ?? 10_000);
  const stopTimeoutMs = checkMs('stopTimeoutMs', options.stopTimeoutMs ?? 2_000);
  checkReattach(reattach, onClose, name);
  const { pid, protocol } = reattach;
  return {
    name: name ?? 'plugin',
    open: async (context) => {
      if (protocol !== 'grpc') throw refuseProtocol(protocol);
      const address = checkAddress(reattach.network, reattach.address);
      const sha256 = await hashOfRunning(pid, context.sha256);
      const connection = openGrpcConnection({
        ...address,
        credentials: credentialsOf(tls),
        answerBytes: mostAnswerBytes(context),
      });
      try {
        await checkHealth(connection, undefined, clock.nowMs() + startTimeoutMs);
      } catch (error) {
        connection.close();
        throw error;
      }
      const proof = proveListener(pid, address);
      const callee = {
        connection,
        ended: new Promise<never>(() => undefined),
        isEnded: () => (proof === undefined ? !isRunning(pid) : !isStill(proof)),
      };
      return {
        identity: { plugin_name: name ?? context.name, plugin_version: options.version ?? '0.0.0' },
        sha256,
        versions: versionsOf(functions, context),
        call: createGrpcCarrier(functions, () => callee).call,
        isUp: () => !callee.isEnded(),
        memoryBytes: () => readMemoryBytes(pid),
        ping: async () => (isServing(await askHealth(connection, PING_MS)) ? { ok: true } : NOT_SERVING),
        close: async () => {
          if (onClose === 'stop') {
            const call = { requestStream: false, responseStream: false, parts: [new Uint8Array()] };
            const limits = { timeLeftMs: stopTimeoutMs, answerBytes: ANSWER_BYTES };
            await connection.call({ path: SHUTDOWN.path, ...call, ...limits });
            if (!(await waitUntil(callee.isEnded, stopTimeoutMs))) killProved(proof);
          }
          connection.close();
        },
      };
    },
  };
};

const NOT_SERVING = {
  ok: false,
  stage: 'self_check',
  code: 'not_serving',
  message: 'the health service of the plugin does not report SERVING',
} as const;

/** Kills the process, only if it is proved to be the plugin. */
const killProved = (proof: ProcessProof | undefined): void => {
  if (proof === undefined || !isStill(proof)) return;
  try {
    process.kill(proof.pid, 'SIGKILL');
  } catch {
    // It has just ended, or belongs to another user.
  }
};

const checkReattach = (
  reattach: ReattachConfig | undefined,
  onClose: string,
  name: string | undefined,
): void => {
  const refuse = (message: string): never => {
    throw new PlugwireUsageError('bad_option', message);
  };
  const { pid, protocolVersion, network, address } = reattach ?? {};
  if (!Number.isInteger(pid) || (pid ?? 0) < 1)
    refuse(`reattach.pid is ${String(pid)}: expected a process id.`);
  if (!Number.isInteger(protocolVersion) || typeof network !== 'string' || typeof address !== 'string')
    refuse('reattach is incomplete: expected protocol, protocolVersion, network, address and pid.');
  if (onClose !== 'leave' && onClose !== 'stop')
    refuse(`onClose is ${JSON.stringify(onClose)}: expected "leave" or "stop".`);
  if (name !== undefined && !isPluginName(name))
    refuse(`name is ${JSON.stringify(name)}: expected ^[a-z][a-z0-9_-]*$ with 1 to 64 bytes.`);
};

/** Returns the SHA-256 of the executable of a process, or `''` if it is unavailable. Rejects if an expected hash differs or cannot be checked. */
const hashOfRunning = async (pid: number, expected: string | undefined): Promise<string> => {
  const path = `/proc/${pid}/exe`;
  if (expected === undefined) return await hashFile(path, 'sha256').catch(() => '');
  const sha256 = await hashFile(path, 'sha256');
  if (sha256 === expected.toLowerCase()) return sha256;
  throw loadError(
    'read',
    'hash_mismatch',
    `the process ${pid} runs a file with the SHA-256 ${sha256}, expected ${expected.toLowerCase()}: find out what it is.`,
  );
};

const credentialsOf = (tls: ReattachOptions['tls']): ChannelCredentials =>
  tls === undefined
    ? grpcCredentials.createInsecure()
    : grpcCredentials.createSsl(
        Buffer.from(tls.ca),
        tls.key === undefined ? null : Buffer.from(tls.key),
        tls.certificate === undefined ? null : Buffer.from(tls.certificate),
      );
