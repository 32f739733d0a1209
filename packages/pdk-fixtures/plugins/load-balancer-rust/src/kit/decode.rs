//! Reads the types of the contract. Keys may come in any order; everything else is exactly as the contract says.

use super::runtime::alloc::{boxed::Box, string::String, vec::Vec};
use super::runtime::reader::{default_of, Decode, Key, Read, Reader, Scalar};
use super::types::*;

impl Decode for Header {
    #[inline(never)]
    fn decode(reader: &mut Reader) -> Read<Self> {
        const KEYS: &[Key] = &[
            Key { name: "name", is_required: true },
            Key { name: "value_base64", is_required: true },
        ];
        let mut its_name = None;
        let mut its_value_base64 = None;
        reader.object(KEYS, &mut |reader, key| {
            match key {
                0 => its_name = Some(reader.string()?),
                _ => its_value_base64 = Some(reader.string()?),
            }
            Ok(())
        })?;
        Ok(Header {
            name: reader.present(its_name)?,
            value_base64: reader.present(its_value_base64)?,
        })
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
        let mut its_id = None;
        let mut its_kind = None;
        let mut its_claims = None;
        reader.object(KEYS, &mut |reader, key| {
            match key {
                0 => its_id = Some(reader.string()?),
                1 => its_kind = Some(reader.string()?),
                _ => its_claims = Some(reader.json_object()?),
            }
            Ok(())
        })?;
        Ok(Principal {
            id: reader.present(its_id)?,
            kind: reader.present(its_kind)?,
            claims: reader.present(its_claims)?,
        })
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
        let mut its_kind = None;
        let mut its_window = None;
        let mut its_limit = None;
        let mut its_remaining = None;
        let mut its_reset = None;
        reader.object(KEYS, &mut |reader, key| {
            match key {
                0 => its_kind = Some(reader.string()?),
                1 => its_window = Some(reader.string()?),
                2 => its_limit = Some(reader.nullable(|reader| reader.u64(0, 9007199254740991))?),
                3 => its_remaining = Some(reader.nullable(|reader| reader.u64(0, 9007199254740991))?),
                _ => its_reset = Some(reader.nullable(|reader| reader.string())?),
            }
            Ok(())
        })?;
        Ok(ObservedRateLimit {
            kind: reader.present(its_kind)?,
            window: reader.present(its_window)?,
            limit: reader.present(its_limit)?,
            remaining: reader.present(its_remaining)?,
            reset: reader.present(its_reset)?,
        })
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
        let mut its_window = None;
        let mut its_source = None;
        let mut its_data_state = None;
        let mut its_utilization = None;
        let mut its_status = None;
        let mut its_resets_at_unix_secs = None;
        let mut its_surpassed_threshold = None;
        let mut its_representative_claim = None;
        let mut its_disabled_reason = None;
        let mut its_observed_at_unix_millis = None;
        let mut its_age_secs = None;
        reader.object(KEYS, &mut |reader, key| {
            match key {
                0 => its_window = Some(reader.string()?),
                1 => its_source = Some(reader.string()?),
                2 => its_data_state = Some(reader.string()?),
                3 => its_utilization = Some(reader.nullable(|reader| reader.number(|_| true))?),
                4 => its_status = Some(reader.nullable(|reader| reader.string())?),
                5 => its_resets_at_unix_secs = Some(reader.nullable(|reader| reader.u64(0, 9007199254740991))?),
                6 => its_surpassed_threshold = Some(reader.nullable(|reader| reader.boolean())?),
                7 => its_representative_claim = Some(reader.nullable(|reader| reader.string())?),
                8 => its_disabled_reason = Some(reader.nullable(|reader| reader.string())?),
                9 => its_observed_at_unix_millis = Some(reader.nullable(|reader| reader.u64(0, 9007199254740991))?),
                _ => its_age_secs = Some(reader.nullable(|reader| reader.u64(0, 9007199254740991))?),
            }
            Ok(())
        })?;
        Ok(SubscriptionQuota {
            window: reader.present(its_window)?,
            source: reader.present(its_source)?,
            data_state: reader.present(its_data_state)?,
            utilization: reader.present(its_utilization)?,
            status: reader.present(its_status)?,
            resets_at_unix_secs: reader.present(its_resets_at_unix_secs)?,
            surpassed_threshold: reader.present(its_surpassed_threshold)?,
            representative_claim: reader.present(its_representative_claim)?,
            disabled_reason: reader.present(its_disabled_reason)?,
            observed_at_unix_millis: reader.present(its_observed_at_unix_millis)?,
            age_secs: reader.present(its_age_secs)?,
        })
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
        let mut its_predicted_cache_read_tokens = None;
        let mut its_predicted_cache_creation_tokens_5m = None;
        let mut its_predicted_cache_creation_tokens_1h = None;
        let mut its_predicted_uncached_input_tokens = None;
        let mut its_confidence = None;
        let mut its_predicted_expires_at_unix_secs = None;
        let mut its_matched_breakpoint_index = None;
        let mut its_ambiguity_reason = None;
        reader.object(KEYS, &mut |reader, key| {
            match key {
                0 => its_predicted_cache_read_tokens = Some(reader.u32(0, 4294967295)?),
                1 => its_predicted_cache_creation_tokens_5m = Some(reader.u32(0, 4294967295)?),
                2 => its_predicted_cache_creation_tokens_1h = Some(reader.u32(0, 4294967295)?),
                3 => its_predicted_uncached_input_tokens = Some(reader.u32(0, 4294967295)?),
                4 => its_confidence = Some(reader.number(|_| true)?),
                5 => its_predicted_expires_at_unix_secs = Some(reader.u64(0, 9007199254740991)?),
                6 => its_matched_breakpoint_index = Some(reader.u32(0, 4294967295)?),
                _ => its_ambiguity_reason = Some(reader.string()?),
            }
            Ok(())
        })?;
        Ok(CacheScore {
            predicted_cache_read_tokens: reader.present(its_predicted_cache_read_tokens)?,
            predicted_cache_creation_tokens_5m: reader.present(its_predicted_cache_creation_tokens_5m)?,
            predicted_cache_creation_tokens_1h: reader.present(its_predicted_cache_creation_tokens_1h)?,
            predicted_uncached_input_tokens: reader.present(its_predicted_uncached_input_tokens)?,
            confidence: reader.present(its_confidence)?,
            predicted_expires_at_unix_secs: its_predicted_expires_at_unix_secs,
            matched_breakpoint_index: its_matched_breakpoint_index,
            ambiguity_reason: its_ambiguity_reason,
        })
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
        let mut its_upstream_id = None;
        let mut its_name = None;
        let mut its_kind = None;
        let mut its_observed_rate_limits = None;
        let mut its_subscription_quotas = None;
        let mut its_observed_at_unix_secs = None;
        let mut its_cache_score = None;
        reader.object(KEYS, &mut |reader, key| {
            match key {
                0 => its_upstream_id = Some(reader.string()?),
                1 => its_name = Some(reader.string()?),
                2 => its_kind = Some(reader.string()?),
                3 => its_observed_rate_limits = Some(reader.list(|reader| ObservedRateLimit::decode(reader))?),
                4 => its_subscription_quotas = Some(reader.list(|reader| SubscriptionQuota::decode(reader))?),
                5 => its_observed_at_unix_secs = Some(reader.u64(0, 9007199254740991)?),
                _ => its_cache_score = Some(CacheScore::decode(reader)?),
            }
            Ok(())
        })?;
        Ok(Candidate {
            upstream_id: reader.present(its_upstream_id)?,
            name: reader.present(its_name)?,
            kind: reader.present(its_kind)?,
            observed_rate_limits: reader.present(its_observed_rate_limits)?,
            subscription_quotas: reader.present(its_subscription_quotas)?,
            observed_at_unix_secs: reader.present(its_observed_at_unix_secs)?,
            cache_score: its_cache_score,
        })
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
        let mut its_request_id = None;
        let mut its_headers = None;
        let mut its_method = None;
        let mut its_path = None;
        let mut its_query = None;
        let mut its_body_base64 = None;
        let mut its_principal = None;
        let mut its_candidates = None;
        reader.object(KEYS, &mut |reader, key| {
            match key {
                0 => its_request_id = Some(reader.string()?),
                1 => its_headers = Some(reader.list(|reader| Header::decode(reader))?),
                2 => its_method = Some(reader.string()?),
                3 => its_path = Some(reader.string()?),
                4 => its_query = Some(reader.nullable(|reader| reader.string())?),
                5 => its_body_base64 = Some(reader.string()?),
                6 => its_principal = Some(Principal::decode(reader)?),
                _ => its_candidates = Some(reader.list(|reader| Candidate::decode(reader))?),
            }
            Ok(())
        })?;
        Ok(FilterRequest {
            request_id: reader.present(its_request_id)?,
            headers: reader.present(its_headers)?,
            method: reader.present(its_method)?,
            path: reader.present(its_path)?,
            query: reader.present(its_query)?,
            body_base64: reader.present(its_body_base64)?,
            principal: reader.present(its_principal)?,
            candidates: reader.present(its_candidates)?,
        })
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
        let mut its_upstream_id = None;
        let mut its_decision = None;
        let mut its_reason = None;
        reader.object(KEYS, &mut |reader, key| {
            match key {
                0 => its_upstream_id = Some(reader.string()?),
                1 => its_decision = Some(reader.string()?),
                _ => its_reason = Some(reader.string()?),
            }
            Ok(())
        })?;
        Ok(FilterResponseResult {
            upstream_id: reader.present(its_upstream_id)?,
            decision: reader.present(its_decision)?,
            reason: reader.present(its_reason)?,
        })
    }
}

