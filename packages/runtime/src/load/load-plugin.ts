import {
  buildOffer,
  metadataExpiry,
  type HandshakeAccept,
  type PluginIdentity,
  type PluginMetadata,
} from '@plugwire/wire';

import { clock } from '../base/clock.ts';
import { type CompiledModule, compileModules } from '../modules/compile-modules.ts';
import { performHandshake } from './handshake.ts';
import type { GuardedSources } from '../host-functions/host-sources.ts';
import { loadError, PluginLoadError } from '../outcomes/load-error.ts';
import type { LoadRequest } from './load-options.ts';
import { publish } from '../observe/channels.ts';
import { SILENT_LOG } from '../observe/guest-log.ts';
import type { HostMetrics } from '../observe/host-metrics.ts';
import { type HostLogger, LOG_TARGETS, writeLog } from '../observe/logger.ts';
import type { DispatchEntry } from '../plugin/dispatch-target.ts';
import { createPlugin, type Plugin, type PluginDetails } from '../plugin/plugin.ts';
import type { PingResult, ServingPlugin } from '../plugin/serving-plugin.ts';
import { replayRecording } from '../plugin/replay-recording.ts';
import { createCallRecorder } from '../recording/call-recorder.ts';
import type { SlotRecords } from '../plugin/slot-records.ts';
import { openPluginResources } from '../plugin/plugin-resources.ts';
import { startRehearsal } from './rehearse.ts';
import { inLoadLane, loadTurns } from '../prepare/module-preparer.ts';
import { parseIdentity } from '../modules/read-identity.ts';
import type { ModuleBytes } from '../modules/read-source.ts';
import { readSource } from '../modules/read-source.ts';
import { createGuest, type Guest } from '../sandbox/guest.ts';
import { createGuestService } from '../sandbox/guest-service.ts';
import type { GuestRights } from '../sandbox/instance/guest-instance.ts';
import type { HostFunctionTable } from '../sandbox/imports/host-function.ts';
import { type BreakerState, createBreaker } from '../breaker/breaker.ts';
import { performSelfCheck } from './self-check.ts';
import { warnOfMisspeltConfig, warnOfUnusedCapabilities } from './warn-of-misspellings.ts';
import type { PluginStorage } from '../storage/plugin-storage.ts';

/** What a load needs of its host. */
export interface LoadContext {
  /** The host's contracts, without negotiated versions. */
  readonly functions: readonly Omit<DispatchEntry, 'version' | 'limits'>[];
  /** The protocol's host functions and the host's own. */
  readonly hostFunctions: HostFunctionTable;
  readonly sources: GuardedSources;
  readonly storage: PluginStorage;
  readonly logger: HostLogger | undefined;
  readonly metrics: HostMetrics;
  readonly revealGuestErrors: boolean;
  /** Reserves a name and opens its records. Throws if a live plugin or a slot has the name. Closing the records frees the name. */
  claimName(name: string): SlotRecords;
  /** The plugins that are loaded now, for the host to close. */
  readonly live: Set<ServingPlugin>;
  /** Throws `PlugwireUsageError` `host_closed` if the host is closed. */
  checkOpen(): void;
}

/** This capability needs an operator's name, because the name is the scope of the store. */
const STORAGE = 'storage';

/**
 * Loads a plugin until it is ready for its first dispatch. The steps are: read the bytes, read the identity, compile, link the sandbox,
 * handshake, self-check. Long steps run in the load thread or in turns of this thread (`prepare/`). With the records of a slot the plugin
 * serves under the slot's name, beside the slot's other plugins.
 *
 * Rejects with `PluginLoadError` if the plugin is refused. Its stage says where.
 */
