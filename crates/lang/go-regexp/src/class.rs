//! Character classes: `[a-z]`, `\d`, `[[:alpha:]]`, `\p{Greek}`.

use regex_syntax::hir::{Class, ClassUnicode, ClassUnicodeRange, HirKind};

use crate::error::{Error, ErrorCode};
use crate::escape::{check_utf8, escape, next_rune};

/// Adds the code points `low..=high`, except surrogates, which no text holds.
pub(crate) fn push_range(class: &mut ClassUnicode, low: u32, high: u32) {
    let up = |code: u32| char::from_u32(code).unwrap_or('\u{e000}');
    let down = |code: u32| char::from_u32(code).unwrap_or('\u{d7ff}');
    let (low, high) = (up(low), down(high));
    if low <= high {
        class.push(ClassUnicodeRange::new(low, high));
    }
}

/// Adds the other cases of every rune of the class, as far as Unicode 15.0 knows them.
pub(crate) fn fold(class: &mut ClassUnicode) {
    let before = class.clone();
    // Cannot fail: the tables are compiled in.
    let _ = class.try_case_fold_simple();
    if before.ranges().last().is_some_and(|range| !range.end().is_ascii()) {
        class.difference(&ClassUnicode::new(
            NEWLY_CASED.map(|(low, high)| ClassUnicodeRange::new(low, high)),
        ));
        class.union(&before);
    }
}

/// The runes that have had other cases since a later Unicode only. Some of them are older than their other cases.
const NEWLY_CASED: [(char, char); 10] = [
    ('\u{19b}', '\u{19b}'),
    ('\u{264}', '\u{264}'),
    ('\u{1c89}', '\u{1c8a}'),
    ('\u{a7cb}', '\u{a7cf}'),
    ('\u{a7d2}', '\u{a7d5}'),
    ('\u{a7da}', '\u{a7dc}'),
    ('\u{10d50}', '\u{10d65}'),
    ('\u{10d70}', '\u{10d85}'),
    ('\u{16ea0}', '\u{16eb8}'),
    ('\u{16ebb}', '\u{16ed3}'),
];

/// Returns the class of the one code point, with its other cases if `fold_case`.
pub(crate) fn single(code: u32, fold_case: bool) -> ClassUnicode {
    let mut class = ClassUnicode::empty();
    push_range(&mut class, code, code);
    if fold_case {
        fold(&mut class);
    }
    class
}

/// Reads `[…]` at the start of `text`.
pub(crate) fn bracketed(text: &[u8], fold_case: bool) -> Result<(ClassUnicode, &[u8]), Error> {
    let mut class = ClassUnicode::empty();
    let mut rest = &text[1..];
    let negated = rest.first() == Some(&b'^');
    if negated {
        rest = &rest[1..];
    }
    let mut first = true;
    while first || rest.first() != Some(&b']') {
        first = false;
        if let Some((group, after)) = named(rest, fold_case)? {
            class.union(&group);
            rest = after;
        } else if let Some((group, after)) = escaped(rest, fold_case)? {
            class.union(&group);
            rest = after;
        } else {
            rest = range(&mut class, rest, text, fold_case)?;
        }
    }
    if negated {
        class.negate();
    }
    Ok((class, &rest[1..]))
}

/// Reads one code point or a range of them into `class`.
fn range<'a>(class: &mut ClassUnicode, text: &'a [u8], whole: &[u8], fold_case: bool) -> Result<&'a [u8], Error> {
    let (low, mut rest) = class_char(text, whole)?;
    let mut high = low;
    if let [b'-', end, ..] = rest
        && *end != b']'
    {
        (high, rest) = class_char(&rest[1..], whole)?;
        if high < low {
            let read = text.len() - rest.len();
            return Err(Error::new(ErrorCode::InvalidCharRange, &text[..read]));
        }
    }
    if fold_case {
        let mut folded = ClassUnicode::empty();
        push_range(&mut folded, low, high);
        fold(&mut folded);
        class.union(&folded);
    } else {
        push_range(class, low, high);
    }
    Ok(rest)
}

