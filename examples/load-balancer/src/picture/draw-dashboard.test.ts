import { readFileSync } from 'node:fs';

import { describe, expect, it } from 'vitest';

import { drawDashboard } from './draw-dashboard.ts';
import { PICTURE_FILE, readDashboard, readRecording, RECORDING_FILE } from './recording.ts';
import { writeRecording } from './write-recording.ts';

describe('docs/dashboard.svg', () => {
  const dashboard = readDashboard();
  const recording = readRecording();

  it('is drawn from the committed recording (if not, run npm run demo:picture)', () => {
    expect(readFileSync(PICTURE_FILE, 'utf8')).toBe(drawDashboard(dashboard, recording));
  });

  it('has a recording of every panel (if not, run npm run demo:picture -- --record)', () => {
    expect(Object.keys(recording.panels)).toEqual(dashboard.panels.map(({ id }) => String(id)));
    expect(readFileSync(RECORDING_FILE, 'utf8')).toBe(writeRecording(recording));
  });

  it('shows three versions of a plugin and a canary that failed', () => {
    expect(recording.operations.map(({ name }) => name)).toEqual(['edited', 'canary', 'rolled-back']);
    const seriesOf = (title: string) => {
      const panel = dashboard.panels.find((each) => each.title === title) ?? expect.fail(`no panel ${title}`);
      return recording.panels[panel.id] ?? [];
    };
    const versions = seriesOf('Versions').filter(({ labels }) => labels['plugin'] === 'shaper');
    expect(versions.map(({ labels }) => labels['version'])).toEqual(['1.0.0', '1.1.0', '1.2.0']);
    expect(seriesOf('Failed dispatches')).toMatchObject([
      { labels: { plugin: 'shaper', function: 'shape', stage: 'plugin_call', code: 'unreachable' } },
    ]);
  });
});
