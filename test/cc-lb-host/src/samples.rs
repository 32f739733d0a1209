//! At least one request for each function, and the answer of every correct plugin.

use cc_lb_plugin_wire::v1::{
    HeaderWire, ObserveEventWire, Principal, RequestWire, ShapedRequestWire, UpstreamErrorCategory,
    UpstreamErrorWire, UpstreamWire,
    build_signer::{BuildSignerFn, BuildSignerRequest},
    normalize_error::{NormalizeErrorFn, NormalizeErrorRequest},
    observe::{ObserveFn, ObserveRequest},
    on_unauthorized::{OnUnauthorizedFn, OnUnauthorizedRequest},
    shape::{ShapeFn, ShapeRequest},
    sign::{SignFn, SignRequest},
};
use cc_lb_plugin_wire::v2::common as v2;
use cc_lb_plugin_wire::v3::filter::{FilterFn, FilterRequest};
use serde_json::{Map, Value};

use crate::native_host::Loaded;
use crate::plugins::{Subject, factory_state};

const EMPTY_BODY: &str = "";
/// The text `broken`, which is not JSON.
const ERROR_BODY: &str = "YnJva2Vu";

/// Dispatches every function that the plugin has. Returns the number of dispatches.
pub fn dispatch_all(subject: &Subject, loaded: &mut Loaded) -> Result<usize, String> {
    let functions: Vec<String> = loaded.functions().into_iter().map(str::to_owned).collect();
    let has = |name: &str| functions.iter().any(|each| each == name);
    let mut count = 0;
    if has("filter") {
        count += filter(subject, loaded)?;
    }
    if has("shape") {
        shape(loaded)?;
        count += 1;
    }
    let mut state = (subject.signer_state)();
    if has("build_signer") {
        let request = BuildSignerRequest {
            upstream: UpstreamWire::AnthropicDirect,
            factory_state: factory_state(),
        };
        state = loaded.dispatch::<BuildSignerFn>(request)?.signer_state;
        count += 1;
    }
    if has("sign") {
        sign(subject, loaded, &state)?;
        count += 1;
    }
    if has("on_unauthorized") {
        on_unauthorized(loaded, state)?;
        count += 2;
    }
    if has("normalize_error") {
        let request = NormalizeErrorRequest {
            status: 500,
            body_base64: ERROR_BODY.to_owned(),
        };
        let response = loaded.dispatch::<NormalizeErrorFn>(request)?;
        expect(
            response.body_base64.is_some(),
            "normalize_error: left a plain error as it was",
        )?;
        count += 1;
    }
    if has("observe") {
        loaded.dispatch::<ObserveFn>(ObserveRequest { events: events() })?;
        count += 1;
    }
    Ok(count)
}

fn expect(is_met: bool, complaint: &str) -> Result<(), String> {
    if is_met { Ok(()) } else { Err(complaint.to_owned()) }
}

/// The first candidate is free and warm, the second is exhausted. Ids are plain strings.
fn filter(subject: &Subject, loaded: &mut Loaded) -> Result<usize, String> {
    let request = FilterRequest {
        request_id: "r-1".to_owned(),
        headers: Vec::new(),
        method: "POST".to_owned(),
        path: "/v1/messages".to_owned(),
        query: None,
        body_base64: EMPTY_BODY.to_owned(),
        principal: v2::Principal {
            id: "ada".to_owned(),
            kind: "user".to_owned(),
            claims: Map::new(),
        },
        candidates: vec![
            candidate("warm", Some(10), Some(score())),
            candidate("used up", Some(0), None),
        ],
    };
    const REQUESTS: usize = 3;
    let mut let_through = 0;
    for _ in 0..REQUESTS {
        let results = loaded.dispatch::<FilterFn>(request.clone())?.results;
        let decisions: Vec<(&str, &str)> = results
            .iter()
            .map(|each| (each.upstream_id.as_str(), each.decision.as_str()))
            .collect();
        match decisions.as_slice() {
            [("warm", "accept"), ("used up", "reject")] => let_through += 1,
            [("warm", "reject"), ("used up", "reject")] => {}
            _ => return Err(format!("filter: decided {decisions:?}")),
        }
    }
    let expected = subject.observed.let_through.unwrap_or(REQUESTS);
    expect(
        let_through == expected,
        &format!("filter: let {let_through} of {REQUESTS} requests through, expected {expected}"),
    )?;
    Ok(REQUESTS)
}

fn candidate(id: &str, remaining: Option<u64>, cache_score: Option<v2::CacheScoreWire>) -> v2::CandidateWire {
    v2::CandidateWire {
        upstream_id: id.to_owned(),
        name: id.to_owned(),
        kind: "anthropic_api_key".to_owned(),
        observed_rate_limits: vec![v2::RateLimitObservationWire {
            kind: "requests".to_owned(),
            window: "1m".to_owned(),
            limit: Some(10),
            remaining,
            reset: None,
        }],
        subscription_quotas: vec![v2::SubscriptionQuotaCandidateSnapshotWire::dry_run_sample()],
        observed_at_unix_secs: 1_700_000_000,
        cache_score,
    }
}

