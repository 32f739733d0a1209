//! The functions of Extism: input and output, settings, variables and the log. Bytes are copied eight at a time.

use super::alloc::{string::String, vec::Vec};

#[cfg(target_arch = "wasm32")]
mod env {
    #[link(wasm_import_module = "extism:host/env")]
    extern "C" {
        pub fn input_length() -> u64;
        pub fn input_load_u8(offset: u64) -> u32;
        pub fn input_load_u64(offset: u64) -> u64;
        pub fn output_set(block: u64, length: u64);
        pub fn error_set(block: u64);
        pub fn alloc(length: u64) -> u64;
        pub fn free(block: u64);
        pub fn length(block: u64) -> u64;
        pub fn load_u8(address: u64) -> u32;
        pub fn load_u64(address: u64) -> u64;
        pub fn store_u8(address: u64, value: u32);
        pub fn store_u64(address: u64, value: u64);
        pub fn config_get(key: u64) -> u64;
        pub fn var_get(key: u64) -> u64;
        pub fn var_set(key: u64, value: u64);
        pub fn get_log_level() -> u32;
        pub fn log_trace(text: u64);
        pub fn log_debug(text: u64);
        pub fn log_info(text: u64);
        pub fn log_warn(text: u64);
        pub fn log_error(text: u64);
    }
}

/// Outside of WebAssembly, as in `cargo test`, there is no host: no settings, no variables and no log.
#[cfg(not(target_arch = "wasm32"))]
#[rustfmt::skip]
mod env {
    macro_rules! nothing { ($($name:ident($($argument:ident),*) -> $result:ty;)*) => {
        $(pub unsafe fn $name($($argument: u64),*) -> $result { $(let _ = $argument;)* Default::default() })*
    } }
    nothing! {
        input_length() -> u64; input_load_u8(offset) -> u32; input_load_u64(offset) -> u64;
        output_set(block, length) -> (); error_set(block) -> ();
        alloc(length) -> u64; free(block) -> (); length(block) -> u64; load_u8(address) -> u32; load_u64(address) -> u64;
        store_u64(address, value) -> ();
        config_get(key) -> u64; var_get(key) -> u64; var_set(key, value) -> ();
        log_trace(text) -> (); log_debug(text) -> (); log_info(text) -> (); log_warn(text) -> (); log_error(text) -> ();
    }
    pub unsafe fn get_log_level() -> u32 { u32::MAX }
    pub unsafe fn store_u8(address: u64, value: u32) { let _ = (address, value); }
}

/// A block of the host's memory. Dropping it frees it.
pub struct Block(u64);

impl Block {
    pub fn new(bytes: &[u8]) -> Block {
        let block = unsafe { env::alloc(bytes.len() as u64) };
        let mut at = block;
        let words = bytes.chunks_exact(8);
        let rest = words.remainder();
        for word in words {
            let mut eight = [0; 8];
            eight.copy_from_slice(word);
            unsafe { env::store_u64(at, u64::from_le_bytes(eight)) };
            at += 8;
        }
        for byte in rest {
            unsafe { env::store_u8(at, u32::from(*byte)) };
            at += 1;
        }
        Block(block)
    }

    /// Takes ownership of the block that a host function returned. Returns `None` for the handle 0.
    pub fn from_handle(handle: u64) -> Option<Block> {
        (handle != 0).then_some(Block(handle))
    }

    pub fn handle(&self) -> u64 {
        self.0
    }

    pub fn bytes(&self) -> Vec<u8> {
        let length = unsafe { env::length(self.0) } as usize;
        load(length, |at| unsafe { env::load_u64(self.0 + at) }, |at| unsafe { env::load_u8(self.0 + at) })
    }

    /// Returns the block as text. The host guarantees that it is UTF-8.
    pub fn text(&self) -> String {
        String::from_utf8(self.bytes()).unwrap_or_default()
    }

    /// Returns the bytes of a number, or zeros if the block has another length.
    pub fn number<const LENGTH: usize>(&self) -> [u8; LENGTH] {
        self.bytes().try_into().unwrap_or([0; LENGTH])
    }

    /// Gives up ownership: the host frees the block.
    fn hand_over(self) -> u64 {
        let handle = self.0;
        core::mem::forget(self);
        handle
    }
}

impl Drop for Block {
    fn drop(&mut self) {
        if self.0 != 0 {
            unsafe { env::free(self.0) }
        }
    }
}

fn load(length: usize, word: impl Fn(u64) -> u64, byte: impl Fn(u64) -> u32) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(length + 7);
    let mut at = 0;
    while at + 8 <= length {
        bytes.extend_from_slice(&word(at as u64).to_le_bytes());
        at += 8;
    }
    while at < length {
        bytes.push(byte(at as u64) as u8);
        at += 1;
    }
    bytes
}

pub fn input() -> Vec<u8> {
    let length = unsafe { env::input_length() } as usize;
    load(length, |at| unsafe { env::input_load_u64(at) }, |at| unsafe { env::input_load_u8(at) })
}

pub fn set_output(bytes: &[u8]) {
    let block = Block::new(bytes).hand_over();
    unsafe { env::output_set(block, bytes.len() as u64) }
}

pub fn set_error(text: &str) {
    let block = Block::new(text.as_bytes()).hand_over();
    unsafe { env::error_set(block) }
}

/// Returns what the operator configured under a key.
pub fn config(key: &str) -> Option<String> {
    let key = Block::new(key.as_bytes());
    let value = Block::from_handle(unsafe { env::config_get(key.handle()) })?;
    Some(value.text())
}

/// Returns a value that [`set_variable`] kept for this instance of the plugin.
pub fn variable(key: &str) -> Option<Vec<u8>> {
    let key = Block::new(key.as_bytes());
    Some(Block::from_handle(unsafe { env::var_get(key.handle()) })?.bytes())
}

/// Keeps a value for later calls of this instance. `None` deletes it.
pub fn set_variable(key: &str, value: Option<&[u8]>) {
    let key = Block::new(key.as_bytes());
    let value = value.map(Block::new);
    unsafe { env::var_set(key.handle(), value.as_ref().map_or(0, Block::handle)) }
}

/// The levels of Extism's log, see [`log`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LogLevel {
    Trace,
    Debug,
    Info,
    Warn,
    Error,
}

/// Whether the host logs lines of this level. Use it to avoid building lines that are not logged.
pub fn is_logged(level: LogLevel) -> bool {
    level as u32 >= unsafe { env::get_log_level() }
}

/// Writes a line to the host's log, through Extism. It needs no capability.
pub fn log(level: LogLevel, text: &str) {
    let text = Block::new(text.as_bytes());
    let write = match level {
        LogLevel::Trace => env::log_trace,
        LogLevel::Debug => env::log_debug,
        LogLevel::Info => env::log_info,
        LogLevel::Warn => env::log_warn,
        LogLevel::Error => env::log_error,
    };
    unsafe { write(text.handle()) }
}
