//! Reads the types of the contract. Keys may come in any order. Everything else must match the contract exactly.

use super::runtime::alloc::{boxed::Box, string::String, vec::Vec};
use super::runtime::fill::some;
use super::runtime::reader::{default_of, Decode, Key, Read, Reader, Scalar};
use super::runtime::{Json, Map};
use super::types::*;

impl Decode for Header {
    fn blank() -> Self {
        Header {
            name: Decode::blank(),
            value_base64: Decode::blank(),
        }
    }

    #[inline(never)]
    fn fill(&mut self, reader: &mut Reader) -> Read<()> {
        const KEYS: &[Key] = &[
            Key { name: "name", is_required: true },
            Key { name: "value_base64", is_required: true },
        ];
        reader.object(KEYS, &mut |reader, key| match key {
            0 => self.name.fill(reader),
            _ => self.value_base64.fill(reader),
        })
    }
}

impl Decode for Principal {
    fn blank() -> Self {
        Principal {
            id: Decode::blank(),
            kind: Decode::blank(),
            claims: Decode::blank(),
        }
    }

    #[inline(never)]
    fn fill(&mut self, reader: &mut Reader) -> Read<()> {
        const KEYS: &[Key] = &[
            Key { name: "id", is_required: true },
            Key { name: "kind", is_required: true },
            Key { name: "claims", is_required: true },
        ];
        reader.object(KEYS, &mut |reader, key| match key {
            0 => self.id.fill(reader),
            1 => self.kind.fill(reader),
            _ => reader.json_object(&mut self.claims),
        })
    }
}

impl Decode for ObservedRateLimit {
    fn blank() -> Self {
        ObservedRateLimit {
            kind: Decode::blank(),
            window: Decode::blank(),
            limit: Decode::blank(),
            remaining: Decode::blank(),
            reset: Decode::blank(),
        }
    }

    #[inline(never)]
    fn fill(&mut self, reader: &mut Reader) -> Read<()> {
        const KEYS: &[Key] = &[
            Key { name: "kind", is_required: true },
            Key { name: "window", is_required: true },
            Key { name: "limit", is_required: true },
            Key { name: "remaining", is_required: true },
            Key { name: "reset", is_required: true },
        ];
        reader.object(KEYS, &mut |reader, key| match key {
            0 => self.kind.fill(reader),
            1 => self.window.fill(reader),
            2 => reader.nullable(&mut self.limit, |reader, value| reader.u64_into(value, 0, 9007199254740991)),
            3 => reader.nullable(&mut self.remaining, |reader, value| reader.u64_into(value, 0, 9007199254740991)),
            _ => self.reset.fill(reader),
        })
    }
}

impl Decode for SubscriptionQuota {
    fn blank() -> Self {
        SubscriptionQuota {
            window: Decode::blank(),
            source: Decode::blank(),
            data_state: Decode::blank(),
            utilization: Decode::blank(),
            status: Decode::blank(),
            resets_at_unix_secs: Decode::blank(),
            surpassed_threshold: Decode::blank(),
            representative_claim: Decode::blank(),
            disabled_reason: Decode::blank(),
            observed_at_unix_millis: Decode::blank(),
            age_secs: Decode::blank(),
        }
    }

