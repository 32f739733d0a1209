import { pino } from 'pino';

import { startDemoUpstreams } from '../demo/demo-upstreams.ts';
import { playOperations } from '../demo/play-operations.ts';
import { type Dashboard, type Panel, type RecordedSeries, type Recording } from './recording.ts';
import { type Prometheus, type QueryRange, startPrometheus } from './start-prometheus.ts';

const STEP_SECONDS = 1;
/** Grafana's value of `$__rate_interval` for a scrape interval of one second. */
const RATE_INTERVAL = '4s';
/** More requests than in the demo, so that each operation lasts several scrapes. */
const REQUESTS_AROUND = 5_000;

/** Runs the operations of the demo while Prometheus scrapes them, then queries the values of each panel of the dashboard. */
export const recordDashboard = async (dashboard: Dashboard): Promise<Recording> => {
  const upstreams = await startDemoUpstreams();
  const opened: { prometheus?: Prometheus } = {};
  const startSeconds = Math.floor(Date.now() / 1000);
  let range: QueryRange = { startSeconds, endSeconds: startSeconds, stepSeconds: STEP_SECONDS };
  const panels: Record<string, readonly RecordedSeries[]> = {};
  const results = await playOperations(upstreams, pino({ level: 'silent' }), {
    requestsAround: REQUESTS_AROUND,
    onOpen: async (admin) => {
      opened.prometheus = await startPrometheus(admin);
      range = { ...range, startSeconds: Math.floor(Date.now() / 1000) };
    },
    onClosing: async () => {
      range = { ...range, endSeconds: Math.floor(Date.now() / 1000) };
      const { prometheus } = opened;
      if (prometheus === undefined) return;
      for (const panel of dashboard.panels) panels[panel.id] = await askPanel(prometheus, panel, range);
      await prometheus.close();
    },
  });
  await Promise.all(upstreams.map(async (upstream) => await upstream.close()));
  return {
    date: new Date().toISOString().slice(0, 10),
    requests: results.reduce((sum, { traffic }) => sum + traffic.sent, 0),
    seconds: range.endSeconds - range.startSeconds,
    operations: results.map(({ operation: { name }, beganAtUnixMs }) => ({
      name,
      atSeconds: Math.round(beganAtUnixMs / 1000 - range.startSeconds),
    })),
    stepSeconds: STEP_SECONDS,
    panels,
  };
};

const askPanel = async (
  prometheus: Prometheus,
  { targets }: Panel,
  range: QueryRange,
): Promise<readonly RecordedSeries[]> => {
  const series: RecordedSeries[] = [];
  for (const { expr, legendFormat } of targets) {
    const expression = expr
      .replaceAll('$__rate_interval', RATE_INTERVAL)
      .replaceAll(/\$(?:plugin|instance)\b/g, '.*');
    for (const { metric, values } of await prometheus.query(expression, range)) {
      const { __name__: _name, job: _job, ...labels } = metric;
      const byStep = new Map(values.map(([seconds, value]) => [seconds - range.startSeconds, Number(value)]));
      const steps = (range.endSeconds - range.startSeconds) / STEP_SECONDS + 1;
      series.push({
        name: legendFormat.replaceAll(/\{\{(\w+)\}\}/g, (_, label: string) => labels[label] ?? ''),
        labels,
        values: Array.from({ length: steps }, (_, step) => shorten(byStep.get(step * STEP_SECONDS))),
      });
    }
  }
  return series.toSorted((one, other) => one.name.localeCompare(other.name, 'en'));
};

/** Rounds to three digits. The picture shows no more. */
const shorten = (value: number | undefined): number | null =>
  value === undefined || !Number.isFinite(value) ? null : Number(value.toPrecision(3));
