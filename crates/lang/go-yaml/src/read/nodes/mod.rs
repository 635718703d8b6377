//! The reader of yaml.v3 that keeps everything: text to nodes with comments, styles and places.
//!
//! What a token is and where it ends is the same in v2 and v3, so [`super::scanner::Scanner`] knows it for both. What is
//! different here is that comments are collected on the way, that the parser looks two tokens ahead for them, and
//! that every token knows its place.

mod comment;
mod compose;
mod mark;
mod parse;
mod scan;
mod slots;
mod tag;

use super::input::Input;
use crate::Error;
use crate::node::Tree;

pub(crate) use tag::{guess as guess_tag, short as short_tag, short_tag_of};

/// Reads the first document of `text`; `None` when there is none.
pub(crate) fn read(text: &[u8]) -> Result<Option<Tree>, Error> {
    let input = Input::new(text);
    let scanner = scan::NodeScanner::new(super::scanner::Scanner::new(&input), input.text_to_failure());
    compose::compose(&mut parse::NodeParser::new(scanner))
}
