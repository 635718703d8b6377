//! PEM blocks.
//!
//! Source: Go 1.26, `encoding/pem`.

use crate::base64;

/// A decoded block; headers are dropped.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Block {
    pub(crate) label: String,
    pub(crate) bytes: Vec<u8>,
}

/// Writes a block with 64 characters in a line.
pub(crate) fn encode(label: &str, bytes: &[u8]) -> String {
    let body = base64::encode(bytes);
    let mut out = format!("-----BEGIN {label}-----\n");
    for line in body.as_bytes().chunks(64) {
        out.extend(line.iter().map(|byte| char::from(*byte)));
        out.push('\n');
    }
    out.push_str(&format!("-----END {label}-----\n"));
    out
}

/// Finds the first block that is whole; text around it and broken blocks are passed over.
pub(crate) fn decode(text: &[u8]) -> Option<Block> {
    let mut rest = text;
    loop {
        let end = find_end(rest)?;
        let after_end = end + END.len();
        let begin = find_last(&rest[..end], BEGIN);
        if let Some(begin) = begin.filter(|begin| *begin == 0 || rest[begin - 1] == b'\n')
            && let Some(block) = read_block(&rest[begin + BEGIN.len()..], end - begin - BEGIN.len())
        {
            return Some(block);
        }
        rest = &rest[after_end..];
    }
}

const BEGIN: &[u8] = b"-----BEGIN ";
const END: &[u8] = b"\n-----END ";
const DASHES: &[u8] = b"-----";

fn find_end(text: &[u8]) -> Option<usize> {
    text.windows(END.len()).position(|window| window == END)
}

fn find_last(text: &[u8], pattern: &[u8]) -> Option<usize> {
    text.windows(pattern.len()).rposition(|window| window == pattern)
}

/// Reads a block from its label on; `end` is where the line break before its last line stands.
fn read_block(text: &[u8], end: usize) -> Option<Block> {
    let (line, mut body) = split_line(text);
    let label = line.strip_suffix(DASHES)?;
    let body_end = text.len().checked_sub(body.len())?;
    // An empty block has no line of its own between the first and the last.
    let mut left = end.checked_sub(body_end);
    let mut headers = false;
    loop {
        if body.is_empty() {
            return None;
        }
        let (line, next) = split_line(body);
        if !line.contains(&b':') {
            break;
        }
        headers = true;
        left = left.and_then(|left| left.checked_sub(body.len() - next.len()));
        body = next;
    }
    if headers && left.is_none() {
        return None;
    }
    let trailer = &text[end + END.len()..];
    let after = trailer.strip_prefix(label)?.strip_prefix(DASHES)?;
    if !split_line(after).0.is_empty() {
        return None;
    }
    let digits: Vec<u8> = body[..left.unwrap_or(0)]
        .iter()
        .copied()
        .filter(|byte| !matches!(byte, b' ' | b'\t'))
        .collect();
    Some(Block {
        label: String::from_utf8_lossy(label).into_owned(),
        bytes: base64::decode(&digits).ok()?,
    })
}

/// The first line without trailing blanks, and what follows it.
fn split_line(text: &[u8]) -> (&[u8], &[u8]) {
    let end = text.iter().position(|byte| *byte == b'\n');
    let (line, rest) = match end {
        Some(end) => (&text[..end], &text[end + 1..]),
        None => (text, &[][..]),
    };
    (line.trim_ascii_end(), rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_and_back() {
        let bytes: Vec<u8> = (0..200).collect();
        let text = encode("X", &bytes);
        let block = Block {
            label: "X".to_owned(),
            bytes,
        };
        assert_eq!(decode(text.as_bytes()), Some(block));
    }

    #[test]
    fn text_around_and_headers() {
        let text = "hello\n-----BEGIN A-----\nK: v\n\nYQ==\n-----END A-----\nbye";
        assert_eq!(decode(text.as_bytes()).unwrap().bytes, b"a");
        assert_eq!(decode(b"-----BEGIN A-----\nYQ==\n-----END B-----\n"), None);
        assert_eq!(decode(b"-----BEGIN A-----\n-----END A-----").unwrap().bytes, b"");
        assert_eq!(decode(b"nothing"), None);
    }
}
