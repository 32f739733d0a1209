//! The seven functions of a load balancer (docs/protocol.md, §7).
// The guard uses these too, including some that this plugin does not use.
#![allow(dead_code, unused_imports)]

mod build_signer;
pub mod config;
mod filter;
mod header_policy;
mod normalize_error;
mod observe;
mod on_unauthorized;
mod shape;
mod sign;
mod signer_state;
mod target;

pub use build_signer::build_signer;
pub use filter::{filter, rejection, ACCEPT};
pub use normalize_error::normalize_error;
pub use observe::{kind_of, observe, EVENT_KINDS};
pub use on_unauthorized::on_unauthorized;
pub use shape::shape;
pub use sign::{sign, Stamp};
