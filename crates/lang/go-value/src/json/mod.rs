//! JSON as Go's `encoding/json` reads and writes it, with its error texts.
//!
//! ```
//! use go_value::json::{self, Escape, Numbers};
//!
//! let value = json::parse(br#"{"b":1,"a":"<x>"}"#, Numbers::Float)?;
//! assert_eq!(json::to_string(&value, Escape::Html)?, r#"{"a":"\u003cx\u003e","b":1}"#);
//! # Ok::<(), json::Error>(())
//! ```

mod node;
mod read;
mod write;

use std::fmt;

pub use node::Node;
pub use read::{LeftOut, Numbers, parse, parse_node, parse_part};
pub use write::{Escape, indent, to_string, write_string, write_value};

/// Why a text is no JSON, or a value has no JSON form; `Display` is Go's text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    message: String,
    /// The byte offset in the text up to which Go had read; 0 for errors of writing.
    pub offset: usize,
}

impl Error {
    fn new(message: impl Into<String>, offset: usize) -> Error {
        Error {
            message: message.into(),
            offset,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {}