impl Decode for FilterResponse {
    #[inline(never)]
    fn decode(reader: &mut Reader) -> Read<Self> {
        const KEYS: &[Key] = &[
            Key { name: "results", is_required: true },
        ];
        let mut its_results = None;
        reader.object(KEYS, &mut |reader, key| {
            match key {
                _ => its_results = Some(reader.list(|reader| FilterResponseResult::decode(reader))?),
            }
            Ok(())
        })?;
        Ok(FilterResponse {
            results: reader.present(its_results)?,
        })
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
        let mut its_request_id = None;
        let mut its_headers = None;
        let mut its_method = None;
        let mut its_path = None;
        let mut its_query = None;
        let mut its_body_base64 = None;
        reader.object(KEYS, &mut |reader, key| {
            match key {
                0 => its_request_id = Some(reader.string()?),
                1 => its_headers = Some(reader.list(|reader| Header::decode(reader))?),
                2 => its_method = Some(reader.string()?),
                3 => its_path = Some(reader.string()?),
                4 => its_query = Some(reader.nullable(|reader| reader.string())?),
                _ => its_body_base64 = Some(reader.string()?),
            }
            Ok(())
        })?;
        Ok(Request {
            request_id: reader.present(its_request_id)?,
            headers: reader.present(its_headers)?,
            method: reader.present(its_method)?,
            path: reader.present(its_path)?,
            query: reader.present(its_query)?,
            body_base64: reader.present(its_body_base64)?,
        })
    }
}

