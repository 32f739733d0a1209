import { createServer } from 'node:net';
import { resolve } from 'node:path';

import { checkOptions, type CarrierContext, type CarrierSource, loadError } from '@plugwire/runtime';
import { PlugwireUsageError, type WireFunction } from '@plugwire/wire';

import { inheritedEnvironment } from '../go-plugin/plugin-environment.ts';
import { checkExecutable, hashFile } from '../launch/check-executable.ts';
import { nameOfFile } from '../launch/name-of-file.ts';
import { readMemoryBytes } from '../launch/read-memory-bytes.ts';
import { type RestartOptions, RESTART_DEFAULTS, supervise } from '../launch/supervise.ts';
import type { PayloadEncoding } from './caller.ts';
import { createExecCarrier } from './exec-carrier.ts';
import type { ExecFunction } from './exec-function.ts';
import { type GopluginEntry, type GopluginFile, readGopluginFile } from './goplugin-file.ts';
import { startPlugin } from './start-plugin.ts';

/** The options of {@link quadroopsPlugin}. */
export interface QuadroopsOptions {
  /** The name of the plugin in the file. */
  readonly plugin: string;
  /** The name of this host in the file. A host may only use the plugins in its list. */
  readonly host: string;
  readonly functions: readonly ExecFunction[];
  /** The configuration, or the path of its file. By default the path in `GOPLUGIN_DIR`, or `~/.goplugin/config.toml`. */
  readonly config?: GopluginFile | string;
  /** The port for the plugin. By default `comm_port` of the file, or a free port. */
  readonly port?: number;
  /** The encoding of request payloads. By default `hex` over REST, and `bytes` over gRPC. */
  readonly payload?: PayloadEncoding;
  /** The encoding of response payloads. By default the same as `payload`. */
  readonly answer?: PayloadEncoding;
  /** Environment variables of the process. They override inherited ones. */
  readonly env?: Readonly<Record<string, string>>;
  /** The delays before an ended process is restarted, in milliseconds. `false` disables restarts. */
  readonly restart?: Partial<RestartOptions> | false;
  /** The version of the plugin. `0.0.0` by default. */
  readonly version?: string;
}

const KNOWN: Readonly<Record<keyof QuadroopsOptions, true>> = {
  plugin: true,
  host: true,
  functions: true,
  config: true,
  port: true,
  payload: true,
  answer: true,
  env: true,
  restart: true,
  version: true,
};

/**
 * Starts a plugin of quadroops/goplugin, over REST or gRPC, from its configuration file. `plugin.close()` kills its process, `host.close()`
 * kills all of them.
 *
 * Throws `PlugwireUsageError` `bad_source` if the file is invalid, or the plugin is not in the list of the host.
 *
 * @example
 * const plugin = await host.load(quadroopsPlugin({ host: 'main', plugin: 'hello', functions: [execFunction(hello, { command: 'hello.msg' })] }));
 */
