import { type Behaviour, behave, buildPlugin } from '@plugwire/pdk-fixtures';
import type { LoadOptions, Plugin } from '@plugwire/runtime';
import { isPluginName, PlugwireUsageError, readResponse, type WireFunction } from '@plugwire/wire';

import { answering, identityOf, type PluginNaming } from '../plugins/answering-plugin.ts';
import type { PreparedPlugin } from '../plugins/prepared-plugin.ts';
import { ladderOf, rungOf } from '../plugins/sample-message.ts';
import type { AnswerCause, CallCause, CauseParts, FailureTarget } from './cause.ts';
import { CAUSES, type PluginFailure } from './plugin-failures.ts';

/** Options of {@link failingPlugin}. */
export interface FailingPluginOptions extends PluginNaming {
  /** Other contracts that the plugin serves. It answers them with their sample responses. */
  readonly alongside?: readonly WireFunction[];
  /** The version of the contract that the plugin serves. Default: the newest at which it can fail in this way. */
  readonly version?: number;
  /**
   * The plugin's answer, in the wire's form and without `_v`. Needed only for failures of the contract's codecs or adapters, if no answer
   * that causes the failure is found automatically.
   */
  readonly answer?: Readonly<Record<string, unknown>>;
}

/**
 * The last argument of {@link failingPlugin}. `not_negotiated` requires `alongside`, because a plugin without a common function is refused at
 * load.
 */
export type FailingPluginArguments<Failure extends PluginFailure> = 'version_lookup' extends Failure['stage']
  ? [options: FailingPluginOptions & { readonly alongside: readonly [WireFunction, ...WireFunction[]] }]
  : [options?: FailingPluginOptions];

/** A plugin for which every dispatch to the contract fails at this stage with this code. */
export interface FailingPlugin<Failure extends PluginFailure = PluginFailure> extends PreparedPlugin {
  readonly failure: Failure;
}

/**
 * Builds a WebAssembly plugin that loads without errors, and fails in the given way on every dispatch of the contract. It works for any
 * contract. Possible answers are tried on the contract until one causes the failure.
 *
 * Rejects with `PlugwireUsageError`: `bad_function` if `contract` is not a contract; `bad_option` for a failure that no plugin can cause, or
 * none with this contract. The message says why.
 *
 * @example
 * await using test = await openTestPlugin(
 *   failingPlugin(sign, { stage: 'plugin_call', code: 'deadline' }, { alongside: [filter] }),
 *   [filter, sign],
 * );
 * expect(test.plugin.dispatchSync(sign, request)).toFallBack({ stage: 'plugin_call', code: 'deadline' });
 */
export const failingPlugin = async <const Failure extends PluginFailure>(
  contract: WireFunction,
  failure: Failure,
  ...[options = {}]: FailingPluginArguments<Failure>
): Promise<FailingPlugin<Failure>> => {
  const { alongside = [], name = 'failing', pluginVersion }: FailingPluginOptions = options;
  const { version, parts } = findParts(contract, failure, options);
  checkAlongside(contract, failure, alongside);
  const { behaviour, wat, callLimits, hostFunctions, capabilities, prepare } = parts;
  // A plugin with the storage capability must be loaded with a name.
  const loadOptions = { ...parts.loadOptions, ...(capabilities === undefined ? {} : { name, capabilities }) };
  const own =
    behaviour === undefined && wat === undefined
      ? {}
      : {
          [contract.name]: {
            versions: [version],
            behaviour: behaviour ?? behave.noOutput(),
            exported: wat === undefined,
          },
        };
  const source = await buildPlugin({
    identity: identityOf(checkName(name), pluginVersion),
    functions: { ...Object.fromEntries(alongside.map((each) => [each.name, answering(each)])), ...own },
    ...(wat === undefined ? {} : { wat: [wat] }),
    ...(capabilities === undefined ? {} : { requiredCapabilities: capabilities }),
  });
  return {
    failure,
    source,
    loadOptions: callLimits === undefined ? loadOptions : withCallLimits(loadOptions, contract, callLimits),
    hostOptions: hostFunctions === undefined ? {} : { hostFunctions },
    prepare: async (plugin: Plugin) => prepare?.(plugin, contract),
  };
};

const withCallLimits = (
  loadOptions: LoadOptions,
  contract: WireFunction,
  callLimits: NonNullable<CauseParts['callLimits']>,
): LoadOptions => ({
  ...loadOptions,
  limits: { ...loadOptions.limits, functions: { [contract.name]: callLimits } },
});

