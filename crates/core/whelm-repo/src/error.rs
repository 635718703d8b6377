//! Why an index could not be read, or has no such chart.

use std::fmt;

/// What went wrong, for callers that decide by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// There is no text at all.
    Empty,
    /// The text is not an index.
    Format,
    /// The index has no `apiVersion`.
    NoApiVersion,
    /// There is no chart of that name.
    NoChartName,
    /// There is no version of the chart that is wanted.
    NoChartVersion,
    /// What is wanted is not a constraint.
    Constraint,
}

/// An error in Helm's words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    kind: ErrorKind,
    message: String,
}

impl Error {
    pub(crate) fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Error {
            kind,
            message: message.into(),
        }
    }

    /// Returns what went wrong.
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
