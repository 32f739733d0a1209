//! Reads the types of the contract. Keys may come in any order; everything else is exactly as the contract says.

use super::runtime::alloc::{boxed::Box, string::String, vec::Vec};
use super::runtime::reader::{default_of, put, Decode, Key, Read, Reader, Scalar};
use super::runtime::{Json, Map};
use super::types::*;

impl Decode for Header {
    #[inline(never)]
    fn decode(reader: &mut Reader) -> Read<Self> {
        const KEYS: &[Key] = &[
            Key { name: "name", is_required: true },
            Key { name: "value_base64", is_required: true },
        ];
        let mut value = Self::blank();
        reader.object(KEYS, &mut |reader, key| {
            match key {
                0 => put(&mut value.name, reader.string()?),
                _ => put(&mut value.value_base64, reader.string()?),
            }
            Ok(())
        })?;
        Ok(value)
    }
}

impl Decode for Principal {
    #[inline(never)]
    fn decode(reader: &mut Reader) -> Read<Self> {
        const KEYS: &[Key] = &[
            Key { name: "id", is_required: true },
            Key { name: "kind", is_required: true },
            Key { name: "claims", is_required: true },
        ];
        let mut value = Self::blank();
        reader.object(KEYS, &mut |reader, key| {
            match key {
                0 => put(&mut value.id, reader.string()?),
                1 => put(&mut value.kind, reader.string()?),
                _ => put(&mut value.claims, reader.json_object()?),
            }
            Ok(())
        })?;
        Ok(value)
    }
}

impl Decode for ObservedRateLimit {
    #[inline(never)]
    fn decode(reader: &mut Reader) -> Read<Self> {
        const KEYS: &[Key] = &[
            Key { name: "kind", is_required: true },
            Key { name: "window", is_required: true },
            Key { name: "limit", is_required: true },
            Key { name: "remaining", is_required: true },
            Key { name: "reset", is_required: true },
        ];
        let mut value = Self::blank();
        reader.object(KEYS, &mut |reader, key| {
            match key {
                0 => put(&mut value.kind, reader.string()?),
                1 => put(&mut value.window, reader.string()?),
                2 => put(&mut value.limit, reader.nullable(|reader| reader.u64(0, 9007199254740991))?),
                3 => put(&mut value.remaining, reader.nullable(|reader| reader.u64(0, 9007199254740991))?),
                _ => put(&mut value.reset, reader.nullable(|reader| reader.string())?),
            }
            Ok(())
        })?;
        Ok(value)
    }
}

impl Decode for SubscriptionQuota {
    #[inline(never)]
    fn decode(reader: &mut Reader) -> Read<Self> {
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
        let mut value = Self::blank();
        reader.object(KEYS, &mut |reader, key| {
            match key {
                0 => put(&mut value.window, reader.string()?),
                1 => put(&mut value.source, reader.string()?),
                2 => put(&mut value.data_state, reader.string()?),
                3 => put(&mut value.utilization, reader.nullable(|reader| reader.number(|_| true))?),
                4 => put(&mut value.status, reader.nullable(|reader| reader.string())?),
                5 => put(&mut value.resets_at_unix_secs, reader.nullable(|reader| reader.u64(0, 9007199254740991))?),
                6 => put(&mut value.surpassed_threshold, reader.nullable(|reader| reader.boolean())?),
                7 => put(&mut value.representative_claim, reader.nullable(|reader| reader.string())?),
                8 => put(&mut value.disabled_reason, reader.nullable(|reader| reader.string())?),
                9 => put(&mut value.observed_at_unix_millis, reader.nullable(|reader| reader.u64(0, 9007199254740991))?),
                _ => put(&mut value.age_secs, reader.nullable(|reader| reader.u64(0, 9007199254740991))?),
            }
            Ok(())
        })?;
        Ok(value)
    }
}

