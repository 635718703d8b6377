//! Small classes written as the bytes of their characters.
//!
//! To compile a class with characters beyond ASCII, such as `.` or `[^/]`, the matcher's compiler sets up a table of 300 kilobytes, which
//! takes longer than all the rest. Most such classes are few sequences of ranges of bytes, for which it needs no table.

use regex_syntax::hir::{Class, ClassBytes, ClassBytesRange, ClassUnicode, Hir, HirKind};
use regex_syntax::utf8::{Utf8Sequence, Utf8Sequences};

/// Classes of more sequences stay as they are: the table is worth it for them.
const MAX_SEQUENCES: usize = 16;

/// Writes the small classes of an expression as bytes.
pub(crate) fn small_classes_as_bytes(hir: Hir) -> Hir {
    match hir.into_kind() {
        HirKind::Empty => Hir::empty(),
        HirKind::Literal(literal) => Hir::literal(literal.0),
        HirKind::Class(Class::Unicode(class)) => as_bytes(&class).unwrap_or_else(|| Hir::class(Class::Unicode(class))),
        HirKind::Class(class) => Hir::class(class),
        HirKind::Look(look) => Hir::look(look),
        HirKind::Repetition(mut repetition) => {
            *repetition.sub = small_classes_as_bytes(*repetition.sub);
            Hir::repetition(repetition)
        }
        HirKind::Capture(mut capture) => {
            *capture.sub = small_classes_as_bytes(*capture.sub);
            Hir::capture(capture)
        }
        HirKind::Concat(parts) => Hir::concat(parts.into_iter().map(small_classes_as_bytes).collect()),
        HirKind::Alternation(parts) => Hir::alternation(parts.into_iter().map(small_classes_as_bytes).collect()),
    }
}

/// Returns a class as bytes; `None` when it needs none or too many.
fn as_bytes(class: &ClassUnicode) -> Option<Hir> {
    if class.is_ascii() {
        return None;
    }
    let mut ascii = ClassBytes::empty();
    let mut wide = Vec::new();
    for range in class.ranges() {
        for sequence in Utf8Sequences::new(range.start(), range.end()) {
            match sequence {
                Utf8Sequence::One(range) => ascii.push(ClassBytesRange::new(range.start, range.end)),
                _ if wide.len() == MAX_SEQUENCES => return None,
                sequence => wide.push(concat(&sequence)),
            }
        }
    }
    if !ascii.ranges().is_empty() {
        wide.push(Hir::class(Class::Bytes(ascii)));
    }
    Some(Hir::alternation(wide))
}

fn concat(sequence: &Utf8Sequence) -> Hir {
    let part = |range: &regex_syntax::utf8::Utf8Range| {
        let range = ClassBytesRange::new(range.start, range.end);
        Hir::class(Class::Bytes(ClassBytes::new([range])))
    };
    Hir::concat(sequence.as_slice().iter().map(part).collect())
}

#[cfg(test)]
mod tests {
    use regex_syntax::hir::{Class, Hir, HirKind};

    use super::small_classes_as_bytes;
    use crate::parser::parse;

    fn has_wide_class(hir: &Hir) -> bool {
        match hir.kind() {
            HirKind::Class(Class::Unicode(class)) => !class.is_ascii(),
            kind => kind.subs().iter().any(has_wide_class),
        }
    }

    #[test]
    fn small_classes_become_bytes() {
        for (expression, stays) in [
            ("^[^/]*(.+?)[^a-c\\n]{2}|x", false),
            ("[ä-ü]+[α-ω]", false),
            ("\\pL", true),
            ("[a-c]", false),
        ] {
            let hir = small_classes_as_bytes(parse(expression.as_bytes()).unwrap().hir);
            assert_eq!(has_wide_class(&hir), stays, "{expression}");
        }
    }
}
