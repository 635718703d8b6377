//! Why values could not be read or put together.

use std::fmt;

/// What went wrong, for callers that decide by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// A `--set` line or a values file could not be read.
    Format,
    /// The value under a subchart's name is not a table.
    TypeMismatch,
    /// A path names no table.
    NoTable,
    /// A path names no value.
    NoValue,
    /// Values do not fit a chart's schema, or the schema itself is wrong.
    Schema,
    /// A chart that `Chart.yaml` declares is not there.
    MissingDependencies,
    /// The Kubernetes version is not one that the chart works with.
    KubeVersion,
    /// Putting values together would take more memory than any chart needs.
    TooLarge,
    /// The caller could not read a file.
    Source,
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
