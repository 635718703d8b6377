//! Why a text is no template, or why a template could not be executed.

use std::fmt;

use go_value::Str;
use go_value::strconv::quote;

use crate::func::FuncError;

/// An error with Go's text.
///
/// `Display` gives the whole text, that of the errors inside included; the parts are there for callers that print errors in
/// their own form.
pub struct Error(Box<Repr>);

/// What kind of error it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The text is no template.
    Parse,
    /// The execution of a template failed: Go's `template.ExecError`.
    Exec,
    /// There is no template of the wanted name.
    NoTemplate,
    /// A limit of the caller was reached; Go has no such error.
    Limit,
}

#[derive(Debug)]
struct Repr {
    kind: ErrorKind,
    template: Str,
    place: Option<Place>,
    message: String,
    cause: Option<FuncError>,
}

/// Where in a template an error happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The name of the text, which is that of the file and not that of a template defined in it.
    pub parse_name: Str,
    /// The line, from 1.
    pub line: usize,
    /// The column in bytes, from 0; parse errors have none.
    pub column: Option<usize>,
    /// The node that was being executed, written out; parse errors have none.
    pub context: Option<String>,
}

impl Error {
    fn with(kind: ErrorKind, template: Str, place: Option<Place>, message: String, cause: Option<FuncError>) -> Error {
        Error(Box::new(Repr {
            kind,
            template,
            place,
            message,
            cause,
        }))
    }

    pub(crate) fn parse(parse_name: Str, line: usize, message: String) -> Error {
        let place = Place {
            parse_name: parse_name.clone(),
            line,
            column: None,
            context: None,
        };
        Error::with(ErrorKind::Parse, parse_name, Some(place), message, None)
    }

    pub(crate) fn exec(template: Str, place: Option<Place>, message: String, cause: Option<FuncError>) -> Error {
        Error::with(ErrorKind::Exec, template, place, message, cause)
    }

    pub(crate) fn limit(template: Str, place: Option<Place>, message: String) -> Error {
        Error::with(ErrorKind::Limit, template, place, message, None)
    }

    pub(crate) fn no_template(name: &[u8], root: &[u8]) -> Error {
        let message = format!("no template {} associated with template {}", quote(name), quote(root));
        Error::with(ErrorKind::NoTemplate, name.into(), None, message, None)
    }

    /// What kind of error it is.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The name of the template: Go's `ExecError.Name`.
    pub fn template(&self) -> &Str {
        &self.0.template
    }

    /// Where it happened, when that is known.
    pub fn place(&self) -> Option<&Place> {
        self.0.place.as_ref()
    }

    /// The message without the place before it and without the cause after it, such as `error calling include: `.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// The error of the function or method that was called, whose text ends this one's.
    pub fn cause(&self) -> Option<&FuncError> {
        self.0.cause.as_ref()
    }

    /// Writes what stands before the cause.
    fn write_head(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let repr = &self.0;
        f.write_str("template: ")?;
        match &repr.place {
            Some(place) => {
                write!(f, "{}:{}", place.parse_name, place.line)?;
                if let Some(column) = place.column {
                    write!(f, ":{column}")?;
                }
                if let Some(context) = &place.context {
                    write!(f, ": executing {} at <{context}>", quote(&repr.template))?;
                }
                f.write_str(": ")?;
            }
            None if repr.kind != ErrorKind::NoTemplate => write!(f, "{}: ", repr.template)?,
            None => {}
        }
        f.write_str(&repr.message)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Includes nest a thousand deep, so this is a loop and not a recursion.
        let mut current = self;
        loop {
            current.write_head(f)?;
            let Some(cause) = current.cause() else { return Ok(()) };
            f.write_str(cause.message())?;
            let Some(next) = cause.cause() else { return Ok(()) };
            current = next;
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Error({:?}, {:?})", self.0.kind, self.to_string())
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        let cause = self.cause()?;
        match cause.cause() {
            Some(error) if cause.message().is_empty() => Some(error),
            _ => Some(cause),
        }
    }
}

impl Drop for Error {
    fn drop(&mut self) {
        // A long chain of causes is taken apart link by link, not by recursion.
        let mut cause = self.0.cause.take();
        while let Some(mut error) = cause.and_then(|mut cause| cause.take_cause()) {
            cause = error.0.cause.take();
        }
    }
}
