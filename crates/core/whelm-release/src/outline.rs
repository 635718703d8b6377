//! The beginning of a record, which has what lists show.
//!
//! Helm writes the name, the state and the chart's metadata of a release first, then what fills most of the record. A list has to unpack
//! a few kilobytes of each record so, and not megabytes.

use std::io::Read;

/// How many bytes are unpacked at first.
const FIRST: usize = 8 << 10;

/// Reads JSON until the metadata of the chart is there, and returns it as an object that ends there. `None` when the members are
/// in another order, or the text ends before.
pub(crate) fn beginning(mut json: impl Read) -> Option<Vec<u8>> {
    let mut text = Vec::new();
    let mut wanted = FIRST;
    loop {
        let read = json.by_ref().take(wanted as u64).read_to_end(&mut text).ok()?;
        match (Scan { text: &text, at: 0 }).end_of_metadata() {
            Found::At(end) => {
                text.truncate(end);
                text.extend_from_slice(b"}}");
                return Some(text);
            }
            Found::More if read == wanted => wanted = text.len(),
            Found::More | Found::Nothing => return None,
        }
    }
}

/// What a scan has found.
enum Found {
    At(usize),
    /// Nothing yet; the text may go on.
    More,
    /// Another order.
    Nothing,
}

/// A place in a text of JSON, of which it is known only where values begin and end.
struct Scan<'a> {
    text: &'a [u8],
    at: usize,
}

impl Scan<'_> {
    fn end_of_metadata(mut self) -> Found {
        let mut has_info = false;
        if self.skip(b'{').is_none() {
            return Found::Nothing;
        }
        loop {
            let Some(key) = self.key() else { return Found::More };
            if key == "chart" {
                return if has_info { self.metadata() } else { Found::Nothing };
            }
            has_info |= key == "info";
            if self.value().is_none() || self.skip(b',').is_none() {
                return Found::More;
            }
        }
    }

    fn metadata(mut self) -> Found {
        match self.peek() {
            Some(b'{') => self.at += 1,
            Some(_) => return Found::Nothing,
            None => return Found::More,
        }
        match self.key() {
            Some(key) if key == "metadata" => match self.value() {
                Some(()) if self.at < self.text.len() => Found::At(self.at),
                _ => Found::More,
            },
            Some(_) => Found::Nothing,
            None => Found::More,
        }
    }

    /// Returns the next byte that is no space.
    fn peek(&mut self) -> Option<u8> {
        let rest = self.text.get(self.at..)?;
        self.at += rest.iter().position(|byte| !byte.is_ascii_whitespace())?;
        self.text.get(self.at).copied()
    }

    fn skip(&mut self, byte: u8) -> Option<()> {
        (self.peek()? == byte).then(|| self.at += 1)
    }

    /// Reads a key and its colon.
    fn key(&mut self) -> Option<String> {
        self.peek()?;
        let start = self.at + 1;
        self.string()?;
        let key = self.text.get(start..self.at - 1)?;
        let key = String::from_utf8_lossy(key).into_owned();
        self.skip(b':')?;
        Some(key)
    }

    /// Goes behind a string, at whose first quote it is.
    fn string(&mut self) -> Option<()> {
        if self.peek()? != b'"' {
            return None;
        }
        let mut at = self.at + 1;
        loop {
            match self.text.get(at)? {
                b'\\' => at += 2,
                b'"' => {
                    self.at = at + 1;
                    return Some(());
                }
                _ => at += 1,
            }
        }
    }

    /// Goes behind a value.
    fn value(&mut self) -> Option<()> {
        let mut depth = 0_usize;
        loop {
            match self.peek()? {
                b'"' => self.string()?,
                b'{' | b'[' => {
                    depth += 1;
                    self.at += 1;
                }
                b'}' | b']' => {
                    depth = depth.checked_sub(1)?;
                    self.at += 1;
                }
                b',' | b':' => self.at += 1,
                _ => self.word()?,
            }
            if depth == 0 {
                return Some(());
            }
        }
    }

    /// Goes behind a number or a word; what ends with the text may go on.
    fn word(&mut self) -> Option<()> {
        let rest = self.text.get(self.at..)?;
        let is_end = |byte: &u8| matches!(byte, b',' | b'}' | b']' | b':') || byte.is_ascii_whitespace();
        self.at += rest.iter().position(is_end)?;
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Option<String> {
        beginning(text.as_bytes()).map(|text| String::from_utf8(text).unwrap())
    }

    #[test]
    fn it_ends_behind_the_metadata() {
        let text = r#"{"name":"a","info":{"notes":"}\"","n":1},"chart":{"metadata":{"name":"c","x":[1,{"y":null}]},"lock":null}}"#;
        let end = r#"{"name":"a","info":{"notes":"}\"","n":1},"chart":{"metadata":{"name":"c","x":[1,{"y":null}]}}}"#;
        assert_eq!(of(text).unwrap(), end);
        let spaced = r#" { "info" : { } , "chart" : { "metadata" : null , "a": 1 } }"#;
        assert_eq!(
            of(spaced).unwrap(),
            r#" { "info" : { } , "chart" : { "metadata" : null}}"#
        );
    }

    #[test]
    fn long_beginnings_are_read_on() {
        let text = format!(
            r#"{{"info":{{"notes":"{}"}},"chart":{{"metadata":{{}},"#,
            "x".repeat(100_000)
        );
        assert!(of(&text).unwrap().ends_with(r#""metadata":{}}}"#));
    }

    #[test]
    fn other_orders_and_broken_texts_have_none() {
        for text in [
            "",
            "[1]",
            "{}",
            r#"{"chart":{"metadata":{}},"info":{}}"#,
            r#"{"info":{},"chart":null}"#,
            r#"{"info":{},"chart":{"lock":null,"metadata":{}}}"#,
            r#"{"info":{},"chart":{"metadata":{"name":"#,
        ] {
            assert_eq!(of(text), None, "{text}");
        }
    }
}