impl Decode for CacheScore {
    #[inline(never)]
    fn decode(reader: &mut Reader) -> Read<Self> {
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
        let mut value = Self::blank();
        reader.object(KEYS, &mut |reader, key| {
            match key {
                0 => put(&mut value.predicted_cache_read_tokens, reader.u32(0, 4294967295)?),
                1 => put(&mut value.predicted_cache_creation_tokens_5m, reader.u32(0, 4294967295)?),
                2 => put(&mut value.predicted_cache_creation_tokens_1h, reader.u32(0, 4294967295)?),
                3 => put(&mut value.predicted_uncached_input_tokens, reader.u32(0, 4294967295)?),
                4 => put(&mut value.confidence, reader.number(|_| true)?),
                5 => put(&mut value.predicted_expires_at_unix_secs, Some(reader.u64(0, 9007199254740991)?)),
                6 => put(&mut value.matched_breakpoint_index, Some(reader.u32(0, 4294967295)?)),
                _ => put(&mut value.ambiguity_reason, Some(reader.string()?)),
            }
            Ok(())
        })?;
        Ok(value)
    }
}

impl Decode for Candidate {
    #[inline(never)]
    fn decode(reader: &mut Reader) -> Read<Self> {
        const KEYS: &[Key] = &[
            Key { name: "upstream_id", is_required: true },
            Key { name: "name", is_required: true },
            Key { name: "kind", is_required: true },
            Key { name: "observed_rate_limits", is_required: true },
            Key { name: "subscription_quotas", is_required: true },
            Key { name: "observed_at_unix_secs", is_required: true },
            Key { name: "cache_score", is_required: false },
        ];
        let mut value = Self::blank();
        reader.object(KEYS, &mut |reader, key| {
            match key {
                0 => put(&mut value.upstream_id, reader.string()?),
                1 => put(&mut value.name, reader.string()?),
                2 => put(&mut value.kind, reader.string()?),
                3 => put(&mut value.observed_rate_limits, reader.list(|reader| ObservedRateLimit::decode(reader))?),
                4 => put(&mut value.subscription_quotas, reader.list(|reader| SubscriptionQuota::decode(reader))?),
                5 => put(&mut value.observed_at_unix_secs, reader.u64(0, 9007199254740991)?),
                _ => put(&mut value.cache_score, Some(CacheScore::decode(reader)?)),
            }
            Ok(())
        })?;
        Ok(value)
    }
}

impl Decode for FilterRequest {
    #[inline(never)]
    fn decode(reader: &mut Reader) -> Read<Self> {
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
        let mut value = Self::blank();
        reader.object(KEYS, &mut |reader, key| {
            match key {
                0 => put(&mut value.request_id, reader.string()?),
                1 => put(&mut value.headers, reader.list(|reader| Header::decode(reader))?),
                2 => put(&mut value.method, reader.string()?),
                3 => put(&mut value.path, reader.string()?),
                4 => put(&mut value.query, reader.nullable(|reader| reader.string())?),
                5 => put(&mut value.body_base64, reader.string()?),
                6 => value.principal = Principal::decode(reader)?,
                _ => put(&mut value.candidates, reader.list(|reader| Candidate::decode(reader))?),
            }
            Ok(())
        })?;
        Ok(value)
    }
}

impl Decode for FilterResponseResult {
    #[inline(never)]
    fn decode(reader: &mut Reader) -> Read<Self> {
        const KEYS: &[Key] = &[
            Key { name: "upstream_id", is_required: true },
            Key { name: "decision", is_required: true },
            Key { name: "reason", is_required: true },
        ];
        let mut value = Self::blank();
        reader.object(KEYS, &mut |reader, key| {
            match key {
                0 => put(&mut value.upstream_id, reader.string()?),
                1 => put(&mut value.decision, reader.string()?),
                _ => put(&mut value.reason, reader.string()?),
            }
            Ok(())
        })?;
        Ok(value)
    }
}

impl Decode for FilterResponse {
    #[inline(never)]
    fn decode(reader: &mut Reader) -> Read<Self> {
        const KEYS: &[Key] = &[
            Key { name: "results", is_required: true },
        ];
        let mut value = Self::blank();
        reader.object(KEYS, &mut |reader, key| {
            match key {
                _ => put(&mut value.results, reader.list(|reader| FilterResponseResult::decode(reader))?),
            }
            Ok(())
        })?;
        Ok(value)
    }
}

impl Decode for Request {
    #[inline(never)]
    fn decode(reader: &mut Reader) -> Read<Self> {
        const KEYS: &[Key] = &[
            Key { name: "request_id", is_required: true },
            Key { name: "headers", is_required: true },
            Key { name: "method", is_required: true },
            Key { name: "path", is_required: true },
            Key { name: "query", is_required: true },
            Key { name: "body_base64", is_required: true },
        ];
        let mut value = Self::blank();
        reader.object(KEYS, &mut |reader, key| {
            match key {
                0 => put(&mut value.request_id, reader.string()?),
                1 => put(&mut value.headers, reader.list(|reader| Header::decode(reader))?),
                2 => put(&mut value.method, reader.string()?),
                3 => put(&mut value.path, reader.string()?),
                4 => put(&mut value.query, reader.nullable(|reader| reader.string())?),
                _ => put(&mut value.body_base64, reader.string()?),
            }
            Ok(())
        })?;
        Ok(value)
    }
}

