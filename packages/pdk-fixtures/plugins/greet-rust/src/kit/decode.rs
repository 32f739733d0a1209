//! Reads the types of the contract. Keys may come in any order; everything else is exactly as the contract says.

use super::runtime::alloc::{boxed::Box, string::String, vec::Vec};
use super::runtime::reader::{default_of, Decode, Key, Read, Reader, Scalar};
use super::types::*;

impl Decode for GreetRequest {
    #[inline(never)]
    fn decode(reader: &mut Reader) -> Read<Self> {
        const KEYS: &[Key] = &[
            Key { name: "name", is_required: true },
        ];
        let mut its_name = None;
        reader.object(KEYS, &mut |reader, key| {
            match key {
                _ => its_name = Some(reader.string()?),
            }
            Ok(())
        })?;
        Ok(GreetRequest {
            name: reader.present(its_name)?,
        })
    }
}

impl Decode for GreetResponse {
    #[inline(never)]
    fn decode(reader: &mut Reader) -> Read<Self> {
        const KEYS: &[Key] = &[
            Key { name: "text", is_required: true },
        ];
        let mut its_text = None;
        reader.object(KEYS, &mut |reader, key| {
            match key {
                _ => its_text = Some(reader.string()?),
            }
            Ok(())
        })?;
        Ok(GreetResponse {
            text: reader.present(its_text)?,
        })
    }
}