const refuse = (message: string): never => {
  throw new PlugwireUsageError('bad_option', message);
};

const checkName = (name: string): string =>
  isPluginName(name)
    ? name
    : refuse(
        `the name ${JSON.stringify(name)} is not a plugin name: expected ^[a-z][a-z0-9_-]*$, at most 64 bytes. Choose another name.`,
      );

const checkAlongside = (
  contract: WireFunction,
  { stage, code }: PluginFailure,
  alongside: readonly WireFunction[],
): void => {
  if (alongside.some((each) => each.name === contract.name)) {
    refuse(`alongside contains "${contract.name}", which cannot both fail and answer. Leave it out.`);
  }
  if (stage === 'version_lookup' && alongside.length === 0) {
    refuse(
      `${stage}/${code} needs another function that the plugin serves, otherwise its load is refused with no_common_function: set alongside.`,
    );
  }
};

interface FoundParts {
  readonly version: number;
  readonly parts: CauseParts;
}

/** Whether a plugin can fail in this way with the contract. Throws `PlugwireUsageError` `bad_function` if it is not a contract. */
export const canFail = (contract: WireFunction, failure: PluginFailure): boolean => {
  const ladder = ladderOf(contract);
  const cause = causeOf(failure);
  if (cause.by === 'call') return true;
  return ladder.rungs.some(
    ({ version }) => findAnswer({ contract, ladder, version }, failure, cause, undefined) !== undefined,
  );
};

const findParts = (
  contract: WireFunction,
  failure: PluginFailure,
  options: FailingPluginOptions,
): FoundParts => {
  const ladder = ladderOf(contract);
  const cause = causeOf(failure);
  const newest = ladder.newest.version;
  if (cause.by === 'call') {
    if (options.answer !== undefined) {
      refuse(`${failure.stage}/${failure.code} is not caused by an answer: leave answer out.`);
    }
    const version = rungOf(ladder, options.version ?? newest).version;
    return { version, parts: cause.parts({ contract, ladder, version }) };
  }
  const versions = options.version === undefined ? contract.versions.toReversed() : [options.version];
  for (const version of versions) {
    const target = { contract, ladder, version: rungOf(ladder, version).version };
    const answer = findAnswer(target, failure, cause, options.answer);
    if (answer !== undefined) return { version, parts: { behaviour: answer } };
  }
  return refuse(whyNot(contract, failure, cause, options));
};

/** Finds the cause of a failure. The types allow only known failures, but tests may build them from strings. */
const causeOf = ({ stage, code }: PluginFailure): AnswerCause | CallCause => {
  const codes = Object.hasOwn(CAUSES, stage) ? (CAUSES[stage] as Record<string, unknown>) : {};
  const cause = Object.hasOwn(codes, code) ? codes[code] : 'this stage and code do not exist';
  return typeof cause === 'string'
    ? refuse(
        `no plugin can cause ${stage}/${code}: ${cause}. PLUGIN_FAILURES lists the failures that plugins can cause.`,
      )
    : (cause as AnswerCause | CallCause);
};

const findAnswer = (
  target: FailureTarget,
  failure: PluginFailure,
  cause: AnswerCause,
  given: FailingPluginOptions['answer'],
): Behaviour | undefined => {
  const candidates =
    given === undefined ? cause.candidates(target) : [JSON.stringify({ ...given, _v: target.version })];
  for (const candidate of candidates) {
    if (typeof candidate !== 'string') return behave.answerBytes(candidate);
    const read = readResponse(target.ladder, target.version, candidate);
    if (!read.ok && read.stage === failure.stage && read.code === failure.code) {
      return behave.answerText(candidate);
    }
  }
  return undefined;
};

const whyNot = (
  contract: WireFunction,
  { stage, code }: PluginFailure,
  { needs, climbs }: AnswerCause,
  { answer, version }: FailingPluginOptions,
): string => {
  const what = `${stage}/${code} of "${contract.name}"`;
  const needed = `That needs ${needs}.`;
  if (answer !== undefined) return `the given answer does not cause ${what}. ${needed}`;
  if (climbs === true && contract.versions.length === 1) {
    return `no answer causes ${what}, which has only one version. ${needed}`;
  }
  const where = version === undefined ? '' : ` at version ${version}`;
  return `no answer was found that causes ${what}${where}. ${needed} If the contract has that, pass an answer that causes it: { answer: { … } }.`;
};
