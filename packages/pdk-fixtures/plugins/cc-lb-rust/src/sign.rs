use base64::{engine::general_purpose::STANDARD, Engine};
use cc_lb_plugin_wire::v1::sign::{SignRequest, SignResponse};
use extism_pdk::Error;
use hmac::{Hmac, Mac};
use sha2::Sha256;

use crate::headers;
use crate::host;
use crate::settings::Settings;
use crate::signer_state::SignerState;

/// Adds the HMAC-SHA256 of a request, and everything that is needed to check it except the key.
pub fn sign(request: SignRequest) -> Result<SignResponse, Error> {
    let SignRequest {
        shaped,
        signer_state,
    } = request;
    let state: SignerState = serde_json::from_value(signer_state)?;
    let settings = Settings::read()?;
    let (key_id, secret) = state.current_key()?;

    let mut signed = vec![
        ("x-signature-key-id", key_id.to_owned()),
        ("x-signature-serial", state.serial.to_string()),
    ];
    if settings.sign_time {
        signed.push(("x-signature-unix-ms", host::now_unix_ms()?.to_string()));
    }
    if let Some(count) = settings.nonce_bytes {
        signed.push((
            "x-signature-nonce",
            STANDARD.encode(host::random_bytes(count)?),
        ));
    }

    let body = STANDARD
        .decode(&shaped.body_base64)
        .map_err(|_| Error::msg("the body is not base64"))?;
    let mut mac = Hmac::<Sha256>::new_from_slice(&secret).map_err(Error::msg)?;
    mac.update(format!("{}\n{}\n", shaped.method, shaped.url).as_bytes());
    let mut headers = shaped.headers;
    for (name, value) in &signed {
        mac.update(format!("{name}:{value}\n").as_bytes());
        headers::set(&mut headers, name, value);
    }
    mac.update(&body);
    let signature = STANDARD.encode(mac.finalize().into_bytes());
    headers::set(&mut headers, "x-signature", signature);
    Ok(SignResponse {
        url: None,
        method: None,
        headers: Some(headers),
        body_base64: None,
    })
}
