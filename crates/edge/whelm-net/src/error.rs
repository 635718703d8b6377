//! What can go wrong on the wire, in Go's words.

use std::{error::Error as StdError, fmt};

/// Kinds of transport errors that callers tell apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The server could not be reached: refused, unroutable, unknown name.
    Connect,
    /// The server's certificate was not accepted, or ours could not be used.
    Tls,
    /// The connection broke while in use.
    Reset,
    /// Nothing came in time.
    Timeout,
    /// The server answered with a status that the caller cannot use.
    Status,
    /// The request could not be made: bad URL, bad proxy, bad file.
    Request,
    /// Anything else.
    Other,
}

/// A transport error. `Display` is what Go's `net/http` prints for it.
#[derive(Clone, Debug)]
pub struct Error(Box<Repr>);

#[derive(Clone, Debug)]
struct Repr {
    kind: ErrorKind,
    text: String,
}

impl Error {
    /// Makes an error with a finished text.
    pub fn new(kind: ErrorKind, text: impl Into<String>) -> Self {
        Error(Box::new(Repr {
            kind,
            text: text.into(),
        }))
    }

    /// Returns the kind.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// Returns the same error with `prefix` before its text.
    #[must_use]
    pub fn prefixed(mut self, prefix: &str) -> Self {
        self.0.text.insert_str(0, prefix);
        self
    }
}

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0.text)
    }
}

impl StdError for Error {}
