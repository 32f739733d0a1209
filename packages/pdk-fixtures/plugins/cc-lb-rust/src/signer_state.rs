//! The state of a signer between calls. The host keeps it and passes it to the next call.

use base64::{engine::general_purpose::STANDARD, Engine};
use cc_lb_plugin_wire::v1::build_signer::{BuildSignerRequest, BuildSignerResponse};
use cc_lb_plugin_wire::v1::on_unauthorized::{OnUnauthorizedRequest, OnUnauthorizedResponse};
use cc_lb_plugin_wire::v1::UpstreamErrorCategory;
use extism_pdk::Error;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SigningKey {
    pub key_id: String,
    pub key_base64: String,
}

/// The configuration of an upstream.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct FactoryState {
    keys: Vec<SigningKey>,
    /// The first serial number of signers, any u64.
    #[serde(default)]
    serial: u64,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignerState {
    keys: Vec<SigningKey>,
    key_index: usize,
    /// Identifies the signer, any u64. It is signed. It increases by one for each key that was given up.
    pub serial: u64,
}

impl SignerState {
    pub fn current_key(&self) -> Result<(&str, Vec<u8>), Error> {
        let key = self
            .keys
            .get(self.key_index)
            .ok_or_else(|| Error::msg("the signer has no such key"))?;
        let secret = STANDARD
            .decode(&key.key_base64)
            .map_err(|_| Error::msg("a signing key is not base64"))?;
        Ok((&key.key_id, secret))
    }

    fn next(&self) -> Option<Self> {
        let next = Self {
            keys: self.keys.clone(),
            key_index: self.key_index + 1,
            serial: self.serial.checked_add(1)?,
        };
        (next.key_index < next.keys.len()).then_some(next)
    }
}

pub fn build_signer(request: BuildSignerRequest) -> Result<BuildSignerResponse, Error> {
    let FactoryState { keys, serial } = serde_json::from_value(request.factory_state)?;
    let state = SignerState {
        keys,
        key_index: 0,
        serial,
    };
    state.current_key()?;
    Ok(BuildSignerResponse {
        signer_state: serde_json::to_value(state)?,
    })
}

/// Returns the state with the next key, if there is one.
pub fn on_unauthorized(request: OnUnauthorizedRequest) -> Result<OnUnauthorizedResponse, Error> {
    let state: SignerState = serde_json::from_value(request.signer_state.clone())?;
    let next = match request.error.category {
        UpstreamErrorCategory::Unauthorized => state.next(),
        UpstreamErrorCategory::Retryable | UpstreamErrorCategory::Failed => None,
    };
    Ok(match next {
        Some(next) => OnUnauthorizedResponse {
            decision: "refresh".to_owned(),
            signer_state: serde_json::to_value(next)?,
        },
        None => OnUnauthorizedResponse {
            decision: "fail".to_owned(),
            signer_state: request.signer_state,
        },
    })
}
