import type { z } from 'zod';

import type { FallbackPolicy } from '../base/fallback-policy.ts';
import { FALLBACK_POLICIES } from '../base/fallback-policy.ts';
import { parseExactJson, stringifyExactJson } from '../json/exact-numbers.ts';
import { PROTOCOL_LIMITS } from '../base/limits.ts';
import { isFunctionName } from '../base/names.ts';
import { listChoices, showChoice, showType } from '../base/show-type.ts';
import { PlugwireUsageError } from '../base/usage-error.ts';
import { isVersion } from '../base/versions.ts';
import type { Ladder, Rung } from './ladder.ts';
import { setLadder } from './ladder.ts';
import { applyDefault } from './apply-default.ts';
import { makeDefault } from './make-default.ts';
import type { MessageSchema } from './message-schema.ts';
import { createMessageSchema } from './message-schema.ts';
import type { FirstVersion, NextVersion, WireFunction, WireFunctionBuilder } from './wire-function.ts';

/**
 * Defines a contract with its first version. Chain `.next(…)` for each further version. If the fallback is `use_default`, call
 * `.withDefault(…)` last.
 *
 * Throws {@link PlugwireUsageError}: `bad_name`, `bad_policy`, `bad_version`, `too_many_versions`, `bad_schema`,
 * `bad_sample`, `bad_adapter`, `bad_default`.
 *
 * @example
 * const greet = defineWireFunction({
 *   name: 'greet',
 *   fallback: 'use_default',
 *   request: z.strictObject({ name: z.string() }),
 *   response: z.strictObject({ text: z.string() }),
 *   sample: { request: { name: '' }, response: { text: '' } },
 * }).withDefault(({ name }) => ({ text: `Hello, ${name}` }));
 */
export const defineWireFunction = <
  const Name extends string,
  const Policy extends FallbackPolicy,
  Request extends z.ZodType,
  Response extends z.ZodType,
>(
  first: FirstVersion<Name, Policy, Request, Response>,
): WireFunctionBuilder<Name, Policy, z.output<Request>, z.output<Response>> => {
  if (typeof first !== 'object' || first === null)
    refuse(
      'bad_name',
      `the definition is ${showType(first)}: expected an object with name, fallback, request, response and sample.`,
    );
  const { name, fallback, description } = first;
  if (!isFunctionName(name)) {
    refuse(
      'bad_name',
      `the name is ${typeof name === 'string' ? JSON.stringify(name) : showType(name)}: expected ^[a-z][a-z0-9_]*$, at most 64 bytes, not "memory", "hs_init" or "cc_lb_…". Rename the function.`,
    );
  }
  if (!FALLBACK_POLICIES.includes(fallback)) {
    refuse(
      'bad_policy',
      `${name}: the fallback is ${showChoice(fallback)}: expected ${listChoices(FALLBACK_POLICIES)}. Choose what the host does when a dispatch fails.`,
    );
  }
  const rung = createRung(name, first.version === undefined ? 1 : first.version, first, undefined);
  return createContract({ name, fallback, ...describedBy(name, description) }, [
    rung,
  ]) as unknown as WireFunctionBuilder<Name, Policy, z.output<Request>, z.output<Response>>;
};

/** The parts of any version, loosely typed. The public types have checked them before. */
interface VersionSource {
  readonly request: z.ZodType;
  readonly response: z.ZodType;
  readonly sample: { readonly request: unknown; readonly response: unknown };
}

type Adapters = Pick<
  NextVersion<unknown, unknown, z.ZodType, z.ZodType>,
  'downgradeRequest' | 'upgradeResponse'
>;

/** The parts of a definition that a contract keeps, except its versions. */
type ContractFacts = Pick<WireFunction, 'name' | 'fallback' | 'description'>;

const describedBy = (name: string, description: string | undefined): Pick<ContractFacts, 'description'> => {
  if (description === undefined) return {};
  if (typeof description === 'string') return { description };
  return refuse(
    'bad_description',
    `${name}: the description is ${showType(description)}: expected a string.`,
  );
};

