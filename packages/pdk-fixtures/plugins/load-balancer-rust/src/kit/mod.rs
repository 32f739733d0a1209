//! The kit of load-balancer-rust. Do not edit: `plugwire generate` replaces this file.
//!
//! Write `use kit::*;` in the root of the crate to import the types of the contract and everything that handlers need.
#![allow(dead_code, unused_imports, unused_mut, clippy::all)]

mod decode;
mod encode;
mod exports;
pub mod host;
pub mod runtime;
pub mod types;

pub use runtime::alloc::{borrow::ToOwned, boxed::Box, format, string::{String, ToString}, vec, vec::Vec};
pub use runtime::{base64_decode, base64_encode, config, is_logged, log, set_variable, variable, Error, Json, JsonKind, LogLevel, Map};
pub use types::*;

/// Returns the capabilities that the handshake requires, out of those that the host offers. To choose them yourself, define a function with
/// this name and type in the root of the crate.
pub fn required_capabilities(_offered: &[String]) -> Result<Vec<&'static str>, Error> {
    Ok(Vec::from([]))
}