fn score() -> v2::CacheScoreWire {
    v2::CacheScoreWire {
        predicted_cache_read_tokens: 1000,
        predicted_cache_creation_tokens_5m: 0,
        predicted_cache_creation_tokens_1h: 0,
        predicted_uncached_input_tokens: 5,
        predicted_expires_at_unix_secs: Some(1_700_000_300),
        matched_breakpoint_index: None,
        confidence: 0.5,
        ambiguity_reason: None,
    }
}

fn header(name: &str) -> HeaderWire {
    HeaderWire {
        name: name.to_owned(),
        value_base64: "eA==".to_owned(),
    }
}

fn shape(loaded: &mut Loaded) -> Result<(), String> {
    let request = ShapeRequest {
        request: RequestWire {
            request_id: "r-1".to_owned(),
            headers: vec![header("accept"), header("authorization")],
            method: "POST".to_owned(),
            path: "/v1/messages".to_owned(),
            query: Some("beta=true".to_owned()),
            body_base64: ERROR_BODY.to_owned(),
        },
        upstream: UpstreamWire::AnthropicDirect,
        principal: Principal {
            id: "ada".to_owned(),
            kind: "user".to_owned(),
            claims: Map::new(),
        },
    };
    let response = loaded.dispatch::<ShapeFn>(request)?;
    expect(
        response.url.ends_with("/v1/messages?beta=true"),
        "shape: another url",
    )?;
    expect(response.body_base64 == ERROR_BODY, "shape: another body")?;
    expect(has_header(&response.headers, "accept"), "shape: dropped accept")?;
    expect(
        !has_header(&response.headers, "authorization"),
        "shape: kept the client's credentials",
    )
}

fn has_header(headers: &[HeaderWire], name: &str) -> bool {
    headers.iter().any(|each| each.name.eq_ignore_ascii_case(name))
}

fn sign(subject: &Subject, loaded: &mut Loaded, state: &Value) -> Result<(), String> {
    let request = SignRequest {
        shaped: ShapedRequestWire {
            url: "/v1/messages".to_owned(),
            method: "POST".to_owned(),
            headers: vec![header("accept")],
            body_base64: ERROR_BODY.to_owned(),
        },
        signer_state: state.clone(),
    };
    let headers = loaded.dispatch::<SignFn>(request)?.headers.unwrap_or_default();
    for name in ["accept", "x-signature", "x-signature-key-id"]
        .iter()
        .chain(subject.observed.signed_headers)
    {
        expect(has_header(&headers, name), &format!("sign: no header {name}"))?;
    }
    Ok(())
}

/// Two keys. The first is replaced by the second, and the second by nothing.
fn on_unauthorized(loaded: &mut Loaded, state: Value) -> Result<(), String> {
    let request = |signer_state| OnUnauthorizedRequest {
        error: UpstreamErrorWire {
            status: 401,
            body_base64: None,
            category: UpstreamErrorCategory::Unauthorized,
        },
        signer_state,
    };
    let first = loaded.dispatch::<OnUnauthorizedFn>(request(state.clone()))?;
    expect(first.decision == "refresh", "on_unauthorized: did not refresh")?;
    expect(
        first.signer_state != state,
        "on_unauthorized: refreshed to the same state",
    )?;
    let second = loaded.dispatch::<OnUnauthorizedFn>(request(first.signer_state))?;
    expect(
        second.decision != "refresh",
        "on_unauthorized: refreshed without another key",
    )
}

/// One event of each kind.
pub fn events() -> Vec<ObserveEventWire> {
    vec![
        ObserveEventWire::RequestStarted {
            request_id: "r-1".to_owned(),
            downstream_user_agent: None,
        },
        ObserveEventWire::AuthnComplete {
            principal_id: "ada".to_owned(),
            principal_kind: "user".to_owned(),
        },
        ObserveEventWire::UpstreamChosen {
            upstream: UpstreamWire::AnthropicDirect,
        },
        ObserveEventWire::Chunk {
            batch_index: 0,
            event_count: 2,
            total_bytes: 300,
        },
        ObserveEventWire::RequestFinished {
            status: 200,
            input_tokens: Some(7),
            output_tokens: None,
            cache_creation_input_tokens: None,
            cache_read_input_tokens: Some(3),
            duration_ms: 12,
        },
        ObserveEventWire::Error {
            code: "overloaded".to_owned(),
            message: "m".to_owned(),
            source: "upstream".to_owned(),
        },
    ]
}