    #[inline(never)]
    fn fill(&mut self, reader: &mut Reader) -> Read<()> {
        const KEYS: &[Key] = &[
            Key { name: "window", is_required: true },
            Key { name: "source", is_required: true },
            Key { name: "data_state", is_required: true },
            Key { name: "utilization", is_required: true },
            Key { name: "status", is_required: true },
            Key { name: "resets_at_unix_secs", is_required: true },
            Key { name: "surpassed_threshold", is_required: true },
            Key { name: "representative_claim", is_required: true },
            Key { name: "disabled_reason", is_required: true },
            Key { name: "observed_at_unix_millis", is_required: true },
            Key { name: "age_secs", is_required: true },
        ];
        reader.object(KEYS, &mut |reader, key| match key {
            0 => self.window.fill(reader),
            1 => self.source.fill(reader),
            2 => self.data_state.fill(reader),
            3 => self.utilization.fill(reader),
            4 => self.status.fill(reader),
            5 => reader.nullable(&mut self.resets_at_unix_secs, |reader, value| reader.u64_into(value, 0, 9007199254740991)),
            6 => self.surpassed_threshold.fill(reader),
            7 => self.representative_claim.fill(reader),
            8 => self.disabled_reason.fill(reader),
            9 => reader.nullable(&mut self.observed_at_unix_millis, |reader, value| reader.u64_into(value, 0, 9007199254740991)),
            _ => reader.nullable(&mut self.age_secs, |reader, value| reader.u64_into(value, 0, 9007199254740991)),
        })
    }
}

impl Decode for CacheScore {
    fn blank() -> Self {
        CacheScore {
            predicted_cache_read_tokens: Decode::blank(),
            predicted_cache_creation_tokens_5m: Decode::blank(),
            predicted_cache_creation_tokens_1h: Decode::blank(),
            predicted_uncached_input_tokens: Decode::blank(),
            confidence: Decode::blank(),
            predicted_expires_at_unix_secs: Decode::blank(),
            matched_breakpoint_index: Decode::blank(),
            ambiguity_reason: Decode::blank(),
        }
    }

    #[inline(never)]
    fn fill(&mut self, reader: &mut Reader) -> Read<()> {
        const KEYS: &[Key] = &[
            Key { name: "predicted_cache_read_tokens", is_required: true },
            Key { name: "predicted_cache_creation_tokens_5m", is_required: true },
            Key { name: "predicted_cache_creation_tokens_1h", is_required: true },
            Key { name: "predicted_uncached_input_tokens", is_required: true },
            Key { name: "confidence", is_required: true },
            Key { name: "predicted_expires_at_unix_secs", is_required: false },
            Key { name: "matched_breakpoint_index", is_required: false },
            Key { name: "ambiguity_reason", is_required: false },
        ];
        reader.object(KEYS, &mut |reader, key| match key {
            0 => self.predicted_cache_read_tokens.fill(reader),
            1 => self.predicted_cache_creation_tokens_5m.fill(reader),
            2 => self.predicted_cache_creation_tokens_1h.fill(reader),
            3 => self.predicted_uncached_input_tokens.fill(reader),
            4 => self.confidence.fill(reader),
            5 => reader.u64_into(some(&mut self.predicted_expires_at_unix_secs), 0, 9007199254740991),
            6 => some(&mut self.matched_breakpoint_index).fill(reader),
            _ => some(&mut self.ambiguity_reason).fill(reader),
        })
    }
}

impl Decode for Candidate {
    fn blank() -> Self {
        Candidate {
            upstream_id: Decode::blank(),
            name: Decode::blank(),
            kind: Decode::blank(),
            observed_rate_limits: Decode::blank(),
            subscription_quotas: Decode::blank(),
            observed_at_unix_secs: Decode::blank(),
            cache_score: Decode::blank(),
        }
    }

    #[inline(never)]
    fn fill(&mut self, reader: &mut Reader) -> Read<()> {
        const KEYS: &[Key] = &[
            Key { name: "upstream_id", is_required: true },
            Key { name: "name", is_required: true },
            Key { name: "kind", is_required: true },
            Key { name: "observed_rate_limits", is_required: true },
            Key { name: "subscription_quotas", is_required: true },
            Key { name: "observed_at_unix_secs", is_required: true },
            Key { name: "cache_score", is_required: false },
        ];
        reader.object(KEYS, &mut |reader, key| match key {
            0 => self.upstream_id.fill(reader),
            1 => self.name.fill(reader),
            2 => self.kind.fill(reader),
            3 => self.observed_rate_limits.fill(reader),
            4 => self.subscription_quotas.fill(reader),
            5 => reader.u64_into(&mut self.observed_at_unix_secs, 0, 9007199254740991),
            _ => some(&mut self.cache_score).fill(reader),
        })
    }
}

