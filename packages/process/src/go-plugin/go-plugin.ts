import { type CarrierSource, loadError } from '@plugwire/runtime';

import { createGrpcCarrier } from '../grpc/grpc-carrier.ts';
import { checkExecutable } from '../launch/check-executable.ts';
import { readMemoryBytes } from '../launch/read-memory-bytes.ts';
import { supervise } from '../launch/supervise.ts';
import { nameOfFile } from '../launch/name-of-file.ts';
import { askHealth, isServing, PING_MS } from './check-health.ts';
import { checkGoPluginOptions, type GoPluginOptions } from './go-plugin-options.ts';
import { type GoPluginSession, openSession } from './open-session.ts';
import { mostAnswerBytes, versionsOf } from './served-functions.ts';

/**
 * Starts a plugin in a separate process that implements HashiCorp's go-plugin protocol over gRPC, such as plugins of Vault, Terraform and Nomad,
 * and of pygo-plugin. Pass the result to `host.load`, or to a handle of `@plugwire/operate`.
 *
 * Throws `PlugwireUsageError` `bad_option`.
 *
 * @example
 * const plugin = await host.load(
 *   goPlugin({
 *     command: './kv-go-grpc',
 *     cookie: { key: 'BASIC_PLUGIN', value: 'hello' },
 *     functions: [grpcFunction(get, { proto: './kv.proto', method: 'proto.KV/Get' })],
 *   }),
 * );
 * const outcome = await plugin.dispatch(get, { key: 'greeting' });
 */
export const goPlugin = (options: GoPluginOptions): CarrierSource => {
  const settings = checkGoPluginOptions(options);
  const { command, cwd, env, inheritEnv } = settings;
  const pathVariable = env['PATH'] ?? (inheritEnv ? process.env['PATH'] : undefined);
  return {
    name: settings.name ?? nameOfFile(command),
    hash: async () => (await checkExecutable(command, { cwd, pathVariable, sha256: undefined })).sha256,
    open: async (context) => {
      const { name, logger } = context;
      const executable = await checkExecutable(command, { cwd, pathVariable, sha256: context.sha256 });
      const { path, sha256 } = executable;
      const answerBytes = mostAnswerBytes(context);
      /** The version that the first process chose. Each restarted process has to choose the same one. */
      let appVersion: number | undefined;

      const start = async (signal: AbortSignal): Promise<GoPluginSession> => {
        // A restart uses the SHA-256 of the loaded file, so that only the same file is started.
        if (appVersion !== undefined) await checkExecutable(path, { cwd, pathVariable, sha256 });
        const session = await openSession(settings, executable, { ...context, answerBytes }, signal);
        appVersion ??= session.appVersion;
        if (appVersion === session.appVersion) return session;
        await session.stop();
        throw loadError(
          'handshake',
          'app_version',
          `the plugin chose version ${session.appVersion} of the application's protocol, and ${appVersion} before: load it again.`,
        );
      };
      const supervisor = await supervise({ plugin: name, logger, restart: settings.restart, start });
      const functions = settings.versions.get(appVersion ?? Number.NaN) ?? [];
      const carrier = createGrpcCarrier(functions, () => supervisor.current());
      return {
        identity: { plugin_name: settings.name ?? name, plugin_version: settings.version },
        sha256,
        versions: versionsOf(functions, context),
        call: carrier.call,
        isUp: () => supervisor.current() !== undefined,
        memoryBytes: () => readMemoryBytes(supervisor.current()?.pid),
        ping: async () => {
          const session = supervisor.current();
          if (session === undefined) return NOT_RUNNING;
          const answer = await askHealth(session.connection, PING_MS);
          return isServing(answer) ? { ok: true } : NOT_SERVING;
        },
        close: async () => await supervisor.close(),
      };
    },
  };
};

const NOT_RUNNING = {
  ok: false,
  stage: 'instantiate',
  code: 'process_exited',
  message: 'the process has ended and has not been restarted yet',
} as const;

const NOT_SERVING = {
  ok: false,
  stage: 'self_check',
  code: 'not_serving',
  message: 'the health service of the plugin does not report SERVING',
} as const;
