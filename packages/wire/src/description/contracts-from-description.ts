import { z } from 'zod';

import { defineWireFunction } from '../contract/define-wire-function.ts';
import type { WireFunction, WireFunctionBuilder } from '../contract/wire-function.ts';
import { exactInteger } from '../json/exact-integer.ts';
import { jsonObject, jsonValue } from '../json/json-value.ts';
import { PlugwireUsageError } from '../base/usage-error.ts';
import type {
  ContractDescription,
  ContractsDescription,
  IntegerShape,
  MemberDescription,
  MessageDescription,
  NumberShape,
  Shape,
  StringShape,
  VersionDescription,
} from '../shape/contract-description.ts';

/**
 * Creates contracts from a description, for tools that check a plugin without the host's code. The contracts accept what the description
 * says. They do not have the host's refinements and codecs. A description has no adapters, so each contract gets only one version: the one
 * that `versionOf` returns, or the newest.
 *
 * If the fallback policy is `use_default`, the default is the sample's response.
 *
 * Throws `PlugwireUsageError`: like `defineWireFunction`, and `bad_description` for a version that the description does not have.
 *
 * @example
 * const [greet] = contractsFromDescription(readDescription(text));
 */
export const contractsFromDescription = (
  { contracts }: ContractsDescription,
  versionOf: (contract: ContractDescription) => number | undefined = () => undefined,
): readonly WireFunction[] =>
  contracts.map((contract) => {
    const wanted = versionOf(contract) ?? contract.versions.at(-1)?.version;
    const version = contract.versions.find((each) => each.version === wanted);
    if (version === undefined) {
      throw new PlugwireUsageError(
        'bad_description',
        `${contract.name}: the description has no version ${String(wanted)}: expected one of ${contract.versions.map((each) => each.version).join(', ')}.`,
      );
    }
    return contractFrom(contract, version);
  });

/**
 * Creates contracts with all versions of a description, for tools that let a plugin choose its version. A description has no adapters, so the
 * adapters of these contracts return samples. Use these contracts for handshakes, and {@link contractsFromDescription} for messages.
 *
 * Throws `PlugwireUsageError` like `defineWireFunction`.
 *
 * @example
 * const host = createPluginHost({ functions: laddersFromDescription(description) });
 * const { metadata } = await host.load('./greeter.wasm'); // has the version of each function
 */
export const laddersFromDescription = ({ contracts }: ContractsDescription): readonly WireFunction[] =>
  contracts.map(ladderFrom);

type AnyBuilder = WireFunctionBuilder<string, 'use_default', unknown, unknown>;

const ladderFrom = (described: ContractDescription): WireFunction => {
  const [first, ...later] = described.versions as [VersionDescription, ...VersionDescription[]];
  let builder = builderFrom(described, first);
  let below = hostFormOf(first.request, first.response, first.sample);
  for (const { request, response, sample } of later) {
    const { request: lower } = below;
    const own = hostFormOf(request, response, sample);
    builder = builder.next({
      request: schemaFrom(request),
      response: schemaFrom(response),
      sample: own,
      downgradeRequest: () => lower,
      upgradeResponse: () => own.response,
    });
    below = own;
  }
  return described.fallback === 'use_default' ? builder.withDefault(() => below.response) : builder;
};

const builderFrom = (
  { name, description, fallback }: ContractDescription,
  { version, request, response, sample }: VersionDescription,
): AnyBuilder =>
  defineWireFunction({
    name,
    ...(description === undefined ? {} : { description }),
    fallback,
    version,
    request: schemaFrom(request),
    response: schemaFrom(response),
    sample: hostFormOf(request, response, sample),
  }) as AnyBuilder;

const contractFrom = (described: ContractDescription, version: VersionDescription): WireFunction => {
  const builder = builderFrom(described, version);
  if (described.fallback !== 'use_default') return builder;
  const { response: answer } = hostFormOf(version.request, version.response, version.sample);
  return builder.withDefault(() => answer);
};

/** Converts samples from the wire's form to the host's form, which a contract needs. The forms differ for exact integers. */
const hostFormOf = (
  request: MessageDescription,
  response: MessageDescription,
  sample: VersionDescription['sample'],
): { readonly request: unknown; readonly response: unknown } => ({
  request: schemaFrom(request).parse(sample.request),
  response: schemaFrom(response).parse(sample.response),
});

