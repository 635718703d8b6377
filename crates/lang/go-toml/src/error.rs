//! What can go wrong.

use std::fmt;

/// Why a document could not be read or written; `Display` is the library's text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    kind: ErrorKind,
    message: String,
}

/// The kinds of [`Error`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The document is not TOML.
    Syntax,
    /// The value has no form in TOML.
    Encode,
    /// The Go library panics: its callers see this text as a failure of the function that called it.
    Panic,
}

impl Error {
    pub(crate) fn encode(message: &str) -> Error {
        Error {
            kind: ErrorKind::Encode,
            message: message.to_owned(),
        }
    }

    pub(crate) fn panic(message: &str) -> Error {
        Error {
            kind: ErrorKind::Panic,
            message: message.to_owned(),
        }
    }

    /// An error at a line, under the key that was read last.
    pub(crate) fn syntax(line: usize, last_key: &str, message: &str) -> Error {
        let place = if last_key.is_empty() {
            String::new()
        } else {
            format!(" (last key {})", go_value::strconv::quote(last_key.as_bytes()))
        };
        Error {
            kind: ErrorKind::Syntax,
            message: format!("toml: line {line}{place}: {message}"),
        }
    }

    /// What kind of error it is.
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {}
