//! The types of the contract.

use super::runtime::{Json, Map};
use super::runtime::alloc::{boxed::Box, string::String, vec::Vec};

#[derive(Clone, Debug, PartialEq)]
pub struct Header {
    pub name: String,
    pub value_base64: String,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Principal {
    pub id: String,
    pub kind: String,
    pub claims: Json,
}

#[derive(Clone, Debug, PartialEq)]
pub struct ObservedRateLimit {
    pub kind: String,
    pub window: String,
    pub limit: Option<u64>,
    pub remaining: Option<u64>,
    pub reset: Option<String>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct SubscriptionQuota {
    pub window: String,
    pub source: String,
    pub data_state: String,
    pub utilization: Option<f64>,
    pub status: Option<String>,
    pub resets_at_unix_secs: Option<u64>,
    pub surpassed_threshold: Option<bool>,
    pub representative_claim: Option<String>,
    pub disabled_reason: Option<String>,
    pub observed_at_unix_millis: Option<u64>,
    pub age_secs: Option<u64>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct CacheScore {
    pub predicted_cache_read_tokens: u32,
    pub predicted_cache_creation_tokens_5m: u32,
    pub predicted_cache_creation_tokens_1h: u32,
    pub predicted_uncached_input_tokens: u32,
    pub confidence: f64,
    pub predicted_expires_at_unix_secs: Option<u64>,
    pub matched_breakpoint_index: Option<u32>,
    pub ambiguity_reason: Option<String>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Candidate {
    pub upstream_id: String,
    pub name: String,
    pub kind: String,
    pub observed_rate_limits: Vec<ObservedRateLimit>,
    pub subscription_quotas: Vec<SubscriptionQuota>,
    pub observed_at_unix_secs: u64,
    pub cache_score: Option<CacheScore>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct FilterRequest {
    pub request_id: String,
    pub headers: Vec<Header>,
    pub method: String,
    pub path: String,
    pub query: Option<String>,
    pub body_base64: String,
    pub principal: Principal,
    pub candidates: Vec<Candidate>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct FilterResponseResult {
    pub upstream_id: String,
    pub decision: String,
    pub reason: String,
}

#[derive(Clone, Debug, PartialEq)]
pub struct FilterResponse {
    pub results: Vec<FilterResponseResult>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Request {
    pub request_id: String,
    pub headers: Vec<Header>,
    pub method: String,
    pub path: String,
    pub query: Option<String>,
    pub body_base64: String,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Upstream {}

#[derive(Clone, Debug, PartialEq)]
pub struct ShapeRequest {
    pub request: Request,
    pub upstream: Upstream,
    pub principal: Principal,
}

#[derive(Clone, Debug, PartialEq)]
pub struct ShapeResponse {
    pub url: String,
    pub method: String,
    pub headers: Vec<Header>,
    pub body_base64: String,
}

#[derive(Clone, Debug, PartialEq)]
pub struct BuildSignerRequest {
    pub upstream: Upstream,
    pub factory_state: Json,
}

#[derive(Clone, Debug, PartialEq)]
pub struct BuildSignerResponse {
    pub signer_state: Json,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Shaped {
    pub url: String,
    pub method: String,
    pub headers: Vec<Header>,
    pub body_base64: String,
}

#[derive(Clone, Debug, PartialEq)]
pub struct SignRequest {
    pub shaped: Shaped,
    pub signer_state: Json,
}

#[derive(Clone, Debug, PartialEq)]
pub struct SignResponse {
    pub url: Option<String>,
    pub method: Option<String>,
    pub headers: Option<Vec<Header>>,
    pub body_base64: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Category {
    Unauthorized,
    Retryable,
    Failed,
}

impl Category {
    /// The value as text.
    pub const fn as_str(self) -> &'static str {
        match self {
            Category::Unauthorized => "unauthorized",
            Category::Retryable => "retryable",
            Category::Failed => "failed",
        }
    }
}

#[derive(Clone, Debug, PartialEq)]
pub struct OnUnauthorizedRequestError {
    pub status: u32,
    pub body_base64: Option<String>,
    pub category: Category,
}

#[derive(Clone, Debug, PartialEq)]
pub struct OnUnauthorizedRequest {
    pub error: OnUnauthorizedRequestError,
    pub signer_state: Json,
}

#[derive(Clone, Debug, PartialEq)]
pub struct OnUnauthorizedResponse {
    pub decision: String,
    pub signer_state: Json,
}

#[derive(Clone, Debug, PartialEq)]
pub struct NormalizeErrorRequest {
    pub status: u32,
    pub body_base64: String,
}

#[derive(Clone, Debug, PartialEq)]
pub struct NormalizeErrorResponse {
    pub body_base64: Option<String>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct RequestStarted {
    pub request_id: String,
    pub downstream_user_agent: Option<String>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct AuthnComplete {
    pub principal_id: String,
    pub principal_kind: String,
}

#[derive(Clone, Debug, PartialEq)]
pub struct UpstreamChosen {
    pub upstream: Upstream,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Chunk {
    pub batch_index: u64,
    pub event_count: u64,
    pub total_bytes: u64,
}

#[derive(Clone, Debug, PartialEq)]
pub struct RequestFinished {
    pub status: u32,
    pub input_tokens: Option<u64>,
    pub output_tokens: Option<u64>,
    pub cache_creation_input_tokens: Option<u64>,
    pub cache_read_input_tokens: Option<u64>,
    pub duration_ms: u64,
}

#[derive(Clone, Debug, PartialEq)]
pub struct EventError {
    pub code: String,
    pub message: String,
    pub source: String,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    RequestStarted(RequestStarted),
    AuthnComplete(AuthnComplete),
    UpstreamChosen(UpstreamChosen),
    Chunk(Chunk),
    RequestFinished(RequestFinished),
    Error(EventError),
}

#[derive(Clone, Debug, PartialEq)]
pub struct ObserveRequest {
    pub events: Vec<Event>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct ObserveResponse {}
