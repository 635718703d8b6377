//! Runes as Go's `unicode` sees them: simple case mapping, and categories of Unicode 15.0.

use std::sync::OnceLock;

use go_value::utf8;
use regex_syntax::hir::{Class, ClassUnicode, HirKind};

/// A general category, or a group of them.
#[derive(Clone, Copy)]
pub(crate) enum Category {
    Letter,
    Upper,
    Lower,
    Title,
    Number,
    Digit,
    Punctuation,
}

impl Category {
    /// Tells whether `rune` is in the category.
    pub(crate) fn has(self, rune: char) -> bool {
        if rune.is_ascii() {
            return match self {
                Category::Letter => rune.is_ascii_alphabetic(),
                Category::Upper => rune.is_ascii_uppercase(),
                Category::Lower => rune.is_ascii_lowercase(),
                Category::Title => false,
                Category::Number | Category::Digit => rune.is_ascii_digit(),
                // Unicode calls the others symbols.
                Category::Punctuation => rune.is_ascii_punctuation() && !"$+<=>^`|~".contains(rune),
            };
        }
        let Some(class) = self.class() else {
            return false;
        };
        let ranges = class.ranges();
        let after = ranges.partition_point(|range| range.start() <= rune);
        after > 0 && rune <= ranges[after - 1].end()
    }

    fn class(self) -> Option<&'static ClassUnicode> {
        static CLASSES: [OnceLock<Option<ClassUnicode>>; 7] = [const { OnceLock::new() }; 7];
        const NAMES: [&str; 7] = ["L", "Lu", "Ll", "Lt", "N", "Nd", "P"];
        let index = self as usize;
        CLASSES[index].get_or_init(|| known(NAMES[index])).as_ref()
    }
}

/// The runes of a category that Unicode 15.0 knows.
fn known(category: &str) -> Option<ClassUnicode> {
    let mut class = property(category)?;
    class.intersect(&property("Age=15.0")?);
    Some(class)
}

fn property(name: &str) -> Option<ClassUnicode> {
    match regex_syntax::parse(&format!(r"\p{{{name}}}")).ok()?.into_kind() {
        HirKind::Class(Class::Unicode(class)) => Some(class),
        _ => None,
    }
}

/// `unicode.ToUpper`
pub(crate) fn to_upper(rune: char) -> char {
    match rune {
        // Greek letters with a iota below have large forms of one rune that are title case.
        '\u{1f80}'..='\u{1f87}' | '\u{1f90}'..='\u{1f97}' | '\u{1fa0}'..='\u{1fa7}' => shift(rune, 8),
        '\u{1fb3}' | '\u{1fc3}' | '\u{1ff3}' => shift(rune, 9),
        '\u{19b}' | '\u{264}' | '\u{1c8a}' | '\u{a7cd}'..='\u{a7db}' if is_new_lower(rune) => rune,
        '\u{10d70}'..='\u{10d85}' | '\u{16ebb}'..='\u{16ed3}' => rune,
        _ => only(rune.to_uppercase(), rune),
    }
}

/// Whether only a later Unicode knows the large form.
fn is_new_lower(rune: char) -> bool {
    matches!(
        rune,
        '\u{19b}' | '\u{264}' | '\u{1c8a}' | '\u{a7cd}' | '\u{a7cf}' | '\u{a7d3}' | '\u{a7d5}' | '\u{a7db}'
    )
}

/// `unicode.ToLower`
pub(crate) fn to_lower(rune: char) -> char {
    match rune {
        '\u{130}' => 'i',
        // Later Unicodes alone have small forms of these.
        '\u{1c89}' | '\u{a7cb}' | '\u{a7cc}' | '\u{a7ce}' | '\u{a7d2}' | '\u{a7d4}' | '\u{a7da}' | '\u{a7dc}' => rune,
        '\u{10d50}'..='\u{10d65}' | '\u{16ea0}'..='\u{16eb8}' => rune,
        _ => only(rune.to_lowercase(), rune),
    }
}

/// `unicode.ToTitle`
pub(crate) fn to_title(rune: char) -> char {
    match rune {
        '\u{1c4}'..='\u{1c6}' => '\u{1c5}',
        '\u{1c7}'..='\u{1c9}' => '\u{1c8}',
        '\u{1ca}'..='\u{1cc}' => '\u{1cb}',
        '\u{1f1}'..='\u{1f3}' => '\u{1f2}',
        // Georgian has no title case.
        '\u{10d0}'..='\u{10fa}' | '\u{10fd}'..='\u{10ff}' => rune,
        _ => to_upper(rune),
    }
}

fn shift(rune: char, by: u32) -> char {
    char::from_u32(u32::from(rune) + by).unwrap_or(rune)
}

/// The mapping to one rune; where there are several, Go maps to the rune itself.
fn only(mut mapped: impl Iterator<Item = char>, rune: char) -> char {
    match (mapped.next(), mapped.next()) {
        (Some(mapped), None) => mapped,
        _ => rune,
    }
}

/// `strings.Map`: each rune mapped, invalid bytes taken for U+FFFD.
pub(crate) fn map_runes(text: &[u8], mut mapping: impl FnMut(char) -> char) -> Vec<u8> {
    let mut mapped = Vec::with_capacity(text.len());
    for (_, rune) in utf8::runes(text) {
        push(&mut mapped, mapping(rune));
    }
    mapped
}

/// Appends a rune.
pub(crate) fn push(text: &mut Vec<u8>, rune: char) {
    text.extend_from_slice(rune.encode_utf8(&mut [0; 4]).as_bytes());
}