/** Creates the schema that accepts exactly what a description says. */
const schemaFrom = ({ shape, definitions }: MessageDescription): z.ZodType => {
  const made = new Map<string, z.ZodType>();
  const resolve = (name: string): z.ZodType => {
    const known = made.get(name);
    if (known !== undefined) return known;
    const schema: z.ZodType = z.lazy(() => inner);
    made.set(name, schema);
    const inner = createSchema(definitions[name] as Shape, resolve);
    return schema;
  };
  return createSchema(shape, resolve);
};

type Resolve = (name: string) => z.ZodType;

const createSchema = (shape: Shape, resolve: Resolve): z.ZodType => {
  const schema = createBareSchema(shape, resolve);
  const { name, description } = shape;
  if (description === undefined && name === undefined) return schema;
  // The name is not set as an id, because zod's registry accepts each id only once.
  return description === undefined ? schema : schema.describe(description);
};

const createBareSchema = (shape: Shape, resolve: Resolve): z.ZodType => {
  const inner = (part: Shape): z.ZodType => createSchema(part, resolve);
  if (shape.kind === 'object') {
    return z.strictObject(
      Object.fromEntries(shape.members.map((member) => [member.key, createMember(member, inner)])),
    );
  }
  if (shape.kind === 'list') return withLength(z.array(inner(shape.element)), shape);
  if (shape.kind === 'tuple') {
    const items = shape.items.map(inner) as [z.ZodType, ...z.ZodType[]];
    return shape.rest === undefined ? z.tuple(items) : z.tuple(items, inner(shape.rest));
  }
  if (shape.kind === 'record') {
    const key = inner(shape.key) as z.ZodType<string, string>;
    const value = inner(shape.value);
    return shape.key.kind === 'literal' && !shape.isComplete
      ? z.partialRecord(key, value)
      : z.record(key, value);
  }
  if (shape.kind === 'string') return createString(shape);
  if (shape.kind === 'integer') return createInteger(shape);
  if (shape.kind === 'number') return createNumber(shape);
  if (shape.kind === 'literal') return z.literal([...shape.values]);
  if (shape.kind === 'union') return createUnion(shape.options.map(inner), shape.discriminator);
  if (shape.kind === 'nullable') return inner(shape.inner).nullable();
  if (shape.kind === 'intersection') return z.intersection(inner(shape.parts[0]), inner(shape.parts[1]));
  if (shape.kind === 'reference') return resolve(shape.to);
  return PLAIN[shape.kind];
};

const PLAIN = {
  boolean: z.boolean(),
  null: z.null(),
  json: jsonValue,
  json_object: jsonObject,
  never: z.never(),
} as const;

const createMember = (member: MemberDescription, inner: (shape: Shape) => z.ZodType): z.ZodType => {
  const schema = inner(member.shape);
  if (member.presence === 'required') return schema;
  return member.default === undefined ? schema.optional() : schema.prefault(member.default as never);
};

const withLength = <Schema extends z.ZodArray | z.ZodString>(
  schema: Schema,
  { minLength, maxLength }: { readonly minLength?: number; readonly maxLength?: number },
): Schema => {
  const low = minLength === undefined ? schema : (schema.min(minLength) as Schema);
  return maxLength === undefined ? low : (low.max(maxLength) as Schema);
};

const createString = (shape: StringShape): z.ZodType => {
  const schema = withLength(z.string(), shape);
  return shape.pattern === undefined ? schema : schema.regex(new RegExp(shape.pattern));
};

const createInteger = ({ minimum, maximum }: IntegerShape): z.ZodType =>
  typeof minimum === 'bigint' || typeof maximum === 'bigint'
    ? exactInteger(BigInt(minimum), BigInt(maximum))
    : z.int().min(minimum).max(maximum);

const createNumber = (shape: NumberShape): z.ZodType => {
  let schema = z.number();
  if (shape.minimum !== undefined) schema = schema.min(shape.minimum);
  if (shape.maximum !== undefined) schema = schema.max(shape.maximum);
  if (shape.exclusiveMinimum !== undefined) schema = schema.gt(shape.exclusiveMinimum);
  if (shape.exclusiveMaximum !== undefined) schema = schema.lt(shape.exclusiveMaximum);
  return schema;
};

const createUnion = (options: readonly z.ZodType[], discriminator: string | undefined): z.ZodType =>
  discriminator === undefined
    ? z.union(options as [z.ZodType, ...z.ZodType[]])
    : z.discriminatedUnion(discriminator, options as never);
