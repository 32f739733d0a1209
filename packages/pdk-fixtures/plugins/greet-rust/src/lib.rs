//! `greet` version 1: `{"name"}` to `{"text"}`.
#![cfg_attr(all(target_arch = "wasm32", not(feature = "std")), no_std)]

mod kit;

use kit::*;

fn greet(request: GreetRequest) -> Result<GreetResponse, Error> {
    Ok(GreetResponse { text: format!("hello, {}", request.name) })
}
