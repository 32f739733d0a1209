import { readFileSync } from 'node:fs';

/** The values that a dashboard showed during a run of the demo. */
export interface Recording {
  /** The day, such as 2026-11-27. */
  readonly date: string;
  readonly requests: number;
  readonly seconds: number;
  /** The operations, with their times in seconds from the start. */
  readonly operations: readonly { readonly name: string; readonly atSeconds: number }[];
  /** The time between two values of a series. */
  readonly stepSeconds: number;
  /** The series of each panel, by its id. */
  readonly panels: Readonly<Record<string, readonly RecordedSeries[]>>;
}

export interface RecordedSeries {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** One value for each step; `null` if there is none. */
  readonly values: readonly (number | null)[];
}

/** The parts of a Grafana dashboard that are used here. */
export interface Dashboard {
  readonly title: string;
  readonly panels: readonly Panel[];
}

export interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  /** The position, in 24 columns and in rows. */
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

/** The recording, and the picture that is drawn from it. */
export const RECORDING_FILE = atRoot('observability/demo-recording.json');
export const PICTURE_FILE = atRoot('docs/dashboard.svg');

/** Reads observability/dashboard.json, which operators import. */
export const readDashboard = (): Dashboard => readJson(atRoot('observability/dashboard.json')) as Dashboard;

/** Reads the committed recording. */
export const readRecording = (): Recording => readJson(RECORDING_FILE) as Recording;
