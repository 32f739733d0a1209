use hmac::{Hmac, Mac};
use sha2::Sha256;

use super::header_policy::{
    is_of_the_signature, SIGNATURE_HEADER, SIGNATURE_KEY_HEADER, SIGNATURE_NONCE_HEADER, SIGNATURE_TIME_HEADER,
};
use super::signer_state::SignerState;
use crate::kit::*;

/// Makes a signature valid only once. It is visible ASCII and is signed before the rest.
pub struct Stamp {
    pub unix_ms: String,
    pub nonce: String,
}

/// Signs the stamp, if there is one, the method, the path with the query, and the body. Only headers change.
pub fn sign(SignRequest { shaped, signer_state }: SignRequest, stamp: Option<Stamp>) -> Result<SignResponse, Error> {
    let state = SignerState::read(&signer_state)?;
    let key = state.key()?;
    let mut hmac = Hmac::<Sha256>::new_from_slice(&base64_decode(&key.key_base64)?)?;
    if let Some(stamp) = &stamp {
        add_line(&mut hmac, &stamp.unix_ms);
        add_line(&mut hmac, &stamp.nonce);
    }
    add_line(&mut hmac, &shaped.method);
    add_line(&mut hmac, without_origin(&shaped.url));
    hmac.update(&base64_decode(&shaped.body_base64)?);
    let signature = base64_encode(&hmac.finalize().into_bytes());

    let mut headers = shaped.headers;
    headers.retain(|header| !is_of_the_signature(&header.name));
    if let Some(stamp) = &stamp {
        headers.push(header(SIGNATURE_TIME_HEADER, &stamp.unix_ms));
        headers.push(header(SIGNATURE_NONCE_HEADER, &stamp.nonce));
    }
    headers.push(header(SIGNATURE_KEY_HEADER, &key.id));
    headers.push(header(SIGNATURE_HEADER, &signature));
    Ok(SignResponse { url: None, method: None, headers: Some(headers), body_base64: None })
}

fn add_line(hmac: &mut Hmac<Sha256>, line: &str) {
    hmac.update(line.as_bytes());
    hmac.update(b"\n");
}

fn header(name: &str, value: &str) -> Header {
    Header { name: name.to_owned(), value_base64: base64_encode(value.as_bytes()) }
}

/// Returns the URL without its origin, because the balancer may send the same request to another origin.
fn without_origin(url: &str) -> &str {
    let Some((scheme, rest)) = url.split_once(':') else { return url };
    match rest.strip_prefix("//") {
        Some(authority) if !scheme.contains('/') => match authority.split_once('/') {
            Some((host, _)) => authority.strip_prefix(host).unwrap_or("/"),
            None => "/",
        },
        _ => url,
    }
}