const createContract = (said: ContractFacts, rungs: readonly [Rung, ...Rung[]]): WireFunction => {
  const { name, fallback } = said;
  const facts = { ...said, versions: Object.freeze(rungs.map((rung) => rung.version)) };
  const ladder: Ladder = { rungs, newest: rungs.at(-1) ?? rungs[0], makeDefault: undefined };

  const next = (source: VersionSource & Adapters): WireFunction => {
    if (rungs.length >= PROTOCOL_LIMITS.versionsPerFunction) {
      refuse(
        'too_many_versions',
        `${name}: has ${rungs.length} versions already, and an offer can list no more. Remove the oldest.`,
      );
    }
    const rung = createRung(name, ladder.newest.version + 1, source, source);
    return createContract(said, [...rungs, rung]);
  };
  const withDefault = (answer: (request: never) => unknown): WireFunction => {
    if (typeof answer !== 'function') {
      refuse(
        'bad_default',
        `${name}: withDefault got ${showType(answer)}: expected a function that takes the request and returns the response.`,
      );
    }
    if (isAsync(answer))
      refuse(
        'bad_default',
        `${name}: the default is async, but a dispatch does not wait for promises. Make it synchronous.`,
      );
    const complete: Ladder = { ...ladder, makeDefault: answer };
    checkDefault(name, complete);
    const contract = Object.freeze({
      ...facts,
      applyDefault: (request: unknown) => applyDefault(name, complete, request),
    });
    setLadder(contract, complete);
    return contract;
  };

  const contract = Object.freeze({ ...facts, next, ...(fallback === 'use_default' ? { withDefault } : {}) });
  setLadder(contract, ladder);
  return contract;
};

const createRung = (
  name: string,
  version: number,
  source: VersionSource,
  adapters: Adapters | undefined,
): Rung => {
  const where = `${name} version ${String(version)}`;
  if (!isVersion(version))
    refuse(
      'bad_version',
      `${where}: expected a whole number from 1 to 65535. Start at 1, or at the oldest version that your plugins use.`,
    );
  if (typeof source !== 'object' || source === null)
    refuse(
      'bad_schema',
      `${where}: the definition is ${showType(source)}: expected an object with request, response, sample and both adapters.`,
    );
  if (adapters !== undefined) {
    for (const key of ['downgradeRequest', 'upgradeResponse'] as const) {
      if (typeof adapters[key] !== 'function')
        refuse('bad_adapter', `${where}: ${key} is ${showType(adapters[key])}: expected a pure function.`);
      if (isAsync(adapters[key]))
        refuse(
          'bad_adapter',
          `${where}: ${key} is async, but a dispatch does not wait for promises. Make it synchronous.`,
        );
    }
  }
  const request = createMessageSchema(source.request, 'request', `${where}, request`);
  const response = createMessageSchema(source.response, 'response', `${where}, response`);
  checkSample(request, source.sample?.request, `${where}, sample.request`);
  checkSample(response, source.sample?.response, `${where}, sample.response`);
  return {
    version,
    request,
    response,
    sample: source.sample,
    downgradeRequest: adapters?.downgradeRequest,
    upgradeResponse: adapters?.upgradeResponse,
  };
};

/** Whether a function is async. Nobody would await its promise, and a rejection would end the process. */
const isAsync = (given: unknown): boolean =>
  Object.prototype.toString.call(given) === '[object AsyncFunction]';

/** Writes a sample to JSON and reads it back. This finds faults that are not visible in the schema. */
const checkSample = (schema: MessageSchema, sample: unknown, where: string): void => {
  const out = schema.fromHost(sample);
  if (!out.ok)
    return refuse('bad_sample', `${where} does not fit its own schema: ${out.detail}. Give a valid message.`);
  const back = schema.fromWire(throughJson(out.message.wire, where));
  if (!back.ok)
    refuse(
      'bad_sample',
      `${where} does not fit its schema after it was written as JSON and read back: ${back.detail}. Use types that JSON can represent.`,
    );
};

/** Runs the default once, on the newest sample, so that a default that always fails is reported when the contract is defined. */
const checkDefault = (name: string, ladder: Ladder): void => {
  const sample = ladder.newest.request.fromHost(ladder.newest.sample.request);
  const result = sample.ok ? makeDefault(ladder, sample.message) : undefined;
  if (result?.ok === false)
    refuse(
      'bad_default',
      `${name}: ${result.error.message}. It was run on sample.request, and must return a valid response.`,
    );
};

const throughJson = (wire: object, where: string): object => {
  try {
    return parseExactJson(stringifyExactJson(wire), 'all') as object;
  } catch {
    return refuse('bad_sample', `${where} cannot be written as JSON. Use types that JSON can represent.`);
  }
};

const refuse = (code: PlugwireUsageError['code'], message: string): never => {
  throw new PlugwireUsageError(code, message);
};