fn class_char<'a>(text: &'a [u8], whole: &[u8]) -> Result<(u32, &'a [u8]), Error> {
    match text.first() {
        None => Err(Error::new(ErrorCode::MissingBracket, whole)),
        Some(b'\\') => escape(text),
        Some(_) => next_rune(text).map(|(rune, rest)| (rune.into(), rest)),
    }
}

/// Reads `\pN`, `\p{Name}`, `\d` and their like.
pub(crate) fn escaped(text: &[u8], fold_case: bool) -> Result<Option<(ClassUnicode, &[u8])>, Error> {
    let [b'\\', letter, rest @ ..] = text else {
        return Ok(None);
    };
    let ranges: &[(u8, u8)] = match letter {
        b'p' | b'P' => return unicode(text, fold_case).map(Some),
        b'd' | b'D' => &[(b'0', b'9')],
        b's' | b'S' => &[(b'\t', b'\n'), (b'\x0c', b'\r'), (b' ', b' ')],
        b'w' | b'W' => WORD,
        _ => return Ok(None),
    };
    Ok(Some((ascii(ranges, letter.is_ascii_uppercase(), fold_case), rest)))
}

const WORD: &[(u8, u8)] = &[(b'0', b'9'), (b'A', b'Z'), (b'_', b'_'), (b'a', b'z')];

fn ascii(ranges: &[(u8, u8)], negated: bool, fold_case: bool) -> ClassUnicode {
    let ranges = ranges
        .iter()
        .map(|(low, high)| ClassUnicodeRange::new(char::from(*low), char::from(*high)));
    let mut class = ClassUnicode::new(ranges);
    if fold_case {
        fold(&mut class);
    }
    if negated {
        class.negate();
    }
    class
}

/// Reads `[:name:]` or `[:^name:]`.
fn named(text: &[u8], fold_case: bool) -> Result<Option<(ClassUnicode, &[u8])>, Error> {
    let [b'[', b':', inside @ ..] = text else {
        return Ok(None);
    };
    let Some(length) = inside.windows(2).position(|pair| pair == b":]") else {
        return Ok(None);
    };
    let (name, negated) = match &inside[..length] {
        [b'^', name @ ..] => (name, true),
        name => (name, false),
    };
    let Some(ranges) = posix(name) else {
        return Err(Error::new(ErrorCode::InvalidCharRange, &text[..length + 4]));
    };
    Ok(Some((ascii(ranges, negated, fold_case), &inside[length + 2..])))
}

fn posix(name: &[u8]) -> Option<&'static [(u8, u8)]> {
    Some(match name {
        b"alnum" => &[(b'0', b'9'), (b'A', b'Z'), (b'a', b'z')],
        b"alpha" => &[(b'A', b'Z'), (b'a', b'z')],
        b"ascii" => &[(0, 0x7f)],
        b"blank" => &[(b'\t', b'\t'), (b' ', b' ')],
        b"cntrl" => &[(0, 0x1f), (0x7f, 0x7f)],
        b"digit" => &[(b'0', b'9')],
        b"graph" => &[(b'!', b'~')],
        b"lower" => &[(b'a', b'z')],
        b"print" => &[(b' ', b'~')],
        b"punct" => &[(b'!', b'/'), (b':', b'@'), (b'[', b'`'), (b'{', b'~')],
        b"space" => &[(b'\t', b'\r'), (b' ', b' ')],
        b"upper" => &[(b'A', b'Z')],
        b"word" => WORD,
        b"xdigit" => &[(b'0', b'9'), (b'A', b'F'), (b'a', b'f')],
        _ => return None,
    })
}

/// Reads `\pN` or `\p{^Name}`; `\P` negates.
fn unicode(text: &[u8], fold_case: bool) -> Result<(ClassUnicode, &[u8]), Error> {
    let (first, after) = next_rune(&text[2..])?;
    let (whole, mut name) = if first != '{' {
        let whole = &text[..text.len() - after.len()];
        (whole, &whole[2..])
    } else {
        let Some(end) = text.iter().position(|byte| *byte == b'}') else {
            check_utf8(text)?;
            return Err(Error::new(ErrorCode::InvalidCharRange, text));
        };
        let name = &text[3..end];
        check_utf8(name)?;
        (&text[..=end], name)
    };
    let mut negated = text[1] == b'P';
    if let [b'^', rest @ ..] = name {
        negated = !negated;
        name = rest;
    }
    let Some(mut class) = unicode_class(name, fold_case) else {
        return Err(Error::new(ErrorCode::InvalidCharRange, whole));
    };
    if negated {
        class.negate();
    }
    Ok((class, &text[whole.len()..]))
}

