import { connectivityState, credentials } from '@grpc/grpc-js';
import { callError } from '@plugwire/runtime';

import { clock } from '../base/clock.ts';
import { type GrpcConnection, openGrpcConnection } from '../grpc/grpc-connection.ts';
import { within } from '../launch/start-process.ts';
import { type Asked, type AskLimits, askPlugin } from './ask-plugin.ts';
import { type PluginFacts, readFacts } from './plugin-facts.ts';
import { FAULT, type FaultMethod } from './plugin-service.ts';

/** A plugin that has answered its health check and said what it can do. */
export interface FaultSession {
  readonly facts: PluginFacts;
  /** Resolves when the connection is gone. */
  readonly lost: Promise<void>;
  isLost(): boolean;
  /** Never rejects. */
  ask<Request extends object, Response extends object>(
    method: FaultMethod<Request, Response>,
    request: Uint8Array,
    limits: AskLimits,
  ): Promise<Asked<Response>>;
  /** Asks whether it is well. Never rejects. */
  checkHealth(timeLeftMs: number, signal: AbortSignal): Promise<HealthCheck>;
  /** Lets the calls that run come to their end, and then closes the connection. */
  retire(): void;
  /** Closes the connection at once. */
  close(): void;
}

/** Whether a plugin is well, or why not. */
type HealthCheck = { readonly ok: true } | { readonly ok: false; readonly error: { readonly code: string } };

/** Where a plugin is, and how long it may take. */
export interface SessionOptions {
  /** `host:port`. */
  readonly address: string;
  /** How long it may take until it has said what it can do, in milliseconds. */
  readonly connectTimeoutMs: number;
  /** The most bytes of any answer. */
  readonly answerBytes: number;
}

/** Room for the answers that describe a plugin. */
const ABOUT_BYTES = 64 * 1024;
const EMPTY = new Uint8Array();
/** How long a call that broke waits to learn whether its connection did: the two come in any order. */
const LOSS_MS = 100;

type Opened = { readonly ok: true; readonly session: FaultSession } | (HealthCheck & { readonly ok: false });

/** Connects to a plugin, checks its health, and asks what it is and can do. Never rejects. */
export const openSession = async (
  { address, connectTimeoutMs, answerBytes }: SessionOptions,
  signal: AbortSignal,
): Promise<Opened> => {
  const untilMs = clock.nowMs() + connectTimeoutMs;
  const connection = openGrpcConnection({
    network: 'tcp',
    address,
    credentials: credentials.createInsecure(),
    answerBytes: Math.max(answerBytes, ABOUT_BYTES),
    authority: address,
  });
  const limits = (): AskLimits => ({
    timeLeftMs: Math.max(1, untilMs - clock.nowMs()),
    signal,
    answerBytes: ABOUT_BYTES,
  });
  const refuse = ({ error }: HealthCheck & { readonly ok: false }): Opened => {
    connection.close();
    return { ok: false, error };
  };
  const health = await askHealth(connection, limits());
  if (!health.ok) return refuse(health);
  const [info, capabilities] = await Promise.all([
    askPlugin(connection, FAULT.getInfo, EMPTY, limits()),
    askPlugin(connection, FAULT.getCapabilities, EMPTY, limits()),
  ]);
  if (!info.ok) return refuse(info);
  if (!capabilities.ok) return refuse(capabilities);
  return { ok: true, session: createSession(connection, readFacts(info.answer, capabilities.answer)) };
};

const createSession = (connection: GrpcConnection, facts: PluginFacts): FaultSession => {
  let running = 0;
  let isRetired = false;
  let isLost = false;
  const lost = whenLost(connection, () => {
    isLost = true;
  });
  const counted = async <Answer>(call: Promise<Answer>): Promise<Answer> => {
    running += 1;
    try {
      return await call;
    } finally {
      running -= 1;
      if (isRetired && running === 0) connection.close();
    }
  };
  return {
    facts,
    lost,
    isLost: () => isLost,
    ask: async (method, request, limits) => {
      const asked = await counted(askPlugin(connection, method, request, limits));
      if (asked.ok || asked.error.code !== 'call_failed') return asked;
      await within(Math.min(LOSS_MS, limits.timeLeftMs / 2), lost);
      return isLost ? { ok: false, error: callError('not_connected') } : asked;
    },
    checkHealth: async (timeLeftMs, signal) =>
      await counted(askHealth(connection, { timeLeftMs, signal, answerBytes: ABOUT_BYTES })),
    retire: () => {
      isRetired = true;
      if (running === 0) connection.close();
    },
    close: () => connection.close(),
  };
};

const askHealth = async (connection: GrpcConnection, limits: AskLimits): Promise<HealthCheck> => {
  const asked = await askPlugin(connection, FAULT.healthCheck, EMPTY, limits);
  if (!asked.ok) return { ok: false, error: asked.error };
  return asked.answer.healthy ? { ok: true } : { ok: false, error: { code: 'not_serving' } };
};

/** Resolves, after telling so, when a connection that was ready is not any more. */
const whenLost = async ({ client }: GrpcConnection, onLoss: () => void): Promise<void> => {
  const channel = client.getChannel();
  if (channel.getConnectivityState(false) === connectivityState.READY) {
    await new Promise<void>((resolve) => {
      channel.watchConnectivityState(connectivityState.READY, Infinity, () => resolve());
    });
  }
  onLoss();
};
