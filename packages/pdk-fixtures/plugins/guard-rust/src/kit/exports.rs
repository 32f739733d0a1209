//! The exports that the host calls, and the identity that it reads before.

use super::runtime::call::{answer, dispatch, unknown_version, version_of};
use super::runtime::handshake::{handshake, Function};
use super::runtime::self_check::{rewrite, self_check, Sample};
use super::types::*;

#[used]
#[cfg_attr(target_arch = "wasm32", link_section = "cc_lb.plugin.v1")]
static IDENTITY: [u8; 102] = *b"{\"magic\":[204,27,112,16,0,1,0,0],\"abi_envelope\":1,\"plugin_name\":\"guard-rust\",\"plugin_version\":\"1.0.0\"}";

static FUNCTIONS: &[Function] = &[
    Function {
        name: "build_signer",
        versions: &[1],
        samples: &[
            Sample { side: "request", text: "{\"upstream\":{\"kind\":\"anthropic_direct\"},\"factory_state\":{}}", rewrite: rewrite::<BuildSignerRequest> },
            Sample { side: "response", text: "{\"signer_state\":{}}", rewrite: rewrite::<BuildSignerResponse> },
        ],
    },
    Function {
        name: "filter",
        versions: &[1],
        samples: &[
            Sample { side: "request", text: "{\"request_id\":\"r-1\",\"headers\":[{\"name\":\"accept\",\"value_base64\":\"Ki8q\"}],\"method\":\"POST\",\"path\":\"/v1/messages\",\"query\":null,\"body_base64\":\"\",\"principal\":{\"id\":\"someone\",\"kind\":\"user\",\"claims\":{}},\"candidates\":[{\"upstream_id\":\"00000000-0000-4000-8000-000000000001\",\"name\":\"one\",\"kind\":\"anthropic_direct\",\"observed_rate_limits\":[],\"subscription_quotas\":[],\"observed_at_unix_secs\":1}]}", rewrite: rewrite::<FilterRequest> },
            Sample { side: "response", text: "{\"results\":[{\"upstream_id\":\"00000000-0000-4000-8000-000000000001\",\"decision\":\"accept\",\"reason\":\"only one\"}]}", rewrite: rewrite::<FilterResponse> },
        ],
    },
    Function {
        name: "normalize_error",
        versions: &[1],
        samples: &[
            Sample { side: "request", text: "{\"status\":500,\"body_base64\":\"\"}", rewrite: rewrite::<NormalizeErrorRequest> },
            Sample { side: "response", text: "{\"body_base64\":null}", rewrite: rewrite::<NormalizeErrorResponse> },
        ],
    },
    Function {
        name: "observe",
        versions: &[1],
        samples: &[
            Sample { side: "request", text: "{\"events\":[{\"kind\":\"request_started\",\"request_id\":\"r-1\",\"downstream_user_agent\":null}]}", rewrite: rewrite::<ObserveRequest> },
            Sample { side: "response", text: "{}", rewrite: rewrite::<ObserveResponse> },
        ],
    },
    Function {
        name: "on_unauthorized",
        versions: &[1],
        samples: &[
            Sample { side: "request", text: "{\"error\":{\"status\":401,\"body_base64\":null,\"category\":\"unauthorized\"},\"signer_state\":{}}", rewrite: rewrite::<OnUnauthorizedRequest> },
            Sample { side: "response", text: "{\"decision\":\"give_up\",\"signer_state\":{}}", rewrite: rewrite::<OnUnauthorizedResponse> },
        ],
    },
    Function {
        name: "shape",
        versions: &[1],
        samples: &[
            Sample { side: "request", text: "{\"request\":{\"request_id\":\"r-1\",\"headers\":[{\"name\":\"accept\",\"value_base64\":\"Ki8q\"}],\"method\":\"POST\",\"path\":\"/v1/messages\",\"query\":null,\"body_base64\":\"\"},\"upstream\":{\"kind\":\"anthropic_direct\"},\"principal\":{\"id\":\"someone\",\"kind\":\"user\",\"claims\":{}}}", rewrite: rewrite::<ShapeRequest> },
            Sample { side: "response", text: "{\"url\":\"https://upstream.example/v1\",\"method\":\"POST\",\"headers\":[],\"body_base64\":\"\"}", rewrite: rewrite::<ShapeResponse> },
        ],
    },
    Function {
        name: "sign",
        versions: &[1],
        samples: &[
            Sample { side: "request", text: "{\"shaped\":{\"url\":\"https://upstream.example/v1\",\"method\":\"POST\",\"headers\":[],\"body_base64\":\"\"},\"signer_state\":{}}", rewrite: rewrite::<SignRequest> },
            Sample { side: "response", text: "{\"url\":null,\"method\":null,\"headers\":[],\"body_base64\":null}", rewrite: rewrite::<SignResponse> },
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

#[export_name = "filter"]
pub extern "C" fn answer_function_filter() -> i32 {
    answer(|request| dispatch(request, 1, crate::filter))
}

#[export_name = "shape"]
pub extern "C" fn answer_function_shape() -> i32 {
    answer(|request| dispatch(request, 1, crate::shape))
}

#[export_name = "build_signer"]
pub extern "C" fn answer_function_build_signer() -> i32 {
    answer(|request| dispatch(request, 1, crate::build_signer))
}

#[export_name = "sign"]
pub extern "C" fn answer_function_sign() -> i32 {
    answer(|request| dispatch(request, 1, crate::sign))
}

#[export_name = "on_unauthorized"]
pub extern "C" fn answer_function_on_unauthorized() -> i32 {
    answer(|request| dispatch(request, 1, crate::on_unauthorized))
}

#[export_name = "normalize_error"]
pub extern "C" fn answer_function_normalize_error() -> i32 {
    answer(|request| dispatch(request, 1, crate::normalize_error))
}

#[export_name = "observe"]
pub extern "C" fn answer_function_observe() -> i32 {
    answer(|request| dispatch(request, 1, crate::observe))
}
