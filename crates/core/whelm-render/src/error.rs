//! Why a chart could not be rendered, in Helm's words.

use std::fmt;

use go_text_template::ErrorKind;

/// Marks around the message of `required` and `fail`, with which Helm finds it again in the text of the whole error.
const MARK_START: &str = "HELM_ERR_START";
const MARK_END: &str = "HELM_ERR_END";

/// Puts the marks around a message of `required` or `fail`.
pub(crate) fn mark(message: &str) -> String {
    format!("{MARK_START}{message}{MARK_END}")
}

/// Why a chart could not be rendered; `Display` is Helm's text.
#[derive(Debug)]
pub struct Error {
    message: String,
    source: go_text_template::Error,
}

impl Error {
    /// The error of parsing the template `file`.
    pub(crate) fn parse(file: &str, source: go_text_template::Error) -> Error {
        Error {
            message: parse_message(file, &source.to_string()),
            source,
        }
    }

    /// The error of executing the template `file`.
    pub(crate) fn exec(file: &str, source: go_text_template::Error) -> Error {
        Error {
            message: exec_message(file, &source),
            source,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.source)
    }
}

/// Source: Helm 4.3.1, `pkg/engine/engine.go`, `cleanupParseError`.
fn parse_message(file: &str, text: &str) -> String {
    let tokens: Vec<&str> = text.split(": ").collect();
    match tokens[..] {
        [_, location, .., message] => format!("parse error at ({location}): {message}"),
        [_, location] => format!("parse error at ({location}): {location}"),
        _ => format!("parse error in ({file}): {text}"),
    }
}

/// Source: Helm 4.3.1, `pkg/engine/engine.go`, `reformatExecErrorMsg`.
fn exec_message(file: &str, error: &go_text_template::Error) -> String {
    let text = error.to_string();
    if !matches!(error.kind(), ErrorKind::Exec) {
        return text;
    }
    let mut tokens = text.splitn(3, ": ");
    let (Some(_), Some(location), Some(rest)) = (tokens.next(), tokens.next(), tokens.next()) else {
        return format!("execution error in ({file}): {text}");
    };
    if let Some(message) = marked(rest) {
        return format!("execution error at ({location}): {message}");
    }
    trace(error).unwrap_or(text)
}

/// The message between the first start mark and the last end mark.
fn marked(text: &str) -> Option<&str> {
    let start = text.find(MARK_START)? + MARK_START.len();
    let end = text.rfind(MARK_END)?;
    text.get(start..end)
}

/// The steps of the error, outermost first, when each of them is an error of the template library.
fn trace(error: &go_text_template::Error) -> Option<String> {
    let mut steps: Vec<Step> = Vec::new();
    let mut next: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(current) = next {
        let step = Step::parse(&current.to_string())?;
        if steps.last() != Some(&step) {
            steps.push(step);
        }
        next = current.source();
    }
    let text: String = steps.iter().map(Step::to_string).collect();
    Some(String::from_utf8_lossy(whelm_manifest::trim(text.as_bytes())).into_owned())
}

/// One error of the template library, taken apart.
#[derive(Debug, Default, PartialEq, Eq)]
struct Step {
    location: String,
    message: String,
    executed: String,
}

impl Step {
    fn parse(text: &str) -> Option<Step> {
        let rest = text.strip_prefix("template: ")?;
        if rest.starts_with("no template ") {
            return Some(Step {
                message: text.to_owned(),
                ..Step::default()
            });
        }
        Step::executing(rest).or_else(|| Step::simple(rest))
    }

    /// `LOCATION: executing "NAME" at <NODE>: MESSAGE`
    fn executing(rest: &str) -> Option<Step> {
        let (location, after) = rest.split_once(": executing ")?;
        let after = after.strip_prefix('"')?;
        let (name, after) = after.split_once('"')?;
        let (node, message) = after.strip_prefix(" at <")?.split_once(">: ")?;
        Some(Step {
            location: location.to_owned(),
            message: without_chain(message).to_owned(),
            executed: format!("executing \"{name}\" at <{node}>:"),
        })
    }

    /// `LOCATION: MESSAGE`
    fn simple(rest: &str) -> Option<Step> {
        let (location, message) = rest.rsplit_once(": ")?;
        Some(Step {
            location: location.to_owned(),
            message: without_chain(message).to_owned(),
            ..Step::default()
        })
    }
}

/// Cuts off the error that caused this one; it has a step of its own.
fn without_chain(message: &str) -> &str {
    message.find(" template:").map_or(message, |cut| &message[..cut])
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.location.is_empty() {
            write!(f, "{}\n  ", self.location)?;
        }
        if !self.executed.is_empty() {
            write!(f, "{}\n    ", self.executed)?;
        }
        if !self.message.is_empty() {
            writeln!(f, "{}", self.message)?;
        }
        Ok(())
    }
}
