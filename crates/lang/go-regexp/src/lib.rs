//! Go's regular expressions.
//!
//! The syntax is that of Go's `regexp/syntax` with its Perl flags, read by a parser of this crate's own, so that what Go accepts is
//! accepted, what it refuses is refused with the same words, and classes hold the same runes. Matching is done by
//! `regex-automata`, leftmost-first and in linear time. Texts are bytes; as in Go, each byte that is not UTF-8 counts as one
//! U+FFFD.
//!
//! ```
//! use go_regexp::Regexp;
//!
//! let regexp = Regexp::compile(r"(\w+)-(?P<n>\d+)")?;
//! assert_eq!(regexp.replace_all(b"a-1, b-2", b"$n.${1}"), b"1.a, 2.b");
//!
//! let error = Regexp::compile("a[b").unwrap_err();
//! assert_eq!(error.to_string(), "error parsing regexp: missing closing ]: `[b`");
//! # Ok::<(), go_regexp::Error>(())
//! ```
//!
//! What it does not do: POSIX syntax, leftmost-longest matching, readers. Unicode classes are those of Unicode 15.0.0, the
//! version of Go 1.26, by way of newer tables that know the age of each rune.

mod bytes;
mod cache;
mod class;
mod error;
mod escape;
mod expand;
mod flags;
mod haystack;
mod parser;
mod regexp;

pub use cache::cached;
pub use error::{Error, ErrorCode};
pub use regexp::{Regexp, check, quote_meta};
