//! The Common Expression Language, as rules of CustomResourceDefinitions use it.
//!
//! Expressions come from clients, so that their nesting, their length and the work of an evaluation are bounded.
//! The crate `cel` is not used: its evaluation cannot be bounded, and its parser takes minutes for some texts of a few kilobytes.

mod calls;
mod eval;
mod functions;
mod lexer;
mod network;
mod operators;
mod parser;
mod strings;
mod syntax;
mod time;
mod value;

pub(crate) use eval::{Fault, Machine};
pub(crate) use functions::{NAMESPACES, is_known, type_named};
pub(crate) use lexer::Wrong;
pub(crate) use parser::parse;
pub(crate) use syntax::{Expr, Node};
pub(crate) use value::{Cel, unescaped};
