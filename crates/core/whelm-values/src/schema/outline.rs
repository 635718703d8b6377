//! A schema as it stands in its text: taken apart, but not copied.
//!
//! Of a schema of many kilobytes the values of a chart touch a few rules, and most of the text is titles and descriptions. So
//! the quick look goes by parts that point into the text. Whatever is not plain, mistakes above all, is not taken apart; then the
//! text is read in the usual way, which also knows what to say.

use std::borrow::Cow;
use std::ops::Range;

use go_value::json::Numbers;
use go_value::strconv;

use super::json::{Json, Scalar};
use super::number::{Decimal, number_text};

/// How deep a text may nest.
const MAX_DEPTH: usize = 256;
/// Objects with more members are sorted.
const SMALL: usize = 8;

/// A JSON text, taken apart.
#[derive(Debug, Default)]
pub(super) struct Outline<'t> {
    root: Item<'t>,
    items: Vec<Item<'t>>,
    members: Vec<Member<'t>>,
}

type Member<'t> = (Cow<'t, str>, Item<'t>);

/// A value. Lists and objects name a range of what all of them have.
#[derive(Clone, Debug, Default)]
enum Item<'t> {
    #[default]
    Nil,
    Bool(bool),
    Number(&'t str),
    Text(Cow<'t, str>),
    List(u32, u32),
    Object(u32, u32),
}

impl<'t> Outline<'t> {
    /// Takes a text apart; `None` when it is not plain.
    pub(super) fn read(text: &'t [u8]) -> Option<Outline<'t>> {
        let text = std::str::from_utf8(text).ok()?;
        u32::try_from(text.len()).ok()?;
        let mut reader = Reader {
            text,
            at: 0,
            depth: 0,
            items: Vec::new(),
            members: Vec::new(),
            outline: Outline::default(),
        };
        reader.skip_space();
        reader.outline.root = reader.value()?;
        reader.skip_space();
        (reader.at == text.len()).then_some(reader.outline)
    }

    pub(super) fn root(&self) -> Part<'_> {
        Part {
            outline: self,
            item: &self.root,
        }
    }
}

struct Reader<'t> {
    text: &'t str,
    at: usize,
    depth: usize,
    /// The items of the lists that are open.
    items: Vec<Item<'t>>,
    /// The members of the objects that are open.
    members: Vec<Member<'t>>,
    outline: Outline<'t>,
}

impl<'t> Reader<'t> {
    #[inline]
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn skip_space(&mut self) {
        const SPACES: u64 = u64::from_ne_bytes([b' '; 8]);
        while let Some(byte @ (b' ' | b'\t' | b'\r' | b'\n')) = self.peek() {
            self.at += 1;
            // After a line break comes the indentation.
            while byte == b'\n'
                && let Some(piece) = self.text.as_bytes()[self.at..].first_chunk()
                && u64::from_ne_bytes(*piece) == SPACES
            {
                self.at += piece.len();
            }
        }
    }

    /// Steps over a byte that has to be next, and the space behind it.
    fn expect(&mut self, byte: u8) -> Option<()> {
        (self.peek()? == byte).then(|| self.at += 1)?;
        self.skip_space();
        Some(())
    }

