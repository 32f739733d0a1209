import type { GoPluginSettings } from './go-plugin-options.ts';

/** The variables of the protocol. A host that is itself a plugin must not pass them on. */
const OF_PROTOCOL = [
  'PLUGIN_MIN_PORT',
  'PLUGIN_MAX_PORT',
  'PLUGIN_PROTOCOL_VERSIONS',
  'PLUGIN_CLIENT_CERT',
  'PLUGIN_UNIX_SOCKET_DIR',
  'PLUGIN_UNIX_SOCKET_GROUP',
  'PLUGIN_MULTIPLEX_GRPC',
] as const;

/** Returns the environment variables for a go-plugin process. */
export const pluginEnvironment = (
  { inheritEnv, env, cookie, ports, versions, socketGroup, multiplex }: GoPluginSettings,
  folder: string,
  certificate: string | undefined,
): Readonly<Record<string, string>> => ({
  ...(inheritEnv ? inheritedEnvironment(OF_PROTOCOL) : {}),
  ...env,
  [cookie.key]: cookie.value,
  PLUGIN_MIN_PORT: String(ports.min),
  PLUGIN_MAX_PORT: String(ports.max),
  PLUGIN_PROTOCOL_VERSIONS: [...versions.keys()].join(','),
  PLUGIN_UNIX_SOCKET_DIR: folder,
  ...(certificate === undefined ? {} : { PLUGIN_CLIENT_CERT: certificate }),
  ...(socketGroup === undefined ? {} : { PLUGIN_UNIX_SOCKET_GROUP: socketGroup }),
  ...(multiplex ? { PLUGIN_MULTIPLEX_GRPC: 'true' } : {}),
});

/** Returns the environment variables of this process, except the given names. */
export const inheritedEnvironment = (without: readonly string[] = []): Record<string, string> =>
  Object.fromEntries(
    Object.entries(process.env).filter(
      (entry): entry is [string, string] => entry[1] !== undefined && !without.includes(entry[0]),
    ),
  );
