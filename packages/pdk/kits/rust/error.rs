use super::alloc::{format, string::String};

/// The reason why a handler has no response. The host receives it as the plugin's error.
///
/// Every type that implements `Display` converts to it, so `?` works with texts and with the errors of most libraries.
#[derive(Debug)]
pub struct Error(String);

impl Error {
    pub fn into_text(self) -> String {
        self.0
    }
}

impl<E: core::fmt::Display> From<E> for Error {
    fn from(error: E) -> Error {
        Error(format!("{error}"))
    }
}