impl Decode for FilterRequest {
    fn blank() -> Self {
        FilterRequest {
            request_id: Decode::blank(),
            headers: Decode::blank(),
            method: Decode::blank(),
            path: Decode::blank(),
            query: Decode::blank(),
            body_base64: Decode::blank(),
            principal: Decode::blank(),
            candidates: Decode::blank(),
        }
    }

    #[inline(never)]
    fn fill(&mut self, reader: &mut Reader) -> Read<()> {
        const KEYS: &[Key] = &[
            Key { name: "request_id", is_required: true },
            Key { name: "headers", is_required: true },
            Key { name: "method", is_required: true },
            Key { name: "path", is_required: true },
            Key { name: "query", is_required: true },
            Key { name: "body_base64", is_required: true },
            Key { name: "principal", is_required: true },
            Key { name: "candidates", is_required: true },
        ];
        reader.object(KEYS, &mut |reader, key| match key {
            0 => self.request_id.fill(reader),
            1 => self.headers.fill(reader),
            2 => self.method.fill(reader),
            3 => self.path.fill(reader),
            4 => self.query.fill(reader),
            5 => self.body_base64.fill(reader),
            6 => self.principal.fill(reader),
            _ => self.candidates.fill(reader),
        })
    }
}

impl Decode for FilterResponseResult {
    fn blank() -> Self {
        FilterResponseResult {
            upstream_id: Decode::blank(),
            decision: Decode::blank(),
            reason: Decode::blank(),
        }
    }

    #[inline(never)]
    fn fill(&mut self, reader: &mut Reader) -> Read<()> {
        const KEYS: &[Key] = &[
            Key { name: "upstream_id", is_required: true },
            Key { name: "decision", is_required: true },
            Key { name: "reason", is_required: true },
        ];
        reader.object(KEYS, &mut |reader, key| match key {
            0 => self.upstream_id.fill(reader),
            1 => self.decision.fill(reader),
            _ => self.reason.fill(reader),
        })
    }
}

impl Decode for FilterResponse {
    fn blank() -> Self {
        FilterResponse {
            results: Decode::blank(),
        }
    }

    #[inline(never)]
    fn fill(&mut self, reader: &mut Reader) -> Read<()> {
        const KEYS: &[Key] = &[
            Key { name: "results", is_required: true },
        ];
        reader.object(KEYS, &mut |reader, key| match key {
            _ => self.results.fill(reader),
        })
    }
}

impl Decode for Request {
    fn blank() -> Self {
        Request {
            request_id: Decode::blank(),
            headers: Decode::blank(),
            method: Decode::blank(),
            path: Decode::blank(),
            query: Decode::blank(),
            body_base64: Decode::blank(),
        }
    }

    #[inline(never)]
    fn fill(&mut self, reader: &mut Reader) -> Read<()> {
        const KEYS: &[Key] = &[
            Key { name: "request_id", is_required: true },
            Key { name: "headers", is_required: true },
            Key { name: "method", is_required: true },
            Key { name: "path", is_required: true },
            Key { name: "query", is_required: true },
            Key { name: "body_base64", is_required: true },
        ];
        reader.object(KEYS, &mut |reader, key| match key {
            0 => self.request_id.fill(reader),
            1 => self.headers.fill(reader),
            2 => self.method.fill(reader),
            3 => self.path.fill(reader),
            4 => self.query.fill(reader),
            _ => self.body_base64.fill(reader),
        })
    }
}

impl Decode for Upstream {
    fn blank() -> Self {
        Upstream {}
    }

    #[inline(never)]
    fn fill(&mut self, reader: &mut Reader) -> Read<()> {
        const KEYS: &[Key] = &[
            Key { name: "kind", is_required: true },
        ];
        reader.object(KEYS, &mut |reader, key| match key {
            _ => reader.constant(Scalar::Text("anthropic_direct")),
        })
    }
}

