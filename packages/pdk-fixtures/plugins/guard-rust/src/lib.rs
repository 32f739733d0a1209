//! The load balancer plugin, extended with host functions: a rate limit, counters, a log, and signatures that are valid only once. The
//! configuration switches each of them on and determines the required capabilities. The other functions are unchanged.
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

/// The bytes of a nonce. No two requests get the same. It is a multiple of three, so base64 needs no padding.
const NONCE_BYTES: u64 = 18;

/// Accepts candidates with capacity, or none if the limit is reached. A request that no candidate can serve is not counted.
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

/// Signs the host's time and random bytes too, so that an upstream can reject old and repeated requests.
fn sign(request: SignRequest) -> Result<SignResponse, Error> {
    let stamp = if configured_flag(SIGN_ONCE)? {
        let unix_ms = host::now_unix_ms().to_string();
        Some(Stamp { unix_ms, nonce: base64_encode(&host::random_bytes(NONCE_BYTES)) })
    } else {
        None
    };
    balancer::sign(request, stamp)
}

/// Counts events. If that is switched on, also adds them to the host's metrics and logs the number of errors.
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
            // Logs only the number, nothing of the events.
            host::log("warn", &format!("error events: {count}"));
        }
    }
    balancer::observe(request)
}
