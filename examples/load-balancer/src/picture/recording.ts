import { readFileSync } from 'node:fs';

/** What a dashboard showed during a run of the demo: what is drawn, and nothing else. */
export interface Recording {
  /** The day, such as 2026-11-27. */
  readonly date: string;
  readonly requests: number;
  readonly seconds: number;
  /** What the operator did, and when: seconds from the beginning. */
  readonly operations: readonly { readonly name: string; readonly atSeconds: number }[];
  /** Between two values of a series. */
  readonly stepSeconds: number;
  /** By the panels' ids. */
  readonly panels: Readonly<Record<string, readonly RecordedSeries[]>>;
}

export interface RecordedSeries {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** One for each step; `null` where there was none. */
  readonly values: readonly (number | null)[];
}

/** What is read of a Grafana dashboard. */
export interface Dashboard {
  readonly title: string;
  readonly panels: readonly Panel[];
}

export interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  /** In columns, of which there are 24, and in rows. */
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly fieldConfig: {
    readonly defaults: { readonly unit: string; readonly mappings?: readonly ValueMapping[] };
  };
  readonly targets: readonly { readonly expr: string; readonly legendFormat: string }[];
}

interface ValueMapping {
  readonly options: Readonly<Record<string, { readonly text: string; readonly color: string }>>;
}

const atRoot = (path: string): URL => new URL(`../../../../${path}`, import.meta.url);
const readJson = (url: URL): unknown => JSON.parse(readFileSync(url, 'utf8'));

/** Where the recording of the picture is, and the picture. */
export const RECORDING_FILE = atRoot('observability/demo-recording.json');
export const PICTURE_FILE = atRoot('docs/dashboard.svg');

/** Reads the dashboard that operators import. */
export const readDashboard = (): Dashboard => readJson(atRoot('observability/dashboard.json')) as Dashboard;

/** Reads the recording that is published. */
export const readRecording = (): Recording => readJson(RECORDING_FILE) as Recording;
