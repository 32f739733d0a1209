/**
 * `npm run demo:picture`: draws docs/dashboard.svg from observability/demo-recording.json. With `-- --record` it first makes the recording anew:
 * the demo's operations under a real Prometheus, for a minute or two, and what it says for each panel of the dashboard.
 */
import { writeFileSync } from 'node:fs';

import { drawDashboard } from './picture/draw-dashboard.ts';
import { recordDashboard } from './picture/record-dashboard.ts';
import { PICTURE_FILE, readDashboard, readRecording, RECORDING_FILE } from './picture/recording.ts';
import { writeRecording } from './picture/write-recording.ts';

const dashboard = readDashboard();
if (process.argv.includes('--record'))
  writeFileSync(RECORDING_FILE, writeRecording(await recordDashboard(dashboard)));
writeFileSync(PICTURE_FILE, drawDashboard(dashboard, readRecording()));