impl Decode for Upstream {
    #[inline(never)]
    fn decode(reader: &mut Reader) -> Read<Self> {
        const KEYS: &[Key] = &[
            Key { name: "kind", is_required: true },
        ];
        reader.object(KEYS, &mut |reader, key| {
            match key {
                _ => reader.choice(&[Scalar::Text("anthropic_direct")]).map(|_| ())?,
            }
            Ok(())
        })?;
        Ok(Upstream {
        })
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
        let mut its_request = None;
        let mut its_upstream = None;
        let mut its_principal = None;
        reader.object(KEYS, &mut |reader, key| {
            match key {
                0 => its_request = Some(Request::decode(reader)?),
                1 => its_upstream = Some(Upstream::decode(reader)?),
                _ => its_principal = Some(Principal::decode(reader)?),
            }
            Ok(())
        })?;
        Ok(ShapeRequest {
            request: reader.present(its_request)?,
            upstream: reader.present(its_upstream)?,
            principal: reader.present(its_principal)?,
        })
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
        let mut its_url = None;
        let mut its_method = None;
        let mut its_headers = None;
        let mut its_body_base64 = None;
        reader.object(KEYS, &mut |reader, key| {
            match key {
                0 => its_url = Some(reader.string()?),
                1 => its_method = Some(reader.string()?),
                2 => its_headers = Some(reader.list(|reader| Header::decode(reader))?),
                _ => its_body_base64 = Some(reader.string()?),
            }
            Ok(())
        })?;
        Ok(ShapeResponse {
            url: reader.present(its_url)?,
            method: reader.present(its_method)?,
            headers: reader.present(its_headers)?,
            body_base64: reader.present(its_body_base64)?,
        })
    }
}

