//! A part of a rendered file.

use std::fmt;
use std::ops::{Deref, Range};

use go_value::Str;

/// A part of a text; it shares the whole. It dereferences to its bytes.
#[derive(Clone)]
pub struct Text {
    whole: Str,
    range: Range<usize>,
}

impl Text {
    /// Returns the part of `whole` that is in `range`; what reaches beyond the end is empty.
    pub fn new(whole: &Str, range: Range<usize>) -> Text {
        Text {
            whole: whole.clone(),
            range,
        }
    }
}

impl From<Str> for Text {
    fn from(whole: Str) -> Text {
        let range = 0..whole.len();
        Text { whole, range }
    }
}

impl Deref for Text {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        self.whole.get(self.range.clone()).unwrap_or_default()
    }
}

impl PartialEq for Text {
    fn eq(&self, other: &Text) -> bool {
        **self == **other
    }
}

impl PartialEq<str> for Text {
    fn eq(&self, other: &str) -> bool {
        **self == *other.as_bytes()
    }
}

impl PartialEq<&str> for Text {
    fn eq(&self, other: &&str) -> bool {
        self == *other
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&go_value::utf8::to_string_lossy(self))
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&go_value::utf8::to_string_lossy(self), f)
    }
}
