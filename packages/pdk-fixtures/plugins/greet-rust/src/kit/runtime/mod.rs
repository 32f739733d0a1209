//! The parts that all kits share: strict JSON, the protocol, and the host's memory. Nothing here depends on a contract.

pub extern crate alloc;

#[cfg(all(target_arch = "wasm32", not(feature = "std")))]
mod allocator;
mod base64;
pub mod call;
mod double;
mod error;
pub mod extism;
pub mod fill;
pub mod handshake;
mod json;
mod key_set;
mod map;
mod number;
mod panic;
mod place;
pub mod reader;
pub mod self_check;
mod text;
pub mod writer;

pub use base64::{base64_decode, base64_encode};
pub use error::Error;
pub use extism::{config, is_logged, log, set_variable, variable, LogLevel};
pub use json::{Json, JsonKind};
pub use map::Map;
