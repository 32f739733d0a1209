use std::collections::{BTreeMap, BTreeSet};

use cc_lb_plugin_wire::handshake::{HandshakeAccept, HandshakeOffer, HANDSHAKE_SCHEMA_VERSION_V1};
use cc_lb_plugin_wire::v1::{
    build_signer::BuildSignerFn, normalize_error::NormalizeErrorFn, observe::ObserveFn,
    on_unauthorized::OnUnauthorizedFn, shape::ShapeFn, sign::SignFn,
};
use cc_lb_plugin_wire::v3::filter::FilterFn;
use cc_lb_plugin_wire::wire_function::WireFunction;
use extism_pdk::Error;

use crate::settings::Settings;

const ENVELOPE_VERSION: u32 = 1;

const fn versions_of<F: WireFunction>() -> (&'static str, &'static [u32]) {
    (F::NAME, F::SUPPORTED_VERSIONS)
}

const FUNCTIONS: [(&str, &[u32]); 7] = [
    versions_of::<FilterFn>(),
    versions_of::<ShapeFn>(),
    versions_of::<BuildSignerFn>(),
    versions_of::<SignFn>(),
    versions_of::<OnUnauthorizedFn>(),
    versions_of::<NormalizeErrorFn>(),
    versions_of::<ObserveFn>(),
];

/// Accepts the highest common version of each offered function, and requires the capabilities that the configuration needs.
pub fn accept(offer: &str) -> Result<String, Error> {
    let offer: HandshakeOffer = serde_json::from_str(offer)?;
    offer.validate()?;
    if offer.handshake_schema_version != HANDSHAKE_SCHEMA_VERSION_V1 {
        return Err(Error::msg(format!(
            "handshake schema version {} is not supported",
            offer.handshake_schema_version
        )));
    }
    if offer.envelope_version != ENVELOPE_VERSION {
        return Err(Error::msg(format!(
            "envelope version {} is not supported",
            offer.envelope_version
        )));
    }

    let mut chosen_versions = BTreeMap::new();
    let mut plugin_supported = BTreeMap::new();
    let mut implemented_functions = BTreeSet::new();
    for (name, supported) in FUNCTIONS {
        let Some(offered) = offer.function_versions.get(name) else {
            continue;
        };
        implemented_functions.insert(name.to_owned());
        plugin_supported.insert(name.to_owned(), supported.to_vec());
        let common = offered.iter().filter(|version| supported.contains(version));
        if let Some(highest) = common.max() {
            chosen_versions.insert(name.to_owned(), *highest);
        }
    }
    let accept = HandshakeAccept {
        handshake_schema_version: HANDSHAKE_SCHEMA_VERSION_V1,
        envelope_version: ENVELOPE_VERSION,
        chosen_versions,
        plugin_supported,
        implemented_functions,
        required_capabilities: Settings::read()?.required_capabilities(),
    };
    Ok(serde_json::to_string(&accept)?)
}
