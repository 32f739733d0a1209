import { type DescribedJson, parseExactJson } from '@plugwire/wire';

import type { KitFile } from '../kit/kit.ts';
import { fillTemplate } from '../kit/kit-templates.ts';
import type { FunctionPlan, KitPlan, VersionPlan } from '../plan/kit-plan.ts';
import { emitImport, usedNames } from './emit-imports.ts';
import { camelCase, comment, pascalCase } from './names.ts';
import { sampleLiteral } from './sample-literal.ts';

/** Emits the author's files: handlers that return the samples, a build script, a test script and a README. */
export const emitProject = (plan: KitPlan): readonly KitFile[] => {
  const fill = (name: string, more?: Partial<KitFile>): KitFile =>
    fillTemplate('assemblyscript', name, { NAME: plan.plugin.name }, more);
  return [
    fill('README.md'),
    { path: 'assembly/index.ts', text: emitHandlers(plan) },
    fill('assembly/tsconfig.json'),
    fill('build.sh', { isExecutable: true }),
    fill('gitignore', { path: '.gitignore' }),
    fill('package.json'),
    fill('test.sh', { isExecutable: true }),
  ];
};

const emitHandlers = (plan: KitPlan): string => {
  const handlers = plan.functions
    .flatMap((each) => each.versions.map((version) => emitHandler(each, version)))
    .join('\n');
  const names = [
    'Entries',
    'Json',
    'Null',
    'Some',
    'some',
    'Text',
    'text',
    ...plan.types.map(({ words }) => pascalCase(words)),
  ];
  const used = usedNames(handlers, names).toSorted();
  return `${emitImport('./kit', used)}\n${handlers}`;
};

const emitHandler = ({ name, description }: FunctionPlan, version: VersionPlan): string => {
  const { words, request, response, sample } = version;
  const value = parseExactJson(sample.response, 'all') as DescribedJson;
  const literal = sampleLiteral(value, { kind: 'named', type: response });
  return (
    comment(description ?? `Answers \`${name}\`, version ${version.version}.`) +
    `export function ${camelCase(words)}(request: ${pascalCase(request.words)}): ${pascalCase(response.words)} {\n` +
    '  // The sample of the contract. Write your own answer here.\n' +
    `  return ${literal};\n}\n`
  );
};
