//! DER: writing and reading the encoding of ASN.1 that keys and certificates use.

pub(crate) const BOOLEAN: u8 = 0x01;
pub(crate) const INTEGER: u8 = 0x02;
pub(crate) const BIT_STRING: u8 = 0x03;
pub(crate) const OCTET_STRING: u8 = 0x04;
pub(crate) const NULL: u8 = 0x05;
pub(crate) const OID: u8 = 0x06;
pub(crate) const UTF8_STRING: u8 = 0x0c;
pub(crate) const PRINTABLE_STRING: u8 = 0x13;
pub(crate) const UTC_TIME: u8 = 0x17;
pub(crate) const GENERALIZED_TIME: u8 = 0x18;
pub(crate) const SEQUENCE: u8 = 0x30;
pub(crate) const SET: u8 = 0x31;

/// The tag of a constructed element `[number]`.
pub(crate) const fn explicit(number: u8) -> u8 {
    0xa0 | number
}

/// The tag of a primitive element `[number]`.
pub(crate) const fn implicit(number: u8) -> u8 {
    0x80 | number
}

/// Writes one element.
pub(crate) fn element(tag: u8, content: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(content.len() + 6);
    out.push(tag);
    match content.len() {
        length @ 0..=0x7f => out.push(length as u8),
        length => {
            let bytes = length.to_be_bytes();
            let bytes = strip_zeros(&bytes);
            out.push(0x80 | bytes.len() as u8);
            out.extend_from_slice(bytes);
        }
    }
    out.extend_from_slice(content);
    out
}

/// Writes an element of elements.
pub(crate) fn constructed(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    element(tag, &parts.concat())
}

/// Writes a non-negative integer.
pub(crate) fn integer(big_endian: &[u8]) -> Vec<u8> {
    let bytes = strip_zeros(big_endian);
    match bytes.first() {
        None => element(INTEGER, &[0]),
        Some(0x80..) => element(INTEGER, &[&[0], bytes].concat()),
        Some(_) => element(INTEGER, bytes),
    }
}

/// Writes a bit string of whole bytes.
pub(crate) fn bit_string(bytes: &[u8]) -> Vec<u8> {
    element(BIT_STRING, &[&[0], bytes].concat())
}

/// The number without leading zero bytes.
pub(crate) fn strip_zeros(bytes: &[u8]) -> &[u8] {
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    &bytes[zeros..]
}

/// Elements not read yet.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Reader<'a> {
        Reader(bytes)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Reads the next element: its tag, its content, and the whole of it.
    pub(crate) fn next(&mut self) -> Option<(u8, &'a [u8], &'a [u8])> {
        let (tag, rest) = self.0.split_first()?;
        let (first, rest) = rest.split_first()?;
        let (length, header) = match first {
            0..=0x7f => (usize::from(*first), 2),
            0x81..=0x84 => {
                let width = usize::from(first & 0x7f);
                let bytes = rest.get(..width)?;
                let length = bytes.iter().fold(0, |length, byte| length << 8 | usize::from(*byte));
                // DER takes the shortest form.
                if bytes[0] == 0 || length < 0x80 {
                    return None;
                }
                (length, 2 + width)
            }
            _ => return None,
        };
        let whole = self.0.get(..header.checked_add(length)?)?;
        self.0 = &self.0[whole.len()..];
        Some((*tag, &whole[header..], whole))
    }

    /// Reads the next element if it has the tag.
    pub(crate) fn read(&mut self, tag: u8) -> Option<&'a [u8]> {
        self.read_whole(tag).map(|(content, _)| content)
    }

    /// Reads the next element if it has the tag: its content and the whole of it.
    pub(crate) fn read_whole(&mut self, tag: u8) -> Option<(&'a [u8], &'a [u8])> {
        let mut ahead = *self;
        let (found, content, whole) = ahead.next()?;
        if found != tag {
            return None;
        }
        *self = ahead;
        Some((content, whole))
    }

    /// Tells whether the next element has the tag.
    pub(crate) fn at(&self, tag: u8) -> bool {
        self.0.first() == Some(&tag)
    }

    /// Reads a non-negative integer, without leading zeros.
    pub(crate) fn unsigned(&mut self) -> Option<&'a [u8]> {
        let content = self.read(INTEGER)?;
        let minimal = !matches!(content, [0, 0..=0x7f, ..] | [0xff, 0x80..=0xff, ..]);
        let positive = content.first().is_some_and(|byte| *byte < 0x80);
        (minimal && positive).then(|| strip_zeros(content))
    }

    /// Reads a bit string of whole bytes.
    pub(crate) fn bits(&mut self) -> Option<&'a [u8]> {
        match self.read(BIT_STRING)? {
            [0, bytes @ ..] => Some(bytes),
            _ => None,
        }
    }
}
