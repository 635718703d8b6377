//! Why a chart could not be loaded.

use std::fmt;

/// What went wrong, for callers that decide by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The metadata broke a rule; the text starts with `validation: `.
    Validation,
    /// `Chart.yaml`, a lock file or a values file could not be read as YAML of the expected form.
    Format,
    /// There is no `Chart.yaml`.
    MissingMetadata,
    /// The `apiVersion` is one that Helm does not know.
    UnsupportedVersion,
    /// The bytes have no gzip header.
    NotGzip,
    /// The archive is damaged, too large, or has a path that is not allowed.
    Archive,
    /// A `.helmignore` rule is wrong.
    Ignore,
    /// A folder has a file that cannot be loaded.
    File,
}

/// An error in Helm's words.
#[derive(Clone, PartialEq, Eq)]
pub struct Error(Box<Repr>);

#[derive(Clone, PartialEq, Eq)]
struct Repr {
    kind: ErrorKind,
    message: String,
}

impl Error {
    /// Returns an error of this kind with Helm's text.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Error(Box::new(Repr {
            kind,
            message: message.into(),
        }))
    }

    /// Returns what went wrong.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// Returns the same error with `prefix` and a colon before its text.
    #[must_use]
    pub fn context(self, prefix: impl fmt::Display) -> Self {
        Error::new(self.0.kind, format!("{prefix}: {}", self.0.message))
    }

    pub(crate) fn validation(message: impl fmt::Display) -> Self {
        Error::new(ErrorKind::Validation, format!("validation: {message}"))
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.message)
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Error({:?}, {:?})", self.0.kind, self.0.message)
    }
}

impl std::error::Error for Error {}
