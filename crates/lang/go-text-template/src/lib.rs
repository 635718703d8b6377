//! Go's `text/template`: lexer, parser, interpreter, `fmt` verbs and error texts.

mod builtins;
mod error;
mod exec;
pub mod fmt;
pub mod func;
mod parse;
mod template;
pub mod value;

pub use error::{Error, ErrorKind, Place};
pub use exec::{Exec, Limits, MissingKey, Options};
pub use func::{Func, FuncError, FuncMap};
pub use parse::tree::Tree;
pub use template::{Parsed, TemplateSet};
pub use value::{Kind, List, Map, Method, Methods, Object, Signature, Type, Value};

/// How much stack a recursion needs to go one level deeper.
const RED_ZONE: usize = 64 * 1024;

/// How much stack is added when less is left.
const STACK_SEGMENT: usize = 1024 * 1024;