impl Decode for BuildSignerRequest {
    #[inline(never)]
    fn decode(reader: &mut Reader) -> Read<Self> {
        const KEYS: &[Key] = &[
            Key { name: "upstream", is_required: true },
            Key { name: "factory_state", is_required: true },
        ];
        let mut its_upstream = None;
        let mut its_factory_state = None;
        reader.object(KEYS, &mut |reader, key| {
            match key {
                0 => its_upstream = Some(Upstream::decode(reader)?),
                _ => its_factory_state = Some(reader.json()?),
            }
            Ok(())
        })?;
        Ok(BuildSignerRequest {
            upstream: reader.present(its_upstream)?,
            factory_state: reader.present(its_factory_state)?,
        })
    }
}

impl Decode for BuildSignerResponse {
    #[inline(never)]
    fn decode(reader: &mut Reader) -> Read<Self> {
        const KEYS: &[Key] = &[
            Key { name: "signer_state", is_required: true },
        ];
        let mut its_signer_state = None;
        reader.object(KEYS, &mut |reader, key| {
            match key {
                _ => its_signer_state = Some(reader.json()?),
            }
            Ok(())
        })?;
        Ok(BuildSignerResponse {
            signer_state: reader.present(its_signer_state)?,
        })
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
        let mut its_url = None;
        let mut its_method = None;
        let mut its_headers = None;
        let mut its_body_base64 = None;
        reader.object(KEYS, &mut |reader, key| {
            match key {
                0 => its_url = Some(reader.string()?),
                1 => its_method = Some(reader.string()?),
                2 => its_headers = Some(reader.list(|reader| Header::decode(reader))?),
                _ => its_body_base64 = Some(reader.string()?),
            }
            Ok(())
        })?;
        Ok(Shaped {
            url: reader.present(its_url)?,
            method: reader.present(its_method)?,
            headers: reader.present(its_headers)?,
            body_base64: reader.present(its_body_base64)?,
        })
    }
}

impl Decode for SignRequest {
    #[inline(never)]
    fn decode(reader: &mut Reader) -> Read<Self> {
        const KEYS: &[Key] = &[
            Key { name: "shaped", is_required: true },
            Key { name: "signer_state", is_required: true },
        ];
        let mut its_shaped = None;
        let mut its_signer_state = None;
        reader.object(KEYS, &mut |reader, key| {
            match key {
                0 => its_shaped = Some(Shaped::decode(reader)?),
                _ => its_signer_state = Some(reader.json()?),
            }
            Ok(())
        })?;
        Ok(SignRequest {
            shaped: reader.present(its_shaped)?,
            signer_state: reader.present(its_signer_state)?,
        })
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
        let mut its_url = None;
        let mut its_method = None;
        let mut its_headers = None;
        let mut its_body_base64 = None;
        reader.object(KEYS, &mut |reader, key| {
            match key {
                0 => its_url = Some(reader.nullable(|reader| reader.string())?),
                1 => its_method = Some(reader.nullable(|reader| reader.string())?),
                2 => its_headers = Some(reader.nullable(|reader| reader.list(|reader| Header::decode(reader)))?),
                _ => its_body_base64 = Some(reader.nullable(|reader| reader.string())?),
            }
            Ok(())
        })?;
        Ok(SignResponse {
            url: match its_url { Some(value) => value, None => None },
            method: match its_method { Some(value) => value, None => None },
            headers: match its_headers { Some(value) => value, None => None },
            body_base64: match its_body_base64 { Some(value) => value, None => None },
        })
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
        let mut its_status = None;
        let mut its_body_base64 = None;
        let mut its_category = None;
        reader.object(KEYS, &mut |reader, key| {
            match key {
                0 => its_status = Some(reader.u32(0, 65535)?),
                1 => its_body_base64 = Some(reader.nullable(|reader| reader.string())?),
                _ => its_category = Some(Category::decode(reader)?),
            }
            Ok(())
        })?;
        Ok(OnUnauthorizedRequestError {
            status: reader.present(its_status)?,
            body_base64: reader.present(its_body_base64)?,
            category: reader.present(its_category)?,
        })
    }
}