impl Decode for Upstream {
    #[inline(never)]
    fn decode(reader: &mut Reader) -> Read<Self> {
        const KEYS: &[Key] = &[
            Key { name: "kind", is_required: true },
        ];
        let mut value = Self::blank();
        reader.object(KEYS, &mut |reader, key| {
            match key {
                _ => reader.choice(&[Scalar::Text("anthropic_direct")]).map(|_| ())?,
            }
            Ok(())
        })?;
        Ok(value)
    }
}

impl Decode for ShapeRequest {
    #[inline(never)]
    fn decode(reader: &mut Reader) -> Read<Self> {
        const KEYS: &[Key] = &[
            Key { name: "request", is_required: true },
            Key { name: "upstream", is_required: true },
            Key { name: "principal", is_required: true },
        ];
        let mut value = Self::blank();
        reader.object(KEYS, &mut |reader, key| {
            match key {
                0 => value.request = Request::decode(reader)?,
                1 => value.upstream = Upstream::decode(reader)?,
                _ => value.principal = Principal::decode(reader)?,
            }
            Ok(())
        })?;
        Ok(value)
    }
}

impl Decode for ShapeResponse {
    #[inline(never)]
    fn decode(reader: &mut Reader) -> Read<Self> {
        const KEYS: &[Key] = &[
            Key { name: "url", is_required: true },
            Key { name: "method", is_required: true },
            Key { name: "headers", is_required: true },
            Key { name: "body_base64", is_required: true },
        ];
        let mut value = Self::blank();
        reader.object(KEYS, &mut |reader, key| {
            match key {
                0 => put(&mut value.url, reader.string()?),
                1 => put(&mut value.method, reader.string()?),
                2 => put(&mut value.headers, reader.list(|reader| Header::decode(reader))?),
                _ => put(&mut value.body_base64, reader.string()?),
            }
            Ok(())
        })?;
        Ok(value)
    }
}

impl Decode for BuildSignerRequest {
    #[inline(never)]
    fn decode(reader: &mut Reader) -> Read<Self> {
        const KEYS: &[Key] = &[
            Key { name: "upstream", is_required: true },
            Key { name: "factory_state", is_required: true },
        ];
        let mut value = Self::blank();
        reader.object(KEYS, &mut |reader, key| {
            match key {
                0 => value.upstream = Upstream::decode(reader)?,
                _ => put(&mut value.factory_state, reader.json()?),
            }
            Ok(())
        })?;
        Ok(value)
    }
}

impl Decode for BuildSignerResponse {
    #[inline(never)]
    fn decode(reader: &mut Reader) -> Read<Self> {
        const KEYS: &[Key] = &[
            Key { name: "signer_state", is_required: true },
        ];
        let mut value = Self::blank();
        reader.object(KEYS, &mut |reader, key| {
            match key {
                _ => put(&mut value.signer_state, reader.json()?),
            }
            Ok(())
        })?;
        Ok(value)
    }
}

impl Decode for Shaped {
    #[inline(never)]
    fn decode(reader: &mut Reader) -> Read<Self> {
        const KEYS: &[Key] = &[
            Key { name: "url", is_required: true },
            Key { name: "method", is_required: true },
            Key { name: "headers", is_required: true },
            Key { name: "body_base64", is_required: true },
        ];
        let mut value = Self::blank();
        reader.object(KEYS, &mut |reader, key| {
            match key {
                0 => put(&mut value.url, reader.string()?),
                1 => put(&mut value.method, reader.string()?),
                2 => put(&mut value.headers, reader.list(|reader| Header::decode(reader))?),
                _ => put(&mut value.body_base64, reader.string()?),
            }
            Ok(())
        })?;
        Ok(value)
    }
}

