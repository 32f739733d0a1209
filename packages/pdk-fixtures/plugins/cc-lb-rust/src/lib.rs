//! A plugin for a cc-lb host. It implements all seven functions of the wire protocol and calls all six functions of the host, with
//! `cc-lb-plugin-wire` and `extism-pdk`. The README of the parent folder describes its functions and its configuration.

mod envelope;
mod filter;
mod handshake;
mod headers;
mod host;
mod normalize_error;
mod observe;
mod rate_limit;
mod self_check;
mod settings;
mod shape;
mod sign;
mod signer_state;

use cc_lb_plugin_wire::v1::{
    build_signer::BuildSignerFn, normalize_error::NormalizeErrorFn, observe::ObserveFn,
    on_unauthorized::OnUnauthorizedFn, shape::ShapeFn, sign::SignFn,
};
use cc_lb_plugin_wire::v3::filter::FilterFn;
use extism_pdk::{plugin_fn, FnResult};

const IDENTITY_JSON: &[u8] = br#"{"magic":[204,27,112,16,0,1,0,0],"abi_envelope":1,"plugin_name":"cc-lb-rust","plugin_version":"1.0.0"}"#;

const fn identity_section() -> [u8; IDENTITY_JSON.len()] {
    let mut section = [0; IDENTITY_JSON.len()];
    let mut at = 0;
    while at < section.len() {
        section[at] = IDENTITY_JSON[at];
        at += 1;
    }
    section
}

/// The identity. The host reads it before it runs the plugin.
#[cfg(target_arch = "wasm32")]
#[used]
#[link_section = "cc_lb.plugin.v1"]
static IDENTITY: [u8; IDENTITY_JSON.len()] = identity_section();

#[plugin_fn]
pub fn cc_lb_handshake(offer: String) -> FnResult<String> {
    Ok(handshake::accept(&offer)?)
}

#[plugin_fn]
pub fn cc_lb_self_check(request: String) -> FnResult<String> {
    Ok(self_check::run(&request)?)
}

#[plugin_fn]
pub fn filter(input: String) -> FnResult<String> {
    Ok(envelope::answer::<FilterFn>(&input, filter::filter)?)
}

#[plugin_fn]
pub fn shape(input: String) -> FnResult<String> {
    Ok(envelope::answer::<ShapeFn>(&input, shape::shape)?)
}

#[plugin_fn]
pub fn build_signer(input: String) -> FnResult<String> {
    Ok(envelope::answer::<BuildSignerFn>(
        &input,
        signer_state::build_signer,
    )?)
}

#[plugin_fn]
pub fn sign(input: String) -> FnResult<String> {
    Ok(envelope::answer::<SignFn>(&input, sign::sign)?)
}

#[plugin_fn]
pub fn on_unauthorized(input: String) -> FnResult<String> {
    Ok(envelope::answer::<OnUnauthorizedFn>(
        &input,
        signer_state::on_unauthorized,
    )?)
}

#[plugin_fn]
pub fn normalize_error(input: String) -> FnResult<String> {
    Ok(envelope::answer::<NormalizeErrorFn>(
        &input,
        normalize_error::normalize_error,
    )?)
}

#[plugin_fn]
pub fn observe(input: String) -> FnResult<String> {
    Ok(envelope::answer::<ObserveFn>(&input, observe::observe)?)
}
