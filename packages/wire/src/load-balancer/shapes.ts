import { z } from 'zod';

import { jsonObject } from '../json/json-value.ts';

/** Counts, sizes and times: unsigned integers up to 2^53 − 1. JavaScript would round larger ones. */
const u64 = z.int().min(0);
const u32 = z.int().min(0).max(0xffff_ffff);
/** An unsigned 16-bit integer, such as an HTTP status. */
export const u16 = z.int().min(0).max(0xffff);

/** A key of an answer. If a plugin leaves it out, it is null, as serde reads an `Option`. */
export const nullIfAbsent = <Value extends z.ZodType>(schema: Value) => schema.nullable().default(null);

/** A header. The value is base64, because it can be any bytes. */
export const header = z.strictObject({ name: z.string(), value_base64: z.string() });

/** Who sends the request. */
export const principal = z.strictObject({ id: z.string(), kind: z.string(), claims: jsonObject });

/** A request as the client sent it. */
export const clientRequest = z.strictObject({
  request_id: z.string(),
  headers: z.array(header),
  method: z.string(),
  path: z.string(),
  query: z.string().nullable(),
  body_base64: z.string(),
});

/** A request as it is sent to the upstream. */
export const shapedRequest = z.strictObject({
  url: z.string(),
  method: z.string(),
  headers: z.array(header),
  body_base64: z.string(),
});

/** What kind of upstream a request goes to. */
export const upstream = z.strictObject({ kind: z.literal('anthropic_direct') });

/** An error of an upstream, with a category that says what can be done about it. */
export const upstreamError = z.strictObject({
  status: u16,
  body_base64: z.string().nullable(),
  category: z.enum(['unauthorized', 'retryable', 'failed']),
});

const rateLimit = z.strictObject({
  kind: z.string(),
  window: z.string(),
  limit: u64.nullable(),
  remaining: u64.nullable(),
  reset: z.string().nullable(),
});

const subscriptionQuota = z.strictObject({
  window: z.string(),
  source: z.string(),
  data_state: z.string(),
  utilization: z.number().nullable(),
  status: z.string().nullable(),
  resets_at_unix_secs: u64.nullable(),
  surpassed_threshold: z.boolean().nullable(),
  representative_claim: z.string().nullable(),
  disabled_reason: z.string().nullable(),
  observed_at_unix_millis: u64.nullable(),
  age_secs: u64.nullable(),
});

const cacheScore = z.strictObject({
  predicted_cache_read_tokens: u32,
  predicted_cache_creation_tokens_5m: u32,
  predicted_cache_creation_tokens_1h: u32,
  predicted_uncached_input_tokens: u32,
  confidence: z.number(),
  predicted_expires_at_unix_secs: u64.optional(),
  matched_breakpoint_index: u32.optional(),
  ambiguity_reason: z.string().optional(),
});

/** An upstream that `filter` can choose, with observations about it. */
export const candidate = z.strictObject({
  upstream_id: z.string(),
  name: z.string(),
  kind: z.string(),
  observed_rate_limits: z.array(rateLimit),
  subscription_quotas: z.array(subscriptionQuota),
  observed_at_unix_secs: u64,
  cache_score: cacheScore.optional(),
});

/** Something that happened to a request, for `observe`. */
export const event = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('request_started'),
    request_id: z.string(),
    downstream_user_agent: z.string().nullable(),
  }),
  z.strictObject({ kind: z.literal('authn_complete'), principal_id: z.string(), principal_kind: z.string() }),
  z.strictObject({ kind: z.literal('upstream_chosen'), upstream }),
  z.strictObject({ kind: z.literal('chunk'), batch_index: u64, event_count: u64, total_bytes: u64 }),
  z.strictObject({
    kind: z.literal('request_finished'),
    status: u16,
    input_tokens: u64.nullable(),
    output_tokens: u64.nullable(),
    cache_creation_input_tokens: u64.nullable(),
    cache_read_input_tokens: u64.nullable(),
    duration_ms: u64,
  }),
  z.strictObject({ kind: z.literal('error'), code: z.string(), message: z.string(), source: z.string() }),
]);
