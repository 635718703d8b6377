//! Why a verb failed, in Helm's words.

use std::fmt;

/// An error of a verb; `Display` is Helm's text, without the verb's prefix.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error(Box<Inner>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Inner {
    message: String,
    kind: ErrorKind,
    hints: Vec<String>,
}

/// What went wrong, for callers that decide by it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// Anything that needs no other reaction than to be shown.
    #[default]
    Other,
    /// There is no release of that name.
    ReleaseNotFound,
    /// There is a release of that name already.
    NameInUse,
    /// The cluster cannot be reached.
    Unreachable,
    /// The store of the releases cannot be used.
    NoStore,
    /// The verb or the option is not there yet.
    Unsupported,
}

impl Error {
    /// Returns an error with Helm's text.
    pub fn new(message: impl Into<String>) -> Error {
        Error::with_kind(ErrorKind::Other, message)
    }

    /// Returns an error of this kind.
    pub fn with_kind(kind: ErrorKind, message: impl Into<String>) -> Error {
        Error(Box::new(Inner {
            message: message.into(),
            kind,
            hints: Vec::new(),
        }))
    }

    /// What went wrong.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// What can be done about it: whole sentences of this program, which Helm's text does not have.
    pub fn hints(&self) -> &[String] {
        &self.0.hints
    }

    /// Returns the same error with a hint more.
    #[must_use]
    pub fn hint(mut self, text: impl Into<String>) -> Error {
        self.0.hints.push(text.into());
        self
    }

    /// Returns the same error with `prefix` and a colon before its text.
    #[must_use]
    pub fn context(self, prefix: impl fmt::Display) -> Error {
        self.reworded(|message| format!("{prefix}: {message}"))
    }

    /// Returns the same error with another text.
    #[must_use]
    pub(crate) fn reworded(mut self, words: impl FnOnce(&str) -> String) -> Error {
        self.0.message = words(&self.0.message);
        self
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.message)
    }
}

impl std::error::Error for Error {}

macro_rules! from_display {
    ($($source:ty),+ $(,)?) => {
        $(impl From<$source> for Error {
            fn from(error: $source) -> Error {
                Error::new(error.to_string())
            }
        })+
    };
}

impl From<whelm_storage::Error> for Error {
    fn from(error: whelm_storage::Error) -> Error {
        let text = error.to_string();
        match error.kind() {
            whelm_storage::ErrorKind::NotFound => Error::with_kind(ErrorKind::ReleaseNotFound, text),
            whelm_storage::ErrorKind::AlreadyExists => Error::new(text).hint(
                "another client has made this revision at the same moment; the command can be run again when it is done",
            ),
            whelm_storage::ErrorKind::TooLarge => Error::new(text).hint(
                "the record of a release, with its whole chart, has to fit into one object of the cluster; a .helmignore keeps files \
                 out of the chart, and with HELM_DRIVER=sql records live in a database, which has no such limit",
            ),
            _ => Error::new(text),
        }
    }
}

from_display!(
    whelm_chart::Error,
    whelm_values::Error,
    whelm_render::Error,
    whelm_manifest::Error
);
