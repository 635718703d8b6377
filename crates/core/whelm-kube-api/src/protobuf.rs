//! Protocol buffers, as far as answers of the API server need them read.
//!
//! Before an answer stand four bytes, then comes a message whose second field is the object: `runtime.Unknown`.
//!
//! Source: apimachinery, `pkg/runtime/serializer/protobuf`, `pkg/runtime/generated.proto`.

use std::fmt;

use serde_json::{Value, json};

/// What stands before every answer.
pub(crate) const MAGIC: &[u8] = b"k8s\0";

/// The number of the field that holds the object.
pub(crate) const OBJECT: u64 = 2;

/// What is no protocol buffer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Malformed;

impl fmt::Display for Malformed {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("malformed protocol buffer")
    }
}

impl std::error::Error for Malformed {}

/// What a field holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Holds {
    Number(u64),
    /// Text, bytes or a message.
    Bytes,
    /// Something of eight or four bytes, which nothing here has.
    Other,
}

/// A field at the beginning of some bytes: what it holds is from `start` to `end`, which may be beyond them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Field {
    pub(crate) number: u64,
    pub(crate) holds: Holds,
    pub(crate) start: usize,
    pub(crate) end: usize,
}

impl Field {
    /// Reads the head of a field; `None` when more bytes are needed for that.
    pub(crate) fn begin(bytes: &[u8]) -> Result<Option<Field>, Malformed> {
        let Some((tag, start)) = varint(bytes, 0)? else {
            return Ok(None);
        };
        let field = |holds, start: usize, length: usize| {
            let end = start.checked_add(length).ok_or(Malformed)?;
            Ok(Some(Field {
                number: tag >> 3,
                holds,
                start,
                end,
            }))
        };
        match tag & 7 {
            0 => match varint(bytes, start)? {
                Some((number, end)) => field(Holds::Number(number), start, end - start),
                None => Ok(None),
            },
            1 => field(Holds::Other, start, 8),
            2 => match varint(bytes, start)? {
                Some((length, start)) => field(Holds::Bytes, start, usize::try_from(length).map_err(|_| Malformed)?),
                None => Ok(None),
            },
            5 => field(Holds::Other, start, 4),
            _ => Err(Malformed),
        }
    }
}

/// Reads a number of varying length, and says where it ends.
fn varint(bytes: &[u8], start: usize) -> Result<Option<(u64, usize)>, Malformed> {
    let mut number = 0_u64;
    for (place, byte) in bytes.iter().skip(start).enumerate() {
        if place == 10 {
            return Err(Malformed);
        }
        number |= u64::from(byte & 0x7f) << (7 * place);
        if byte & 0x80 == 0 {
            return Ok(Some((number, start + place + 1)));
        }
    }
    Ok(None)
}

/// The fields of a message that is whole: their numbers, and what they hold.
pub(crate) struct Fields<'a>(pub(crate) &'a [u8]);

impl<'a> Iterator for Fields<'a> {
    type Item = Result<(Field, &'a [u8]), Malformed>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.0.is_empty() {
            return None;
        }
        let bytes = std::mem::take(&mut self.0);
        let field = match Field::begin(bytes) {
            Ok(Some(field)) => field,
            _ => return Some(Err(Malformed)),
        };
        let Some(held) = bytes.get(field.start..field.end) else {
            return Some(Err(Malformed));
        };
        self.0 = bytes.get(field.end..).unwrap_or_default();
        Some(Ok((field, held)))
    }
}

/// Returns what a field of a message holds; of several the last one.
pub(crate) fn field(message: &[u8], number: u64) -> Result<Option<&[u8]>, Malformed> {
    let mut found = None;
    for field in Fields(message) {
        let (field, held) = field?;
        if field.number == number && field.holds == Holds::Bytes {
            found = Some(held);
        }
    }
    Ok(found)
}

/// Returns what a field of a message holds, as text; empty when it is not there.
pub(crate) fn text(message: &[u8], number: u64) -> Result<String, Malformed> {
    let held = field(message, number)?.unwrap_or_default();
    Ok(String::from_utf8_lossy(held).into_owned())
}

