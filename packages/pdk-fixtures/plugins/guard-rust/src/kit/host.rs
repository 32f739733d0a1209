//! The functions of the host. Do not call them during handshake and self-check.

use super::runtime::alloc::{boxed::Box, string::String, vec::Vec};
use super::runtime::extism::Block;
use super::runtime::reader::{Decode, Key, Reader, Scalar};
use super::runtime::writer::{Encode, Writer};
use super::runtime::{Error, Json, Map};
use super::types::*;

#[cfg(target_arch = "wasm32")]
mod imports {
    #[link(wasm_import_module = "extism:host/user")]
    extern "C" {
        #[link_name = "cc_lb_log"]
        pub fn log(argument1: u64, argument2: u64);
    }
    #[link(wasm_import_module = "extism:host/user")]
    extern "C" {
        #[link_name = "cc_lb_metric_incr"]
        pub fn metric_incr(argument1: u64, argument2: u64);
    }
    #[link(wasm_import_module = "extism:host/user")]
    extern "C" {
        #[link_name = "cc_lb_storage_get"]
        pub fn storage_get(argument1: u64) -> u64;
    }
    #[link(wasm_import_module = "extism:host/user")]
    extern "C" {
        #[link_name = "cc_lb_storage_put"]
        pub fn storage_put(argument1: u64, argument2: u64);
    }
    #[link(wasm_import_module = "extism:host/user")]
    extern "C" {
        #[link_name = "cc_lb_now_unix_ms"]
        pub fn now_unix_ms() -> u64;
    }
    #[link(wasm_import_module = "extism:host/user")]
    extern "C" {
        #[link_name = "cc_lb_random_bytes"]
        pub fn random_bytes(argument1: u64) -> u64;
    }
}

/// Outside of WebAssembly, as in `cargo test`, there is no host.
#[cfg(not(target_arch = "wasm32"))]
mod imports {
    pub unsafe fn log(_argument1: u64, _argument2: u64) {
        panic!("cc_lb_log needs a host")
    }
    pub unsafe fn metric_incr(_argument1: u64, _argument2: u64) {
        panic!("cc_lb_metric_incr needs a host")
    }
    pub unsafe fn storage_get(_argument1: u64) -> u64 {
        panic!("cc_lb_storage_get needs a host")
    }
    pub unsafe fn storage_put(_argument1: u64, _argument2: u64) {
        panic!("cc_lb_storage_put needs a host")
    }
    pub unsafe fn now_unix_ms() -> u64 {
        panic!("cc_lb_now_unix_ms needs a host")
    }
    pub unsafe fn random_bytes(_argument1: u64) -> u64 {
        panic!("cc_lb_random_bytes needs a host")
    }
}

/// Writes a line to the log of the host. Levels: trace, debug, info, warn, error.
pub fn log(argument1: &str, argument2: &str) {
    let argument1 = Block::new(argument1.as_bytes());
    let argument2 = Block::new(argument2.as_bytes());
    unsafe { imports::log(argument1.handle(), argument2.handle()) };
}

/// Adds to a counter.
pub fn metric_incr(argument1: &str, argument2: u64) {
    let argument1 = Block::new(argument1.as_bytes());
    let argument2 = Block::new(&argument2.to_le_bytes());
    unsafe { imports::metric_incr(argument1.handle(), argument2.handle()) };
}

/// Reads a value from the storage of the plugin. Empty if the key has no value.
pub fn storage_get(argument1: &str) -> Vec<u8> {
    let argument1 = Block::new(argument1.as_bytes());
    let result = unsafe { imports::storage_get(argument1.handle()) };
    Block::from_handle(result).map_or_else(Vec::new, |block| block.bytes())
}

/// Writes a value to the storage of the plugin.
pub fn storage_put(argument1: &str, argument2: &[u8]) {
    let argument1 = Block::new(argument1.as_bytes());
    let argument2 = Block::new(argument2);
    unsafe { imports::storage_put(argument1.handle(), argument2.handle()) };
}

/// The wall clock, in milliseconds since 1970.
pub fn now_unix_ms() -> u64 {
    let result = unsafe { imports::now_unix_ms() };
    Block::from_handle(result).map_or(0, |block| u64::from_le_bytes(block.number::<8>()))
}

/// Random bytes from a secure source, at most 65,536.
pub fn random_bytes(argument1: u64) -> Vec<u8> {
    let argument1 = Block::new(&argument1.to_le_bytes());
    let result = unsafe { imports::random_bytes(argument1.handle()) };
    Block::from_handle(result).map_or_else(Vec::new, |block| block.bytes())
}