    fn value(&mut self) -> Option<Item<'t>> {
        match self.peek()? {
            b'{' => self.nested(Reader::object),
            b'[' => self.nested(Reader::list),
            b'"' => self.string().map(Item::Text),
            b't' => self.word("true", Item::Bool(true)),
            b'f' => self.word("false", Item::Bool(false)),
            b'n' => self.word("null", Item::Nil),
            _ => self.number(),
        }
    }

    fn word(&mut self, word: &str, value: Item<'t>) -> Option<Item<'t>> {
        self.text.as_bytes()[self.at..].strip_prefix(word.as_bytes())?;
        self.at += word.len();
        Some(value)
    }

    fn nested(&mut self, read: fn(&mut Self) -> Option<Item<'t>>) -> Option<Item<'t>> {
        self.at += 1;
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return None;
        }
        self.skip_space();
        let value = read(self)?;
        self.depth -= 1;
        Some(value)
    }

    fn list(&mut self) -> Option<Item<'t>> {
        let start = self.items.len();
        while self.more(b']', self.items.len() > start)? {
            let item = self.value()?;
            self.items.push(item);
            self.skip_space();
        }
        let from = self.outline.items.len() as u32;
        self.outline.items.extend(self.items.drain(start..));
        Some(Item::List(from, self.outline.items.len() as u32))
    }

    fn object(&mut self) -> Option<Item<'t>> {
        let start = self.members.len();
        while self.more(b'}', self.members.len() > start)? {
            let key = self.string()?;
            self.skip_space();
            self.expect(b':')?;
            let value = self.value()?;
            self.members.push((key, value));
            self.skip_space();
        }
        if !tell_apart(&mut self.members[start..]) {
            return None;
        }
        let from = self.outline.members.len() as u32;
        self.outline.members.extend(self.members.drain(start..));
        Some(Item::Object(from, self.outline.members.len() as u32))
    }

    /// Tells whether another element comes, and steps over the comma or the closing bracket.
    fn more(&mut self, close: u8, has_some: bool) -> Option<bool> {
        if self.peek()? == close {
            self.at += 1;
            return Some(false);
        }
        if has_some {
            self.expect(b',')?;
            // No element may be missing after a comma.
            return (self.peek()? != close).then_some(true);
        }
        Some(true)
    }

    fn string(&mut self) -> Option<Cow<'t, str>> {
        if self.peek()? != b'"' {
            return None;
        }
        let start = self.at + 1;
        let length = self.text.as_bytes()[start..]
            .iter()
            .position(|byte| ENDS_STRING[*byte as usize])?;
        self.at = start + length;
        match self.peek()? {
            b'"' => {
                self.at += 1;
                self.text.get(start..self.at - 1).map(Cow::Borrowed)
            }
            b'\\' => self.string_with_escapes(start - 1),
            _ => None,
        }
    }

    fn string_with_escapes(&mut self, start: usize) -> Option<Cow<'t, str>> {
        loop {
            match self.peek()? {
                b'"' => break,
                b'\\' => self.at += 2,
                _ => self.at += 1,
            }
        }
        self.at += 1;
        let read = go_value::json::parse(&self.text.as_bytes()[start..self.at], Numbers::Int).ok()?;
        let text = read.as_str().filter(|text| number_text(text.as_bytes()).is_none())?;
        Some(Cow::Owned(text.to_owned()))
    }

    /// Reads a number; `None` for one that comparisons are not sure of.
    fn number(&mut self) -> Option<Item<'t>> {
        let rest = &self.text[self.at..];
        let is_part = |byte: u8| matches!(byte, b'0'..=b'9' | b'+' | b'-' | b'.' | b'e' | b'E');
        let token = &rest[..rest.bytes().position(|byte| !is_part(byte)).unwrap_or(rest.len())];
        go_value::json::parse(token.as_bytes(), Numbers::Int).ok()?;
        decimal(token)?;
        self.at += token.len();
        Some(Item::Number(token))
    }
}

/// The bytes that a string does not go on with.
const ENDS_STRING: [bool; 256] = {
    let mut ends = [false; 256];
    let mut byte = 0;
    while byte < 0x20 {
        ends[byte] = true;
        byte += 1;
    }
    ends[b'"' as usize] = true;
    ends[b'\\' as usize] = true;
    ends
};

/// Sorts the members of an object if there are many; tells whether all keys are different.
fn tell_apart(members: &mut [Member<'_>]) -> bool {
    if members.len() > SMALL {
        members.sort_unstable_by(|(left, _), (right, _)| left.cmp(right));
        return members.is_sorted_by(|(left, _), (right, _)| left < right);
    }
    let mut rest = &*members;
    while let Some(((key, _), others)) = rest.split_first() {
        if others.iter().any(|(other, _)| key == other) {
            return false;
        }
        rest = others;
    }
    true
}

/// The value of a number as messages and comparisons take it: an integer that fits 64 bits, or the digits as they are written.
fn decimal(token: &str) -> Option<Decimal> {
    let is_integer = !token.bytes().any(|byte| matches!(byte, b'.' | b'e' | b'E'));
    if is_integer {
        return strconv::parse_int(token.as_bytes(), 10, 64).ok().map(Decimal::from);
    }
    Decimal::of_text(token).filter(|number| number.float().is_finite())
}

/// A value in an outline.
#[derive(Clone, Copy, Debug)]
pub(super) struct Part<'a> {
    outline: &'a Outline<'a>,
    item: &'a Item<'a>,
}

impl<'a> Part<'a> {
    fn object(self) -> Option<&'a [Member<'a>]> {
        match self.item {
            Item::Object(from, to) => self.outline.members.get(range(*from, *to)),
            _ => None,
        }
    }

    /// Tells whether it is an object.
    pub(super) fn is_object(self) -> bool {
        matches!(self.item, Item::Object(..))
    }
}

fn range(from: u32, to: u32) -> Range<usize> {
    from as usize..to as usize
}

/// The items of a list.
#[derive(Clone, Debug)]
pub(super) struct Items<'a> {
    outline: &'a Outline<'a>,
    items: std::slice::Iter<'a, Item<'a>>,
}

/// The members of an object.
#[derive(Clone, Debug)]
pub(super) struct Members<'a> {
    outline: &'a Outline<'a>,
    members: std::slice::Iter<'a, Member<'a>>,
}

impl<'a> Iterator for Items<'a> {
    type Item = Part<'a>;

