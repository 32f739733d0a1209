import type { KitFile } from '../kit/kit.ts';
import { fillTemplate } from '../kit/kit-templates.ts';
import type { FunctionPlan, KitPlan, VersionPlan } from '../plan/kit-plan.ts';
import { sampleLiteral } from './sample-literal.ts';
import { docLines, snakeName, typeName } from './spelling.ts';

/** Emits the author's files: handlers that return the samples, a build script, a test script and a README. */
export const emitProject = (plan: KitPlan): readonly KitFile[] => {
  const values = { NAME: plan.plugin.name };
  return [
    { path: 'src/lib.rs', text: emitLib(plan) },
    fillTemplate('rust', 'Cargo.toml', values),
    fillTemplate('rust', 'build.sh', values, { isExecutable: true }),
    fillTemplate('rust', 'test.sh', values, { isExecutable: true }),
    fillTemplate('rust', 'README.md', values),
    fillTemplate('rust', 'gitignore', values, { path: '.gitignore' }),
  ];
};

const emitLib = (
  plan: KitPlan,
): string => `//! The plugin ${plan.plugin.name}. Each handler returns the sample of its contract. Write your own answers.
#![cfg_attr(all(target_arch = "wasm32", not(feature = "std")), no_std)]

mod kit;

use kit::*;
${plan.functions.flatMap((each) => each.versions.map((version) => emitHandler(each, version))).join('')}`;

const emitHandler = (
  { description }: FunctionPlan,
  { words, request, response, sample }: VersionPlan,
): string => `
${docLines(description, '')}fn ${snakeName(words)}(_request: ${typeName(request.words)}) -> Result<${typeName(response.words)}, Error> {
    Ok(${sampleLiteral(sample.response, response)})
}
`;
