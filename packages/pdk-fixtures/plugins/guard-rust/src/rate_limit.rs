use sha2::{Digest, Sha256};

use crate::balancer::config::configured_count;
use crate::kit::*;
use crate::window::Window;

const MOST_SLOTS: u64 = 64;
const MS_PER_SECOND: u64 = 1000;
/// The bytes of a principal's SHA-256 in a key. They do not collide and hide the name. A multiple of three needs no padding.
const DIGEST_BYTES_KEPT: usize = 15;

/// Limits the requests in each second of the host's clock, over all balancers that share the store.
pub struct RateLimit {
    requests_per_second: u64,
    slot: u64,
    slots: u64,
    is_per_principal: bool,
}

impl RateLimit {
    /// Returns the configured limit, or `None` if there is none.
    pub fn configured() -> Result<Option<RateLimit>, Error> {
        if config("requests_per_second").is_none() {
            return Ok(None);
        }
        let slots = configured_count("slots", 1, 1, MOST_SLOTS)?;
        let is_per_principal = match config("limit_by").as_deref() {
            None | Some("principal") => true,
            Some("everyone") => false,
            Some(_) => return Err(Error::from("limit_by is neither principal nor everyone")),
        };
        Ok(Some(RateLimit {
            requests_per_second: configured_count("requests_per_second", 0, 1, 999_999_999)?,
            slot: configured_count("slot", 0, 0, slots - 1)?,
            slots,
            is_per_principal,
        }))
    }

    /// Counts a request of a principal. Returns false, and counts nothing, if the limit is reached. Each balancer writes only under its own
    /// slot, so that no count is lost, and adds up the counts of all slots (docs/storage.md, "Counting in a fleet").
    pub fn take(&self, principal_id: &str) -> bool {
        let second = host::now_unix_ms() / MS_PER_SECOND;
        let who = if self.is_per_principal { format!(":{}", digest_of(principal_id)) } else { String::new() };
        let key_of = |slot: u64| format!("limit:{slot}{who}");
        let mut own = Window::default();
        let mut taken = 0;
        for slot in 0..self.slots {
            let window = Window::decode(&host::storage_get(&key_of(slot)));
            taken += window.count_in(second);
            if slot == self.slot {
                own = window;
            }
        }
        if taken >= self.requests_per_second {
            return false;
        }
        own.add(second);
        host::storage_put(&key_of(self.slot), &own.encode());
        true
    }
}

fn digest_of(principal_id: &str) -> String {
    base64_encode(&Sha256::digest(principal_id.as_bytes())[..DIGEST_BYTES_KEPT])
}
