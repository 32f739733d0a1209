//! The load balancer's plugin with what host functions can add to it: a rate limit, counters, a log, signatures that are good once. Each is
//! switched on by the configuration, which alone says what the plugin needs; the rest is as it was.
#![cfg_attr(all(target_arch = "wasm32", not(feature = "std")), no_std)]

#[path = "../../load-balancer-rust/src/balancer/mod.rs"]
mod balancer;
mod kit;
mod needs;
mod rate_limit;
mod window;

use balancer::config::configured_flag;
use balancer::{build_signer, kind_of, normalize_error, on_unauthorized, rejection, shape, Stamp, ACCEPT, EVENT_KINDS};
use kit::*;
use needs::{required_capabilities, COUNT_EVENTS, LOG_ERRORS, SIGN_ONCE};
use rate_limit::RateLimit;

/// As many as no two requests ever share; a multiple of three, so that base64 has no padding.
const NONCE_BYTES: u64 = 18;

/// Accepts what has something left, or nothing where the limit is reached. A request that no candidate may serve is not counted.
fn filter(request: FilterRequest) -> Result<FilterResponse, Error> {
    let response = balancer::filter(&request)?;
    let Some(limit) = RateLimit::configured()? else { return Ok(response) };
    let accepts_any = response.results.iter().any(|result| result.decision == ACCEPT);
    if !accepts_any || limit.take(&request.principal.id) {
        return Ok(response);
    }
    if configured_flag(COUNT_EVENTS)? {
        host::metric_incr("requests_limited", 1);
    }
    let reject = |candidate| rejection(candidate, "the rate limit is reached");
    Ok(FilterResponse { results: request.candidates.iter().map(reject).collect() })
}

/// With the host's time and bytes that nobody can foresee, an upstream can refuse what is old or was there.
fn sign(request: SignRequest) -> Result<SignResponse, Error> {
    let stamp = if configured_flag(SIGN_ONCE)? {
        let unix_ms = host::now_unix_ms().to_string();
        Some(Stamp { unix_ms, nonce: base64_encode(&host::random_bytes(NONCE_BYTES)) })
    } else {
        None
    };
    balancer::sign(request, stamp)
}

/// Counts events, and adds them to the host's metrics and says how many errors there were, where that is switched on.
fn observe(request: ObserveRequest) -> Result<ObserveResponse, Error> {
    let is_counting = configured_flag(COUNT_EVENTS)?;
    let is_logging = configured_flag(LOG_ERRORS)?;
    for (at, kind) in EVENT_KINDS.iter().enumerate() {
        let count = request.events.iter().filter(|event| kind_of(event) == at).count() as u64;
        if count == 0 {
            continue;
        }
        if is_counting {
            host::metric_incr(&format!("events_{kind}"), count);
        }
        if is_logging && *kind == "error" {
            // How many, and nothing of the events.
            host::log("warn", &format!("error events: {count}"));
        }
    }
    balancer::observe(request)
}
