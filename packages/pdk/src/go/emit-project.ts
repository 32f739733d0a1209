import type { KitFile } from '../kit/kit.ts';
import { fillTemplate } from '../kit/kit-templates.ts';
import type { KitPlan } from '../plan/kit-plan.ts';
import { method } from './emit-plugin.ts';
import { camel, fromOutside, type GoNames } from './go-names.ts';
import { goComment, indented } from './go-text.ts';
import { answerWith } from './sample-literal.ts';

/** Emits the author's files: handlers that return the samples, a build script, a test script and a README. */
export const emitProject = (plan: KitPlan, names: GoNames): readonly KitFile[] => {
  const values = { NAME: plan.plugin.name };
  return [
    { path: 'main.go', text: emitMain(plan, fromOutside(names)) },
    { path: 'go.mod', text: `module ${plan.plugin.name}\n\ngo 1.24\n` },
    fillTemplate('go', 'build.sh', values, { isExecutable: true }),
    fillTemplate('go', 'test.sh', values, { isExecutable: true }),
    fillTemplate('go', 'README.md', values),
    fillTemplate('go', 'gitignore', values, { path: '.gitignore' }),
  ];
};

const emitMain = (plan: KitPlan, names: GoNames): string =>
  [
    ...goComment(
      `The plugin ${plan.plugin.name}. Each handler returns the sample of its contract. Write your own answers.`,
    ),
    'package main',
    '',
    `import "${plan.plugin.name}/kit"`,
    '',
    'func init() { kit.Serve(plugin{}) }',
    '',
    'func main() {}',
    '',
    'type plugin struct{}',
    ...plan.functions.flatMap(({ name, description = '', versions }) =>
      versions.flatMap((version) => [
        '',
        ...goComment(`${camel(version.words)} answers ${name}, version ${version.version}. ${description}`),
        `func (plugin) ${method(version, names)} {`,
        ...indented(answerWith(version.sample.response, version.response, names)),
        '}',
      ]),
    ),
    '',
  ].join('\n');
