//! Records whether the crate's types accept a message in which one value was changed, for every value and many changes. A test compares
//! the contracts of this project with it (test/cc-lb-verdicts.test.ts).

use std::collections::BTreeMap;

use cc_lb_plugin_wire::v1::{
    HeaderWire, Principal, RequestWire, ShapedRequestWire, UpstreamErrorCategory, UpstreamErrorWire,
    UpstreamWire,
    build_signer::{BuildSignerFn, BuildSignerRequest, BuildSignerResponse},
    normalize_error::{NormalizeErrorFn, NormalizeErrorRequest, NormalizeErrorResponse},
    observe::{ObserveFn, ObserveRequest, ObserveResponse},
    on_unauthorized::{OnUnauthorizedFn, OnUnauthorizedRequest, OnUnauthorizedResponse},
    shape::{ShapeFn, ShapeRequest, ShapeResponse},
    sign::{SignFn, SignRequest, SignResponse},
};
use cc_lb_plugin_wire::v2::common as v2;
use cc_lb_plugin_wire::v3::filter::{FilterFn, FilterRequest, FilterResponse, PerCandidateReasonWire};
use cc_lb_plugin_wire::wire_function::WireFunction;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

/// The values that replace each value of a message, as JSON.
const REPLACEMENTS: [&str; 14] = [
    "null",
    "true",
    "\"\"",
    "\"other\"",
    "0",
    "-1",
    "1.5",
    "65535",
    "65536",
    "4294967295",
    "4294967296",
    "9007199254740991",
    "[]",
    "{}",
];
/// Removes a key from its object.
const REMOVED: &str = "removed";
/// Adds a key to an object that no type has.
const ADDED: &str = "added";

/// Returns the verdicts on the messages of all seven functions, as JSON text.
pub fn all_verdicts() -> String {
    let functions = BTreeMap::from([
        function::<FilterFn>(filter_request(), filter_response()),
        function::<ShapeFn>(shape_request(), shape_response()),
        function::<BuildSignerFn>(
            BuildSignerRequest {
                upstream: UpstreamWire::AnthropicDirect,
                factory_state: json!("state"),
            },
            BuildSignerResponse {
                signer_state: json!("state"),
            },
        ),
        function::<SignFn>(
            SignRequest {
                shaped: shaped(),
                signer_state: json!("state"),
            },
            SignResponse {
                url: Some("https://upstream.example".to_owned()),
                method: Some("POST".to_owned()),
                headers: Some(vec![header()]),
                body_base64: Some("eA==".to_owned()),
            },
        ),
        function::<OnUnauthorizedFn>(
            OnUnauthorizedRequest {
                error: upstream_error(),
                signer_state: json!("state"),
            },
            OnUnauthorizedResponse {
                decision: "refresh".to_owned(),
                signer_state: json!("state"),
            },
        ),
        function::<NormalizeErrorFn>(
            NormalizeErrorRequest {
                status: 500,
                body_base64: "eA==".to_owned(),
            },
            NormalizeErrorResponse {
                body_base64: Some("eA==".to_owned()),
            },
        ),
        function::<ObserveFn>(
            ObserveRequest {
                events: crate::samples::events(),
            },
            ObserveResponse {},
        ),
    ]);
    serde_json::to_string_pretty(&functions).expect("verdicts are JSON") + "\n"
}

fn function<F: WireFunction>(request: F::Request, response: F::Response) -> (&'static str, Value) {
    let messages = json!({ "request": verdicts_on(&request), "response": verdicts_on(&response) });
    (F::NAME, messages)
}

/// The message, and for each change the places where the changed message still decodes, and where it does not.
fn verdicts_on<T: Serialize + DeserializeOwned>(message: &T) -> Value {
    let sample = serde_json::to_value(message).expect("a message is JSON");
    let mut places = Vec::new();
    list_places(&sample, String::new(), &mut places);
    let mut accepted: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    let mut refused: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for place in &places {
        for change in REPLACEMENTS.iter().copied().chain([REMOVED, ADDED]) {
            let Some(changed) = change_at(&sample, place, change) else {
                continue;
            };
            let verdicts = match serde_json::from_str::<T>(&changed.to_string()) {
                Ok(_) => &mut accepted,
                Err(_) => &mut refused,
            };
            verdicts.entry(change).or_default().push(place);
        }
    }
    json!({ "sample": sample, "accepted": accepted, "refused": refused })
}

/// Returns pointers (RFC 6901) to every value. No key here has a character that needs an escape.
fn list_places(value: &Value, place: String, places: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            for (key, field) in fields {
                list_places(field, format!("{place}/{key}"), places);
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                list_places(item, format!("{place}/{index}"), places);
            }
        }
        _ => {}
    }
    places.push(place);
}