impl Decode for ShapeRequest {
    fn blank() -> Self {
        ShapeRequest {
            request: Decode::blank(),
            upstream: Decode::blank(),
            principal: Decode::blank(),
        }
    }

    #[inline(never)]
    fn fill(&mut self, reader: &mut Reader) -> Read<()> {
        const KEYS: &[Key] = &[
            Key { name: "request", is_required: true },
            Key { name: "upstream", is_required: true },
            Key { name: "principal", is_required: true },
        ];
        reader.object(KEYS, &mut |reader, key| match key {
            0 => self.request.fill(reader),
            1 => self.upstream.fill(reader),
            _ => self.principal.fill(reader),
        })
    }
}

impl Decode for ShapeResponse {
    fn blank() -> Self {
        ShapeResponse {
            url: Decode::blank(),
            method: Decode::blank(),
            headers: Decode::blank(),
            body_base64: Decode::blank(),
        }
    }

    #[inline(never)]
    fn fill(&mut self, reader: &mut Reader) -> Read<()> {
        const KEYS: &[Key] = &[
            Key { name: "url", is_required: true },
            Key { name: "method", is_required: true },
            Key { name: "headers", is_required: true },
            Key { name: "body_base64", is_required: true },
        ];
        reader.object(KEYS, &mut |reader, key| match key {
            0 => self.url.fill(reader),
            1 => self.method.fill(reader),
            2 => self.headers.fill(reader),
            _ => self.body_base64.fill(reader),
        })
    }
}

impl Decode for BuildSignerRequest {
    fn blank() -> Self {
        BuildSignerRequest {
            upstream: Decode::blank(),
            factory_state: Decode::blank(),
        }
    }

    #[inline(never)]
    fn fill(&mut self, reader: &mut Reader) -> Read<()> {
        const KEYS: &[Key] = &[
            Key { name: "upstream", is_required: true },
            Key { name: "factory_state", is_required: true },
        ];
        reader.object(KEYS, &mut |reader, key| match key {
            0 => self.upstream.fill(reader),
            _ => self.factory_state.fill(reader),
        })
    }
}

impl Decode for BuildSignerResponse {
    fn blank() -> Self {
        BuildSignerResponse {
            signer_state: Decode::blank(),
        }
    }

    #[inline(never)]
    fn fill(&mut self, reader: &mut Reader) -> Read<()> {
        const KEYS: &[Key] = &[
            Key { name: "signer_state", is_required: true },
        ];
        reader.object(KEYS, &mut |reader, key| match key {
            _ => self.signer_state.fill(reader),
        })
    }
}

impl Decode for Shaped {
    fn blank() -> Self {
        Shaped {
            url: Decode::blank(),
            method: Decode::blank(),
            headers: Decode::blank(),
            body_base64: Decode::blank(),
        }
    }

    #[inline(never)]
    fn fill(&mut self, reader: &mut Reader) -> Read<()> {
        const KEYS: &[Key] = &[
            Key { name: "url", is_required: true },
            Key { name: "method", is_required: true },
            Key { name: "headers", is_required: true },
            Key { name: "body_base64", is_required: true },
        ];
        reader.object(KEYS, &mut |reader, key| match key {
            0 => self.url.fill(reader),
            1 => self.method.fill(reader),
            2 => self.headers.fill(reader),
            _ => self.body_base64.fill(reader),
        })
    }
}

impl Decode for SignRequest {
    fn blank() -> Self {
        SignRequest {
            shaped: Decode::blank(),
            signer_state: Decode::blank(),
        }
    }

    #[inline(never)]
    fn fill(&mut self, reader: &mut Reader) -> Read<()> {
        const KEYS: &[Key] = &[
            Key { name: "shaped", is_required: true },
            Key { name: "signer_state", is_required: true },
        ];
        reader.object(KEYS, &mut |reader, key| match key {
            0 => self.shaped.fill(reader),
            _ => self.signer_state.fill(reader),
        })
    }
}

