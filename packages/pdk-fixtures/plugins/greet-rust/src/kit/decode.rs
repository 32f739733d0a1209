//! Reads the types of the contract. Keys may come in any order. Everything else must match the contract exactly.

use super::runtime::alloc::{boxed::Box, string::String, vec::Vec};
use super::runtime::fill::some;
use super::runtime::reader::{default_of, Decode, Key, Read, Reader, Scalar};
use super::runtime::{Json, Map};
use super::types::*;

impl Decode for GreetRequest {
    fn blank() -> Self {
        GreetRequest {
            name: Decode::blank(),
        }
    }

    #[inline(never)]
    fn fill(&mut self, reader: &mut Reader) -> Read<()> {
        const KEYS: &[Key] = &[
            Key { name: "name", is_required: true },
        ];
        reader.object(KEYS, &mut |reader, key| match key {
            _ => self.name.fill(reader),
        })
    }
}

impl Decode for GreetResponse {
    fn blank() -> Self {
        GreetResponse {
            text: Decode::blank(),
        }
    }

    #[inline(never)]
    fn fill(&mut self, reader: &mut Reader) -> Read<()> {
        const KEYS: &[Key] = &[
            Key { name: "text", is_required: true },
        ];
        reader.object(KEYS, &mut |reader, key| match key {
            _ => self.text.fill(reader),
        })
    }
}