/// Returns `None` if the change makes no sense: the message is always an object, and only objects have keys.
fn change_at(sample: &Value, place: &str, change: &str) -> Option<Value> {
    let mut changed = sample.clone();
    match change {
        ADDED => {
            let object = changed.pointer_mut(place)?.as_object_mut()?;
            object.insert("unknown".to_owned(), Value::from(1));
        }
        REMOVED => {
            let (parent, key) = place.rsplit_once('/')?;
            changed.pointer_mut(parent)?.as_object_mut()?.remove(key)?;
        }
        _ if place.is_empty() => return None,
        replacement => *changed.pointer_mut(place)? = serde_json::from_str(replacement).ok()?,
    }
    Some(changed)
}

fn header() -> HeaderWire {
    HeaderWire {
        name: "accept".to_owned(),
        value_base64: "Ki8q".to_owned(),
    }
}

fn shaped() -> ShapedRequestWire {
    ShapedRequestWire {
        url: "https://upstream.example".to_owned(),
        method: "POST".to_owned(),
        headers: vec![header()],
        body_base64: String::new(),
    }
}

fn upstream_error() -> UpstreamErrorWire {
    UpstreamErrorWire {
        status: 401,
        body_base64: Some("eA==".to_owned()),
        category: UpstreamErrorCategory::Unauthorized,
    }
}

fn shape_request() -> ShapeRequest {
    ShapeRequest {
        request: RequestWire {
            request_id: "r-1".to_owned(),
            headers: vec![header()],
            method: "POST".to_owned(),
            path: "/v1/messages".to_owned(),
            query: Some("x=1".to_owned()),
            body_base64: String::new(),
        },
        upstream: UpstreamWire::AnthropicDirect,
        principal: Principal {
            id: "ada".to_owned(),
            kind: "user".to_owned(),
            claims: Map::new(),
        },
    }
}

fn shape_response() -> ShapeResponse {
    let ShapedRequestWire {
        url,
        method,
        headers,
        body_base64,
    } = shaped();
    ShapeResponse {
        url,
        method,
        headers,
        body_base64,
    }
}

fn filter_request() -> FilterRequest {
    FilterRequest {
        request_id: "r-1".to_owned(),
        headers: vec![v2::HeaderWire {
            name: "accept".to_owned(),
            value_base64: "Ki8q".to_owned(),
        }],
        method: "POST".to_owned(),
        path: "/v1/messages".to_owned(),
        query: Some("x=1".to_owned()),
        body_base64: String::new(),
        principal: v2::Principal {
            id: "ada".to_owned(),
            kind: "user".to_owned(),
            claims: Map::new(),
        },
        candidates: vec![v2::CandidateWire {
            upstream_id: "one".to_owned(),
            name: "first".to_owned(),
            kind: "anthropic_api_key".to_owned(),
            observed_rate_limits: vec![v2::RateLimitObservationWire {
                kind: "requests".to_owned(),
                window: "1m".to_owned(),
                limit: Some(10),
                remaining: Some(9),
                reset: Some("2026-01-01T00:00:00Z".to_owned()),
            }],
            subscription_quotas: vec![v2::SubscriptionQuotaCandidateSnapshotWire {
                window: "5h".to_owned(),
                source: "headers".to_owned(),
                data_state: "fresh".to_owned(),
                utilization: Some(0.5),
                status: Some("allowed".to_owned()),
                resets_at_unix_secs: Some(1_700_000_000),
                surpassed_threshold: Some(false),
                representative_claim: Some("five_hour".to_owned()),
                disabled_reason: Some("none".to_owned()),
                observed_at_unix_millis: Some(1_700_000_000_000),
                age_secs: Some(3),
            }],
            observed_at_unix_secs: 1_700_000_000,
            cache_score: Some(v2::CacheScoreWire {
                predicted_cache_read_tokens: 1,
                predicted_cache_creation_tokens_5m: 2,
                predicted_cache_creation_tokens_1h: 3,
                predicted_uncached_input_tokens: 4,
                predicted_expires_at_unix_secs: Some(1_700_000_300),
                matched_breakpoint_index: Some(0),
                confidence: 0.5,
                ambiguity_reason: Some("none".to_owned()),
            }),
        }],
    }
}

fn filter_response() -> FilterResponse {
    FilterResponse {
        results: vec![PerCandidateReasonWire {
            upstream_id: "one".to_owned(),
            decision: "accept".to_owned(),
            reason: "free".to_owned(),
        }],
    }
}