impl Decode for SignResponse {
    fn blank() -> Self {
        SignResponse {
            url: Decode::blank(),
            method: Decode::blank(),
            headers: Decode::blank(),
            body_base64: Decode::blank(),
        }
    }

    #[inline(never)]
    fn fill(&mut self, reader: &mut Reader) -> Read<()> {
        const KEYS: &[Key] = &[
            Key { name: "url", is_required: false },
            Key { name: "method", is_required: false },
            Key { name: "headers", is_required: false },
            Key { name: "body_base64", is_required: false },
        ];
        reader.object(KEYS, &mut |reader, key| match key {
            0 => self.url.fill(reader),
            1 => self.method.fill(reader),
            2 => self.headers.fill(reader),
            _ => self.body_base64.fill(reader),
        })
    }
}

impl Decode for Category {
    fn blank() -> Self {
        Category::Unauthorized
    }

    #[inline(never)]
    fn fill(&mut self, reader: &mut Reader) -> Read<()> {
        *self = match reader.choice(&[Scalar::Text("unauthorized"), Scalar::Text("retryable"), Scalar::Text("failed")])? {
            0 => Category::Unauthorized,
            1 => Category::Retryable,
            _ => Category::Failed,
        };
        Ok(())
    }
}

impl Decode for OnUnauthorizedRequestError {
    fn blank() -> Self {
        OnUnauthorizedRequestError {
            status: Decode::blank(),
            body_base64: Decode::blank(),
            category: Decode::blank(),
        }
    }

    #[inline(never)]
    fn fill(&mut self, reader: &mut Reader) -> Read<()> {
        const KEYS: &[Key] = &[
            Key { name: "status", is_required: true },
            Key { name: "body_base64", is_required: true },
            Key { name: "category", is_required: true },
        ];
        reader.object(KEYS, &mut |reader, key| match key {
            0 => reader.u32_into(&mut self.status, 0, 65535),
            1 => self.body_base64.fill(reader),
            _ => self.category.fill(reader),
        })
    }
}

impl Decode for OnUnauthorizedRequest {
    fn blank() -> Self {
        OnUnauthorizedRequest {
            error: Decode::blank(),
            signer_state: Decode::blank(),
        }
    }

    #[inline(never)]
    fn fill(&mut self, reader: &mut Reader) -> Read<()> {
        const KEYS: &[Key] = &[
            Key { name: "error", is_required: true },
            Key { name: "signer_state", is_required: true },
        ];
        reader.object(KEYS, &mut |reader, key| match key {
            0 => self.error.fill(reader),
            _ => self.signer_state.fill(reader),
        })
    }
}

impl Decode for OnUnauthorizedResponse {
    fn blank() -> Self {
        OnUnauthorizedResponse {
            decision: Decode::blank(),
            signer_state: Decode::blank(),
        }
    }

    #[inline(never)]
    fn fill(&mut self, reader: &mut Reader) -> Read<()> {
        const KEYS: &[Key] = &[
            Key { name: "decision", is_required: true },
            Key { name: "signer_state", is_required: true },
        ];
        reader.object(KEYS, &mut |reader, key| match key {
            0 => self.decision.fill(reader),
            _ => self.signer_state.fill(reader),
        })
    }
}

impl Decode for NormalizeErrorRequest {
    fn blank() -> Self {
        NormalizeErrorRequest {
            status: Decode::blank(),
            body_base64: Decode::blank(),
        }
    }

    #[inline(never)]
    fn fill(&mut self, reader: &mut Reader) -> Read<()> {
        const KEYS: &[Key] = &[
            Key { name: "status", is_required: true },
            Key { name: "body_base64", is_required: true },
        ];
        reader.object(KEYS, &mut |reader, key| match key {
            0 => reader.u32_into(&mut self.status, 0, 65535),
            _ => self.body_base64.fill(reader),
        })
    }
}

impl Decode for NormalizeErrorResponse {
    fn blank() -> Self {
        NormalizeErrorResponse {
            body_base64: Decode::blank(),
        }
    }