/// Returns the class of a category, a script, `Any`, `Assigned` or `ASCII`. Case, `_`, `-` and spaces in `name` do not count.
fn unicode_class(name: &[u8], fold_case: bool) -> Option<ClassUnicode> {
    let name = canonical(name);
    let mut class = match name.as_str() {
        "Any" => ClassUnicode::new([ClassUnicodeRange::new('\0', char::MAX)]),
        "Assigned" => assigned()?,
        "Ascii" => ascii(&[(0, 0x7f)], false, false),
        _ => match CATEGORIES
            .iter()
            .find(|(short, long)| *short == name || long.contains(&name.as_str()))
        {
            Some((short, _)) => category(short)?,
            None if SCRIPTS.contains(&name.as_str()) => {
                let mut class = property(&format!("Script={name}"))?;
                class.intersect(&assigned()?);
                class
            }
            None => return None,
        },
    };
    // Go has folding tables for these alone.
    const FOLDED: [&str; 10] = [
        "L",
        "Ll",
        "Lt",
        "Lu",
        "M",
        "Mn",
        "Ascii",
        "Common",
        "Greek",
        "Inherited",
    ];
    let short = CATEGORIES.iter().find(|(_, long)| long.contains(&name.as_str()));
    if fold_case && FOLDED.contains(&short.map_or(name.as_str(), |(short, _)| short)) {
        fold(&mut class);
    }
    Some(class)
}

/// The runes that Unicode 15.0 knows.
fn assigned() -> Option<ClassUnicode> {
    let mut class = property("Age=15.0")?;
    // Code points set aside for never being characters have an age, and no category.
    class.difference(&property("General_Category=Unassigned")?);
    Some(class)
}

fn category(short: &str) -> Option<ClassUnicode> {
    // The one rune that changed its category after Unicode 15.0: it was a non-spacing mark, and is a spacing one now.
    let moved = ClassUnicodeRange::new('\u{1171e}', '\u{1171e}');
    let unassigned = || {
        let mut class = assigned()?;
        class.negate();
        Some(class)
    };
    Some(match short {
        "Cn" => unassigned()?,
        // Surrogates are in no text.
        "Cs" => ClassUnicode::empty(),
        "C" => {
            let mut class = property("Cc")?;
            class.union(&property("Cf")?);
            class.union(&property("Co")?);
            class.intersect(&assigned()?);
            class.union(&unassigned()?);
            class
        }
        _ => {
            let mut class = property(&format!("General_Category={short}"))?;
            class.intersect(&assigned()?);
            match short {
                "Mn" => class.push(moved),
                "Mc" => class.difference(&ClassUnicode::new([moved])),
                _ => {}
            }
            class
        }
    })
}

/// Looks a property up in the tables of `regex-syntax`.
fn property(name: &str) -> Option<ClassUnicode> {
    let hir = regex_syntax::parse(&format!(r"\p{{{name}}}")).ok()?;
    match hir.into_kind() {
        HirKind::Class(Class::Unicode(class)) => Some(class),
        // A class of one rune.
        HirKind::Literal(literal) => {
            let (rune, _) = go_value::utf8::decode(&literal.0)?;
            Some(ClassUnicode::new([ClassUnicodeRange::new(rune, rune)]))
        }
        _ => None,
    }
}

/// First letter large, the others small, nothing between them.
fn canonical(name: &[u8]) -> String {
    let mut canonical = String::new();
    let mut first = true;
    for rune in String::from_utf8_lossy(name).chars() {
        if matches!(rune, '_' | '-' | ' ') {
            continue;
        }
        canonical.push(if first {
            rune.to_ascii_uppercase()
        } else {
            rune.to_ascii_lowercase()
        });
        first = false;
    }
    canonical
}

