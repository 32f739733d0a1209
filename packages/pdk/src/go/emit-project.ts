import type { KitFile } from '../kit.ts';
import type { KitPlan } from '../plan/kit-plan.ts';
import { camel, type GoNames } from './go-names.ts';

/** The files of a new plugin. */
export const emitProject = (plan: KitPlan, names: GoNames): readonly KitFile[] => [
  { path: 'go.mod', text: `module ${plan.plugin.name}\n\ngo 1.24\n` },
  { path: 'main.go', text: mainOf(plan, names) },
];

const mainOf = (plan: KitPlan, names: GoNames): string => {
  const methods = plan.functions.flatMap(({ versions }) =>
    versions.map(({ words, request, response }) => {
      const types = { request: names.typeName(request), response: names.typeName(response) };
      return `func (plugin) ${camel(words)}(request kit.${types.request}) (kit.${types.response}, error) {
	return kit.${types.response}{}, nil
}
`;
    }),
  );
  return `package main

import "${plan.plugin.name}/kit"

func init() { kit.Serve(plugin{}) }

func main() {}

type plugin struct{}

${methods.join('\n')}`;
};
