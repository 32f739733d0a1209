import { plainText } from '../output/plain-text.ts';
import type { Style } from '../output/style.ts';
import { layTable, wrapText } from '../output/table.ts';
import { showBytes, showCount } from '../output/units.ts';
import type { Finding, FunctionReport, PhaseReport, Verification } from './verification.ts';

/** Renders a verification as text: the stages, the results of the requests, and each finding with advice. */
export const renderVerification = (
  { file, seed, phases, functions, findings }: Verification,
  style: Style,
  columns: number,
): string[] => {
  const errors = findings.filter(({ level }) => level === 'error').length;
  const warnings = findings.length - errors;
  return [
    style.bold(file),
    ...layTable(phases.map((phase) => renderPhase(phase, style))),
    ...(functions.length === 0
      ? []
      : [
          '',
          ...layTable([HEADER.map((text) => style.dim(text)), ...functions.map(renderFunction)], ALIGNMENTS),
        ]),
    ...findings.flatMap((finding) => ['', ...renderFinding(finding, style, columns)]),
    '',
    `${errors === 0 ? style.green('verified') : style.red('failed')}: ${showFound(errors, 'error')}, ${showFound(warnings, 'warning')}. ` +
      `Repeat this run with --seed ${seed}.`,
  ];
};

const showFound = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;

const MARKS = { ok: '✓', failed: '✗', not_reached: '-' } as const;

const renderPhase = ({ stage, status, detail }: PhaseReport, style: Style): string[] => {
  const paint = { ok: style.green, failed: style.red, not_reached: style.dim }[status];
  return [`  ${paint(MARKS[status])}`, stage, style.dim(plainText(detail ?? ''))];
};

const HEADER = [
  '  function',
  'valid',
  'answered',
  'refused',
  'failed',
  'hostile',
  'refused',
  'accepted',
  'failed',
  'memory',
];
const ALIGNMENTS = ['left', ...HEADER.slice(1).map(() => 'right' as const)] as const;

const renderFunction = ({ name, version, valid, hostile, memory }: FunctionReport): string[] => [
  `  ${name} ${version}`,
  ...[valid.sent, valid.answered, valid.refused, valid.failed].map(showCount),
  ...[hostile.sent, hostile.refused, hostile.accepted, hostile.failed].map(showCount),
  memory.length === 0 ? '-' : showBytes(memory.at(-1)?.bytes ?? 0),
];

const WHERE = {
  load: 'load',
  valid_requests: 'valid request',
  hostile_requests: 'hostile request',
  memory: 'many calls',
} as const;

const renderFinding = (finding: Finding, style: Style, columns: number): string[] => {
  const { level, check, function: name, stage, code, message, advice, times, request } = finding;
  const label = level === 'error' ? style.red('error') : style.yellow('warning');
  const where = [name, WHERE[check], times > 1 ? `${times} times` : undefined].filter(
    (part) => part !== undefined,
  );
  return [
    `${label} ${style.bold(`${stage}/${code}`)} (${where.join(', ')})`,
    ...wrapText(plainText(endSentence(message)), columns, '  '),
    ...wrapText(advice, columns, '  '),
    ...(request === undefined ? [] : [`  ${style.dim(cutLine(`request: ${request}`, columns - 2))}`]),
  ];
};

const endSentence = (text: string): string => (/[.!?]$/.test(text) ? text : `${text}.`);

const cutLine = (text: string, width: number): string => {
  const line = plainText(text);
  return line.length <= width ? line : `${line.slice(0, width - 1)}…`;
};