/// Go's categories and their other names in canonical form. Source: Go 1.26, `unicode/tables.go`.
#[rustfmt::skip]
const CATEGORIES: [(&str, &[&str]); 38] = [
    ("C", &["Other"]), ("Cc", &["Control", "Cntrl"]), ("Cf", &["Format"]), ("Cn", &["Unassigned"]),
    ("Co", &["Privateuse"]), ("Cs", &["Surrogate"]), ("L", &["Letter"]), ("LC", &["Lc", "Casedletter"]),
    ("Ll", &["Lowercaseletter"]), ("Lm", &["Modifierletter"]), ("Lo", &["Otherletter"]),
    ("Lt", &["Titlecaseletter"]), ("Lu", &["Uppercaseletter"]), ("M", &["Mark", "Combiningmark"]),
    ("Mc", &["Spacingmark"]), ("Me", &["Enclosingmark"]), ("Mn", &["Nonspacingmark"]), ("N", &["Number"]),
    ("Nd", &["Decimalnumber", "Digit"]), ("Nl", &["Letternumber"]), ("No", &["Othernumber"]),
    ("P", &["Punctuation", "Punct"]), ("Pc", &["Connectorpunctuation"]), ("Pd", &["Dashpunctuation"]),
    ("Pe", &["Closepunctuation"]), ("Pf", &["Finalpunctuation"]), ("Pi", &["Initialpunctuation"]),
    ("Po", &["Otherpunctuation"]), ("Ps", &["Openpunctuation"]), ("S", &["Symbol"]), ("Sc", &["Currencysymbol"]),
    ("Sk", &["Modifiersymbol"]), ("Sm", &["Mathsymbol"]), ("So", &["Othersymbol"]), ("Z", &["Separator"]),
    ("Zl", &["Lineseparator"]), ("Zp", &["Paragraphseparator"]), ("Zs", &["Spaceseparator"]),
];

/// Go's scripts with names of one word; its lookup cannot find the others.
#[rustfmt::skip]
const SCRIPTS: [&str; 117] = [
    "Adlam", "Ahom", "Arabic", "Armenian", "Avestan", "Balinese", "Bamum", "Batak", "Bengali", "Bhaiksuki", "Bopomofo", "Brahmi",
    "Braille", "Buginese", "Buhid", "Carian", "Chakma", "Cham", "Cherokee", "Chorasmian", "Common", "Coptic", "Cuneiform",
    "Cypriot", "Cyrillic", "Deseret", "Devanagari", "Dogra", "Duployan", "Elbasan", "Elymaic", "Ethiopic", "Georgian",
    "Glagolitic", "Gothic", "Grantha", "Greek", "Gujarati", "Gurmukhi", "Han", "Hangul", "Hanunoo", "Hatran", "Hebrew",
    "Hiragana", "Inherited", "Javanese", "Kaithi", "Kannada", "Katakana", "Kawi", "Kharoshthi", "Khmer", "Khojki", "Khudawadi",
    "Lao", "Latin", "Lepcha", "Limbu", "Lisu", "Lycian", "Lydian", "Mahajani", "Makasar", "Malayalam", "Mandaic", "Manichaean",
    "Marchen", "Medefaidrin", "Miao", "Modi", "Mongolian", "Mro", "Multani", "Myanmar", "Nabataean", "Nandinagari", "Newa", "Nko",
    "Nushu", "Ogham", "Oriya", "Osage", "Osmanya", "Palmyrene", "Phoenician", "Rejang", "Runic", "Samaritan", "Saurashtra",
    "Sharada", "Shavian", "Siddham", "Sinhala", "Sogdian", "Soyombo", "Sundanese", "Syriac", "Tagalog", "Tagbanwa", "Takri",
    "Tamil", "Tangsa", "Tangut", "Telugu", "Thaana", "Thai", "Tibetan", "Tifinagh", "Tirhuta", "Toto", "Ugaritic", "Vai",
    "Vithkuqi", "Wancho", "Yezidi", "Yi",
];

/// Tells whether `rune` is a letter or a decimal digit.
pub(crate) fn is_letter_or_digit(rune: char) -> bool {
    let holds = |name| {
        property(name).is_some_and(|class| class.iter().any(|range| (range.start()..=range.end()).contains(&rune)))
    };
    holds("L") || holds("Nd")
}
