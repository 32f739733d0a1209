import { drawPanel } from './draw-panel.ts';
import type { Dashboard, Recording } from './recording.ts';

const COLUMN = 42;
const ROW = 25;
const HEAD = 64;
const MARGIN = 12;
const WIDTH = 24 * COLUMN + 2 * MARGIN;
const GAP = 8;

/**
 * Draws a dashboard with recorded values as SVG. Each panel is at its position in the dashboard. The picture has no scripts and no fonts, and
 * adapts to the light or dark colours of the reader.
 */
export const drawDashboard = ({ title, panels }: Dashboard, recording: Recording): string => {
  const { date, requests, seconds, operations } = recording;
  const bottom = Math.max(...panels.map(({ gridPos: { y, h } }) => y + h));
  const about = `${requests.toLocaleString('en')} requests in ${seconds} s, ${date}: ${operations.map(({ name, atSeconds }) => `${name} at ${atSeconds} s`).join(', ')}`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEAD + bottom * ROW + MARGIN}" role="img" aria-labelledby="title">`,
    `<title id="title">The dashboard “${title}” during the demo: an edit, a canary that is withdrawn, a rollback</title>`,
    `<style>${STYLE}</style>`,
    `<text class="head" x="${MARGIN + 4}" y="28">${title}, during the demo</text>`,
    `<text class="small" x="${MARGIN + 4}" y="48">${about}</text>`,
    ...panels.map((panel) => {
      const { x, y, w, h } = panel.gridPos;
      const box = {
        x: MARGIN + x * COLUMN + GAP / 2,
        y: HEAD + y * ROW + GAP / 2,
        width: w * COLUMN - GAP,
        height: h * ROW - GAP,
      };
      return drawPanel(panel, recording, box);
    }),
    '</svg>',
    '',
  ].join('\n');
};

const COLORS = [
  ['#0969da', '#4493f8'],
  ['#1a7f37', '#3fb950'],
  ['#cf222e', '#f85149'],
  ['#8250df', '#ab7df8'],
  ['#bc4c00', '#f0883e'],
  ['#57606a', '#9198a1'],
] as const;

const paint = (color: string, at: number): string =>
  `polyline.c${at}{stroke:${color}}rect.c${at}{fill:${color}}`;

/** Colours for light and dark backgrounds. The order in the legend also distinguishes the lines. */
const STYLE = [
  'text{font:11px system-ui,sans-serif;fill:#1f2328}.head{font-size:16px;font-weight:600}',
  '.title{font-size:12px;font-weight:600}.small{font-size:10px}.tick{font-size:9px;fill:#59636e}.end{text-anchor:end}',
  '.middle{text-anchor:middle}.big{font-size:30px;font-weight:600;text-anchor:middle}',
  '.box{fill:none;stroke:#d1d9e0}.grid{stroke:#eaeef2}.mark{stroke:#bf8700;stroke-dasharray:3 3}',
  'polyline{fill:none;stroke-width:1.5}',
  ...COLORS.map(([light], at) => paint(light, at)),
  '@media(prefers-color-scheme:dark){text{fill:#f0f6fc}.tick{fill:#9198a1}.box{stroke:#3d444d}.grid{stroke:#262c36}',
  ...COLORS.map(([, dark], at) => paint(dark, at)),
  '}',
].join('');
