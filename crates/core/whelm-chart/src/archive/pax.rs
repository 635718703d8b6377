//! Extended headers of the PAX format.

use std::collections::BTreeMap;

use go_value::strconv::parse_int;

use super::{Error, invalid_header};
use crate::ModTime;

/// The records of an extended header.
pub(super) type Records = BTreeMap<Vec<u8>, Vec<u8>>;

/// Splits the contents of an extended header into its records.
pub(super) fn parse_records(mut text: &[u8]) -> Result<Records, Error> {
    let mut records = Records::new();
    let mut sparse: Vec<&[u8]> = Vec::new();
    while !text.is_empty() {
        let (key, value, rest) = parse_record(text).ok_or_else(invalid_header)?;
        text = rest;
        // The oldest sparse format repeats two keys; they become one list.
        let expected: &[u8] = if sparse.len().is_multiple_of(2) {
            b"GNU.sparse.offset"
        } else {
            b"GNU.sparse.numbytes"
        };
        match key {
            b"GNU.sparse.offset" | b"GNU.sparse.numbytes" => {
                if key != expected || value.contains(&b',') {
                    return Err(invalid_header());
                }
                sparse.push(value);
            }
            _ => {
                records.insert(key.to_vec(), value.to_vec());
            }
        }
    }
    if !sparse.is_empty() {
        records.insert(b"GNU.sparse.map".to_vec(), sparse.join(&b','));
    }
    Ok(records)
}

/// Reads one `LENGTH KEY=VALUE\n`, whose length counts all of it.
fn parse_record(text: &[u8]) -> Option<(&[u8], &[u8], &[u8])> {
    let space = text.iter().position(|byte| *byte == b' ')?;
    let length = usize::try_from(parse_int(&text[..space], 10, 64).ok()?).ok()?;
    if length < 5 || length > text.len() || length <= space + 1 {
        return None;
    }
    let (record, rest) = text.split_at(length);
    let (newline, record) = record[space + 1..].split_last()?;
    let equals = record.iter().position(|byte| *byte == b'=')?;
    let (key, value) = (&record[..equals], &record[equals + 1..]);
    let text_field = matches!(key, b"path" | b"linkpath" | b"uname" | b"gname");
    let has_zero = if text_field {
        value.contains(&0)
    } else {
        key.contains(&0)
    };
    (*newline == b'\n' && !key.is_empty() && !has_zero).then_some((key, value, rest))
}

/// Reads a decimal number as it stands in a record.
pub(super) fn number(text: &[u8]) -> Result<i64, Error> {
    parse_int(text, 10, 64).map_err(|_| invalid_header())
}

/// Reads a time with a fraction.
pub(super) fn time(text: &[u8]) -> Result<ModTime, Error> {
    let dot = text.iter().position(|byte| *byte == b'.').unwrap_or(text.len());
    let mut seconds = number(&text[..dot])?;
    let fraction = text.get(dot + 1..).unwrap_or_default();
    if !fraction.iter().all(u8::is_ascii_digit) {
        return Err(invalid_header());
    }
    let digits = fraction.iter().copied().chain(std::iter::repeat(b'0')).take(9);
    let mut nanoseconds = digits.fold(0, |number, digit| number * 10 + u32::from(digit - b'0'));
    if text.starts_with(b"-") && nanoseconds > 0 {
        seconds = seconds.saturating_sub(1);
        nanoseconds = 1_000_000_000 - nanoseconds;
    }
    Ok(ModTime { seconds, nanoseconds })
}
