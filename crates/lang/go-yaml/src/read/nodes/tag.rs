//! Short forms of tags.

use std::borrow::Cow;

use super::super::parser::LONG_TAG_PREFIX;
use super::super::resolve::resolve;
use crate::Dialect;
use crate::node::{Kind, Node, Quoting};

/// Returns the short form of a tag: `!!str` for `tag:yaml.org,2002:str`.
pub(crate) fn short(tag: &[u8]) -> Cow<'static, [u8]> {
    match tag.strip_prefix(LONG_TAG_PREFIX) {
        Some(name) => Cow::Owned([b"!!", name].concat()),
        None => Cow::Owned(tag.to_vec()),
    }
}

/// Returns the tag of a plain text. That of `<<` is `!!str` here, because only the parser knows merge keys.
pub(crate) fn guess(text: &[u8]) -> &'static [u8] {
    resolve(text, Dialect::V3, true).short_tag().as_bytes()
}

/// Returns the tag of a node (but of no alias) in its short form, found by its text where none is given.
pub(crate) fn short_tag_of(node: &Node) -> Cow<'static, [u8]> {
    let given = !matches!(&*node.tag, b"" | b"!");
    match node.kind {
        Kind::Scalar if given && *short(&node.tag) == *b"!!str" => Cow::Borrowed(b"!!str"),
        _ if given => short(&node.tag),
        Kind::Scalar if node.style.quoting != Quoting::Plain => Cow::Borrowed(b"!!str"),
        Kind::Scalar => Cow::Borrowed(guess(&node.value)),
        Kind::Mapping => Cow::Borrowed(b"!!map"),
        Kind::Sequence => Cow::Borrowed(b"!!seq"),
        Kind::Document | Kind::Alias => Cow::Borrowed(b""),
    }
}
