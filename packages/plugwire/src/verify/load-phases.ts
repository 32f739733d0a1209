import { readFile } from 'node:fs/promises';

import {
  describeModule,
  LOAD_STAGES,
  type LoadStage,
  type ModuleDescription,
  PluginLoadError,
} from '@plugwire/runtime';

import { messageOf } from '../base/failure.ts';
import { needsOf } from '../inspect/needs-of.ts';
import { showBytes } from '../output/units.ts';
import { type OpenedPlugin, openPlugin } from '../plugin/open-plugin.ts';
import type { PluginSetup } from '../plugin/plugin-options.ts';
import type { FindingCollector } from './collect-findings.ts';
import type { PhaseReport } from './verification.ts';

/** The loaded plugin or the error, and a report of each stage. */
export interface LoadedInPhases {
  readonly opened: OpenedPlugin | undefined;
  readonly phases: readonly PhaseReport[];
}

/**
 * Loads a plugin and reports each stage. A load that exceeded a deadline is tried again, because the machine may be busy. Rejects only with
 * `PlugwireUsageError`.
 */
export const loadInPhases = async (
  file: string,
  setup: PluginSetup,
  findings: FindingCollector,
): Promise<LoadedInPhases> => {
  const module = await describeFile(file);
  try {
    const opened = await openPatiently(file, setup);
    return {
      opened,
      phases: LOAD_STAGES.map((stage) => ({ stage, status: 'ok', detail: detailOf(stage, module, opened) })),
    };
  } catch (error) {
    if (!(error instanceof PluginLoadError)) throw error;
    const { stage, code } = error;
    findings.add({ level: 'error', check: 'load', stage, code, message: messageOf(error) });
    return { opened: undefined, phases: phasesUpTo(stage, module) };
  }
};

/** Handshake and self-check have fixed deadlines, so a late load is tried again. */
const MOST_TRIES = 3;

const openPatiently = async (file: string, setup: PluginSetup, tries = 1): Promise<OpenedPlugin> => {
  try {
    return await openPlugin(file, setup);
  } catch (error) {
    if (!(error instanceof PluginLoadError) || error.code !== 'deadline' || tries === MOST_TRIES) throw error;
    return await openPatiently(file, setup, tries + 1);
  }
};

/** Describes the file, if it can be read. Errors are ignored, because the load reports them. */
const describeFile = async (file: string): Promise<ModuleDescription | undefined> => {
  try {
    const described = describeModule(await readFile(file));
    return described.ok ? described.module : undefined;
  } catch {
    return undefined;
  }
};

const phasesUpTo = (failed: LoadStage, module: ModuleDescription | undefined): readonly PhaseReport[] => {
  const at = LOAD_STAGES.indexOf(failed);
  return LOAD_STAGES.map((stage, place) => {
    const status = place < at ? 'ok' : place === at ? 'failed' : 'not_reached';
    return { stage, status, detail: status === 'ok' ? detailOf(stage, module, undefined) : undefined };
  });
};

const detailOf = (
  stage: LoadStage,
  module: ModuleDescription | undefined,
  opened: OpenedPlugin | undefined,
): string | undefined => {
  if (module === undefined) return undefined;
  const { identity, metering, bytes, imports } = module;
  if (stage === 'read') return showBytes(bytes);
  if (stage === 'identity' && identity.ok)
    return `${identity.identity.plugin_name} ${identity.identity.plugin_version}`;
  if (stage === 'compile' && metering.ok) return `${showBytes(metering.bytes)} metered`;
  if (stage === 'instantiate') return `needs ${needsOf(imports).join('; ') || 'nothing'}`;
  if (stage !== 'handshake' || opened === undefined) return undefined;
  const { negotiated_capabilities: capabilities } = opened.plugin.metadata;
  const functions = opened.functions.map(({ name, version }) => `${name} ${version}`).join(', ');
  return `${functions}${capabilities.length === 0 ? '' : `; requires ${capabilities.join(', ')}`}`;
};
