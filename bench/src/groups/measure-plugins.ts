import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

import { EFFORTS } from '../measure.ts';
import type { PluginsResult } from '../results.ts';
import type { MeasureGroup } from './group.ts';

const PLUGINS = { full: 1_000, quick: 50 } as const;

/** Many plugins in a process of their own, whose memory nothing else has used before. */
export const measurePlugins: MeasureGroup<'plugins'> = async (effort, progress) => {
  const plugins = effort === EFFORTS.quick ? PLUGINS.quick : PLUGINS.full;
  progress(`loading ${plugins}`);
  const path = fileURLToPath(new URL('load-many-plugins.js', import.meta.url));
  const child = fork(path, [String(plugins)], { execArgv: ['--expose-gc'] });
  const [result] = (await once(child, 'message')) as [PluginsResult];
  return result;
};