impl Decode for OnUnauthorizedRequest {
    #[inline(never)]
    fn decode(reader: &mut Reader) -> Read<Self> {
        const KEYS: &[Key] = &[
            Key { name: "error", is_required: true },
            Key { name: "signer_state", is_required: true },
        ];
        let mut its_error = None;
        let mut its_signer_state = None;
        reader.object(KEYS, &mut |reader, key| {
            match key {
                0 => its_error = Some(OnUnauthorizedRequestError::decode(reader)?),
                _ => its_signer_state = Some(reader.json()?),
            }
            Ok(())
        })?;
        Ok(OnUnauthorizedRequest {
            error: reader.present(its_error)?,
            signer_state: reader.present(its_signer_state)?,
        })
    }
}

impl Decode for OnUnauthorizedResponse {
    #[inline(never)]
    fn decode(reader: &mut Reader) -> Read<Self> {
        const KEYS: &[Key] = &[
            Key { name: "decision", is_required: true },
            Key { name: "signer_state", is_required: true },
        ];
        let mut its_decision = None;
        let mut its_signer_state = None;
        reader.object(KEYS, &mut |reader, key| {
            match key {
                0 => its_decision = Some(reader.string()?),
                _ => its_signer_state = Some(reader.json()?),
            }
            Ok(())
        })?;
        Ok(OnUnauthorizedResponse {
            decision: reader.present(its_decision)?,
            signer_state: reader.present(its_signer_state)?,
        })
    }
}

impl Decode for NormalizeErrorRequest {
    #[inline(never)]
    fn decode(reader: &mut Reader) -> Read<Self> {
        const KEYS: &[Key] = &[
            Key { name: "status", is_required: true },
            Key { name: "body_base64", is_required: true },
        ];
        let mut its_status = None;
        let mut its_body_base64 = None;
        reader.object(KEYS, &mut |reader, key| {
            match key {
                0 => its_status = Some(reader.u32(0, 65535)?),
                _ => its_body_base64 = Some(reader.string()?),
            }
            Ok(())
        })?;
        Ok(NormalizeErrorRequest {
            status: reader.present(its_status)?,
            body_base64: reader.present(its_body_base64)?,
        })
    }
}

impl Decode for NormalizeErrorResponse {
    #[inline(never)]
    fn decode(reader: &mut Reader) -> Read<Self> {
        const KEYS: &[Key] = &[
            Key { name: "body_base64", is_required: false },
        ];
        let mut its_body_base64 = None;
        reader.object(KEYS, &mut |reader, key| {
            match key {
                _ => its_body_base64 = Some(reader.nullable(|reader| reader.string())?),
            }
            Ok(())
        })?;
        Ok(NormalizeErrorResponse {
            body_base64: match its_body_base64 { Some(value) => value, None => None },
        })
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
        let mut its_request_id = None;
        let mut its_downstream_user_agent = None;
        reader.object(KEYS, &mut |reader, key| {
            match key {
                0 => reader.choice(&[Scalar::Text("request_started")]).map(|_| ())?,
                1 => its_request_id = Some(reader.string()?),
                _ => its_downstream_user_agent = Some(reader.nullable(|reader| reader.string())?),
            }
            Ok(())
        })?;
        Ok(RequestStarted {
            request_id: reader.present(its_request_id)?,
            downstream_user_agent: reader.present(its_downstream_user_agent)?,
        })
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
        let mut its_principal_id = None;
        let mut its_principal_kind = None;
        reader.object(KEYS, &mut |reader, key| {
            match key {
                0 => reader.choice(&[Scalar::Text("authn_complete")]).map(|_| ())?,
                1 => its_principal_id = Some(reader.string()?),
                _ => its_principal_kind = Some(reader.string()?),
            }
            Ok(())
        })?;
        Ok(AuthnComplete {
            principal_id: reader.present(its_principal_id)?,
            principal_kind: reader.present(its_principal_kind)?,
        })
    }
}