impl Decode for SignRequest {
    #[inline(never)]
    fn decode(reader: &mut Reader) -> Read<Self> {
        const KEYS: &[Key] = &[
            Key { name: "shaped", is_required: true },
            Key { name: "signer_state", is_required: true },
        ];
        let mut value = Self::blank();
        reader.object(KEYS, &mut |reader, key| {
            match key {
                0 => value.shaped = Shaped::decode(reader)?,
                _ => put(&mut value.signer_state, reader.json()?),
            }
            Ok(())
        })?;
        Ok(value)
    }
}

impl Decode for SignResponse {
    #[inline(never)]
    fn decode(reader: &mut Reader) -> Read<Self> {
        const KEYS: &[Key] = &[
            Key { name: "url", is_required: false },
            Key { name: "method", is_required: false },
            Key { name: "headers", is_required: false },
            Key { name: "body_base64", is_required: false },
        ];
        let mut value = Self::blank();
        reader.object(KEYS, &mut |reader, key| {
            match key {
                0 => value.url = reader.nullable(|reader| reader.string())?,
                1 => value.method = reader.nullable(|reader| reader.string())?,
                2 => value.headers = reader.nullable(|reader| reader.list(|reader| Header::decode(reader)))?,
                _ => value.body_base64 = reader.nullable(|reader| reader.string())?,
            }
            Ok(())
        })?;
        Ok(value)
    }
}

impl Decode for Category {
    #[inline(never)]
    fn decode(reader: &mut Reader) -> Read<Self> {
        Ok(match reader.choice(&[Scalar::Text("unauthorized"), Scalar::Text("retryable"), Scalar::Text("failed")])? {
            0 => Category::Unauthorized,
            1 => Category::Retryable,
            _ => Category::Failed,
        })
    }
}

impl Decode for OnUnauthorizedRequestError {
    #[inline(never)]
    fn decode(reader: &mut Reader) -> Read<Self> {
        const KEYS: &[Key] = &[
            Key { name: "status", is_required: true },
            Key { name: "body_base64", is_required: true },
            Key { name: "category", is_required: true },
        ];
        let mut value = Self::blank();
        reader.object(KEYS, &mut |reader, key| {
            match key {
                0 => put(&mut value.status, reader.u32(0, 65535)?),
                1 => put(&mut value.body_base64, reader.nullable(|reader| reader.string())?),
                _ => value.category = Category::decode(reader)?,
            }
            Ok(())
        })?;
        Ok(value)
    }
}

impl Decode for OnUnauthorizedRequest {
    #[inline(never)]
    fn decode(reader: &mut Reader) -> Read<Self> {
        const KEYS: &[Key] = &[
            Key { name: "error", is_required: true },
            Key { name: "signer_state", is_required: true },
        ];
        let mut value = Self::blank();
        reader.object(KEYS, &mut |reader, key| {
            match key {
                0 => value.error = OnUnauthorizedRequestError::decode(reader)?,
                _ => put(&mut value.signer_state, reader.json()?),
            }
            Ok(())
        })?;
        Ok(value)
    }
}

impl Decode for OnUnauthorizedResponse {
    #[inline(never)]
    fn decode(reader: &mut Reader) -> Read<Self> {
        const KEYS: &[Key] = &[
            Key { name: "decision", is_required: true },
            Key { name: "signer_state", is_required: true },
        ];
        let mut value = Self::blank();
        reader.object(KEYS, &mut |reader, key| {
            match key {
                0 => put(&mut value.decision, reader.string()?),
                _ => put(&mut value.signer_state, reader.json()?),
            }
            Ok(())
        })?;
        Ok(value)
    }
}

impl Decode for NormalizeErrorRequest {
    #[inline(never)]
    fn decode(reader: &mut Reader) -> Read<Self> {
        const KEYS: &[Key] = &[
            Key { name: "status", is_required: true },
            Key { name: "body_base64", is_required: true },
        ];
        let mut value = Self::blank();
        reader.object(KEYS, &mut |reader, key| {
            match key {
                0 => put(&mut value.status, reader.u32(0, 65535)?),
                _ => put(&mut value.body_base64, reader.string()?),
            }
            Ok(())
        })?;
        Ok(value)
    }
}

impl Decode for NormalizeErrorResponse {
    #[inline(never)]
    fn decode(reader: &mut Reader) -> Read<Self> {
        const KEYS: &[Key] = &[
            Key { name: "body_base64", is_required: false },
        ];
        let mut value = Self::blank();
        reader.object(KEYS, &mut |reader, key| {
            match key {
                _ => value.body_base64 = reader.nullable(|reader| reader.string())?,
            }
            Ok(())
        })?;
        Ok(value)
    }
}