export const loadPlugin = async (
  context: LoadContext,
  request: LoadRequest,
  slot?: SlotRecords,
): Promise<Plugin> => {
  const { source, sha256, limits } = request;
  // Starts here because this thread is idle while the load thread prepares a large module.
  const rehearsal = startRehearsal(context.functions);
  const files = await readSource(source, { sha256, moduleBytes: limits.moduleBytes });
  const main = files.find((file) => file.name === 'main') as ModuleBytes;
  const identity = parseIdentity(main.identity, main.bytes);
  const records = slot ?? context.claimName(nameOf(request, identity));
  const freeName = slot === undefined ? records.close : () => undefined;
  try {
    // Shrinkable memory makes calls slower, so it is used only if calls release memory.
    const metering = { ...limits, shrinkableMemory: request.instances === 'per_call' };
    const modules = await compileModules(files, metering, request.wasi !== undefined);
    const { hostFunctions, sources } = context;
    const { wasi } = request;
    const config = warnOfMisspeltConfig(request.config, context.logger, records.name);
    const parts = { modules, hostFunctions, sources, config, limits, wasi };
    const guest = await inLoadLane(async () => await createGuest(parts));
    context.checkOpen();
    const known = knownMetadata(context, request, identity);
    const metadata =
      known ?? (await inLoadLane(async () => await negotiate(context, request, guest, identity)));
    context.checkOpen();
    const details = { name: records.name, identity, metadata, sha256: main.sha256 };
    const { negotiated_capabilities: required } = metadata;
    warnOfUnusedCapabilities(request.capabilities, required, hostFunctions, context.logger, records.name);
    const plugin = await startServing(context, request, guest, { details, records, modules, freeName });
    await rehearsal.end();
    return plugin;
  } catch (error) {
    freeName();
    throw error;
  }
};

const nameOf = ({ name, capabilities }: LoadRequest, identity: PluginIdentity): string => {
  if (name === undefined && capabilities.includes(STORAGE)) {
    throw loadError(
      'identity',
      'name_required',
      'the capability storage is granted, but the option name is missing: expected a name, because it is the scope of the store. Give one.',
    );
  }
  return name ?? identity.plugin_name;
};

const REFUSE_ALL: GuestRights = {
  gate: () => 'host_call_refused',
  log: SILENT_LOG,
  caller: Object.freeze({ plugin: undefined }),
};

/** Returns the metadata of an earlier load, if it fits what this host offers and grants now. */
const knownMetadata = (
  { functions }: LoadContext,
  { metadata, capabilities }: LoadRequest,
  identity: PluginIdentity,
): PluginMetadata | undefined => {
  if (metadata === undefined || !metadata.self_check_passed || metadata.expires_at <= unixSecs())
    return undefined;
  const isOffered = ([name, version]: [string, number]): boolean =>
    functions.some(({ contract }) => contract.name === name && contract.versions.includes(version));
  const fits =
    metadata.identity.plugin_name === identity.plugin_name &&
    metadata.identity.plugin_version === identity.plugin_version &&
    Object.entries(metadata.negotiated_functions).every(isOffered) &&
    metadata.negotiated_capabilities.every((capability) => capabilities.includes(capability));
  return fits ? metadata : undefined;
};

/** Runs handshake and self-check in one instance and drops it, so that their state does not reach calls. */
const negotiate = async (
  context: LoadContext,
  { capabilities }: LoadRequest,
  guest: Guest,
  identity: PluginIdentity,
): Promise<PluginMetadata> => {
  const service = createGuestService(await guest.instantiate(REFUSE_ALL));
  const offer = buildOffer(
    context.functions.map(({ contract }) => contract),
    capabilities,
  );
  await loadTurns.next();
  const accept = performHandshake(service, guest.functionNames, offer, context.revealGuestErrors);
  const handshakeCompletedAt = unixSecs();
  await loadTurns.next();
  performSelfCheck(
    service,
    guest.functionNames,
    Object.keys(accept.chosen_versions),
    handshakeCompletedAt,
    context.revealGuestErrors,
  );
  return createMetadata(identity, accept, handshakeCompletedAt);
};

const unixSecs = (): number => Math.floor(clock.unixMs() / 1000);

