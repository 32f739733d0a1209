/**
 * Contracts and protocol data. This package does no I/O, uses no Node API, and does not depend on WebAssembly.
 *
 * @module
 */
export {
  CHAIN_KINDS,
  type ChainContract,
  type ChainKind,
  type ChainRule,
  defineChain,
} from './contract/define-chain.ts';
export { defineWireFunction } from './contract/define-wire-function.ts';
export type {
  FirstVersion,
  NextVersion,
  RequestOf,
  ResponseOf,
  WireFunction,
  WireFunctionBuilder,
  WireFunctionWithDefault,
} from './contract/wire-function.ts';
export {
  DISPATCH_STAGES,
  STAGE_CODES,
  stageFailure,
  type ContractCode,
  type DispatchStage,
  type StageFailure,
} from './contract/dispatch-failure.ts';
export { findLadder, type Ladder } from './contract/ladder.ts';
export { createMessageSchema, type Message, type MessageSchema } from './contract/message-schema.ts';
export type { TimeLeft } from './contract/read/walk.ts';
export {
  checkRequest,
  draftRequest,
  lowerRequest,
  writeRequest,
  type RequestChecked,
  type RequestDrafted,
  type RequestWritten,
} from './contract/write-request.ts';
export { EXACT_PIECE, type JsonDraft } from './json/json-draft.ts';
export {
  readResponse,
  readResponseBody,
  readResponseJson,
  type ResponseRead,
} from './contract/read-response.ts';
export {
  DEFAULT_CODES,
  type DefaultCode,
  type DefaultError,
  type DefaultResult,
  makeDefault,
} from './contract/make-default.ts';
export { compareShapes } from './description/compare-shapes.ts';
export { describeContract, describeContracts } from './description/describe-contract.ts';
export { compareContracts, type ChangeKind, type ContractChange } from './description/compare-contracts.ts';
export {
  contractsFromDescription,
  laddersFromDescription,
} from './description/contracts-from-description.ts';
export { readDescription } from './description/read-description.ts';
export { generateMessages, type GenerateOptions } from './description/generate/generate-messages.ts';
export { hostileMessages, type HostileMessage } from './description/generate/hostile-messages.ts';
export { writeDescription } from './description/write-description.ts';
export {
  DESCRIPTION_VERSION,
  type ContractDescription,
  type ContractsDescription,
  type DescribedJson,
  type HostFunctionDescription,
  type HostValueDescription,
  type MemberDescription,
  type MessageDescription,
  type Shape,
  type VersionDescription,
} from './shape/contract-description.ts';
export { base64Bytes } from './json/base64-bytes.ts';
export { type LargeIntegers, parseExactJson, stringifyExactJson } from './json/exact-numbers.ts';
export { indentJson } from './json/indent-json.ts';
export { exactInteger, i64, u64 } from './json/exact-integer.ts';
export { jsonObject, jsonValue, type JsonValue } from './json/json-value.ts';
export { FALLBACK_POLICIES, type FallbackPolicy } from './base/fallback-policy.ts';
export {
  ABI_ENVELOPE,
  checkIdentity,
  IDENTITY_CODES,
  IDENTITY_MAGIC,
  IDENTITY_SECTION,
  type IdentityCode,
  type IdentityResult,
  type PluginIdentity,
} from './protocol/identity.ts';
export { ENVELOPE_VERSION, HANDSHAKE_SCHEMA_VERSION, PROTOCOL_LIMITS } from './base/limits.ts';
export { isCapabilityName, isFunctionName, isPluginName, showName } from './base/names.ts';
export { closestName, hintAt } from './base/closest-name.ts';
export { listChoices, showChoice, showType } from './base/show-type.ts';
export { buildOffer, canonicalOffer, type HandshakeOffer } from './protocol/offer.ts';
export {
  ACCEPT_CODES,
  checkAccept,
  type AcceptCode,
  type AcceptResult,
  type HandshakeAccept,
} from './protocol/accept.ts';
export { highestCommonVersion, isVersion } from './base/versions.ts';
export {
  buildSelfCheckRequest,
  checkSelfCheck,
  SELF_CHECK_CODES,
  SELF_CHECK_STAGES,
  type SelfCheckCode,
  type SelfCheckRequest,
  type SelfCheckResponse,
  type SelfCheckResult,
  type SelfCheckStage,
} from './protocol/self-check.ts';
export {
  checkMetadata,
  METADATA_CODES,
  metadataExpiry,
  type MetadataCode,
  type MetadataResult,
  type PluginMetadata,
} from './protocol/metadata.ts';
export { PlugwireUsageError, USAGE_CODES, type UsageCode } from './base/usage-error.ts';
