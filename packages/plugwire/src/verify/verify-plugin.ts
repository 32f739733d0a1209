import type { Sandbox } from '@plugwire/runtime';

import type { Progress } from '../output/progress.ts';
import type { OpenedPlugin, ServedFunction } from '../plugin/open-plugin.ts';
import type { PluginSetup } from '../plugin/plugin-options.ts';
import { checkHostileRequests, openForHostileRequests } from './check-hostile-requests.ts';
import { checkMemory } from './check-memory.ts';
import { checkValidRequests, type RequestSettings } from './check-valid-requests.ts';
import { collectFindings, type FindingCollector } from './collect-findings.ts';
import { loadInPhases } from './load-phases.ts';
import { deadlineOf, withPatience } from '../plugin/patience.ts';
import type { FunctionReport, Verification } from './verification.ts';

/** How many requests a verification sends. */
export interface VerifySettings extends Omit<RequestSettings, 'deadlineMs'> {
  /** The most calls of a function while its memory is watched. */
  readonly calls: number;
}

/**
 * Loads a plugin stage by stage. Then sends each of its functions valid requests of every shape, hostile requests, and many of the requests
 * that it accepted. Rejects with `PlugwireUsageError` for invalid options.
 */
export const verifyPlugin = async (
  file: string,
  setup: PluginSetup,
  settings: VerifySettings,
  progress: Progress,
): Promise<Verification> => {
  const findings = collectFindings();
  const patient = withPatience(setup);
  const { opened, phases } = await loadInPhases(file, patient, findings);
  const functions: FunctionReport[] = [];
  if (opened !== undefined) {
    await using plugin = opened;
    using sandbox = await openForHostileRequests(file, patient);
    for (const [at, served] of plugin.functions.entries()) {
      progress.show(at, plugin.functions.length);
      functions.push(await checkFunction({ plugin, sandbox, served, setup, settings, findings }));
    }
  }
  return { file, seed: settings.seed, phases, functions, findings: findings.list() };
};

interface FunctionCheck {
  readonly plugin: OpenedPlugin;
  readonly sandbox: Sandbox;
  readonly served: ServedFunction;
  readonly setup: PluginSetup;
  readonly settings: VerifySettings;
  readonly findings: FindingCollector;
}

const checkFunction = async ({
  plugin: { plugin },
  sandbox,
  served,
  setup,
  settings,
  findings,
}: FunctionCheck): Promise<FunctionReport> => {
  const { name, version } = served;
  const requests = { ...settings, deadlineMs: deadlineOf(setup) };
  const { counts: valid, taken } = await checkValidRequests(plugin, served, requests, findings);
  const hostile = await checkHostileRequests(sandbox, served, findings);
  const { instances, limits } = setup.load;
  const watched = { mostCalls: settings.calls, memoryBytes: limits?.memoryBytes };
  const memory = instances === 'per_call' ? [] : await checkMemory(plugin, served, taken, watched, findings);
  return { name, version, valid, hostile, memory };
};
