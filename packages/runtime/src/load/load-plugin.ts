import {
  buildOffer,
  metadataExpiry,
  type HandshakeAccept,
  type PluginIdentity,
  type PluginMetadata,
} from '@plugwire/wire';

import { clock } from '../clock.ts';
import { type CompiledModule, compileModules } from './compile-modules.ts';
import { performHandshake } from './handshake.ts';
import type { GuardedSources } from '../host-functions/host-sources.ts';
import type { ResolvedLimits } from '../limits.ts';
import { loadError } from './load-error.ts';
import { createDispatchLog } from '../observe/dispatch-log.ts';
import { SILENT_LOG } from '../observe/guest-log.ts';
import type { HostMetrics } from '../observe/host-metrics.ts';
import { type HostLogger, LOG_TARGETS, writeLog } from '../observe/logger.ts';
import type { DispatchEntry } from '../plugin/dispatch.ts';
import { createPlugin, type Plugin } from '../plugin/plugin.ts';
import { openPluginResources } from '../plugin/plugin-resources.ts';
import { startRehearsal } from './rehearse.ts';
import { inLoadLane, loadTurns } from '../prepare/module-preparer.ts';
import type { WasiSettings } from '../wasi/parse-wasi.ts';
import { parseIdentity } from './read-identity.ts';
import type { ModuleBytes, PluginSource } from './read-source.ts';
import { readSource } from './read-source.ts';
import { createGuest, type Guest } from '../sandbox/guest.ts';
import { createGuestService, type InstanceMode } from '../sandbox/guest-service.ts';
import type { GuestRights } from '../sandbox/instance/guest-instance.ts';
import type { HostFunctionTable } from '../sandbox/imports/host-function.ts';
import { type BreakerState, createBreaker } from '../sandbox/breaker/breaker.ts';
import type { BreakerLimits } from '../sandbox/breaker/breaker-limits.ts';
import { performSelfCheck } from './self-check.ts';
import type { PluginStorage } from '../storage/plugin-storage.ts';

/** What a load takes from its host. */
export interface LoadContext {
  /** The host's contracts, without versions negotiated yet. */
  readonly functions: readonly Omit<DispatchEntry, 'version' | 'limits'>[];
  /** The protocol's functions and the host's own. */
  readonly hostFunctions: HostFunctionTable;
  readonly sources: GuardedSources;
  readonly storage: PluginStorage;
  readonly logger: HostLogger | undefined;
  readonly metrics: HostMetrics;
  readonly revealGuestErrors: boolean;
  /** Takes a name, or throws because a live plugin has it. Gives the function that frees it again. */
  claimName(name: string): () => void;
  /** Throws `PlugwireUsageError` `host_closed` once the host is. */
  checkOpen(): void;
}

/** What one plugin is loaded with, checked. */
export interface LoadRequest {
  readonly source: PluginSource;
  readonly name: string | undefined;
  readonly sha256: string | undefined;
  readonly config: ReadonlyMap<string, string>;
  readonly limits: ResolvedLimits;
  readonly breaker: BreakerLimits;
  readonly capabilities: readonly string[];
  readonly wasi: Required<WasiSettings> | undefined;
  readonly instances: InstanceMode;
}

/** The capability whose scope is the operator's name, so that it must be given one. */
const STORAGE = 'storage';

/**
 * Loads a plugin up to its first dispatch: bytes, identity, module, sandbox, handshake, self-check, plugin. Every step that takes
 * long runs in the load thread or in turns of this one (`prepare/`).
 *
 * Throws `PluginLoadError` with the stage that refused it.
 */
export const loadPlugin = async (context: LoadContext, request: LoadRequest): Promise<Plugin> => {
  const { source, sha256, limits } = request;
  // Runs alongside: this thread is idle while a large module is prepared in the load thread.
  const rehearsal = startRehearsal(context.functions);
  const files = await readSource(source, { sha256, moduleBytes: limits.moduleBytes });
  const main = files.find((file) => file.name === 'main') as ModuleBytes;
  const identity = parseIdentity(main.identity, main.bytes);
  const name = nameOf(request, identity);
  const freeName = context.claimName(name);
  try {
    // Only where calls give memory back it is worth what it costs them.
    const metering = { ...limits, shrinkableMemory: request.instances === 'per_call' };
    const modules = await compileModules(files, metering, request.wasi !== undefined);
    const { hostFunctions, sources } = context;
    const { config, wasi } = request;
    const parts = { modules, hostFunctions, sources, config, limits, wasi };
    const guest = await inLoadLane(async () => await createGuest(parts));
    context.checkOpen();
    const metadata = await inLoadLane(async () => await negotiate(context, request, guest, identity));
    context.checkOpen();
    const plugin = await startServing(
      context,
      request,
      guest,
      { name, identity, metadata },
      modules,
      freeName,
    );
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
      'the capability storage is granted, and a store is scoped by the operator’s name: give the option name.',
    );
  }
  return name ?? identity.plugin_name;
};

const REFUSE_ALL: GuestRights = {
  gate: () => 'host_call_refused',
  log: SILENT_LOG,
  caller: Object.freeze({ plugin: undefined }),
};

/** Handshake and self-check share an instance that is thrown away: what they leave behind must not serve. */
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

const startServing = async (
  context: LoadContext,
  { limits, breaker: breakerLimits, instances }: LoadRequest,
  guest: Guest,
  facts: Pick<Plugin, 'name' | 'identity' | 'metadata'>,
  modules: readonly CompiledModule[],
  freeName: () => void,
): Promise<Plugin> => {
  const { name, metadata } = facts;
  const resources = await openPluginResources(context, name, metadata, limits);
  const breaker = createBreaker(
    {
      ...breakerLimits,
      onChange: (state, backoffMs) => logBreaker(context.logger, name, state, backoffMs),
    },
    () => clock.nowMs(),
  );
  const warmed = modules.map((module) => module.warmed);
  const create = async () => await guest.instantiate(resources.rights);
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
  const readUsage = () => ({ ...service.usage(), breaker: breaker.state() });
  return createPlugin(
    facts,
    {
      entries: new Map(entries.map((entry) => [entry.contract, entry])),
      service,
      breaker,
      counts: context.metrics.openPlugin(name, readUsage, resources.metrics),
      log: createDispatchLog(context.logger, name),
      revealGuestErrors: context.revealGuestErrors,
    },
    async () => {
      await resources.close();
      freeName();
    },
  );
};

const logBreaker = (
  logger: HostLogger | undefined,
  plugin: string,
  state: BreakerState,
  backoffMs: number,
): void => {
  const level = state === 'open' ? 'warn' : 'info';
  const fields = { target: LOG_TARGETS.breaker, plugin, state, backoff_ms: backoffMs };
  writeLog(logger, level, fields, `plugin breaker ${state}`);
};