export const quadroopsPlugin = (options: QuadroopsOptions): CarrierSource => {
  const {
    plugin,
    host,
    functions,
    config,
    env = {},
    restart,
    version = '0.0.0',
  } = checkOptions(options, KNOWN);
  const file = typeof config === 'object' ? config : readGopluginFile(config);
  const entry = findEntry(file, host, plugin);
  const byDefault: PayloadEncoding = entry.commType === 'rest' ? 'hex' : 'bytes';
  const payload = options.payload ?? byDefault;
  const answer = options.answer ?? payload;
  const pathVariable = env['PATH'] ?? process.env['PATH'];
  const check = async (sha256: string | undefined) =>
    await checkExecutable(entry.exec, { cwd: undefined, pathVariable, sha256 });

  return {
    name: nameOfFile(plugin),
    hash: async () => (await check(undefined)).sha256,
    open: async (context) => {
      const executable = await check(context.sha256);
      await checkHash(entry);
      const supervisor = await supervise({
        plugin: context.name,
        logger: context.logger,
        restart: restart === false ? false : { ...RESTART_DEFAULTS, ...restart },
        start: async (signal) => {
          await checkHash(entry);
          const port = await choosePort(options.port ?? entry.commPort);
          const variables = { ...inheritedEnvironment(), ...env };
          return await startPlugin(
            { entry, command: executable.path, env: variables, port, host, payload, answer },
            { ...context, answerBytes: mostAnswerBytes(context) },
            signal,
          );
        },
      });
      return {
        identity: { plugin_name: nameOfFile(plugin), plugin_version: version },
        sha256: executable.sha256,
        versions: versionsOf(functions, context),
        call: createExecCarrier(functions, () => supervisor.current()).call,
        isUp: () => supervisor.current() !== undefined,
        memoryBytes: () => readMemoryBytes(supervisor.current()?.pid),
        ping: async () => {
          const session = supervisor.current();
          if (session === undefined) return NOT_RUNNING;
          return (await session.caller.ping(PING_MS)) ? { ok: true } : NOT_SERVING;
        },
        close: async () => await supervisor.close(),
      };
    },
  };
};

const PING_MS = 5_000;
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
  message: 'the plugin does not respond to pings',
} as const;

const findEntry = ({ file, plugins, hosts }: GopluginFile, host: string, plugin: string): GopluginEntry => {
  const refuse = (problem: string): never => {
    throw new PlugwireUsageError('bad_source', `${file}: ${problem}`);
  };
  const allowed = hosts.get(host);
  if (allowed === undefined)
    return refuse(`there is no host ${JSON.stringify(host)}: add [hosts.${host}] with its plugins.`);
  if (!allowed.includes(plugin))
    return refuse(
      `the host ${JSON.stringify(host)} may not use ${JSON.stringify(plugin)}: add it to its plugins.`,
    );
  const entry = plugins.get(plugin);
  return entry ?? refuse(`there is no plugin ${JSON.stringify(plugin)}: add [plugins.${plugin}].`);
};

/** Checks the hash of the executable. Rejects with `PluginLoadError` `read`/`hash_mismatch`. */
const checkHash = async ({ sha256, md5, execFile }: GopluginEntry): Promise<void> => {
  const path = resolve(execFile);
  const [algorithm, expected] =
    sha256 === undefined ? (['md5', md5] as const) : (['sha256', sha256] as const);
  if (expected === undefined) {
    throw loadError(
      'read',
      'hash_mismatch',
      `no hash of ${path} is configured, and quadroops requires one: add sha256 to the plugin.`,
    );
  }
  const seen = await hashFile(path, algorithm);
  if (seen === expected) return;
  throw loadError(
    'read',
    'hash_mismatch',
    `${path} has the ${algorithm} ${seen}, expected ${expected}: find out who changed the file.`,
  );
};

/** Rejects with `PluginLoadError` `instantiate`/`start_failed` if another process uses the port: calls would reach that process. */
const choosePort = async (port: number | undefined): Promise<number> =>
  await new Promise((resolvePort, reject) => {
    const server = createServer();
    server.once('error', () =>
      reject(
        loadError(
          'instantiate',
          'start_failed',
          `the port ${port} is used by another process: stop that process, or set another port.`,
        ),
      ),
    );
    server.listen(port ?? 0, () => {
      const address = server.address();
      server.close(() => resolvePort(typeof address === 'object' ? (address?.port ?? 0) : 0));
    });
  });

const mostAnswerBytes = ({ functions, limits }: CarrierContext): number =>
  Math.max(
    limits.outputBytes,
    ...functions.map(({ contract }) => limits.forFunction(contract.name).outputBytes),
  );

const versionsOf = (
  bound: readonly ExecFunction[],
  { functions }: CarrierContext,
): ReadonlyMap<WireFunction, number> => {
  const known = new Set(functions.map(({ contract }) => contract));
  return new Map(
    bound.filter(({ contract }) => known.has(contract)).map(({ contract, version }) => [contract, version]),
  );
};
