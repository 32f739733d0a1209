use super::signer_state::{FactoryState, SignerState, SigningKey};
use crate::kit::*;

/// Takes the keys from `{"keys":[{"key_id","key_base64"},…]}`. If the state is `{}`, takes the key that the operator configured.
pub fn build_signer(request: BuildSignerRequest) -> Result<BuildSignerResponse, Error> {
    let keys = match request.factory_state.read::<FactoryState>()?.keys {
        Some(keys) => keys,
        None => Vec::from([configured_key()?]),
    };
    Ok(BuildSignerResponse { signer_state: SignerState::new(keys)?.into() })
}

fn configured_key() -> Result<SigningKey, Error> {
    match (config("signing_key_id"), config("signing_key_base64")) {
        (Some(id), Some(key_base64)) => Ok(SigningKey { id, key_base64 }),
        _ => Err(Error::from("no key: neither factory_state nor the configuration has one")),
    }
}
