import { isUtf8 } from 'node:buffer';
import { readFileSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

import { hintAt } from '@plugwire/wire';
import { type AST, getStaticTOMLValue, ParseError, parseTOML } from 'toml-eslint-parser';
import type { z } from 'zod';

import { checkHosts, type HostForms } from './check-hosts.ts';
import { type ConfigCode, ConfigError, type ConfigIssue } from './config-error.ts';
import { checkSources } from './check-sources.ts';
import { CONFIG_KEYS, type ConfigForm, configForm } from './config-form.ts';
import { createFindLine, type FindLine } from './key-lines.ts';
import type { PluginConfig, PlugwireConfig } from './plugwire-config.ts';

/** The configuration file in the working directory. It is used if neither a path nor `PLUGWIRE_CONFIG` is given. */
export const DEFAULT_CONFIG_FILE = 'plugwire.toml';
/** The largest size of a configuration file, in bytes. */
const MOST_BYTES = 4 * 1024 * 1024;

/**
 * Returns the absolute path of the configuration file: the given path, or else `PLUGWIRE_CONFIG`, or else `plugwire.toml`.
 *
 * @example
 * findConfigFile(undefined, { PLUGWIRE_CONFIG: '/etc/plugwire.toml' }); // '/etc/plugwire.toml'
 */
export const findConfigFile = (path?: string, env: Readonly<NodeJS.ProcessEnv> = process.env): string =>
  resolve(path ?? (env['PLUGWIRE_CONFIG'] || DEFAULT_CONFIG_FILE));

/**
 * Reads and checks the configuration file. Paths in it become absolute. Plugins are not loaded. With `hosts`, the file must have these hosts,
 * and they may have only the roles and chains that are listed.
 *
 * Throws {@link ConfigError} with the file, and with the line and the key of each problem.
 *
 * @example
 * const config = readConfig('plugwire.toml');
 * config.plugins.greeter?.path; // '/srv/plugins/greeter.wasm'
 */
export const readConfig = (path?: string, hosts?: HostForms): PlugwireConfig => {
  const file = findConfigFile(path);
  return parseConfigText(readText(file), file, hosts);
};

/** Like {@link readConfig} for a text. Messages name `file`, and paths are relative to its folder. */
export const parseConfigText = (text: string, file: string, hosts: HostForms = {}): PlugwireConfig => {
  const program = parse(text, file);
  const findLine = createFindLine(program);
  const value = getStaticTOMLValue(program);
  const result = configForm.safeParse(value);
  const wrong = [...(result.error?.issues ?? []).map(withHint), ...checkSources(value)];
  if (!result.success || wrong.length > 0) {
    const issues = wrong.map(({ path, message }) => issueAt(findLine, path, sentence(message)));
    throw new ConfigError('invalid', file, issues);
  }
  const issues = checkHosts(result.data, hosts).map(({ path, message }) => issueAt(findLine, path, message));
  if (issues.length > 0) throw new ConfigError('invalid', file, issues);
  return toConfig(result.data, file);
};

const refuse = (code: ConfigCode, file: string, message: string, line?: number): never => {
  throw new ConfigError(code, file, [{ line, key: '', message }]);
};

const readText = (file: string): string => {
  let bytes: Buffer;
  try {
    const stats = statSync(file);
    if (!stats.isFile()) return refuse('unreadable', file, 'it is not a file: give the path of a TOML file.');
    if (stats.size > MOST_BYTES)
      return refuse(
        'too_large',
        file,
        `it has ${stats.size} bytes, expected at most ${MOST_BYTES}: check that it is the right file.`,
      );
    bytes = readFileSync(file);
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    const { code } = error as NodeJS.ErrnoException;
    return code === 'ENOENT'
      ? refuse('not_found', file, 'the file does not exist: create it, or name another with PLUGWIRE_CONFIG.')
      : refuse('unreadable', file, `it cannot be read (${String(code)}): check its permissions.`);
  }
  if (!isUtf8(bytes)) return refuse('not_utf8', file, 'it is not UTF-8: save it as UTF-8 text.');
  return bytes.toString('utf8').replace(/^\uFEFF/, '');
};

const parse = (text: string, file: string): AST.TOMLProgram => {
  try {
    return parseTOML(text);
  } catch (error) {
    if (!(error instanceof ParseError)) throw error;
    return refuse('not_toml', file, `it is not TOML: ${error.message}.`, error.lineNumber);
  }
};

/** Converts an issue of zod. The message for an unknown key suggests a known one. */
const withHint = (issue: z.core.$ZodIssue): Pick<z.core.$ZodIssue, 'path' | 'message'> => {
  const { path, message } = issue;
  if (issue.code !== 'unrecognized_keys') return issue;
  const hint = issue.keys.map((key) => hintAt(key, CONFIG_KEYS)).join('');
  return { path, message: hint === '' ? message : `${message}.${hint}` };
};

const sentence = (message: string): string => (/[.?]$/.test(message) ? message : `${message}.`);

const issueAt = (findLine: FindLine, path: readonly PropertyKey[], message: string): ConfigIssue => ({
  line: findLine(path),
  key: path.map(String).join('.'),
  message,
});

const toConfig = ({ plugins, hosts }: ConfigForm, file: string): PlugwireConfig => {
  const folder = dirname(file);
  const pluginEntries = Object.entries(plugins).map(
    ([name, { path, sha256, storage_scope: scope, ...rest }]) => {
      const plugin = {
        ...rest,
        ...(path === undefined ? {} : { path: resolve(folder, path) }),
        ...(sha256 === undefined ? {} : { sha256: sha256.toLowerCase() }),
        ...(scope === undefined ? {} : { storageScope: scope }),
      };
      return [name, plugin as PluginConfig] as const;
    },
  );
  return {
    file,
    plugins: Object.fromEntries(pluginEntries),
    hosts,
  };
};
