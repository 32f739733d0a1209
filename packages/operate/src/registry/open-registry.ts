import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';

import { hashOffer, type HostLogger } from '@plugwire/runtime';
import { buildOffer, describeContract, type PluginMetadata, type WireFunction } from '@plugwire/wire';

import { clock } from '../base/clock.ts';
import { OperateError } from '../base/operate-error.ts';
import { openDisabledNames } from './disabled-names.ts';
import { readRecord, REGISTRY_VERSION, type RegistryRecord } from './registry-record.ts';
import { RUNTIME_VERSION } from './runtime-version.ts';
import { TEMPORARY_PREFIX, writeAtomically } from './write-atomically.ts';

/** Options of {@link openRegistry}. */
export interface RegistryOptions {
  /** The folder. It is created if it does not exist. Several processes may share one. */
  readonly folder: string;
  /** The contracts of the host. A record is used only if the contracts are the same. */
  readonly functions: readonly WireFunction[];
  readonly logger?: HostLogger;
}

/** A loaded module to register. */
export interface Registration {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly capabilities: readonly string[];
  readonly metadata: PluginMetadata;
}

/** Stores modules and their metadata in a folder. */
export interface Registry {
  readonly folder: string;
  /**
   * Returns the metadata of an earlier load of these bytes. It must be at most seven days old, with the same offer, contracts and runtime. A
   * load with this metadata skips the handshake and the self-check. Never rejects.
   */
  find(sha256: string, capabilities: readonly string[]): Promise<PluginMetadata | undefined>;
  /**
   * Stores a module and its record. Each digest is registered once. If it is registered under another name, returns that name. Never rejects:
   * if the folder cannot be written, this is logged and the plugin still serves.
   */
  register(registration: Registration): Promise<string | undefined>;
  /** Returns the bytes of a stored module after checking their hash. Returns `undefined` if they are missing or changed. Never rejects. */
  readModule(sha256: string): Promise<Uint8Array | undefined>;
  /** Returns whether a name is disabled across restarts. Changes by other processes since the opening are not included. */
  isDisabled(name: string): boolean;
  /** Stores whether a name is disabled across restarts. Rejects with the error of the file system. */
  setDisabled(name: string, isDisabled: boolean): Promise<void>;
  /** Returns the records that can be used now. Rejects with the error of the file system. */
  list(): Promise<readonly RegistryRecord[]>;
}

/** Incomplete files of killed processes are removed after an hour. */
const ABANDONED_MS = 3_600_000;
const LOG_TARGET = 'cc_lb_plugin.operate';

/**
 * Opens a registry in a folder.
 *
 * Rejects with `OperateError` `registry_unusable` if the folder cannot be created, or if it was written by another version of Plugwire.
 *
 * @example
 * const registry = await openRegistry({ folder: '/var/lib/plugwire', functions: [greet] });
 * const operator = createOperator({ host, registry });
 */
