//! Writes the types of the contract, with keys in the order of the contract and without whitespace.

use super::runtime::reader::Key;
use super::runtime::writer::{Encode, Writer, Written};
use super::types::*;

impl Encode for GreetRequest {
    #[inline(never)]
    fn encode(&self, writer: &mut Writer) -> Written {
        writer.open_object();
        writer.key("\"name\":");
        writer.string(&self.name)?;
        writer.close_object()
    }
}

impl Encode for GreetResponse {
    #[inline(never)]
    fn encode(&self, writer: &mut Writer) -> Written {
        writer.open_object();
        writer.key("\"text\":");
        writer.string(&self.text)?;
        writer.close_object()
    }
}