    #[inline(never)]
    fn fill(&mut self, reader: &mut Reader) -> Read<()> {
        const KEYS: &[Key] = &[
            Key { name: "body_base64", is_required: false },
        ];
        reader.object(KEYS, &mut |reader, key| match key {
            _ => self.body_base64.fill(reader),
        })
    }
}

impl Decode for RequestStarted {
    fn blank() -> Self {
        RequestStarted {
            request_id: Decode::blank(),
            downstream_user_agent: Decode::blank(),
        }
    }

    #[inline(never)]
    fn fill(&mut self, reader: &mut Reader) -> Read<()> {
        const KEYS: &[Key] = &[
            Key { name: "kind", is_required: true },
            Key { name: "request_id", is_required: true },
            Key { name: "downstream_user_agent", is_required: true },
        ];
        reader.object(KEYS, &mut |reader, key| match key {
            0 => reader.constant(Scalar::Text("request_started")),
            1 => self.request_id.fill(reader),
            _ => self.downstream_user_agent.fill(reader),
        })
    }
}

impl Decode for AuthnComplete {
    fn blank() -> Self {
        AuthnComplete {
            principal_id: Decode::blank(),
            principal_kind: Decode::blank(),
        }
    }

    #[inline(never)]
    fn fill(&mut self, reader: &mut Reader) -> Read<()> {
        const KEYS: &[Key] = &[
            Key { name: "kind", is_required: true },
            Key { name: "principal_id", is_required: true },
            Key { name: "principal_kind", is_required: true },
        ];
        reader.object(KEYS, &mut |reader, key| match key {
            0 => reader.constant(Scalar::Text("authn_complete")),
            1 => self.principal_id.fill(reader),
            _ => self.principal_kind.fill(reader),
        })
    }
}

impl Decode for UpstreamChosen {
    fn blank() -> Self {
        UpstreamChosen {
            upstream: Decode::blank(),
        }
    }

    #[inline(never)]
    fn fill(&mut self, reader: &mut Reader) -> Read<()> {
        const KEYS: &[Key] = &[
            Key { name: "kind", is_required: true },
            Key { name: "upstream", is_required: true },
        ];
        reader.object(KEYS, &mut |reader, key| match key {
            0 => reader.constant(Scalar::Text("upstream_chosen")),
            _ => self.upstream.fill(reader),
        })
    }
}

impl Decode for Chunk {
    fn blank() -> Self {
        Chunk {
            batch_index: Decode::blank(),
            event_count: Decode::blank(),
            total_bytes: Decode::blank(),
        }
    }

    #[inline(never)]
    fn fill(&mut self, reader: &mut Reader) -> Read<()> {
        const KEYS: &[Key] = &[
            Key { name: "kind", is_required: true },
            Key { name: "batch_index", is_required: true },
            Key { name: "event_count", is_required: true },
            Key { name: "total_bytes", is_required: true },
        ];
        reader.object(KEYS, &mut |reader, key| match key {
            0 => reader.constant(Scalar::Text("chunk")),
            1 => reader.u64_into(&mut self.batch_index, 0, 9007199254740991),
            2 => reader.u64_into(&mut self.event_count, 0, 9007199254740991),
            _ => reader.u64_into(&mut self.total_bytes, 0, 9007199254740991),
        })
    }
}

impl Decode for RequestFinished {
    fn blank() -> Self {
        RequestFinished {
            status: Decode::blank(),
            input_tokens: Decode::blank(),
            output_tokens: Decode::blank(),
            cache_creation_input_tokens: Decode::blank(),
            cache_read_input_tokens: Decode::blank(),
            duration_ms: Decode::blank(),
        }
    }

