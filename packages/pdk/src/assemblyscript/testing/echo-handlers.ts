import type { KitPlan, NamedType } from '../../plan/kit-plan.ts';
import { optionName, unionKindName } from '../emit-types.ts';
import { camelCase, pascalCase } from '../names.ts';
import { heldFields } from '../type-names.ts';

/** Returns an `assembly/index.ts` whose handlers return their requests. Requests and responses must have the same shape. */
export const echoHandlers = (plan: KitPlan): string => {
  const versions = plan.functions.flatMap((each) => each.versions);
  const handlers = versions.map(
    ({ words, request, response }) =>
      `export function ${camelCase(words)}(request: ${pascalCase(request.words)}): ${pascalCase(response.words)} {\n${echo(request, response)}}\n`,
  );
  const names = plan.types.map((type) => pascalCase(type.words));
  return `import { ${names.join(', ')} } from './kit';\n\n${handlers.join('\n')}`;
};

const echo = (request: NamedType, response: NamedType): string => {
  if (request.kind === 'object')
    return `  return { ${heldFields(request.fields)
      .map(({ words }) => `${camelCase(words)}: request.${camelCase(words)}`)
      .join(', ')} };\n`;
  if (request.kind !== 'union') throw new Error('a message is an object or a union');
  const lines = request.options.map((each) => {
    const option = optionName(each);
    return `  if (request.kind == ${unionKindName(request)}.${option}) return ${pascalCase(response.words)}.${option}(request.${option});\n`;
  });
  return `${lines.join('')}  throw new Error('a union without an option');\n`;
};
