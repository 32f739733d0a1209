//! Writes the types of the contract, with keys in the order of the contract and without whitespace.

use super::runtime::reader::Key;
use super::runtime::writer::{Encode, Writer, Written};
use super::types::*;

impl Encode for Header {
    #[inline(never)]
    fn encode(&self, writer: &mut Writer) -> Written {
        writer.open_object();
        writer.key("\"name\":");
        writer.string(&self.name)?;
        writer.key("\"value_base64\":");
        writer.string(&self.value_base64)?;
        writer.close_object()
    }
}

impl Encode for Principal {
    #[inline(never)]
    fn encode(&self, writer: &mut Writer) -> Written {
        writer.open_object();
        writer.key("\"id\":");
        writer.string(&self.id)?;
        writer.key("\"kind\":");
        writer.string(&self.kind)?;
        writer.key("\"claims\":");
        writer.json_object(&self.claims)?;
        writer.close_object()
    }
}

impl Encode for ObservedRateLimit {
    #[inline(never)]
    fn encode(&self, writer: &mut Writer) -> Written {
        writer.open_object();
        writer.key("\"kind\":");
        writer.string(&self.kind)?;
        writer.key("\"window\":");
        writer.string(&self.window)?;
        writer.key("\"limit\":");
        writer.nullable(&self.limit, |writer, value| writer.u64(*value, 0, 9007199254740991))?;
        writer.key("\"remaining\":");
        writer.nullable(&self.remaining, |writer, value| writer.u64(*value, 0, 9007199254740991))?;
        writer.key("\"reset\":");
        writer.nullable(&self.reset, |writer, value| writer.string(value))?;
        writer.close_object()
    }
}

impl Encode for SubscriptionQuota {
    #[inline(never)]
    fn encode(&self, writer: &mut Writer) -> Written {
        writer.open_object();
        writer.key("\"window\":");
        writer.string(&self.window)?;
        writer.key("\"source\":");
        writer.string(&self.source)?;
        writer.key("\"data_state\":");
        writer.string(&self.data_state)?;
        writer.key("\"utilization\":");
        writer.nullable(&self.utilization, |writer, value| writer.number(*value, |_| true))?;
        writer.key("\"status\":");
        writer.nullable(&self.status, |writer, value| writer.string(value))?;
        writer.key("\"resets_at_unix_secs\":");
        writer.nullable(&self.resets_at_unix_secs, |writer, value| writer.u64(*value, 0, 9007199254740991))?;
        writer.key("\"surpassed_threshold\":");
        writer.nullable(&self.surpassed_threshold, |writer, value| writer.boolean(*value))?;
        writer.key("\"representative_claim\":");
        writer.nullable(&self.representative_claim, |writer, value| writer.string(value))?;
        writer.key("\"disabled_reason\":");
        writer.nullable(&self.disabled_reason, |writer, value| writer.string(value))?;
        writer.key("\"observed_at_unix_millis\":");
        writer.nullable(&self.observed_at_unix_millis, |writer, value| writer.u64(*value, 0, 9007199254740991))?;
        writer.key("\"age_secs\":");
        writer.nullable(&self.age_secs, |writer, value| writer.u64(*value, 0, 9007199254740991))?;
        writer.close_object()
    }
}

impl Encode for CacheScore {
    #[inline(never)]
    fn encode(&self, writer: &mut Writer) -> Written {
        writer.open_object();
        writer.key("\"predicted_cache_read_tokens\":");
        writer.u32(self.predicted_cache_read_tokens, 0, 4294967295)?;
        writer.key("\"predicted_cache_creation_tokens_5m\":");
        writer.u32(self.predicted_cache_creation_tokens_5m, 0, 4294967295)?;
        writer.key("\"predicted_cache_creation_tokens_1h\":");
        writer.u32(self.predicted_cache_creation_tokens_1h, 0, 4294967295)?;
        writer.key("\"predicted_uncached_input_tokens\":");
        writer.u32(self.predicted_uncached_input_tokens, 0, 4294967295)?;
        writer.key("\"confidence\":");
        writer.number(self.confidence, |_| true)?;
        if let Some(value) = &self.predicted_expires_at_unix_secs {
            writer.key("\"predicted_expires_at_unix_secs\":");
            writer.u64(*value, 0, 9007199254740991)?;
        }
        if let Some(value) = &self.matched_breakpoint_index {
            writer.key("\"matched_breakpoint_index\":");
            writer.u32(*value, 0, 4294967295)?;
        }
        if let Some(value) = &self.ambiguity_reason {
            writer.key("\"ambiguity_reason\":");
            writer.string(value)?;
        }
        writer.close_object()
    }
}

