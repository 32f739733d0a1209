//! Reads the types of the contract. Keys may come in any order; everything else is exactly as the contract says.

use super::runtime::alloc::{boxed::Box, string::String, vec::Vec};
use super::runtime::reader::{default_of, put, Decode, Key, Read, Reader, Scalar};
use super::runtime::{Json, Map};
use super::types::*;

impl Decode for GreetRequest {
    #[inline(never)]
    fn decode(reader: &mut Reader) -> Read<Self> {
        const KEYS: &[Key] = &[
            Key { name: "name", is_required: true },
        ];
        let mut value = Self::blank();
        reader.object(KEYS, &mut |reader, key| {
            match key {
                _ => put(&mut value.name, reader.string()?),
            }
            Ok(())
        })?;
        Ok(value)
    }
}

impl Decode for GreetResponse {
    #[inline(never)]
    fn decode(reader: &mut Reader) -> Read<Self> {
        const KEYS: &[Key] = &[
            Key { name: "text", is_required: true },
        ];
        let mut value = Self::blank();
        reader.object(KEYS, &mut |reader, key| {
            match key {
                _ => put(&mut value.text, reader.string()?),
            }
            Ok(())
        })?;
        Ok(value)
    }
}

impl GreetRequest {
    fn blank() -> Self {
        GreetRequest {
            name: String::new(),
        }
    }
}

impl GreetResponse {
    fn blank() -> Self {
        GreetResponse {
            text: String::new(),
        }
    }
}