impl Decode for RequestStarted {
    #[inline(never)]
    fn decode(reader: &mut Reader) -> Read<Self> {
        const KEYS: &[Key] = &[
            Key { name: "kind", is_required: true },
            Key { name: "request_id", is_required: true },
            Key { name: "downstream_user_agent", is_required: true },
        ];
        let mut value = Self::blank();
        reader.object(KEYS, &mut |reader, key| {
            match key {
                0 => reader.choice(&[Scalar::Text("request_started")]).map(|_| ())?,
                1 => put(&mut value.request_id, reader.string()?),
                _ => put(&mut value.downstream_user_agent, reader.nullable(|reader| reader.string())?),
            }
            Ok(())
        })?;
        Ok(value)
    }
}

impl Decode for AuthnComplete {
    #[inline(never)]
    fn decode(reader: &mut Reader) -> Read<Self> {
        const KEYS: &[Key] = &[
            Key { name: "kind", is_required: true },
            Key { name: "principal_id", is_required: true },
            Key { name: "principal_kind", is_required: true },
        ];
        let mut value = Self::blank();
        reader.object(KEYS, &mut |reader, key| {
            match key {
                0 => reader.choice(&[Scalar::Text("authn_complete")]).map(|_| ())?,
                1 => put(&mut value.principal_id, reader.string()?),
                _ => put(&mut value.principal_kind, reader.string()?),
            }
            Ok(())
        })?;
        Ok(value)
    }
}

impl Decode for UpstreamChosen {
    #[inline(never)]
    fn decode(reader: &mut Reader) -> Read<Self> {
        const KEYS: &[Key] = &[
            Key { name: "kind", is_required: true },
            Key { name: "upstream", is_required: true },
        ];
        let mut value = Self::blank();
        reader.object(KEYS, &mut |reader, key| {
            match key {
                0 => reader.choice(&[Scalar::Text("upstream_chosen")]).map(|_| ())?,
                _ => value.upstream = Upstream::decode(reader)?,
            }
            Ok(())
        })?;
        Ok(value)
    }
}

impl Decode for Chunk {
    #[inline(never)]
    fn decode(reader: &mut Reader) -> Read<Self> {
        const KEYS: &[Key] = &[
            Key { name: "kind", is_required: true },
            Key { name: "batch_index", is_required: true },
            Key { name: "event_count", is_required: true },
            Key { name: "total_bytes", is_required: true },
        ];
        let mut value = Self::blank();
        reader.object(KEYS, &mut |reader, key| {
            match key {
                0 => reader.choice(&[Scalar::Text("chunk")]).map(|_| ())?,
                1 => put(&mut value.batch_index, reader.u64(0, 9007199254740991)?),
                2 => put(&mut value.event_count, reader.u64(0, 9007199254740991)?),
                _ => put(&mut value.total_bytes, reader.u64(0, 9007199254740991)?),
            }
            Ok(())
        })?;
        Ok(value)
    }
}

impl Decode for RequestFinished {
    #[inline(never)]
    fn decode(reader: &mut Reader) -> Read<Self> {
        const KEYS: &[Key] = &[
            Key { name: "kind", is_required: true },
            Key { name: "status", is_required: true },
            Key { name: "input_tokens", is_required: true },
            Key { name: "output_tokens", is_required: true },
            Key { name: "cache_creation_input_tokens", is_required: true },
            Key { name: "cache_read_input_tokens", is_required: true },
            Key { name: "duration_ms", is_required: true },
        ];
        let mut value = Self::blank();
        reader.object(KEYS, &mut |reader, key| {
            match key {
                0 => reader.choice(&[Scalar::Text("request_finished")]).map(|_| ())?,
                1 => put(&mut value.status, reader.u32(0, 65535)?),
                2 => put(&mut value.input_tokens, reader.nullable(|reader| reader.u64(0, 9007199254740991))?),
                3 => put(&mut value.output_tokens, reader.nullable(|reader| reader.u64(0, 9007199254740991))?),
                4 => put(&mut value.cache_creation_input_tokens, reader.nullable(|reader| reader.u64(0, 9007199254740991))?),
                5 => put(&mut value.cache_read_input_tokens, reader.nullable(|reader| reader.u64(0, 9007199254740991))?),
                _ => put(&mut value.duration_ms, reader.u64(0, 9007199254740991)?),
            }
            Ok(())
        })?;
        Ok(value)
    }
}

