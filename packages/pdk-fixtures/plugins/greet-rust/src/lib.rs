//! `greet` version 1 in Rust, without std and without a crate: `{"name"}` to `{"text"}`.
//!
//! A plugin that is about as small as one gets, and still strict: what is not exactly the request is a guest error.
#![no_std]

mod extism;
mod greet;
mod json;
mod protocol;

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    core::arch::wasm32::unreachable()
}

#[no_mangle]
pub extern "C" fn cc_lb_handshake() -> i32 {
    extism::answer(protocol::handshake)
}

#[no_mangle]
pub extern "C" fn cc_lb_self_check() -> i32 {
    extism::answer(protocol::self_check)
}

#[no_mangle]
pub extern "C" fn greet() -> i32 {
    extism::answer(greet::greet)
}
