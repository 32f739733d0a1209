import { CALL_CODES, type PluginHost } from '@plugwire/runtime';
import { DISPATCH_STAGES, type DispatchStage, type FallbackPolicy, STAGE_CODES } from '@plugwire/wire';

import type { HandleHealth } from '../handle/plugin-handle.ts';

/** What happens to a request that fails at one stage. */
export interface StageExplanation {
  readonly stage: DispatchStage;
  /** The codes of the stage. docs/errors.md says what to do about each. */
  readonly codes: readonly string[];
  /** The outcome under which it is counted. `refused` means that the request did not fit the contract. */
  readonly countsAs: 'fallback' | 'refused';
  /**
   * What the caller gets. `default`: the contract’s default answer. `no_answer`: no answer, and the request may continue.
   * `no_answer_and_fail`: no answer, and the request must fail.
   */
  readonly gives: 'default' | 'no_answer' | 'no_answer_and_fail';
}

/** What happens to a request of one function. */
export interface FunctionExplanation {
  readonly function: string;
  readonly policy: FallbackPolicy;
  /** The negotiated version. `undefined` if the plugin does not serve the function. Then each dispatch fails at `version_lookup`. */
  readonly version: number | undefined;
  /** In the order of a call. */
  readonly stages: readonly StageExplanation[];
}

/** Explains what callers get if a dispatch fails. It uses only the contracts. */
export const explainFunctions = (
  { functions }: Pick<PluginHost, 'functions'>,
  health: HandleHealth,
): readonly FunctionExplanation[] =>
  functions.map(({ name, fallback }) => ({
    function: name,
    policy: fallback,
    version: health.functions[name],
    stages: DISPATCH_STAGES.map((stage) => explainStage(stage, fallback)),
  }));

const REFUSED: ReadonlySet<DispatchStage> = new Set(['request_envelope', 'serialize_request']);

const explainStage = (stage: DispatchStage, policy: FallbackPolicy): StageExplanation => {
  const codes: readonly string[] = STAGE_CODES[stage];
  const isRefused = REFUSED.has(stage);
  return {
    stage,
    codes: stage === 'plugin_call' ? [...new Set([...codes, ...CALL_CODES])] : codes,
    countsAs: isRefused ? 'refused' : 'fallback',
    // A request that does not fit is not passed to the default either.
    gives:
      policy === 'use_default' && !isRefused
        ? 'default'
        : policy === 'fail_request'
          ? 'no_answer_and_fail'
          : 'no_answer',
  };
};
