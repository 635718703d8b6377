//! What can go wrong with a store.

use std::fmt;

/// Kinds of store errors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// There is no such release or revision.
    NotFound,
    /// The revision exists already: somebody else was faster.
    AlreadyExists,
    /// The release has no deployed revision.
    NoDeployed,
    /// The record has more bytes than the object that is to hold it may have.
    TooLarge,
    /// The cluster, or the record itself, is at fault.
    Other,
}

/// A failed store operation. `Display` is Helm's text.
#[derive(Clone, Debug)]
pub struct Error {
    kind: ErrorKind,
    text: String,
}

impl Error {
    pub(crate) fn not_found() -> Self {
        Error {
            kind: ErrorKind::NotFound,
            text: "release: not found".to_owned(),
        }
    }

    pub(crate) fn already_exists() -> Self {
        Error {
            kind: ErrorKind::AlreadyExists,
            text: "release: already exists".to_owned(),
        }
    }

    /// Makes the error that says that `name` has no deployed releases.
    pub fn no_deployed(name: &str) -> Self {
        Error {
            kind: ErrorKind::NoDeployed,
            text: format!("{name:?} has no deployed releases"),
        }
    }

    pub(crate) fn too_large(text: String) -> Self {
        Error {
            kind: ErrorKind::TooLarge,
            text,
        }
    }

    pub(crate) fn other(text: impl Into<String>) -> Self {
        Error {
            kind: ErrorKind::Other,
            text: text.into(),
        }
    }

    pub(crate) fn of_kind(self, kind: ErrorKind) -> Self {
        Error { kind, ..self }
    }

    /// Returns the kind.
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }
}

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.text)
    }
}

impl std::error::Error for Error {}
