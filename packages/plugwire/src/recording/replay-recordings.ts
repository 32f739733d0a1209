import { readFile } from 'node:fs/promises';

import {
  createPluginHost,
  type Plugin,
  type Recording,
  type RecordingHeader,
  type ReplayOptions,
  type ReplayReport,
} from '@plugwire/runtime';
import { describeContract } from '@plugwire/wire';

import { CommandError } from '../base/failure.ts';
import type { Progress } from '../output/progress.ts';
import type { PluginSetup } from '../plugin/plugin-options.ts';

/** The result of the replay of one recording. */
export interface ReplayedRecording extends ReplayReport {
  readonly recorded: RecordingHeader;
  /** Whether the contract has changed since the recording. */
  readonly hasOtherContract: boolean;
}

/** The result of the replay of a file. */
export interface Replayed {
  readonly pluginVersion: string;
  readonly sha256: string;
  readonly recordings: readonly ReplayedRecording[];
}

/**
 * Loads a plugin and replays recordings to it. Results of host functions come from the recordings; the host functions of the setup are only
 * declared, and do not run.
 *
 * Rejects with `PluginLoadError` or `PlugwireUsageError`, and with `CommandError` `input` if the replay needs the adapters of the host’s own
 * contracts and only a description is given.
 */
export const replayRecordings = async (
  file: string,
  recordings: readonly Recording[],
  { contracts, hostFunctions, load }: PluginSetup,
  options: ReplayOptions,
  progress: Progress,
): Promise<Replayed> => {
  const { contracts: functions, isOwn } = contracts;
  await using host = createPluginHost({ functions, hostFunctions, revealGuestErrors: true });
  const plugin = await host.load(new Uint8Array(await readFile(file)), load);
  if (!isOwn) for (const { header } of recordings) checkVersion(plugin, header);
  const fingerprints = new Map(functions.map((each) => [each.name, describeContract(each).fingerprint]));
  const replayed: ReplayedRecording[] = [];
  for (const [at, recording] of recordings.entries()) {
    progress.show(at, recordings.length);
    const { header } = recording;
    const report = await plugin.replay(recording, options);
    const hasOtherContract = fingerprints.get(header.function) !== header.fingerprint;
    replayed.push({ recorded: header, hasOtherContract, ...report });
  }
  const { identity, sha256 } = plugin;
  return { pluginVersion: identity.plugin_version, sha256, recordings: replayed };
};

/** Requests are recorded at the newest version. Only the host’s own contracts have the adapters that convert them to older versions. */
const checkVersion = ({ metadata }: Plugin, { function: called, version }: RecordingHeader): void => {
  const negotiated = metadata.negotiated_functions[called];
  if (negotiated === undefined || negotiated === version) return;
  throw new CommandError(
    'input',
    `the calls of ${called} were recorded at version ${version}, but the plugin serves version ${negotiated}. Pass the host’s own contracts (.ts or .js), which have the adapters.`,
    'adapters_needed',
  );
};
