//! Why a text is no YAML, or why a value has no YAML form.

use std::fmt;

/// What kind of step failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The bytes cannot be read as text, or the text breaks the grammar.
    Syntax,
    /// The document is well-formed, but its nodes cannot become data: a map as a key, a bad `!!int`, an alias bomb.
    Decode,
    /// The data has no JSON form: `.inf`, a null key.
    Json,
    /// Reading the JSON form again failed, or writing it: nesting that is too deep.
    Depth,
    /// The emitter refused the value.
    Emit,
}

/// An error of the reader or the writer. `Display` is the text of go-yaml or encoding/json, without what
/// `sigs.k8s.io/yaml` puts before it; see [`Error::unmarshal_text`] for the whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error(Box<Repr>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Repr {
    kind: ErrorKind,
    line: usize,
    message: String,
}

impl Error {
    pub(crate) fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Error(Box::new(Repr {
            kind,
            line: 0,
            message: message.into(),
        }))
    }

    /// An error of the reader or parser: `yaml: line N: problem`, where line 0 is not told.
    pub(crate) fn syntax(line: usize, problem: &str) -> Self {
        let message = match line {
            0 => format!("yaml: {problem}"),
            _ => format!("yaml: line {line}: {problem}"),
        };
        Error(Box::new(Repr {
            kind: ErrorKind::Syntax,
            line,
            message,
        }))
    }

    /// An error of the decoder: `yaml: problem`.
    pub(crate) fn decode(problem: impl fmt::Display) -> Self {
        Error::new(ErrorKind::Decode, format!("yaml: {problem}"))
    }

    /// An error of the emitter: `yaml: problem`.
    pub(crate) fn emit(problem: impl fmt::Display) -> Self {
        Error::new(ErrorKind::Emit, format!("yaml: {problem}"))
    }

    /// Go's text for JSON that is nested too deeply to be read.
    pub(crate) fn depth() -> Self {
        Error::new(ErrorKind::Depth, "exceeded max depth")
    }

    /// Returns the step that failed.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// Returns the line that the message tells, from 1; `None` when it tells none.
    pub fn line(&self) -> Option<usize> {
        (self.0.line > 0).then_some(self.0.line)
    }

    /// Returns what `yaml.Unmarshal` of `sigs.k8s.io/yaml` says:
    /// `error converting YAML to JSON: yaml: line 3: …`.
    pub fn unmarshal_text(&self) -> String {
        match self.kind() {
            ErrorKind::Depth => format!("error unmarshaling JSON: while decoding JSON: {self}"),
            _ => format!("error converting YAML to JSON: {self}"),
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.message)
    }
}

impl std::error::Error for Error {}
