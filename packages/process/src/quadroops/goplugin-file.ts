import { readFileSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

import { PlugwireUsageError } from '@plugwire/wire';
import { getStaticTOMLValue, parseTOML } from 'toml-eslint-parser';
import { z } from 'zod';

/** The entry of one plugin in the file. */
export interface GopluginEntry {
  readonly name: string;
  readonly author: string | undefined;
  /** The hashes of `execFile`, in hex. The SHA-256 is checked if it is set, otherwise the MD5. */
  readonly sha256: string | undefined;
  readonly md5: string | undefined;
  readonly exec: string;
  readonly execArgs: readonly string[];
  /** The file whose hash is checked. */
  readonly execFile: string;
  /** The timeout for its start, in seconds. */
  readonly execTime: number;
  readonly commType: 'grpc' | 'rest';
  /** The port of the plugin in the file. */
  readonly commPort: number | undefined;
}

/** A parsed configuration file of quadroops. */
export interface GopluginFile {
  /** The absolute path of the file. */
  readonly file: string;
  readonly debug: boolean;
  readonly plugins: ReadonlyMap<string, GopluginEntry>;
  /** The plugins that each host may use. */
  readonly hosts: ReadonlyMap<string, readonly string[]>;
}

const DEFAULT_FILE = join('.goplugin', 'config.toml');
/** The names of the file in a folder, such as the folder of a plugin or that in `GOPLUGIN_DIR`. */
const FILES_OF_FOLDERS = ['config.toml', 'goplugin.toml'] as const;
/** The default timeout for the start of a plugin, in seconds. */
const DEFAULT_EXEC_TIME = 5;

const hash = (digits: number) =>
  z
    .string()
    .regex(new RegExp(`^[0-9a-fA-F]{${digits}}$`), `expected ${digits} hexadecimal digits`)
    .optional();
const port = z
  .union([z.int(), z.string().regex(/^\d+$/, 'expected a port')])
  .transform(Number)
  .refine((value) => value >= 1 && value <= 65_535, 'expected a port, 1 to 65535')
  .optional();

const plugin = z.object({
  author: z.string().optional(),
  md5: hash(32),
  sha256: hash(64),
  exec: z.string().min(1, 'expected the path of an executable'),
  exec_args: z.array(z.string()).default([]),
  exec_file: z.string().optional(),
  exec_time: z.number().min(0).max(3_600).default(0),
  comm_type: z.enum(['grpc', 'rest'], 'expected "grpc" or "rest"'),
  comm_port: port,
});

/** Unknown keys are ignored, as in quadroops, because files of several versions are in use. */
const form = z.object({
  settings: z.object({ debug: z.boolean().default(false) }).default({ debug: false }),
  plugins: z.record(z.string(), plugin).default({}),
  hosts: z.record(z.string(), z.object({ plugins: z.array(z.string()).default([]) })).default({}),
  /** The file in the folder of a plugin. */
  plugin: z.object({ ...plugin.shape, name: z.string(), hosts: z.array(z.string()).default([]) }).optional(),
});

const refuse = (file: string, problem: string): never => {
  throw new PlugwireUsageError('bad_source', `${file}: ${problem}`);
};

/**
 * Finds the configuration file of quadroops: the given path, the path in `GOPLUGIN_DIR`, or `~/.goplugin/config.toml`. If the path is a
 * folder, returns the file in it.
 *
 * Throws `PlugwireUsageError` `bad_source` if there is no file.
 */
export const findGopluginFile = (given?: string, env: Readonly<NodeJS.ProcessEnv> = process.env): string => {
  const path = resolve(given ?? (env['GOPLUGIN_DIR'] || join(homedir(), DEFAULT_FILE)));
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats?.isDirectory() === true) {
    const inside = FILES_OF_FOLDERS.map((name) => join(path, name)).find(
      (file) => statSync(file, { throwIfNoEntry: false }) !== undefined,
    );
    return inside ?? refuse(path, `it is a folder without ${FILES_OF_FOLDERS.join(' or ')}: create one.`);
  }
  return stats === undefined
    ? refuse(path, 'the file does not exist: create it, or set GOPLUGIN_DIR to another file.')
    : path;
};

/**
 * Reads a configuration of quadroops: `[plugins.…]` and `[hosts.…]`, or `[plugin]` in a plugin's own `goplugin.toml`.
 *
 * Throws `PlugwireUsageError` `bad_source`. The message names the wrong key.
 */
export const readGopluginFile = (given?: string): GopluginFile => {
  const file = findGopluginFile(given);
  const read = form.safeParse(parse(file));
  if (!read.success) {
    const [issue] = read.error.issues;
    return refuse(file, `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'it is not valid'}.`);
  }
  const { settings, plugins, hosts, plugin: own } = read.data;
  const entries = new Map(Object.entries(plugins).map(([name, entry]) => [name, toEntry(name, entry)]));
  const allowed = new Map(Object.entries(hosts).map(([name, host]) => [name, host.plugins]));
  if (own !== undefined) {
    entries.set(own.name, toEntry(own.name, own));
    for (const host of own.hosts) allowed.set(host, [...(allowed.get(host) ?? []), own.name]);
  }
  return { file, debug: settings.debug, plugins: entries, hosts: allowed };
};

const parse = (file: string): unknown => {
  try {
    return getStaticTOMLValue(parseTOML(readFileSync(file, 'utf8')));
  } catch (error) {
    return refuse(file, `it is not TOML (${error instanceof Error ? error.message : 'unreadable'}).`);
  }
};

const toEntry = (name: string, entry: z.output<typeof plugin>): GopluginEntry => ({
  name,
  author: entry.author,
  sha256: entry.sha256?.toLowerCase(),
  md5: entry.md5?.toLowerCase(),
  exec: entry.exec,
  execArgs: entry.exec_args,
  execFile: entry.exec_file ?? entry.exec,
  execTime: entry.exec_time === 0 ? DEFAULT_EXEC_TIME : entry.exec_time,
  commType: entry.comm_type,
  commPort: entry.comm_port,
});
