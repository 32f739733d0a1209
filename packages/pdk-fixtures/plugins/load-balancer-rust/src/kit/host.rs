//! The functions of the host. Do not call them during handshake and self-check.

use super::runtime::alloc::{boxed::Box, string::String, vec::Vec};
use super::runtime::extism::Block;
use super::runtime::reader::{Decode, Key, Reader, Scalar};
use super::runtime::writer::{Encode, Writer};
use super::runtime::{Error, Json, Map};
use super::types::*;

#[cfg(target_arch = "wasm32")]
mod imports {
}

/// Outside of WebAssembly, as in `cargo test`, there is no host.
#[cfg(not(target_arch = "wasm32"))]
mod imports {
}
