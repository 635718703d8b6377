//! Why an expression could not be read.

use std::fmt;

/// What is wrong with an expression; the names are those of `regexp/syntax`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
#[expect(missing_docs, reason = "the names say what the texts say")]
pub enum ErrorCode {
    InvalidCharRange,
    InvalidEscape,
    InvalidNamedCapture,
    InvalidPerlOp,
    InvalidRepeatOp,
    InvalidRepeatSize,
    InvalidUtf8,
    MissingBracket,
    MissingParen,
    MissingRepeatArgument,
    TrailingBackslash,
    UnexpectedParen,
    NestingDepth,
    Large,
}

impl fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            ErrorCode::InvalidCharRange => "invalid character class range",
            ErrorCode::InvalidEscape => "invalid escape sequence",
            ErrorCode::InvalidNamedCapture => "invalid named capture",
            ErrorCode::InvalidPerlOp => "invalid or unsupported Perl syntax",
            ErrorCode::InvalidRepeatOp => "invalid nested repetition operator",
            ErrorCode::InvalidRepeatSize => "invalid repeat count",
            ErrorCode::InvalidUtf8 => "invalid UTF-8",
            ErrorCode::MissingBracket => "missing closing ]",
            ErrorCode::MissingParen => "missing closing )",
            ErrorCode::MissingRepeatArgument => "missing argument to repetition operator",
            ErrorCode::TrailingBackslash => "trailing backslash at end of expression",
            ErrorCode::UnexpectedParen => "unexpected )",
            ErrorCode::NestingDepth => "expression nests too deeply",
            ErrorCode::Large => "expression too large",
        })
    }
}

/// Why an expression could not be read, with the part of it that is to blame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error(Box<(ErrorCode, Vec<u8>)>);

impl Error {
    pub(crate) fn new(code: ErrorCode, expression: &[u8]) -> Error {
        Error(Box::new((code, expression.to_vec())))
    }

    /// What is wrong.
    pub fn code(&self) -> ErrorCode {
        self.0.0
    }

    /// The part of the expression that is to blame.
    pub fn expression(&self) -> &[u8] {
        &self.0.1
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let expression = go_value::utf8::to_string_lossy(self.expression());
        write!(f, "error parsing regexp: {}: `{expression}`", self.code())
    }
}

impl std::error::Error for Error {}