    #[inline(never)]
    fn fill(&mut self, reader: &mut Reader) -> Read<()> {
        const KEYS: &[Key] = &[
            Key { name: "kind", is_required: true },
            Key { name: "status", is_required: true },
            Key { name: "input_tokens", is_required: true },
            Key { name: "output_tokens", is_required: true },
            Key { name: "cache_creation_input_tokens", is_required: true },
            Key { name: "cache_read_input_tokens", is_required: true },
            Key { name: "duration_ms", is_required: true },
        ];
        reader.object(KEYS, &mut |reader, key| match key {
            0 => reader.constant(Scalar::Text("request_finished")),
            1 => reader.u32_into(&mut self.status, 0, 65535),
            2 => reader.nullable(&mut self.input_tokens, |reader, value| reader.u64_into(value, 0, 9007199254740991)),
            3 => reader.nullable(&mut self.output_tokens, |reader, value| reader.u64_into(value, 0, 9007199254740991)),
            4 => reader.nullable(&mut self.cache_creation_input_tokens, |reader, value| reader.u64_into(value, 0, 9007199254740991)),
            5 => reader.nullable(&mut self.cache_read_input_tokens, |reader, value| reader.u64_into(value, 0, 9007199254740991)),
            _ => reader.u64_into(&mut self.duration_ms, 0, 9007199254740991),
        })
    }
}

impl Decode for EventError {
    fn blank() -> Self {
        EventError {
            code: Decode::blank(),
            message: Decode::blank(),
            source: Decode::blank(),
        }
    }

    #[inline(never)]
    fn fill(&mut self, reader: &mut Reader) -> Read<()> {
        const KEYS: &[Key] = &[
            Key { name: "kind", is_required: true },
            Key { name: "code", is_required: true },
            Key { name: "message", is_required: true },
            Key { name: "source", is_required: true },
        ];
        reader.object(KEYS, &mut |reader, key| match key {
            0 => reader.constant(Scalar::Text("error")),
            1 => self.code.fill(reader),
            2 => self.message.fill(reader),
            _ => self.source.fill(reader),
        })
    }
}

impl Decode for Event {
    fn blank() -> Self {
        Event::RequestStarted(Decode::blank())
    }

    #[inline(never)]
    fn fill(&mut self, reader: &mut Reader) -> Read<()> {
        match reader.tag("kind", &[Scalar::Text("request_started"), Scalar::Text("authn_complete"), Scalar::Text("upstream_chosen"), Scalar::Text("chunk"), Scalar::Text("request_finished"), Scalar::Text("error")])? {
            0 => {
                let mut value: RequestStarted = Decode::blank();
                *self = Event::RequestStarted({
                    value.fill(reader)?;
                    value
                });
            }
            1 => {
                let mut value: AuthnComplete = Decode::blank();
                *self = Event::AuthnComplete({
                    value.fill(reader)?;
                    value
                });
            }
            2 => {
                let mut value: UpstreamChosen = Decode::blank();
                *self = Event::UpstreamChosen({
                    value.fill(reader)?;
                    value
                });
            }
            3 => {
                let mut value: Chunk = Decode::blank();
                *self = Event::Chunk({
                    value.fill(reader)?;
                    value
                });
            }
            4 => {
                let mut value: RequestFinished = Decode::blank();
                *self = Event::RequestFinished({
                    value.fill(reader)?;
                    value
                });
            }
            _ => {
                let mut value: EventError = Decode::blank();
                *self = Event::Error({
                    value.fill(reader)?;
                    value
                });
            }
        }
        Ok(())
    }
}

impl Decode for ObserveRequest {
    fn blank() -> Self {
        ObserveRequest {
            events: Decode::blank(),
        }
    }

    #[inline(never)]
    fn fill(&mut self, reader: &mut Reader) -> Read<()> {
        const KEYS: &[Key] = &[
            Key { name: "events", is_required: true },
        ];
        reader.object(KEYS, &mut |reader, key| match key {
            _ => self.events.fill(reader),
        })
    }
}

impl Decode for ObserveResponse {
    fn blank() -> Self {
        ObserveResponse {}
    }

    #[inline(never)]
    fn fill(&mut self, reader: &mut Reader) -> Read<()> {
        reader.object(&[], &mut |_, _| Ok(()))
    }
}
