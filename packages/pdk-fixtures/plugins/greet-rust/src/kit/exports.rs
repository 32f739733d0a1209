//! The exports that the host calls, and the identity that it reads before.

use super::runtime::call::{answer, dispatch, unknown_version, version_of};
use super::runtime::handshake::{handshake, Function};
use super::runtime::self_check::{rewrite, self_check, Sample};
use super::types::*;

#[used]
#[cfg_attr(target_arch = "wasm32", link_section = "cc_lb.plugin.v1")]
static IDENTITY: [u8; 102] = *b"{\"magic\":[204,27,112,16,0,1,0,0],\"abi_envelope\":1,\"plugin_name\":\"greet-rust\",\"plugin_version\":\"1.0.0\"}";

static FUNCTIONS: &[Function] = &[
    Function {
        name: "greet",
        versions: &[1],
        samples: &[
            Sample { side: "request", text: "{\"name\":\"Ada\"}", rewrite: rewrite::<GreetRequest> },
            Sample { side: "response", text: "{\"text\":\"hello, Ada\"}", rewrite: rewrite::<GreetResponse> },
        ],
    },
];

#[export_name = "cc_lb_handshake"]
pub extern "C" fn answer_handshake() -> i32 {
    answer(|offer| handshake(offer, FUNCTIONS, crate::required_capabilities))
}

#[export_name = "cc_lb_self_check"]
pub extern "C" fn answer_self_check() -> i32 {
    answer(|request| self_check(request, FUNCTIONS))
}

#[export_name = "greet"]
pub extern "C" fn answer_function_greet() -> i32 {
    answer(|request| dispatch(request, 1, crate::greet))
}
