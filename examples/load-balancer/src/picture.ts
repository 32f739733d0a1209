/**
 * `npm run demo:picture`: draws docs/dashboard.svg from observability/demo-recording.json. With `-- --record`, it first makes a new recording. That
 * runs the demo's operations for one or two minutes while a real Prometheus scrapes them, and stores the values of each panel of the dashboard.
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