const createMetadata = (
  identity: PluginIdentity,
  accept: HandshakeAccept,
  handshakeCompletedAt: number,
): PluginMetadata =>
  Object.freeze({
    identity,
    negotiated_functions: Object.freeze({ ...accept.chosen_versions }),
    negotiated_capabilities: Object.freeze([...new Set(accept.required_capabilities)].toSorted()),
    handshake_completed_at: handshakeCompletedAt,
    self_check_passed: true,
    self_check_completed_at: unixSecs(),
    expires_at: metadataExpiry(handshakeCompletedAt),
  });

/** The parts of a plugin that is about to serve. */
interface Serving {
  readonly details: PluginDetails;
  readonly records: SlotRecords;
  readonly modules: readonly CompiledModule[];
  freeName(): void;
}

const startServing = async (
  context: LoadContext,
  { limits, breaker: breakerLimits, instances, storageScope, recordings }: LoadRequest,
  guest: Guest,
  { details, records, modules, freeName }: Serving,
): Promise<Plugin> => {
  const { name, metadata } = details;
  const owner = { name, storageScope: storageScope ?? name, counters: records.counts.guest };
  const resources = await openPluginResources(context, owner, metadata, limits);
  const breaker = createBreaker(
    {
      ...breakerLimits,
      onChange: (state, backoffMs) => logBreaker(context.logger, name, state, backoffMs),
    },
    () => clock.nowMs(),
  );
  const warmed = modules.map((module) => module.warmed);
  const recorder = createCallRecorder(recordings, {
    plugin: name,
    pluginVersion: details.identity.plugin_version,
    sha256: details.sha256,
  });
  const rights: GuestRights =
    recorder === undefined ? resources.rights : { ...resources.rights, intercept: recorder.intercept };
  const create = async () => await guest.instantiate(rights);
  const [instance] = await Promise.all([inLoadLane(create), ...warmed]).catch(async (error: unknown) => {
    await resources.close();
    throw error;
  });
  const service = createGuestService(instance, { mode: instances, breaker });
  const entries = context.functions.map(({ contract, ladder }): DispatchEntry => {
    const version = Object.hasOwn(metadata.negotiated_functions, contract.name)
      ? metadata.negotiated_functions[contract.name]
      : undefined;
    return { contract, ladder, version, limits: limits.forFunction(contract.name) };
  });
  const byContract = new Map(entries.map((entry) => [entry.contract, entry]));
  const replaying = { guest, gate: rights.gate, entries: byContract, instances, rules: recordings };
  const plugin = createPlugin(details, records, {
    entries: byContract,
    recorder,
    replay: async (recording, options) => await replayRecording(replaying, recording, options),
    service,
    breaker,
    revealGuestErrors: context.revealGuestErrors,
    ping: async () => await ping(guest, metadata, context.revealGuestErrors),
    onClose: async () => {
      await resources.close();
      freeName();
      context.live.delete(plugin);
    },
  });
  context.live.add(plugin);
  return plugin;
};

/** Repeats the self-check in an instance that is dropped afterwards. */
const ping = async (
  guest: Guest,
  metadata: PluginMetadata,
  revealGuestErrors: boolean,
): Promise<PingResult> => {
  const functions = Object.keys(metadata.negotiated_functions);
  try {
    await inLoadLane(async () => {
      const service = createGuestService(await guest.instantiate(REFUSE_ALL));
      await loadTurns.next();
      performSelfCheck(service, guest.functionNames, functions, unixSecs(), revealGuestErrors);
    });
    return { ok: true };
  } catch (error) {
    if (!(error instanceof PluginLoadError)) throw error;
    const { code, message } = error;
    const stage = error.stage === 'self_check' ? 'self_check' : 'instantiate';
    return { ok: false, stage, code, message };
  }
};

/** Logs and publishes a state change of a breaker. */
export const logBreaker = (
  logger: HostLogger | undefined,
  plugin: string,
  state: BreakerState,
  backoffMs: number,
): void => {
  const level = state === 'open' ? 'warn' : 'info';
  const fields = { target: LOG_TARGETS.breaker, plugin, state, backoff_ms: backoffMs };
  writeLog(logger, level, fields, `plugin breaker ${state}`);
  publish('breaker', () => ({ plugin, state, backoffMs }));
};
