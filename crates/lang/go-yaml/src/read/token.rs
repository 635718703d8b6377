//! What the scanner hands to the parser.

use std::borrow::Cow;

/// How a scalar was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Style {
    Plain,
    SingleQuoted,
    DoubleQuoted,
    Literal,
    Folded,
}

/// A scalar as it stands in the source. Its value is made when it is asked for; see [`Scalar::value`].
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scalar<'a> {
    /// The source between the quotes, or of the plain words, or of the lines of a block.
    pub(crate) source: &'a [u8],
    pub(crate) style: Style,
    /// Whether `source` is the value already.
    pub(crate) direct: bool,
    /// What becomes of the line breaks at the end of a block: -1 none, 0 one, 1 all.
    pub(crate) chomping: i8,
    /// The indentation of a block.
    pub(crate) indent: u32,
}

impl<'a> Scalar<'a> {
    /// A scalar that is its own value.
    pub(crate) fn direct(source: &'a [u8], style: Style) -> Self {
        Scalar {
            source,
            style,
            direct: true,
            chomping: 0,
            indent: 0,
        }
    }
}

/// A tag: its handle (`!`, `!!`, `!name!`, or empty for a verbatim tag) and the rest.
#[derive(Clone, Debug)]
pub(crate) struct TagToken<'a> {
    pub(crate) handle: &'a [u8],
    pub(crate) suffix: Cow<'a, [u8]>,
}

/// The kinds of tokens.
#[derive(Clone, Debug)]
pub(crate) enum Kind<'a> {
    StreamStart,
    StreamEnd,
    Version(u8, u8),
    TagDirective(Box<TagToken<'a>>),
    DocumentStart,
    DocumentEnd,
    BlockSequenceStart,
    BlockMappingStart,
    BlockEnd,
    FlowSequenceStart,
    FlowSequenceEnd,
    FlowMappingStart,
    FlowMappingEnd,
    BlockEntry,
    FlowEntry,
    Key,
    Value,
    Alias(&'a [u8]),
    Anchor(&'a [u8]),
    Tag(Box<TagToken<'a>>),
    Scalar(Scalar<'a>),
}

/// No potential simple key begins with this token.
pub(crate) const NO_KEY: u32 = u32::MAX;

/// A token.
#[derive(Clone, Debug)]
pub(crate) struct Token<'a> {
    pub(crate) kind: Kind<'a>,
    /// Where it starts: the line, from 0.
    pub(crate) line: u32,
    /// The flow level at which this token may begin a simple key, or [`NO_KEY`].
    pub(crate) key_level: u32,
}
