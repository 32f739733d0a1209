//! The types of the contract.

use super::runtime::{Json, Map};
use super::runtime::alloc::{boxed::Box, string::String, vec::Vec};

#[derive(Clone, Debug, PartialEq)]
pub struct GreetRequest {
    pub name: String,
}

#[derive(Clone, Debug, PartialEq)]
pub struct GreetResponse {
    pub text: String,
}
