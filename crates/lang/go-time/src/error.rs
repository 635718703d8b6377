//! Why a text is not a time or a duration.

use std::fmt;

/// Why a text could not be read; `Display` is Go's text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error(Repr);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Repr {
    Layout {
        layout: Vec<u8>,
        value: Vec<u8>,
        layout_element: Vec<u8>,
        value_element: Vec<u8>,
    },
    Value {
        value: Vec<u8>,
        message: String,
    },
    Duration {
        message: String,
        value: Vec<u8>,
    },
    Zone(Vec<u8>),
}

impl Error {
    /// The value does not look as the layout says.
    pub(crate) fn layout(layout: &[u8], value: &[u8], layout_element: &[u8], value_element: &[u8]) -> Error {
        Error(Repr::Layout {
            layout: layout.to_vec(),
            value: value.to_vec(),
            layout_element: layout_element.to_vec(),
            value_element: value_element.to_vec(),
        })
    }

    /// The value looks right but means nothing; `message` starts with a colon.
    pub(crate) fn value(value: &[u8], message: impl Into<String>) -> Error {
        Error(Repr::Value {
            value: value.to_vec(),
            message: message.into(),
        })
    }

    /// The text is not a duration.
    pub(crate) fn duration(message: impl Into<String>, value: &[u8]) -> Error {
        Error(Repr::Duration {
            message: message.into(),
            value: value.to_vec(),
        })
    }

    /// There is no such zone.
    pub(crate) fn zone(name: &[u8]) -> Error {
        Error(Repr::Zone(name.to_vec()))
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Repr::Layout {
                layout,
                value,
                layout_element,
                value_element,
            } => write!(
                f,
                "parsing time {} as {}: cannot parse {} as {}",
                quote(value),
                quote(layout),
                quote(value_element),
                quote(layout_element)
            ),
            Repr::Value { value, message } => write!(f, "parsing time {}{message}", quote(value)),
            Repr::Duration { message, value } => write!(f, "time: {message} {}", quote(value)),
            Repr::Zone(name) => write!(f, "unknown time zone {}", String::from_utf8_lossy(name)),
        }
    }
}

impl std::error::Error for Error {}

/// Quotes as Go's `time` does: every byte outside of printable ASCII is `\xNN`.
pub(crate) fn quote(text: &[u8]) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for byte in text {
        match byte {
            b'"' | b'\\' => {
                out.push('\\');
                out.push(char::from(*byte));
            }
            b' '..=0x7f => out.push(char::from(*byte)),
            _ => out.push_str(&format!("\\x{byte:02x}")),
        }
    }
    out.push('"');
    out
}
