import type { FunctionPlan, KitPlan, VersionPlan } from '../plan/kit-plan.ts';
import { emitImports } from './emit-imports.ts';
import { byteLiteral, camelCase, listLiteral, pascalCase } from './names.ts';

/** Emits the entry file, with the exports of the module. */
export const emitExports = (plan: KitPlan): string => {
  const functions = plan.functions.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const body = [
    emitHandshake(functions, plan.capabilities),
    emitSelfCheck(functions),
    ...functions.map(emitFunction),
    ...functions.flatMap(({ versions }) => versions.map(emitAnswer)),
  ].join('\n');
  return `${EXPORTS_HEAD}\nimport * as plugin from '../index';\n${emitImports(plan, body, [])}\n${body}`;
};

const EXPORTS_HEAD =
  '// The entry file. It exports the handshake, the self-check, and each function of the contract.\n';

const emitHandshake = (functions: readonly FunctionPlan[], capabilities: readonly string[]): string => {
  const versions = functions.flatMap((each) => each.versions.map(({ version }) => version));
  return `export function cc_lb_handshake(): i32 {
  return answerHandshake(
    beginCall(),
    ${listLiteral(functions.map(({ name }) => name))},
    [${versions.join(', ')}],
    [${endsOf(functions).join(', ')}],
    requiredCapabilities,
  );
}

/** All capabilities of the plugin, unless \`index.ts\` exports a function \`requiredCapabilities\` that chooses some. */
function requiredCapabilities(granted: Text[]): Text[] {
  if (isDefined(plugin.requiredCapabilities)) return plugin.requiredCapabilities(granted);
  return ofEntries(${listLiteral(capabilities)});
}
`;
};

const endsOf = (functions: readonly FunctionPlan[]): readonly number[] => {
  let end = 0;
  return functions.map(({ versions }) => {
    end += versions.length;
    return end;
  });
};

const emitSelfCheck = (functions: readonly FunctionPlan[]): string => {
  const checks = functions.map(({ name, versions }) => {
    const samples = versions.flatMap(({ version, request, response, sample }) =>
      (['request', 'response'] as const).map((side) => {
        const type = pascalCase((side === 'request' ? request : response).words);
        return `    checkSample<${type}>('${side} ${version}', ${byteLiteral(sample[side])}, read${type}, write${type});\n`;
      }),
    );
    return `  if (name.is(${byteLiteral(name)})) {\n${samples.join('')}  }\n`;
  });
  return `export function cc_lb_self_check(): i32 {\n  return answerSelfCheck(checkSamples);\n}\n\nfunction checkSamples(name: Text): void {\n${checks.join('')}}\n`;
};

/** Emits the export of a function, which finds the version and calls the handler. */
const emitFunction = ({ name, versions }: FunctionPlan): string => {
  const own = `call_${name}`;
  const [first] = versions;
  const body =
    versions.length === 1 && first !== undefined
      ? `  return answer${pascalCase(first.words)}(new Reader(beginCall()));\n`
      : `  const from = new Reader(beginCall());\n  switch (from.peekVersion()) {\n${versions
          .map(
            ({ version, words }) => `    case ${version}:\n      return answer${pascalCase(words)}(from);\n`,
          )
          .join(
            '',
          )}  }\n  from.refuse('_v is no version that the plugin has');\n  from.finish('request');\n  return endCall(null);\n`;
  return `function ${own}(): i32 {\n${body}}\nexport { ${own} as ${name} };\n`;
};

const emitAnswer = ({ version, words, request, response }: VersionPlan): string => {
  const answer = pascalCase(response.words);
  return `function answer${pascalCase(words)}(from: Reader): i32 {
  from.expectVersion(${version});
  const request = read${pascalCase(request.words)}(from);
  from.finish('request');
  if (hasFailed()) return endCall(null);
  const response: ${answer} | null = plugin.${camelCase(words)}(request);
  if (hasFailed()) return endCall(null);
  if (response === null) {
    fail('the handler gave no response, and no reason');
    return endCall(null);
  }
  const to = new Writer(from.size + 512);
  write${answer}(to, response);
  return endCall(to.finishMessage('response', ${version}));
}
`;
};
