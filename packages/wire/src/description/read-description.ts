import { z } from 'zod';

import { describeIssue } from '../contract/read/describe-issue.ts';
import { FALLBACK_POLICIES } from '../base/fallback-policy.ts';
import { parseExactJson } from '../json/exact-numbers.ts';
import { jsonValue } from '../json/json-value.ts';
import { PROTOCOL_LIMITS } from '../base/limits.ts';
import { isFunctionName } from '../base/names.ts';
import { PlugwireUsageError } from '../base/usage-error.ts';
import { type ContractsDescription, DESCRIPTION_VERSION, type Shape } from '../shape/contract-description.ts';
import { fingerprintOf } from '../shape/fingerprint.ts';
import { partsOf } from '../shape/shape-parts.ts';

/** The most characters of a description. */
const MOST_CHARACTERS = 16 * 1024 * 1024;

const notes = {
  name: z.string().optional(),
  description: z.string().optional(),
  refined: z.literal(true).optional(),
};
const bound = z.union([z.int(), z.bigint()]);
const length = z.int().min(0);
const shape: z.ZodType<Shape> = z.lazy(() => shapes) as never;

const shapes = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('object'),
    members: z.array(
      z.strictObject({
        key: z.string(),
        description: z.string().optional(),
        presence: z.enum(['required', 'optional']),
        default: jsonValue.optional(),
        shape,
      }),
    ),
    ...notes,
  }),
  z.strictObject({
    kind: z.literal('list'),
    element: shape,
    minLength: length.optional(),
    maxLength: length.optional(),
    ...notes,
  }),
  z.strictObject({ kind: z.literal('tuple'), items: z.array(shape), rest: shape.optional(), ...notes }),
  z.strictObject({ kind: z.literal('record'), key: shape, value: shape, isComplete: z.boolean(), ...notes }),
  z.strictObject({
    kind: z.literal('string'),
    minLength: length.optional(),
    maxLength: length.optional(),
    format: z.string().optional(),
    pattern: z.string().optional(),
    ...notes,
  }),
  z.strictObject({ kind: z.literal('integer'), minimum: bound, maximum: bound, ...notes }),
  z.strictObject({
    kind: z.literal('number'),
    minimum: z.number().optional(),
    maximum: z.number().optional(),
    exclusiveMinimum: z.number().optional(),
    exclusiveMaximum: z.number().optional(),
    ...notes,
  }),
  z.strictObject({
    kind: z.literal('literal'),
    values: z.array(z.union([z.string(), z.number(), z.boolean(), z.null()])),
    ...notes,
  }),
  z.strictObject({
    kind: z.literal('union'),
    discriminator: z.string().optional(),
    options: z.array(shape),
    ...notes,
  }),
  z.strictObject({ kind: z.literal('nullable'), inner: shape, ...notes }),
  z.strictObject({ kind: z.literal('intersection'), parts: z.tuple([shape, shape]), ...notes }),
  z.strictObject({ kind: z.literal('reference'), to: z.string(), ...notes }),
  z.strictObject({ kind: z.enum(['boolean', 'null', 'json', 'json_object', 'never']), ...notes }),
]);

const message = z.strictObject({ shape, definitions: z.record(z.string(), shape) });
const hostValue = z.strictObject({ kind: z.string(), shape: shape.optional() });
const version = z.int().min(1).max(PROTOCOL_LIMITS.highestVersion);

const form = z.strictObject({
  plugwire: z.literal('contracts'),
  descriptionVersion: z.literal(DESCRIPTION_VERSION),
  contracts: z.array(
    z.strictObject({
      name: z.string().refine(isFunctionName, 'expected the name of a function, such as "greet"'),
      description: z.string().optional(),
      fallback: z.enum(FALLBACK_POLICIES),
      fingerprint: z.string(),
      versions: z
        .array(
          z.strictObject({
            version,
            request: message,
            response: message,
            sample: z.strictObject({ request: jsonValue, response: jsonValue }),
          }),
        )
        .min(1),
    }),
  ),
  hostFunctions: z.array(
    z.strictObject({
      name: z.string(),
      namespace: z.string(),
      capability: z.string().optional(),
      description: z.string().optional(),
      parameters: z.array(hostValue),
      result: hostValue.optional(),
    }),
  ),
});

/**
 * Parses and checks the text of a description, as {@link writeDescription} writes it: its form, its references, and each fingerprint. The
 * text may have at most 16 Mi characters.
 *
 * Throws {@link PlugwireUsageError} `bad_description`. The message names the place.
 *
 * @example
 * const { contracts } = readDescription(readFileSync('contracts.json', 'utf8'));
 */
export const readDescription = (text: string): ContractsDescription => {
  const parsed = parse(text);
  const issue = findIssue(parsed);
  if (issue !== undefined) {
    const place = issue.path
      .map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`))
      .join('');
    return refuse(`contracts.json${place}: ${describeIssue(issue)}`);
  }
  const description = parsed as ContractsDescription;
  for (const contract of description.contracts) {
    for (const { version: number, request, response } of contract.versions) {
      for (const [side, { shape: root, definitions }] of Object.entries({ request, response }))
        checkReferences(
          [root, ...Object.values(definitions)],
          definitions,
          `${contract.name} ${number}, ${side}`,
        );
    }
    if (fingerprintOf(contract.versions) !== contract.fingerprint)
      refuse(
        `${contract.name}: the fingerprint does not match the messages, so the file was edited. Export it again`,
      );
  }
  return description;
};

/** Returns the first fault of the form. */
const findIssue = (parsed: unknown): z.core.$ZodIssue | undefined => {
  try {
    const result = form.safeParse(parsed);
    return result.success ? undefined : result.error.issues[0];
  } catch {
    // zod throws here only if the stack overflows.
    return refuse('the description nests too deeply');
  }
};

const parse = (text: string): unknown => {
  if (typeof text !== 'string' || text.length > MOST_CHARACTERS)
    return refuse(`expected JSON text of at most ${MOST_CHARACTERS} characters`);
  try {
    JSON.parse(text);
  } catch (error) {
    // Only the position is shown, because the parser's message quotes the text.
    return refuse(`the description is not JSON${/ at position \d+/.exec(String(error))?.[0] ?? ''}`);
  }
  return parseExactJson(text, 'all') ?? refuse('the description contains a number that has no exact form');
};

const checkReferences = (
  parts: readonly Shape[],
  definitions: Readonly<Record<string, Shape>>,
  where: string,
): void => {
  for (const part of parts) {
    if (part.kind === 'reference' && !Object.hasOwn(definitions, part.to))
      refuse(`${where}: refers to ${JSON.stringify(part.to)}, which is not defined`);
    checkReferences(partsOf(part), definitions, where);
  }
};

const refuse = (seen: string): never => {
  throw new PlugwireUsageError(
    'bad_description',
    `${seen}. Expected a file that "plugwire contract export" wrote.`,
  );
};