export const openRegistry = async ({ folder, functions, logger }: RegistryOptions): Promise<Registry> => {
  const modules = join(folder, 'modules');
  const records = join(folder, 'records');
  await prepareFolder(folder, [modules, records]);
  const marks = await openDisabledNames(join(folder, 'disabled'));
  const fingerprints = Object.fromEntries(
    functions.map((contract) => [contract.name, describeContract(contract).fingerprint]),
  );
  const offerHashOf = (capabilities: readonly string[]): string =>
    hashOffer(buildOffer(functions, capabilities));

  const recordOf = async (sha256: string): Promise<RegistryRecord | undefined> => {
    const text = await readFile(join(records, `${sha256}.json`), 'utf8').catch(() => undefined);
    const record = text === undefined ? undefined : readRecord(text, clock.unixMs());
    return record?.sha256 === sha256 ? record : undefined;
  };

  const isCurrent = (record: RegistryRecord, capabilities: readonly string[]): boolean =>
    record.runtime === RUNTIME_VERSION &&
    record.offerHash === offerHashOf(capabilities) &&
    isDeepStrictEqual(record.fingerprints, fingerprints);

  const store = async ({
    name,
    bytes,
    capabilities,
    metadata,
  }: Registration): Promise<string | undefined> => {
    const sha256 = hashOf(bytes);
    const known = await recordOf(sha256);
    if (known !== undefined && isCurrent(known, capabilities))
      return known.name === name ? undefined : known.name;
    // The module is written first, because a record without a module is useless.
    await writeAtomically(join(modules, `${sha256}.wasm`), bytes, 'first_wins');
    const record: RegistryRecord = {
      registryVersion: REGISTRY_VERSION,
      sha256,
      name: known?.name ?? name,
      metadata,
      offerHash: offerHashOf(capabilities),
      fingerprints,
      runtime: RUNTIME_VERSION,
      registeredAtUnixMs: clock.unixMs(),
    };
    await writeAtomically(
      join(records, `${sha256}.json`),
      `${JSON.stringify(record, null, 2)}\n`,
      'replaces',
    );
    return known === undefined || known.name === name ? undefined : known.name;
  };

  return {
    folder,
    isDisabled: marks.has,
    setDisabled: marks.set,
    find: async (sha256, capabilities) => {
      const record = await recordOf(sha256);
      return record !== undefined && isCurrent(record, capabilities) ? record.metadata : undefined;
    },
    register: async (registration) => {
      const { name: plugin } = registration;
      try {
        const knownAs = await store(registration);
        if (knownAs !== undefined)
          logger?.info(
            { target: LOG_TARGET, plugin, known_as: knownAs },
            'module is known under another name',
          );
        return knownAs;
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        logger?.warn({ target: LOG_TARGET, plugin, code }, 'module could not be registered');
        return undefined;
      }
    },
    readModule: async (sha256) => {
      const bytes = await readFile(join(modules, `${sha256}.wasm`)).catch(() => undefined);
      return bytes !== undefined && hashOf(bytes) === sha256 ? new Uint8Array(bytes) : undefined;
    },
    list: async () => {
      const found = await Promise.all(
        (await readdir(records))
          .filter((file) => file.endsWith('.json') && !file.startsWith(TEMPORARY_PREFIX))
          .map(async (file) => await recordOf(file.slice(0, -'.json'.length))),
      );
      return found.filter((record) => record !== undefined);
    },
  };
};

const hashOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

const prepareFolder = async (folder: string, parts: readonly string[]): Promise<void> => {
  const marker = join(folder, 'registry.json');
  try {
    for (const part of parts) await mkdir(part, { recursive: true });
    const written = await readFile(marker, 'utf8').catch(() => undefined);
    if (written === undefined) {
      await writeAtomically(
        marker,
        `${JSON.stringify({ registryVersion: REGISTRY_VERSION })}\n`,
        'first_wins',
      ).catch(
        // A read-only folder can still be read.
        () => undefined,
      );
    } else if (versionOf(written) !== REGISTRY_VERSION) {
      throw new OperateError(
        'registry_unusable',
        `the registry in ${folder} has another version than the expected ${REGISTRY_VERSION}: use another folder, or empty this one.`,
      );
    }
    await removeAbandoned(parts);
  } catch (error) {
    if (error instanceof OperateError) throw error;
    const { code } = error as NodeJS.ErrnoException;
    throw new OperateError(
      'registry_unusable',
      `the registry in ${folder} cannot be used (${String(code)}): check that it is a folder that this user may write.`,
    );
  }
};

const versionOf = (text: string): unknown => {
  try {
    return (JSON.parse(text) as { readonly registryVersion?: unknown } | null)?.registryVersion;
  } catch {
    return undefined;
  }
};

const removeAbandoned = async (folders: readonly string[]): Promise<void> => {
  for (const folder of folders) {
    for (const file of await readdir(folder)) {
      if (!file.startsWith(TEMPORARY_PREFIX)) continue;
      const path = join(folder, file);
      const stats = await stat(path).catch(() => undefined);
      if (stats !== undefined && clock.unixMs() - stats.mtimeMs > ABANDONED_MS)
        await rm(path, { force: true }).catch(() => undefined);
    }
  }
};
