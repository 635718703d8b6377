//! Base64 in the standard alphabet with padding, with Go's error positions.
//!
//! Source: Go 1.26, `encoding/base64`.

use std::fmt;

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// The place of the first byte that is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct CorruptInput(pub(crate) usize);

impl fmt::Display for CorruptInput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "illegal base64 data at input byte {}", self.0)
    }
}

/// Encodes in one line.
pub(crate) fn encode(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let byte = |index: usize| u32::from(chunk.get(index).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for index in 0..4 {
            if index <= chunk.len() {
                out.push(char::from(ALPHABET[(bits >> (18 - 6 * index)) as usize & 63]));
            } else {
                out.push('=');
            }
        }
    }
    out
}

/// Decodes; line ends are skipped wherever they are.
pub(crate) fn decode(text: &[u8]) -> Result<Vec<u8>, CorruptInput> {
    let mut out = Vec::with_capacity(text.len() / 4 * 3);
    let mut digits = text
        .iter()
        .enumerate()
        .filter(|(_, byte)| !matches!(byte, b'\r' | b'\n'));
    loop {
        let mut bits = 0;
        for index in 0..4 {
            let Some((at, byte)) = digits.next() else {
                // Go points at the start of a group that ends early.
                return match index {
                    0 => Ok(out),
                    _ => Err(CorruptInput(text.len() - index)),
                };
            };
            if let Some(value) = value_of(*byte) {
                bits = bits << 6 | value;
                continue;
            }
            if *byte != b'=' || index < 2 {
                return Err(CorruptInput(at));
            }
            if index == 2 {
                match digits.next() {
                    Some((_, b'=')) => {}
                    // Go points before it.
                    Some((at, _)) => return Err(CorruptInput(at - 1)),
                    None => return Err(CorruptInput(text.len())),
                }
            }
            if let Some((at, _)) = digits.next() {
                return Err(CorruptInput(at));
            }
            bits <<= 6 * (4 - index);
            out.extend_from_slice(&bits.to_be_bytes()[1..index]);
            return Ok(out);
        }
        out.extend_from_slice(&bits.to_be_bytes()[1..]);
    }
}

fn value_of(byte: u8) -> Option<u32> {
    Some(match byte {
        b'A'..=b'Z' => u32::from(byte - b'A'),
        b'a'..=b'z' => u32::from(byte - b'a') + 26,
        b'0'..=b'9' => u32::from(byte - b'0') + 52,
        b'+' => 62,
        b'/' => 63,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_and_back() {
        for text in ["", "a", "ab", "abc", "abcd", "\u{ff}\u{fe}"] {
            assert_eq!(decode(encode(text.as_bytes()).as_bytes()), Ok(text.as_bytes().to_vec()));
        }
        assert_eq!(encode(b"ab"), "YWI=");
        assert_eq!(decode(b"YW\nI=\n"), Ok(b"ab".to_vec()));
    }

    #[test]
    fn errors_point_where_go_points() {
        for (text, at) in [
            ("YWI", 0),
            ("YW!=", 2),
            ("Y===", 1),
            ("YWI=x", 4),
            ("YQ=", 3),
            ("YQ=x", 2),
            ("abcdYW", 4),
        ] {
            assert_eq!(decode(text.as_bytes()), Err(CorruptInput(at)), "{text}");
        }
    }
}
