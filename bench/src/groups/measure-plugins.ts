import { EFFORTS } from '../measure.ts';
import type { PluginsResult } from '../results.ts';
import { startProcess } from '../start-process.ts';
import type { MeasureGroup } from './group.ts';

const PLUGINS = { full: 1_000, quick: 50 } as const;

/** Loads many plugins in a separate process, whose memory nothing else has used before. */
export const measurePlugins: MeasureGroup<'plugins'> = async (effort, progress) => {
  const plugins = effort === EFFORTS.quick ? PLUGINS.quick : PLUGINS.full;
  progress(`loading ${plugins}`);
  const script = new URL('load-many-plugins.js', import.meta.url);
  const child = await startProcess<PluginsResult>(script, [String(plugins)]);
  await child.stop();
  return child.message;
};
