import type { Results, SubjectName } from '../results.ts';
import { digits, sizeText } from './markdown-table.ts';
import { mainAt } from './targets.ts';

/** The subjects in the picture, with names that are shorter than in tables. */
const NAMES = {
  floor: 'the floor, no plugin',
  sync: 'Plugwire',
  extism: 'Extism, foreground',
  piscina: 'worker pool (piscina)',
  extismWorker: 'Extism, worker',
  grpc: 'gRPC, unix socket',
} as const satisfies Partial<Record<SubjectName, string>>;

const OURS = 'sync' satisfies keyof typeof NAMES;
const PAYLOADS = [1024, 16 * 1024] as const;

const WIDTH = 760;
const LEFT = 170;
const RIGHT = 70;
const TOP = 62;
const ROW = 44;
const BAR = 16;

interface Bar {
  readonly subject: keyof typeof NAMES;
  readonly payload: number;
  readonly medianUs: number;
}

/** Draws the main scenario as bars on a logarithmic scale. It needs no script and no font, and follows the reader's colour scheme. */
export const drawSvg = (results: Results): string => {
  const bars = collectBars(results);
  const subjects = (Object.keys(NAMES) as (keyof typeof NAMES)[]).filter((name) =>
    bars.some(({ subject }) => subject === name),
  );
  const decades = findDecades(bars);
  const [least = 0] = decades;
  const scale = (WIDTH - LEFT - RIGHT) / Math.max(1, decades.length - 1);
  const x = (us: number): number => LEFT + (Math.log10(us) - least) * scale;
  const bottom = TOP + subjects.length * ROW;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${bottom + 34}" role="img" aria-labelledby="title">`,
    '<title id="title">Microseconds of one round trip, by peer and payload: shorter is better</title>',
    `<style>${STYLE}</style>`,
    `<text class="head" x="16" y="26">One round trip of the load balancer’s “shaped” object: median µs on a logarithmic scale, shorter is better</text>`,
    ...PAYLOADS.map((payload, at) => drawLegend(payload, at)),
    ...decades.map((decade) => drawDecade(x(10 ** decade), bottom, 10 ** decade)),
    ...subjects.map(
      (subject, row) =>
        `<text class="${subject === OURS ? 'name own' : 'name'}" x="${LEFT - 12}" y="${TOP + row * ROW + ROW / 2 + 4}">${NAMES[subject]}</text>`,
    ),
    ...bars.map((bar) => drawBar(bar, subjects.indexOf(bar.subject), x)),
    '</svg>',
    '',
  ].join('\n');
};

/** Colours that are readable on white and on black. Plugwire's name is also bold, so that colour is not the only mark. */
const STYLE = [
  'text{font:13px system-ui,sans-serif;fill:#1f2328}',
  '.head,.own{font-weight:600}.name{text-anchor:end}.tick{text-anchor:middle;font-size:11px}',
  'line{stroke:#d1d9e0}.p0{fill:#0969da}.p1{fill:#54aeff}.p0.ours{fill:#1a7f37}.p1.ours{fill:#4ac26b}',
  '@media(prefers-color-scheme:dark){text{fill:#f0f6fc}line{stroke:#3d444d}',
  '.p0{fill:#4493f8}.p1{fill:#1f4f8f}.p0.ours{fill:#3fb950}.p1.ours{fill:#1d6b34}}',
].join('');

const collectBars = (results: Results): Bar[] =>
  PAYLOADS.flatMap((payload) => {
    const times = mainAt(results, payload)?.times ?? {};
    return (Object.keys(NAMES) as (keyof typeof NAMES)[]).flatMap((subject) => {
      const medianUs = times[subject]?.medianUs;
      return medianUs === undefined ? [] : [{ subject, payload, medianUs }];
    });
  });

/** Powers of ten, from below the shortest bar to above the longest. */
const findDecades = (bars: readonly Bar[]): number[] => {
  const logs = bars.map(({ medianUs }) => Math.log10(medianUs));
  const least = Math.floor(Math.min(...logs) - 0.2);
  const most = Math.ceil(Math.max(...logs));
  return bars.length === 0 ? [] : Array.from({ length: most - least + 1 }, (_, at) => least + at);
};

const drawLegend = (payload: number, at: number): string => {
  const left = LEFT + at * 90;
  return `<rect class="p${at}" x="${left}" y="38" width="12" height="12"/><text x="${left + 18}" y="49">${sizeText(payload)}</text>`;
};

const drawDecade = (x: number, bottom: number, us: number): string =>
  `<line x1="${x.toFixed(1)}" y1="${TOP}" x2="${x.toFixed(1)}" y2="${bottom}"/><text class="tick" x="${x.toFixed(1)}" y="${bottom + 18}">${us.toLocaleString('en')} µs</text>`;

const drawBar = ({ subject, payload, medianUs }: Bar, row: number, x: (us: number) => number): string => {
  const at = PAYLOADS.findIndex((known) => known === payload);
  const top = TOP + row * ROW + (ROW - 2 * BAR) / 2 + at * BAR;
  const mark = subject === OURS ? `p${at} ours` : `p${at}`;
  return [
    `<rect class="${mark}" x="${LEFT}" y="${top}" width="${(x(medianUs) - LEFT).toFixed(1)}" height="${BAR - 2}"/>`,
    `<text class="tick" style="text-anchor:start" x="${(x(medianUs) + 6).toFixed(1)}" y="${top + BAR - 5}">${digits(medianUs)}</text>`,
  ].join('');
};
