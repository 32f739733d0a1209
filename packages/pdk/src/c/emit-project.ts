import { readFileSync } from 'node:fs';

import { type DescribedJson, parseExactJson } from '@plugwire/wire';

import type { KitFile } from '../kit.ts';
import type { KitPlan, VersionPlan } from '../plan/kit-plan.ts';
import { type Constants, createConstants } from './c-types.ts';
import { sampleExpression } from './emit-sample.ts';
import { handlerName, typeName } from './spelling.ts';

/** The same from `src` and from `dist`. */
const TEMPLATES = new URL('../../templates/c/', import.meta.url);

/** The author's files: handlers that answer with the samples, a build script, a test and a README. */
export const emitProject = (plan: KitPlan): readonly KitFile[] => [
  { path: 'README.md', text: fill('README.md', plan) },
  { path: 'build.sh', text: fill('build.sh', plan), isExecutable: true },
  { path: 'plugin.c', text: emitHandlers(plan) },
  { path: 'test.sh', text: fill('test.sh', plan), isExecutable: true },
];

const fill = (template: string, { plugin }: KitPlan): string =>
  readFileSync(new URL(template, TEMPLATES), 'utf8').replaceAll('{{name}}', plugin.name);

const emitHandlers = (plan: KitPlan): string => {
  const constants = createConstants(plan.types);
  const handlers = plan.functions.flatMap(({ versions }) =>
    versions.map((version) => emitHandler(version, constants)),
  );
  return `${['#include "kit/kit.h"', ...handlers].join('\n\n')}\n`;
};

const emitHandler = ({ words, request, response, sample }: VersionPlan, constants: Constants): string => {
  const answer = parseExactJson(sample.response, 'all') as DescribedJson;
  return [
    `bool ${handlerName(words)}(const ${typeName(request.words)} *request, ${typeName(response.words)} *response) {`,
    '  (void)request;',
    '  // The sample of the contract. Write your own answer here.',
    `  *response = ${sampleExpression(answer, { kind: 'named', type: response }, constants)};`,
    '  return true;',
    '}',
  ].join('\n');
};