impl Encode for Candidate {
    #[inline(never)]
    fn encode(&self, writer: &mut Writer) -> Written {
        writer.open_object();
        writer.key("\"upstream_id\":");
        writer.string(&self.upstream_id)?;
        writer.key("\"name\":");
        writer.string(&self.name)?;
        writer.key("\"kind\":");
        writer.string(&self.kind)?;
        writer.key("\"observed_rate_limits\":");
        writer.list(&self.observed_rate_limits, |writer, value| value.encode(writer))?;
        writer.key("\"subscription_quotas\":");
        writer.list(&self.subscription_quotas, |writer, value| value.encode(writer))?;
        writer.key("\"observed_at_unix_secs\":");
        writer.u64(self.observed_at_unix_secs, 0, 9007199254740991)?;
        if let Some(value) = &self.cache_score {
            writer.key("\"cache_score\":");
            value.encode(writer)?;
        }
        writer.close_object()
    }
}

impl Encode for FilterRequest {
    #[inline(never)]
    fn encode(&self, writer: &mut Writer) -> Written {
        writer.open_object();
        writer.key("\"request_id\":");
        writer.string(&self.request_id)?;
        writer.key("\"headers\":");
        writer.list(&self.headers, |writer, value| value.encode(writer))?;
        writer.key("\"method\":");
        writer.string(&self.method)?;
        writer.key("\"path\":");
        writer.string(&self.path)?;
        writer.key("\"query\":");
        writer.nullable(&self.query, |writer, value| writer.string(value))?;
        writer.key("\"body_base64\":");
        writer.string(&self.body_base64)?;
        writer.key("\"principal\":");
        self.principal.encode(writer)?;
        writer.key("\"candidates\":");
        writer.list(&self.candidates, |writer, value| value.encode(writer))?;
        writer.close_object()
    }
}

impl Encode for FilterResponseResult {
    #[inline(never)]
    fn encode(&self, writer: &mut Writer) -> Written {
        writer.open_object();
        writer.key("\"upstream_id\":");
        writer.string(&self.upstream_id)?;
        writer.key("\"decision\":");
        writer.string(&self.decision)?;
        writer.key("\"reason\":");
        writer.string(&self.reason)?;
        writer.close_object()
    }
}

impl Encode for FilterResponse {
    #[inline(never)]
    fn encode(&self, writer: &mut Writer) -> Written {
        writer.open_object();
        writer.key("\"results\":");
        writer.list(&self.results, |writer, value| value.encode(writer))?;
        writer.close_object()
    }
}

impl Encode for Request {
    #[inline(never)]
    fn encode(&self, writer: &mut Writer) -> Written {
        writer.open_object();
        writer.key("\"request_id\":");
        writer.string(&self.request_id)?;
        writer.key("\"headers\":");
        writer.list(&self.headers, |writer, value| value.encode(writer))?;
        writer.key("\"method\":");
        writer.string(&self.method)?;
        writer.key("\"path\":");
        writer.string(&self.path)?;
        writer.key("\"query\":");
        writer.nullable(&self.query, |writer, value| writer.string(value))?;
        writer.key("\"body_base64\":");
        writer.string(&self.body_base64)?;
        writer.close_object()
    }
}

impl Encode for Upstream {
    #[inline(never)]
    fn encode(&self, writer: &mut Writer) -> Written {
        writer.open_object();
        writer.key("\"kind\":\"anthropic_direct\"");
        writer.close_object()
    }
}

impl Encode for ShapeRequest {
    #[inline(never)]
    fn encode(&self, writer: &mut Writer) -> Written {
        writer.open_object();
        writer.key("\"request\":");
        self.request.encode(writer)?;
        writer.key("\"upstream\":");
        self.upstream.encode(writer)?;
        writer.key("\"principal\":");
        self.principal.encode(writer)?;
        writer.close_object()
    }
}

impl Encode for ShapeResponse {
    #[inline(never)]
    fn encode(&self, writer: &mut Writer) -> Written {
        writer.open_object();
        writer.key("\"url\":");
        writer.string(&self.url)?;
        writer.key("\"method\":");
        writer.string(&self.method)?;
        writer.key("\"headers\":");
        writer.list(&self.headers, |writer, value| value.encode(writer))?;
        writer.key("\"body_base64\":");
        writer.string(&self.body_base64)?;
        writer.close_object()
    }
}

