import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { METRICS } from '@plugwire/runtime';
import { beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';

import { readPromql } from './support/promql.ts';
import { hasPromtool, runPromtool } from './support/promtool.ts';
import { exportEveryMetric } from './support/export-every-metric.ts';

const pathOf = (path: string): string => fileURLToPath(new URL(`../${path}`, import.meta.url));
const read = (path: string): string => readFileSync(pathOf(path), 'utf8');

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}
interface Panel {
  readonly id: number;
  readonly title: string;
  readonly description: string;
  readonly targets: readonly { readonly expr: string; readonly legendFormat: string }[];
}
interface Dashboard {
  readonly panels: readonly Panel[];
  readonly templating: {
    readonly list: readonly { readonly name: string; readonly query: string | { readonly query: string } }[];
  };
}

const rules = (parse(read('observability/alerts.yml')) as { groups: { rules: Rule[] }[] }).groups.flatMap(
  (group) => group.rules,
);
const dashboard = JSON.parse(read('observability/dashboard.json')) as Dashboard;
const targets = dashboard.panels.flatMap(({ title, targets: each }) =>
  each.map(({ expr, legendFormat }) => ({ title, expr, named: namesIn(legendFormat, /\{\{(\w+)\}\}/g) })),
);
const expressions = [
  ...rules.map(({ alert, expr, annotations }) => ({
    title: alert,
    expr,
    named: namesIn(Object.values(annotations).join(' '), /\$labels\.(\w+)/g),
  })),
  ...targets,
];

/** Labels that Prometheus adds to every series of a host. */
const OF_THE_SCRAPE = ['instance', 'job'];

let exported: ReadonlyMap<string, ReadonlySet<string>>;
beforeAll(async () => {
  exported = await exportEveryMetric();
});

const labelsOf = (metric: string): ReadonlySet<string> => exported.get(metric) ?? new Set();

describe('a host', () => {
  it('exports every metric of docs/metrics.md with its labels, and no other', () => {
    const rows = [...read('docs/metrics.md').matchAll(/^\| `(cc_lb_\w+)` \| (\w+) \| (.+?) \|/gm)];
    const documented = rows.flatMap(([, name = '', type, cell = '']) => {
      const labels = [...cell.matchAll(/`(\w+)`/g)].map(([, label = '']) => label);
      if (type !== 'histogram') return [[name, labels.toSorted()]];
      return [
        [`${name}_bucket`, [...labels, 'le'].toSorted()],
        [`${name}_count`, labels.toSorted()],
        [`${name}_sum`, labels.toSorted()],
      ];
    });
    const real = [...exported].map(([name, labels]) => [name, [...labels].toSorted()]);
    expect(Object.fromEntries(real)).toEqual(Object.fromEntries(documented));
  });
});

describe.each(expressions)('the expression of "$title"', ({ expr, named }) => {
  it('uses only metrics and labels that a host exports', () => {
    const { metrics, matched, grouped } = readPromql(expr);
    expect([...metrics].filter((name) => !exported.has(name))).toEqual([]);
    const known = ([metric, label]: readonly [string, string]): boolean =>
      [...OF_THE_SCRAPE, ...labelsOf(metric)].includes(label);
    expect(matched.filter((each) => !known(each))).toEqual([]);
    const together = new Set(OF_THE_SCRAPE);
    for (const name of metrics) for (const label of labelsOf(name)) together.add(label);
    expect([...grouped].filter((label) => !together.has(label))).toEqual([]);
    // A legend or a message can show only the labels of the result: those that it groups by, or all if it does not group.
    const left = grouped.size === 0 ? together : grouped;
    expect(named.filter((label) => !left.has(label))).toEqual([]);
  });
});

describe('the dashboard', () => {
  it('shows every metric', () => {
    const shown = new Set(targets.flatMap(({ expr }) => [...readPromql(expr).metrics]));
    const all = Object.values(METRICS).map(({ name, type }) =>
      type === 'histogram' ? `${name}_bucket` : name,
    );
    expect(all.filter((name) => !shown.has(name))).toEqual([]);
  });

  it('defines its variables by labels that hosts export, and uses no others', () => {
    const queries = dashboard.templating.list.flatMap(({ query }) =>
      typeof query === 'string' ? [] : [query.query],
    );
    for (const query of queries) {
      const [, metric = '', label = ''] = /^label_values\((\w+), (\w+)\)$/.exec(query) ?? [];
      expect([...OF_THE_SCRAPE, ...labelsOf(metric)]).toContain(label);
    }
    const variables = new Set(dashboard.templating.list.map(({ name }) => name));
    const used = namesIn(targets.map(({ expr }) => expr).join(' '), /\$(\w+)/g);
    expect(used.filter((name) => !variables.has(name) && name !== '__rate_interval')).toEqual([]);
  });

  it('has panels with unique titles and descriptions', () => {
    const { panels } = dashboard;
    expect(panels.filter(({ description }) => description === '')).toEqual([]);
    for (const key of ['id', 'title'] as const)
      expect(new Set(panels.map((panel) => panel[key])).size).toBe(panels.length);
  });
});

describe('an alert', () => {
  const page = read('docs/operate.md');
  const [, runbook = ''] = page.split(/^## Runbook$/m);
  const sections = new Map(
    (runbook.split(/^## /m)[0] ?? '')
      .split(/^### /m)
      .slice(1)
      .map((text) => [text.split('\n')[0] ?? '', text]),
  );

  it('has a section in the runbook, and each section belongs to an alert', () => {
    expect([...sections.keys()]).toEqual(rules.map(({ alert }) => alert));
  });

  it.each(rules)(
    '$alert has a description, a severity and a link to the runbook',
    ({ alert, labels, annotations }) => {
      expect(sections.get(alert)).toMatch(/^1\. .+/m);
      expect(['critical', 'warning', 'info']).toContain(labels['severity']);
      expect(annotations['runbook_url']).toBe(`docs/operate.md#${alert.toLowerCase()}`);
      expect(annotations['summary']).not.toBe('');
      expect(annotations['description']).not.toBe('');
    },
  );
});

describe.skipIf(!hasPromtool())('promtool', () => {
  it('accepts the rules', () => {
    expect(runPromtool('check', 'rules', pathOf('observability/alerts.yml'))).toMatchObject({ status: 0 });
  });

  it('confirms that every alert fires when it should, and only then', () => {
    const tests = read('observability/alerts.test.yml');
    expect(rules.filter(({ alert }) => !tests.includes(`alertname: ${alert}\n`))).toEqual([]);
    const { status, said } = runPromtool('test', 'rules', pathOf('observability/alerts.test.yml'));
    expect(said).toContain('SUCCESS');
    expect(status).toBe(0);
  });
});

function namesIn(text: string, pattern: RegExp): readonly string[] {
  return [...text.matchAll(pattern)].map(([, name = '']) => name);
}
