import { parser } from '@prometheus-io/lezer-promql';

/** What an expression asks for: labels that are named belong to the metrics beside them. */
export interface PromqlUse {
  readonly metrics: ReadonlySet<string>;
  /** Labels of matchers, each with the metric that it selects from. */
  readonly matched: readonly (readonly [metric: string, label: string])[];
  /** Labels by which results are grouped or joined. */
  readonly grouped: ReadonlySet<string>;
}

/** Reads which metrics and labels an expression names. Throws for what is no PromQL. */
export const readPromql = (expression: string): PromqlUse => {
  // Grafana's: the panel chooses them.
  const text = expression.replaceAll('$__rate_interval', '5m');
  const metrics = new Set<string>();
  const matched: [string, string][] = [];
  const grouped = new Set<string>();
  let metric = '';
  parser.parse(text).iterate({
    enter: ({ name, type, from, to, node }) => {
      if (type.isError) throw new Error(`no PromQL at ${from}: ${text}`);
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
