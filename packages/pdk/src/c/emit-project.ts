import { type DescribedJson, parseExactJson } from '@plugwire/wire';

import type { KitFile } from '../kit/kit.ts';
import { fillTemplate } from '../kit/kit-templates.ts';
import type { KitPlan, VersionPlan } from '../plan/kit-plan.ts';
import { type Constants, createConstants } from './c-types.ts';
import { sampleStatements } from './emit-sample.ts';
import { handlerName, typeName } from './spelling.ts';

/** Emits the author's files: handlers that return the samples, a build script, a test script and a README. */
export const emitProject = (plan: KitPlan): readonly KitFile[] => {
  const values = { NAME: plan.plugin.name };
  return [
    { path: 'plugin.c', text: emitHandlers(plan) },
    fillTemplate('c', 'build.sh', values, { isExecutable: true }),
    fillTemplate('c', 'test.sh', values, { isExecutable: true }),
    fillTemplate('c', 'README.md', values),
    fillTemplate('c', 'gitignore', values, { path: '.gitignore' }),
  ];
};

const emitHandlers = (plan: KitPlan): string => {
  const constants = createConstants(plan.types);
  const handlers = plan.functions.flatMap(({ versions }) =>
    versions.map((version) => emitHandler(version, constants)),
  );
  return `${['#include "kit/kit.h"', ...handlers].join('\n\n')}\n`;
};

const emitHandler = ({ words, request, response, sample }: VersionPlan, constants: Constants): string => {
  const answer = parseExactJson(sample.response, 'all') as DescribedJson;
  const statements = sampleStatements(answer, response, constants);
  return [
    `bool ${handlerName(words)}(const ${typeName(request.words)} *request, ${typeName(response.words)} *response) {`,
    '  (void)request;',
    '  // The sample of the contract. Write your own answer here.',
    ...(statements.length === 0 ? ['  (void)response;'] : statements),
    '  return true;',
    '}',
  ].join('\n');
};