/// Returns an entry of a map: its key, and what stands there.
pub(crate) fn entry(message: &[u8]) -> Result<(String, &[u8]), Malformed> {
    Ok((text(message, 1)?, field(message, 2)?.unwrap_or_default()))
}

/// Returns the number in a field of a message; of several the last one.
fn number(message: &[u8], wanted: u64) -> Result<Option<u64>, Malformed> {
    let mut found = None;
    for field in Fields(message) {
        let (field, _) = field?;
        if let (true, Holds::Number(number)) = (field.number == wanted, field.holds) {
            found = Some(number);
        }
    }
    Ok(found)
}

/// Takes the object out of a whole answer.
pub(crate) fn object(answer: &[u8]) -> Result<&[u8], Malformed> {
    let message = answer.strip_prefix(MAGIC).ok_or(Malformed)?;
    Ok(field(message, OBJECT)?.unwrap_or_default())
}

/// Reads an answer that is a `Status`, as JSON has it; what it does not say is null.
pub(crate) fn status(answer: &[u8]) -> Result<Value, Malformed> {
    let status = object(answer)?;
    let details = field(status, 5)?.unwrap_or_default();
    Ok(json!({
        "kind": "Status", "status": text(status, 2)?, "message": text(status, 3)?, "reason": text(status, 4)?,
        "details": {"retryAfterSeconds": number(details, 5)?}, "code": number(status, 6)?,
    }))
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// Writes a field that holds bytes.
    pub(crate) fn put(number: u64, held: &[u8]) -> Vec<u8> {
        let mut out = Vec::new();
        for mut rest in [number << 3 | 2, held.len() as u64] {
            while rest > 0x7f {
                out.push(rest as u8 | 0x80);
                rest >>= 7;
            }
            out.push(rest as u8);
        }
        out.extend_from_slice(held);
        out
    }

    /// Writes an answer with an object.
    pub(crate) fn answer(object: &[u8]) -> Vec<u8> {
        let kind = put(1, &[put(1, b"v1"), put(2, b"List")].concat());
        [MAGIC, &kind, &put(2, object), &put(3, b""), &put(4, b"")].concat()
    }

    #[test]
    fn fields_of_a_message() {
        let message = [
            &put(1, b"one")[..],
            &[0x10, 0x96, 0x01],
            &[0x1d, 1, 2, 3, 4],
            &put(1, b"two"),
        ]
        .concat();
        let fields: Vec<_> = Fields(&message).map(Result::unwrap).collect();
        assert_eq!(fields.len(), 4);
        assert_eq!((fields[1].0.number, fields[1].0.holds), (2, Holds::Number(150)));
        assert_eq!((fields[2].0.number, fields[2].0.holds), (3, Holds::Other));
        assert_eq!(text(&message, 1), Ok("two".to_owned()));
        assert_eq!(text(&message, 9), Ok(String::new()));
    }

    #[test]
    fn what_is_broken_is_said() {
        for broken in [
            &b"\x0a\x05abc"[..],
            b"\x0b",
            b"\x0a",
            b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01",
        ] {
            assert_eq!(field(broken, 1), Err(Malformed), "{broken:?}");
        }
        let long = [&[0x0a][..], &[0xff; 9], &[0x01]].concat();
        assert_eq!(field(&long, 1), Err(Malformed));
        assert_eq!(object(b"{}"), Err(Malformed));
    }

    #[test]
    fn a_status() {
        let number = |number: u8, value: u8| vec![number << 3, value];
        let details = [put(1, b"secrets"), number(5, 7)].concat();
        let parts = [
            put(2, b"Failure"),
            put(3, b"too many"),
            put(4, b"TooManyRequests"),
            put(5, &details),
        ];
        let status = [parts.concat(), vec![0x30, 0xad, 0x03]].concat();
        let read = super::status(&answer(&status)).unwrap();
        assert_eq!(read["reason"], "TooManyRequests");
        assert_eq!(
            (&read["code"], &read["details"]["retryAfterSeconds"]),
            (&json!(429), &json!(7))
        );
        let brief = super::status(&answer(&put(3, b"no"))).unwrap();
        assert!(brief["code"].is_null() && brief["details"]["retryAfterSeconds"].is_null());
    }
}
