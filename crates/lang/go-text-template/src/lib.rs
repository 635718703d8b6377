//! Go's `text/template`: lexer, parser, interpreter, `fmt` verbs and error texts.
//!
//! Programs such as Helm have users' templates that rely on what Go does to the letter: which text an error has, how a float
//! prints, that maps are walked in the order of their keys, that a function changing a map changes it for everybody. This crate
//! does what Go 1.26 does.
//!
//! ```
//! use std::sync::Arc;
//!
//! use go_text_template::{FuncMap, Options, TemplateSet, Type, Value};
//!
//! let mut functions = FuncMap::default();
//! functions.add("shout", &[Type::String], |_, arguments| match &arguments[0] {
//!     Value::Str(text) => Ok(Value::from(format!("{text}!"))),
//!     other => Ok(other.clone()),
//! });
//! let mut set = TemplateSet::new("root", Arc::new(functions));
//! set.parse("greeting", r#"{{ range $i, $name := .names }}{{ $i }} {{ $name | shout }} {{ end }}"#)?;
//!
//! let names = Value::list(vec![Value::from("Ada"), Value::from("Grace")]);
//! let data = Value::map([("names".into(), names)]);
//! assert_eq!(set.execute("greeting", &data, &Options::default())?, b"0 Ada! 1 Grace! ");
//!
//! set.parse("broken", "{{ .names.first }}")?;
//! let error = set.execute("broken", &data, &Options::default()).unwrap_err();
//! let text = "template: broken:1:9: executing \"broken\" at <.names.first>: can't evaluate field first in type interface {}";
//! assert_eq!(error.to_string(), text);
//! # Ok::<(), go_text_template::Error>(())
//! ```
//!
//! A [`TemplateSet`] holds parsed templates; it is immutable from the outside, `Send` and `Sync`, and cheap to clone. A
//! function's body gets the running interpreter, [`Exec`], by which it can execute other templates. [`Value`] is what templates
//! compute with; [`Object`] adds values with fields and methods. Limits for templates that nobody vouches for are in
//! [`Limits`]; recursion that Go's stack would end is an error of kind [`ErrorKind::Limit`].
//!
//! What it does not do: other delimiters than `{{` and `}}`, channels, functions as values, struct reflection, comments in the
//! tree. A slice has no spare capacity here, so `slice` cannot reach beyond its length as it sometimes can in Go.

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
