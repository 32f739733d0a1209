//! The plugin of a load balancer. What it does is in `balancer`.
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

/// `observe` logs its counts where it may.
fn required_capabilities(offered: &[String]) -> Result<Vec<&'static str>, Error> {
    Ok(["log"].into_iter().filter(|name| offered.iter().any(|each| each == name)).collect())
}
