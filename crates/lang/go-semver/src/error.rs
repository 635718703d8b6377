//! Why a version or a constraint could not be read.

use std::fmt;

use go_value::strconv::quote;

/// What is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The text is not a version.
    InvalidVersion,
    /// The text is empty, where only a complete version will do.
    Empty,
    /// A version is longer than 256 bytes.
    VersionTooLong,
    /// Something other than digits stands in a number.
    InvalidCharacters,
    /// A number has a leading zero.
    SegmentStartsZero,
    /// A number does not fit into 64 bits.
    SegmentNumber,
    /// The part after `-` is malformed.
    InvalidPrerelease,
    /// The part after `+` is malformed.
    InvalidMetadata,
    /// The text is not a constraint.
    ImproperConstraint,
    /// The constraint holds something that looks like a version and is none.
    ConstraintVersion,
    /// A constraint is longer than 512 bytes.
    ConstraintTooLong,
    /// A constraint has more than 32 groups.
    TooManyGroups,
}

/// Why a version or a constraint could not be read; it displays Go's text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    kind: ErrorKind,
    detail: Option<Box<str>>,
}

impl Error {
    /// Returns what is wrong.
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// The number error of a lenient version.
    pub(crate) fn segment(error: impl fmt::Display) -> Error {
        Error {
            kind: ErrorKind::SegmentNumber,
            detail: Some(format!("error parsing version segment: {error}").into()),
        }
    }

    /// The number error of a strict version, which Go passes on without a word.
    pub(crate) fn number(error: impl fmt::Display) -> Error {
        Error {
            kind: ErrorKind::SegmentNumber,
            detail: Some(error.to_string().into()),
        }
    }

    pub(crate) fn improper(constraint: &[u8]) -> Error {
        Error {
            kind: ErrorKind::ImproperConstraint,
            detail: Some(format!("improper constraint: {}", quote(constraint)).into()),
        }
    }
}

impl From<ErrorKind> for Error {
    fn from(kind: ErrorKind) -> Self {
        Error { kind, detail: None }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(detail) = &self.detail {
            return f.write_str(detail);
        }
        f.write_str(match self.kind {
            ErrorKind::InvalidVersion => "invalid semantic version",
            ErrorKind::Empty => "version string empty",
            ErrorKind::VersionTooLong => "version string is too long (max 256 bytes)",
            ErrorKind::InvalidCharacters => "invalid characters in version",
            ErrorKind::SegmentStartsZero => "version segment starts with 0",
            ErrorKind::SegmentNumber => "error parsing version segment",
            ErrorKind::InvalidPrerelease => "invalid prerelease string",
            ErrorKind::InvalidMetadata => "invalid metadata string",
            ErrorKind::ImproperConstraint => "improper constraint",
            ErrorKind::ConstraintVersion => "constraint parser error",
            ErrorKind::ConstraintTooLong => "constraint string is too long (max 512 bytes)",
            ErrorKind::TooManyGroups => "too many constraint groups (max 32)",
        })
    }
}

impl std::error::Error for Error {}