impl Encode for BuildSignerRequest {
    #[inline(never)]
    fn encode(&self, writer: &mut Writer) -> Written {
        writer.open_object();
        writer.key("\"upstream\":");
        self.upstream.encode(writer)?;
        writer.key("\"factory_state\":");
        writer.json(&self.factory_state)?;
        writer.close_object()
    }
}

impl Encode for BuildSignerResponse {
    #[inline(never)]
    fn encode(&self, writer: &mut Writer) -> Written {
        writer.open_object();
        writer.key("\"signer_state\":");
        writer.json(&self.signer_state)?;
        writer.close_object()
    }
}

impl Encode for Shaped {
    #[inline(never)]
    fn encode(&self, writer: &mut Writer) -> Written {
        writer.open_object();
        writer.key("\"url\":");
        writer.string(&self.url)?;
        writer.key("\"method\":");
        writer.string(&self.method)?;
        writer.key("\"headers\":");
        writer.list(&self.headers, |writer, value| value.encode(writer))?;
        writer.key("\"body_base64\":");
        writer.string(&self.body_base64)?;
        writer.close_object()
    }
}

impl Encode for SignRequest {
    #[inline(never)]
    fn encode(&self, writer: &mut Writer) -> Written {
        writer.open_object();
        writer.key("\"shaped\":");
        self.shaped.encode(writer)?;
        writer.key("\"signer_state\":");
        writer.json(&self.signer_state)?;
        writer.close_object()
    }
}

impl Encode for SignResponse {
    #[inline(never)]
    fn encode(&self, writer: &mut Writer) -> Written {
        writer.open_object();
        writer.key("\"url\":");
        writer.nullable(&self.url, |writer, value| writer.string(value))?;
        writer.key("\"method\":");
        writer.nullable(&self.method, |writer, value| writer.string(value))?;
        writer.key("\"headers\":");
        writer.nullable(&self.headers, |writer, value| writer.list(value, |writer, value| value.encode(writer)))?;
        writer.key("\"body_base64\":");
        writer.nullable(&self.body_base64, |writer, value| writer.string(value))?;
        writer.close_object()
    }
}

impl Encode for Category {
    #[inline(never)]
    fn encode(&self, writer: &mut Writer) -> Written {
        writer.raw(match self {
            Category::Unauthorized => "\"unauthorized\"",
            Category::Retryable => "\"retryable\"",
            Category::Failed => "\"failed\"",
        })
    }
}

impl Encode for OnUnauthorizedRequestError {
    #[inline(never)]
    fn encode(&self, writer: &mut Writer) -> Written {
        writer.open_object();
        writer.key("\"status\":");
        writer.u32(self.status, 0, 65535)?;
        writer.key("\"body_base64\":");
        writer.nullable(&self.body_base64, |writer, value| writer.string(value))?;
        writer.key("\"category\":");
        self.category.encode(writer)?;
        writer.close_object()
    }
}

impl Encode for OnUnauthorizedRequest {
    #[inline(never)]
    fn encode(&self, writer: &mut Writer) -> Written {
        writer.open_object();
        writer.key("\"error\":");
        self.error.encode(writer)?;
        writer.key("\"signer_state\":");
        writer.json(&self.signer_state)?;
        writer.close_object()
    }
}

impl Encode for OnUnauthorizedResponse {
    #[inline(never)]
    fn encode(&self, writer: &mut Writer) -> Written {
        writer.open_object();
        writer.key("\"decision\":");
        writer.string(&self.decision)?;
        writer.key("\"signer_state\":");
        writer.json(&self.signer_state)?;
        writer.close_object()
    }
}

impl Encode for NormalizeErrorRequest {
    #[inline(never)]
    fn encode(&self, writer: &mut Writer) -> Written {
        writer.open_object();
        writer.key("\"status\":");
        writer.u32(self.status, 0, 65535)?;
        writer.key("\"body_base64\":");
        writer.string(&self.body_base64)?;
        writer.close_object()
    }
}

impl Encode for NormalizeErrorResponse {
    #[inline(never)]
    fn encode(&self, writer: &mut Writer) -> Written {
        writer.open_object();
        writer.key("\"body_base64\":");
        writer.nullable(&self.body_base64, |writer, value| writer.string(value))?;
        writer.close_object()
    }
}

