//! Text to trees.

mod builder;
mod lexer;
pub(crate) mod node;
pub(crate) mod number;
mod parser;
mod pipeline;
mod token;
pub(crate) mod tree;
mod unicode;

pub(crate) use parser::parse;
