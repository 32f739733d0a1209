import { Bytes } from '../../shared/assembly/bytes';
import { Fields } from '../../shared/assembly/json-object';
import { Value } from '../../shared/assembly/json-value';
import { Writer } from '../../shared/assembly/json-writer';

const U32_MAX: u64 = 0xffff_ffff;

/** How much of a limit an upstream says is left. */
export class RateLimit {
  constructor(
    public kind: Bytes,
    public window: Bytes,
    public limit: i64,
    public remaining: i64,
    public reset: Bytes | null,
  ) {}

  static read(value: Value): RateLimit {
    const fields = new Fields(value);
    const rateLimit = new RateLimit(
      fields.text('kind'),
      fields.text('window'),
      fields.countOrNull('limit'),
      fields.countOrNull('remaining'),
      fields.textOrNull('reset'),
    );
    fields.end();
    return rateLimit;
  }

  write(to: Writer): void {
    to.element();
    to.open('{');
    to.key('kind');
    to.text(this.kind);
    to.key('window');
    to.text(this.window);
    to.key('limit');
    to.countOrNull(this.limit);
    to.key('remaining');
    to.countOrNull(this.remaining);
    to.key('reset');
    to.textOrNull(this.reset);
    to.close('}');
  }
}

/** How much of a subscription is used. */
export class Quota {
  constructor(
    public window: Bytes,
    public source: Bytes,
    public dataState: Bytes,
    public utilization: Value | null,
    public status: Bytes | null,
    public resetsAtUnixSecs: i64,
    public surpassedThreshold: i64,
    public representativeClaim: Bytes | null,
    public disabledReason: Bytes | null,
    public observedAtUnixMillis: i64,
    public ageSecs: i64,
  ) {}

  static read(value: Value): Quota {
    const fields = new Fields(value);
    const quota = new Quota(
      fields.text('window'),
      fields.text('source'),
      fields.text('data_state'),
      fields.numberOrNull('utilization'),
      fields.textOrNull('status'),
      fields.countOrNull('resets_at_unix_secs'),
      fields.flagOrNull('surpassed_threshold'),
      fields.textOrNull('representative_claim'),
      fields.textOrNull('disabled_reason'),
      fields.countOrNull('observed_at_unix_millis'),
      fields.countOrNull('age_secs'),
    );
    fields.end();
    return quota;
  }

  write(to: Writer): void {
    to.element();
    to.open('{');
    to.key('window');
    to.text(this.window);
    to.key('source');
    to.text(this.source);
    to.key('data_state');
    to.text(this.dataState);
    to.key('utilization');
    to.jsonOrNull(this.utilization);
    to.key('status');
    to.textOrNull(this.status);
    to.key('resets_at_unix_secs');
    to.countOrNull(this.resetsAtUnixSecs);
    to.key('surpassed_threshold');
    to.flagOrNull(this.surpassedThreshold);
    to.key('representative_claim');
    to.textOrNull(this.representativeClaim);
    to.key('disabled_reason');
    to.textOrNull(this.disabledReason);
    to.key('observed_at_unix_millis');
    to.countOrNull(this.observedAtUnixMillis);
    to.key('age_secs');
    to.countOrNull(this.ageSecs);
    to.close('}');
  }
}

/** Checked and passed on as it is: nothing here is chosen by the cache. */
function checkCacheScore(value: Value): void {
  const fields = new Fields(value);
  fields.any('predicted_cache_read_tokens').upTo(U32_MAX);
  fields.any('predicted_cache_creation_tokens_5m').upTo(U32_MAX);
  fields.any('predicted_cache_creation_tokens_1h').upTo(U32_MAX);
  fields.any('predicted_uncached_input_tokens').upTo(U32_MAX);
  fields.any('confidence').number();
  const expires = fields.optional('predicted_expires_at_unix_secs');
  if (expires !== null) expires.count();
  const breakpoint = fields.optional('matched_breakpoint_index');
  if (breakpoint !== null) breakpoint.upTo(U32_MAX);
  const ambiguity = fields.optional('ambiguity_reason');
  if (ambiguity !== null) ambiguity.text();
  fields.end();
}

/** An upstream that `filter` may keep. */
export class Candidate {
  constructor(
    public upstreamId: Bytes,
    public name: Bytes,
    public kind: Bytes,
    public rateLimits: RateLimit[],
    public quotas: Quota[],
    public observedAtUnixSecs: u64,
    public cacheScore: Value | null,
  ) {}

  static read(value: Value): Candidate {
    const fields = new Fields(value);
    const upstreamId = fields.text('upstream_id');
    const name = fields.text('name');
    const kind = fields.text('kind');
    const rateLimits: RateLimit[] = [];
    for (let at: Value | null = fields.list('observed_rate_limits'); at !== null; at = at!.next) {
      rateLimits.push(RateLimit.read(at));
    }
    const quotas: Quota[] = [];
    for (let at: Value | null = fields.list('subscription_quotas'); at !== null; at = at!.next)
      quotas.push(Quota.read(at));
    const observedAt = fields.count('observed_at_unix_secs');
    const score = fields.optional('cache_score');
    fields.end();
    if (score !== null) checkCacheScore(score);
    return new Candidate(upstreamId, name, kind, rateLimits, quotas, observedAt, score);
  }

  write(to: Writer): void {
    to.element();
    to.open('{');
    to.key('upstream_id');
    to.text(this.upstreamId);
    to.key('name');
    to.text(this.name);
    to.key('kind');
    to.text(this.kind);
    to.key('observed_rate_limits');
    to.open('[');
    for (let at = 0; at < this.rateLimits.length; at++) this.rateLimits[at].write(to);
    to.close(']');
    to.key('subscription_quotas');
    to.open('[');
    for (let at = 0; at < this.quotas.length; at++) this.quotas[at].write(to);
    to.close(']');
    to.key('observed_at_unix_secs');
    to.count(this.observedAtUnixSecs);
    const score = this.cacheScore;
    if (score !== null) {
      to.key('cache_score');
      to.json(score.json);
    }
    to.close('}');
  }
}
