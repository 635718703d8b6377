//! Why a command line is refused.

use std::fmt;

/// What kind of mistake a command line has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// There is no such verb. Helm adds a line that points to `--help`.
    UnknownCommand,
    /// A flag does not exist or its value is bad.
    Flag,
    /// Too few or too many arguments.
    Arguments,
    /// Two flags exclude each other.
    FlagGroup,
    /// The colour mode does not exist. Helm writes a log line instead of an error.
    ColorMode,
}

/// A refused command line; `Display` is Helm's text without `Error: `.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    kind: ErrorKind,
    message: String,
}

impl Error {
    pub(crate) fn new(kind: ErrorKind, message: impl Into<String>) -> Error {
        Error {
            kind,
            message: message.into(),
        }
    }

    /// Returns what kind of mistake it is.
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
