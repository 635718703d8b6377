//! Why files cannot be combined, or a stream not be split.

use std::fmt;

/// What kind of step failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// A document is no YAML, or a separator has something behind it.
    Parse,
    /// A document is no map, or its metadata are none.
    Annotation,
    /// A document cannot be written.
    Write,
}

/// An error of [`combine`](crate::combine) or [`split`](crate::split). `Display` is Helm's text, without what Helm puts before it:
/// `error merging manifests: ` for the first, `error while parsing post rendered output: ` for the second.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error(Box<Repr>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Repr {
    kind: ErrorKind,
    message: String,
}

impl Error {
    pub(crate) fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Error(Box::new(Repr {
            kind,
            message: message.into(),
        }))
    }

    /// Puts what was being done before the message.
    pub(crate) fn during(mut self, what: impl fmt::Display) -> Self {
        self.0.message = format!("{what}: {}", self.0.message);
        self
    }

    /// Returns the step that failed.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.message)
    }
}

impl std::error::Error for Error {}