impl Encode for RequestStarted {
    #[inline(never)]
    fn encode(&self, writer: &mut Writer) -> Written {
        writer.open_object();
        writer.key("\"kind\":\"request_started\"");
        writer.key("\"request_id\":");
        writer.string(&self.request_id)?;
        writer.key("\"downstream_user_agent\":");
        writer.nullable(&self.downstream_user_agent, |writer, value| writer.string(value))?;
        writer.close_object()
    }
}

impl Encode for AuthnComplete {
    #[inline(never)]
    fn encode(&self, writer: &mut Writer) -> Written {
        writer.open_object();
        writer.key("\"kind\":\"authn_complete\"");
        writer.key("\"principal_id\":");
        writer.string(&self.principal_id)?;
        writer.key("\"principal_kind\":");
        writer.string(&self.principal_kind)?;
        writer.close_object()
    }
}

impl Encode for UpstreamChosen {
    #[inline(never)]
    fn encode(&self, writer: &mut Writer) -> Written {
        writer.open_object();
        writer.key("\"kind\":\"upstream_chosen\"");
        writer.key("\"upstream\":");
        self.upstream.encode(writer)?;
        writer.close_object()
    }
}

impl Encode for Chunk {
    #[inline(never)]
    fn encode(&self, writer: &mut Writer) -> Written {
        writer.open_object();
        writer.key("\"kind\":\"chunk\"");
        writer.key("\"batch_index\":");
        writer.u64(self.batch_index, 0, 9007199254740991)?;
        writer.key("\"event_count\":");
        writer.u64(self.event_count, 0, 9007199254740991)?;
        writer.key("\"total_bytes\":");
        writer.u64(self.total_bytes, 0, 9007199254740991)?;
        writer.close_object()
    }
}

impl Encode for RequestFinished {
    #[inline(never)]
    fn encode(&self, writer: &mut Writer) -> Written {
        writer.open_object();
        writer.key("\"kind\":\"request_finished\"");
        writer.key("\"status\":");
        writer.u32(self.status, 0, 65535)?;
        writer.key("\"input_tokens\":");
        writer.nullable(&self.input_tokens, |writer, value| writer.u64(*value, 0, 9007199254740991))?;
        writer.key("\"output_tokens\":");
        writer.nullable(&self.output_tokens, |writer, value| writer.u64(*value, 0, 9007199254740991))?;
        writer.key("\"cache_creation_input_tokens\":");
        writer.nullable(&self.cache_creation_input_tokens, |writer, value| writer.u64(*value, 0, 9007199254740991))?;
        writer.key("\"cache_read_input_tokens\":");
        writer.nullable(&self.cache_read_input_tokens, |writer, value| writer.u64(*value, 0, 9007199254740991))?;
        writer.key("\"duration_ms\":");
        writer.u64(self.duration_ms, 0, 9007199254740991)?;
        writer.close_object()
    }
}

impl Encode for EventError {
    #[inline(never)]
    fn encode(&self, writer: &mut Writer) -> Written {
        writer.open_object();
        writer.key("\"kind\":\"error\"");
        writer.key("\"code\":");
        writer.string(&self.code)?;
        writer.key("\"message\":");
        writer.string(&self.message)?;
        writer.key("\"source\":");
        writer.string(&self.source)?;
        writer.close_object()
    }
}

impl Encode for Event {
    #[inline(never)]
    fn encode(&self, writer: &mut Writer) -> Written {
        match self {
            Event::RequestStarted(value) => value.encode(writer),
            Event::AuthnComplete(value) => value.encode(writer),
            Event::UpstreamChosen(value) => value.encode(writer),
            Event::Chunk(value) => value.encode(writer),
            Event::RequestFinished(value) => value.encode(writer),
            Event::Error(value) => value.encode(writer),
        }
    }
}

impl Encode for ObserveRequest {
    #[inline(never)]
    fn encode(&self, writer: &mut Writer) -> Written {
        writer.open_object();
        writer.key("\"events\":");
        writer.list(&self.events, |writer, value| value.encode(writer))?;
        writer.close_object()
    }
}

impl Encode for ObserveResponse {
    #[inline(never)]
    fn encode(&self, writer: &mut Writer) -> Written {
        writer.open_object();
        writer.close_object()
    }
}