impl Decode for EventError {
    #[inline(never)]
    fn decode(reader: &mut Reader) -> Read<Self> {
        const KEYS: &[Key] = &[
            Key { name: "kind", is_required: true },
            Key { name: "code", is_required: true },
            Key { name: "message", is_required: true },
            Key { name: "source", is_required: true },
        ];
        let mut value = Self::blank();
        reader.object(KEYS, &mut |reader, key| {
            match key {
                0 => reader.choice(&[Scalar::Text("error")]).map(|_| ())?,
                1 => put(&mut value.code, reader.string()?),
                2 => put(&mut value.message, reader.string()?),
                _ => put(&mut value.source, reader.string()?),
            }
            Ok(())
        })?;
        Ok(value)
    }
}

impl Decode for Event {
    #[inline(never)]
    fn decode(reader: &mut Reader) -> Read<Self> {
        match reader.tag("kind", &[Scalar::Text("request_started"), Scalar::Text("authn_complete"), Scalar::Text("upstream_chosen"), Scalar::Text("chunk"), Scalar::Text("request_finished"), Scalar::Text("error")])? {
            0 => RequestStarted::decode(reader).map(Event::RequestStarted),
            1 => AuthnComplete::decode(reader).map(Event::AuthnComplete),
            2 => UpstreamChosen::decode(reader).map(Event::UpstreamChosen),
            3 => Chunk::decode(reader).map(Event::Chunk),
            4 => RequestFinished::decode(reader).map(Event::RequestFinished),
            _ => EventError::decode(reader).map(Event::Error),
        }
    }
}

impl Decode for ObserveRequest {
    #[inline(never)]
    fn decode(reader: &mut Reader) -> Read<Self> {
        const KEYS: &[Key] = &[
            Key { name: "events", is_required: true },
        ];
        let mut value = Self::blank();
        reader.object(KEYS, &mut |reader, key| {
            match key {
                _ => put(&mut value.events, reader.list(|reader| Event::decode(reader))?),
            }
            Ok(())
        })?;
        Ok(value)
    }
}

impl Decode for ObserveResponse {
    #[inline(never)]
    fn decode(reader: &mut Reader) -> Read<Self> {
        reader.object(&[], &mut |_, _| Ok(()))?;
        Ok(ObserveResponse {})
    }
}

impl Header {
    fn blank() -> Self {
        Header {
            name: String::new(),
            value_base64: String::new(),
        }
    }
}

impl Principal {
    fn blank() -> Self {
        Principal {
            id: String::new(),
            kind: String::new(),
            claims: Json::blank(),
        }
    }
}

impl ObservedRateLimit {
    fn blank() -> Self {
        ObservedRateLimit {
            kind: String::new(),
            window: String::new(),
            limit: None,
            remaining: None,
            reset: None,
        }
    }
}

impl SubscriptionQuota {
    fn blank() -> Self {
        SubscriptionQuota {
            window: String::new(),
            source: String::new(),
            data_state: String::new(),
            utilization: None,
            status: None,
            resets_at_unix_secs: None,
            surpassed_threshold: None,
            representative_claim: None,
            disabled_reason: None,
            observed_at_unix_millis: None,
            age_secs: None,
        }
    }
}

impl CacheScore {
    fn blank() -> Self {
        CacheScore {
            predicted_cache_read_tokens: 0,
            predicted_cache_creation_tokens_5m: 0,
            predicted_cache_creation_tokens_1h: 0,
            predicted_uncached_input_tokens: 0,
            confidence: 0.0,
            predicted_expires_at_unix_secs: None,
            matched_breakpoint_index: None,
            ambiguity_reason: None,
        }
    }
}

impl Candidate {
    fn blank() -> Self {
        Candidate {
            upstream_id: String::new(),
            name: String::new(),
            kind: String::new(),
            observed_rate_limits: Vec::new(),
            subscription_quotas: Vec::new(),
            observed_at_unix_secs: 0,
            cache_score: None,
        }
    }
}

impl FilterRequest {
    fn blank() -> Self {
        FilterRequest {
            request_id: String::new(),
            headers: Vec::new(),
            method: String::new(),
            path: String::new(),
            query: None,
            body_base64: String::new(),
            principal: Principal::blank(),
            candidates: Vec::new(),
        }
    }
}