impl Decode for UpstreamChosen {
    #[inline(never)]
    fn decode(reader: &mut Reader) -> Read<Self> {
        const KEYS: &[Key] = &[
            Key { name: "kind", is_required: true },
            Key { name: "upstream", is_required: true },
        ];
        let mut its_upstream = None;
        reader.object(KEYS, &mut |reader, key| {
            match key {
                0 => reader.choice(&[Scalar::Text("upstream_chosen")]).map(|_| ())?,
                _ => its_upstream = Some(Upstream::decode(reader)?),
            }
            Ok(())
        })?;
        Ok(UpstreamChosen {
            upstream: reader.present(its_upstream)?,
        })
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
        let mut its_batch_index = None;
        let mut its_event_count = None;
        let mut its_total_bytes = None;
        reader.object(KEYS, &mut |reader, key| {
            match key {
                0 => reader.choice(&[Scalar::Text("chunk")]).map(|_| ())?,
                1 => its_batch_index = Some(reader.u64(0, 9007199254740991)?),
                2 => its_event_count = Some(reader.u64(0, 9007199254740991)?),
                _ => its_total_bytes = Some(reader.u64(0, 9007199254740991)?),
            }
            Ok(())
        })?;
        Ok(Chunk {
            batch_index: reader.present(its_batch_index)?,
            event_count: reader.present(its_event_count)?,
            total_bytes: reader.present(its_total_bytes)?,
        })
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
        let mut its_status = None;
        let mut its_input_tokens = None;
        let mut its_output_tokens = None;
        let mut its_cache_creation_input_tokens = None;
        let mut its_cache_read_input_tokens = None;
        let mut its_duration_ms = None;
        reader.object(KEYS, &mut |reader, key| {
            match key {
                0 => reader.choice(&[Scalar::Text("request_finished")]).map(|_| ())?,
                1 => its_status = Some(reader.u32(0, 65535)?),
                2 => its_input_tokens = Some(reader.nullable(|reader| reader.u64(0, 9007199254740991))?),
                3 => its_output_tokens = Some(reader.nullable(|reader| reader.u64(0, 9007199254740991))?),
                4 => its_cache_creation_input_tokens = Some(reader.nullable(|reader| reader.u64(0, 9007199254740991))?),
                5 => its_cache_read_input_tokens = Some(reader.nullable(|reader| reader.u64(0, 9007199254740991))?),
                _ => its_duration_ms = Some(reader.u64(0, 9007199254740991)?),
            }
            Ok(())
        })?;
        Ok(RequestFinished {
            status: reader.present(its_status)?,
            input_tokens: reader.present(its_input_tokens)?,
            output_tokens: reader.present(its_output_tokens)?,
            cache_creation_input_tokens: reader.present(its_cache_creation_input_tokens)?,
            cache_read_input_tokens: reader.present(its_cache_read_input_tokens)?,
            duration_ms: reader.present(its_duration_ms)?,
        })
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
        let mut its_code = None;
        let mut its_message = None;
        let mut its_source = None;
        reader.object(KEYS, &mut |reader, key| {
            match key {
                0 => reader.choice(&[Scalar::Text("error")]).map(|_| ())?,
                1 => its_code = Some(reader.string()?),
                2 => its_message = Some(reader.string()?),
                _ => its_source = Some(reader.string()?),
            }
            Ok(())
        })?;
        Ok(EventError {
            code: reader.present(its_code)?,
            message: reader.present(its_message)?,
            source: reader.present(its_source)?,
        })
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
        let mut its_events = None;
        reader.object(KEYS, &mut |reader, key| {
            match key {
                _ => its_events = Some(reader.list(|reader| Event::decode(reader))?),
            }
            Ok(())
        })?;
        Ok(ObserveRequest {
            events: reader.present(its_events)?,
        })
    }
}

impl Decode for ObserveResponse {
    #[inline(never)]
    fn decode(reader: &mut Reader) -> Read<Self> {
        reader.object(&[], &mut |_, _| Ok(()))?;
        Ok(ObserveResponse {})
    }
}
