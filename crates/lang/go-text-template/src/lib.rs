//! Go's `text/template`: lexer, parser, interpreter, `fmt` verbs and error texts.

pub mod func;
pub mod value;

pub use func::{Exec, Func, FuncError, FuncMap};
pub use value::{List, Map, Object, Type, Value};
