//! A set of an object's keys, to find duplicates.

use super::alloc::{borrow::Cow, vec, vec::Vec};

/// Up to this many keys are compared one by one.
const FEW: usize = 16;

#[derive(Default)]
pub struct KeySet<'a> {
    keys: Vec<Cow<'a, str>>,
    /// The positions of keys, plus one, by hash. At most half full.
    table: Vec<u32>,
}

impl<'a> KeySet<'a> {
    /// Adds a key. Returns false if it was added before.
    pub fn add(&mut self, key: Cow<'a, str>) -> bool {
        if self.keys.len() < FEW {
            if self.keys.contains(&key) {
                return false;
            }
            self.keys.push(key);
            return true;
        }
        if self.keys.len() * 2 >= self.table.len() {
            self.table = vec![0; self.keys.len() * 4];
            for at in 0..self.keys.len() {
                let slot = self.slot(&self.keys[at]);
                self.table[slot] = at as u32 + 1;
            }
        }
        let slot = self.slot(&key);
        if self.table[slot] != 0 {
            return false;
        }
        self.keys.push(key);
        self.table[slot] = self.keys.len() as u32;
        true
    }

    /// Returns the slot of a key, or the slot where it belongs.
    fn slot(&self, key: &str) -> usize {
        // FNV-1a.
        let hash = key.bytes().fold(0x811c_9dc5u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
        let mut slot = hash as usize % self.table.len();
        loop {
            match self.table[slot] {
                0 => return slot,
                at if self.keys[at as usize - 1] == key => return slot,
                _ => slot = (slot + 1) % self.table.len(),
            }
        }
    }
}
