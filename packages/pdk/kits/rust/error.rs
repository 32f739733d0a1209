use super::alloc::{format, string::String};

/// Why a handler has no response. The host sees it as the plugin's own error.
///
/// Whatever can be shown becomes one, so `?` works with texts and with the errors of most libraries.
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
