//! Requests per minute and principal, counted in the host's store.

use extism_pdk::Error;

use crate::host;

const WINDOW_MS: u64 = 60_000;

/// Whether a principal may send another request now. Rejected requests do not count.
pub fn admit(principal_id: &str, requests_per_minute: u64) -> Result<bool, Error> {
    let key = format!("requests:{principal_id}");
    let now = host::now_unix_ms()?;
    let window = now - now % WINDOW_MS;
    let count = match host::read_storage(key.clone())? {
        Some(stored) => {
            let (stored_window, count) = decode(&stored)?;
            if stored_window == window {
                count
            } else {
                0
            }
        }
        None => 0,
    };
    if count >= requests_per_minute {
        return Ok(false);
    }
    host::write_storage(key, encode(window, count + 1))?;
    Ok(true)
}

fn encode(window: u64, count: u64) -> Vec<u8> {
    [window.to_le_bytes(), count.to_le_bytes()].concat()
}

fn decode(stored: &[u8]) -> Result<(u64, u64), Error> {
    let (window, count) = stored
        .split_first_chunk()
        .ok_or_else(|| Error::msg("the stored count is too short"))?;
    let count = count
        .try_into()
        .map_err(|_| Error::msg("the stored count is not 16 bytes"))?;
    Ok((u64::from_le_bytes(*window), u64::from_le_bytes(count)))
}