    fn next(&mut self) -> Option<Part<'a>> {
        let outline = self.outline;
        self.items.next().map(|item| Part { outline, item })
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.items.size_hint()
    }
}

impl ExactSizeIterator for Items<'_> {}

impl<'a> Iterator for Members<'a> {
    type Item = (&'a [u8], Part<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        let outline = self.outline;
        self.members
            .next()
            .map(|(key, item)| (key.as_bytes(), Part { outline, item }))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.members.size_hint()
    }
}

impl ExactSizeIterator for Members<'_> {}

impl<'a> Json<'a> for Part<'a> {
    type Items = Items<'a>;
    type Members = Members<'a>;

    fn items(self) -> Option<Items<'a>> {
        let Item::List(from, to) = self.item else { return None };
        Some(Items {
            outline: self.outline,
            items: self.outline.items.get(range(*from, *to))?.iter(),
        })
    }

    fn members(self) -> Option<Members<'a>> {
        Some(Members {
            outline: self.outline,
            members: self.object()?.iter(),
        })
    }

    fn member(self, key: &[u8]) -> Option<Self> {
        let members = self.object()?;
        let at = if members.len() > SMALL {
            members.binary_search_by(|(known, _)| known.as_bytes().cmp(key)).ok()?
        } else {
            members.iter().position(|(known, _)| known.as_bytes() == key)?
        };
        Some(Part {
            outline: self.outline,
            item: &members[at].1,
        })
    }

    fn scalar(self) -> Option<Scalar<'a>> {
        Some(match self.item {
            Item::Nil => Scalar::Nil,
            Item::Bool(truth) => Scalar::Bool(*truth),
            Item::Number(token) => Scalar::Number(decimal(token)?.float()),
            Item::Text(text) => Scalar::Text(text.as_bytes()),
            Item::List(..) | Item::Object(..) => return None,
        })
    }

    fn text(self) -> Option<&'a [u8]> {
        match self.item {
            Item::Text(text) => Some(text.as_bytes()),
            _ => None,
        }
    }

    fn decimal(self) -> Option<Decimal> {
        match self.item {
            Item::Number(token) => decimal(token),
            _ => None,
        }
    }

    fn count(self) -> Option<usize> {
        match self.item {
            Item::Number(token) => {
                let count = strconv::parse_int(token.as_bytes(), 10, 64).ok()?;
                usize::try_from(count).ok()
            }
            _ => None,
        }
    }

    fn place(self) -> usize {
        std::ptr::from_ref(self.item).addr()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts() {
        let outline = Outline::read(b" {\"b\" : [1, -2.50, \"x\\\"y\", null,\n        true], \"a\":{} } ").unwrap();
        let root = outline.root();
        assert!(root.is_object() && root.member(b"a").unwrap().is_object());
        assert!(root.member(b"c").is_none());
        let items: Vec<Part<'_>> = root.member(b"b").unwrap().items().unwrap().collect();
        assert_eq!(items[0].count(), Some(1));
        assert_eq!(items[1].decimal().map(Decimal::float), Some(-2.5));
        assert_eq!(items[1].count(), None);
        assert_eq!(items[2].text(), Some(&b"x\"y"[..]));
        assert_eq!(items[3].scalar(), Some(Scalar::Nil));
        assert_eq!(items[4].truth(), Some(true));
    }

    #[test]
    fn members_of_large_objects_are_found() {
        let members: Vec<String> = (0..20).rev().map(|number| format!("\"k{number}\":{number}")).collect();
        let text = format!("{{{}}}", members.join(","));
        let outline = Outline::read(text.as_bytes()).unwrap();
        for number in 0..20 {
            let found = outline.root().member(format!("k{number}").as_bytes()).unwrap();
            assert_eq!(found.count(), Some(number));
        }
        let doubled = format!("{{{},\"k3\":1}}", members.join(","));
        assert!(Outline::read(doubled.as_bytes()).is_none());
    }

    #[test]
    fn what_is_not_plain_is_not_taken_apart() {
        let deep = "[".repeat(300) + &"]".repeat(300);
        for text in [
            "",
            " ",
            "{",
            "[1,]",
            "[,1]",
            "{,}",
            "{\"a\":1,}",
            "{\"a\" 1}",
            "[1 2]",
            "01",
            "1.",
            "-",
            "+1",
            "1-2",
            "1e999",
            "tru",
            "\"\n\"",
            "\"\\q\"",
            "\"\\\"",
            "1 1",
            "{\"a\":1,\"a\":2}",
            "\"\\u0000number 1.5\"",
            "99999999999999999999",
            "\u{feff}1",
            &deep,
        ] {
            assert!(Outline::read(text.as_bytes()).is_none(), "{text}");
        }
        assert!(Outline::read(b"\"\xff\"").is_none());
    }
}
