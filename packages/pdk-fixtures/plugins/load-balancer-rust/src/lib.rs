//! A load balancer plugin. Its functions are in the module `balancer`.
#![cfg_attr(all(target_arch = "wasm32", not(feature = "std")), no_std)]

mod balancer;
mod kit;

use balancer::{build_signer, normalize_error, observe, on_unauthorized, shape};
use kit::*;

fn filter(request: FilterRequest) -> Result<FilterResponse, Error> {
    balancer::filter(&request)
}

fn sign(request: SignRequest) -> Result<SignResponse, Error> {
    balancer::sign(request, None)
}

/// Requires the capability `log` if the host grants it, because `observe` logs.
fn required_capabilities(offered: &[String]) -> Result<Vec<&'static str>, Error> {
    Ok(["log"].into_iter().filter(|name| offered.iter().any(|each| each == name)).collect())
}
