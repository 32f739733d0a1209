//! The six functions of a cc-lb host.

use extism_pdk::{host_fn, Error};

#[host_fn]
extern "ExtismHost" {
    fn cc_lb_log(level: String, message: String);
    fn cc_lb_metric_incr(name: String, value: u64);
    fn cc_lb_storage_get(key: String) -> Vec<u8>;
    fn cc_lb_storage_put(key: String, value: Vec<u8>);
    fn cc_lb_now_unix_ms() -> u64;
    fn cc_lb_random_bytes(count: u64) -> Vec<u8>;
}

/// Writes to the host's log.
pub fn log(level: &str, message: String) -> Result<(), Error> {
    unsafe { cc_lb_log(level.to_owned(), message) }
}

/// Adds to a counter of the host.
pub fn add_to_metric(name: String, value: u64) -> Result<(), Error> {
    unsafe { cc_lb_metric_incr(name, value) }
}

/// Reads from this plugin's store. Returns `None` if the key has no value.
pub fn read_storage(key: String) -> Result<Option<Vec<u8>>, Error> {
    let value = unsafe { cc_lb_storage_get(key) }?;
    Ok((!value.is_empty()).then_some(value))
}

/// Writes to this plugin's store.
pub fn write_storage(key: String, value: Vec<u8>) -> Result<(), Error> {
    unsafe { cc_lb_storage_put(key, value) }
}

/// The host's clock, in milliseconds since 1970.
pub fn now_unix_ms() -> Result<u64, Error> {
    unsafe { cc_lb_now_unix_ms() }
}

/// Random bytes from a secure source.
pub fn random_bytes(count: u64) -> Result<Vec<u8>, Error> {
    unsafe { cc_lb_random_bytes(count) }
}
