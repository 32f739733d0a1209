import { parser } from '@prometheus-io/lezer-promql';

/** The metrics and labels of an expression. */
export interface PromqlUse {
  readonly metrics: ReadonlySet<string>;
  /** Labels in matchers, each with its metric. */
  readonly matched: readonly (readonly [metric: string, label: string])[];
  /** Labels by which results are grouped or joined. */
  readonly grouped: ReadonlySet<string>;
}

/** Returns the metrics and labels of an expression. Throws if it is not valid PromQL. */
export const readPromql = (expression: string): PromqlUse => {
  // Grafana replaces these variables.
  const text = expression.replaceAll('$__rate_interval', '5m');
  const metrics = new Set<string>();
  const matched: [string, string][] = [];
  const grouped = new Set<string>();
  let metric = '';
  parser.parse(text).iterate({
    enter: ({ name, type, from, to, node }) => {
      if (type.isError) throw new Error(`not valid PromQL at ${from}: ${text}`);
      const word = text.slice(from, to);
      if (name === 'Identifier') {
        metric = word;
        metrics.add(word);
      } else if (name === 'LabelName') {
        if (node.parent?.name === 'GroupingLabels') grouped.add(word);
        else matched.push([metric, word]);
      }
    },
  });
  return { metrics, matched, grouped };
};