impl FilterResponseResult {
    fn blank() -> Self {
        FilterResponseResult {
            upstream_id: String::new(),
            decision: String::new(),
            reason: String::new(),
        }
    }
}

impl FilterResponse {
    fn blank() -> Self {
        FilterResponse {
            results: Vec::new(),
        }
    }
}

impl Request {
    fn blank() -> Self {
        Request {
            request_id: String::new(),
            headers: Vec::new(),
            method: String::new(),
            path: String::new(),
            query: None,
            body_base64: String::new(),
        }
    }
}

impl Upstream {
    fn blank() -> Self {
        Upstream {}
    }
}

impl ShapeRequest {
    fn blank() -> Self {
        ShapeRequest {
            request: Request::blank(),
            upstream: Upstream::blank(),
            principal: Principal::blank(),
        }
    }
}

impl ShapeResponse {
    fn blank() -> Self {
        ShapeResponse {
            url: String::new(),
            method: String::new(),
            headers: Vec::new(),
            body_base64: String::new(),
        }
    }
}

impl BuildSignerRequest {
    fn blank() -> Self {
        BuildSignerRequest {
            upstream: Upstream::blank(),
            factory_state: Json::blank(),
        }
    }
}

impl BuildSignerResponse {
    fn blank() -> Self {
        BuildSignerResponse {
            signer_state: Json::blank(),
        }
    }
}

impl Shaped {
    fn blank() -> Self {
        Shaped {
            url: String::new(),
            method: String::new(),
            headers: Vec::new(),
            body_base64: String::new(),
        }
    }
}

impl SignRequest {
    fn blank() -> Self {
        SignRequest {
            shaped: Shaped::blank(),
            signer_state: Json::blank(),
        }
    }
}

impl SignResponse {
    fn blank() -> Self {
        SignResponse {
            url: None,
            method: None,
            headers: None,
            body_base64: None,
        }
    }
}

impl Category {
    fn blank() -> Self {
        Category::Unauthorized
    }
}

impl OnUnauthorizedRequestError {
    fn blank() -> Self {
        OnUnauthorizedRequestError {
            status: 0,
            body_base64: None,
            category: Category::blank(),
        }
    }
}

impl OnUnauthorizedRequest {
    fn blank() -> Self {
        OnUnauthorizedRequest {
            error: OnUnauthorizedRequestError::blank(),
            signer_state: Json::blank(),
        }
    }
}

impl OnUnauthorizedResponse {
    fn blank() -> Self {
        OnUnauthorizedResponse {
            decision: String::new(),
            signer_state: Json::blank(),
        }
    }
}

impl NormalizeErrorRequest {
    fn blank() -> Self {
        NormalizeErrorRequest {
            status: 0,
            body_base64: String::new(),
        }
    }
}

impl NormalizeErrorResponse {
    fn blank() -> Self {
        NormalizeErrorResponse {
            body_base64: None,
        }
    }
}

impl RequestStarted {
    fn blank() -> Self {
        RequestStarted {
            request_id: String::new(),
            downstream_user_agent: None,
        }
    }
}

impl AuthnComplete {
    fn blank() -> Self {
        AuthnComplete {
            principal_id: String::new(),
            principal_kind: String::new(),
        }
    }
}

impl UpstreamChosen {
    fn blank() -> Self {
        UpstreamChosen {
            upstream: Upstream::blank(),
        }
    }
}

impl Chunk {
    fn blank() -> Self {
        Chunk {
            batch_index: 0,
            event_count: 0,
            total_bytes: 0,
        }
    }
}

impl RequestFinished {
    fn blank() -> Self {
        RequestFinished {
            status: 0,
            input_tokens: None,
            output_tokens: None,
            cache_creation_input_tokens: None,
            cache_read_input_tokens: None,
            duration_ms: 0,
        }
    }
}

impl EventError {
    fn blank() -> Self {
        EventError {
            code: String::new(),
            message: String::new(),
            source: String::new(),
        }
    }
}

impl Event {
    fn blank() -> Self {
        Event::RequestStarted(RequestStarted::blank())
    }
}

impl ObserveRequest {
    fn blank() -> Self {
        ObserveRequest {
            events: Vec::new(),
        }
    }
}

impl ObserveResponse {
    fn blank() -> Self {
        ObserveResponse {}
    }
}
