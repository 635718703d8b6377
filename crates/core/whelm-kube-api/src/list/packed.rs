//! Lists in protocol buffers.

use bytes::{Buf, Bytes, BytesMut};

use crate::protobuf::{self, Field, Holds, MAGIC, Malformed, OBJECT};

/// The fields of a list.
const METADATA: u64 = 1;
const ITEM: u64 = 2;
/// The field of the metadata that says where the rest begins.
const CONTINUE: u64 = 3;

/// Cuts a list.
#[derive(Debug, Default)]
pub(super) struct PackedItems {
    /// What has arrived and is not yet used.
    waiting: BytesMut,
    /// Whether the first bytes have been read.
    has_begun: bool,
    /// How many bytes of the list are still to come, while it is read.
    left: usize,
    metadata: Bytes,
}

impl PackedItems {
    pub(super) fn push(&mut self, bytes: &[u8]) -> Result<Vec<Bytes>, Malformed> {
        self.waiting.extend_from_slice(bytes);
        if !self.has_begun {
            if self.waiting.len() < MAGIC.len() {
                return Ok(Vec::new());
            }
            if !self.waiting.starts_with(MAGIC) {
                return Err(Malformed);
            }
            self.waiting.advance(MAGIC.len());
            self.has_begun = true;
        }
        let mut items = Vec::new();
        while let Some(field) = Field::begin(&self.waiting)? {
            if self.left == 0 && field.number == OBJECT && field.holds == Holds::Bytes {
                self.waiting.advance(field.start);
                self.left = field.end - field.start;
                continue;
            }
            if self.left > 0 && field.end > self.left {
                return Err(Malformed);
            }
            if self.waiting.len() < field.end {
                break;
            }
            let held = self.waiting.split_to(field.end).freeze().slice(field.start..);
            if self.left == 0 {
                continue;
            }
            self.left -= field.end;
            match field.number {
                METADATA => self.metadata = held,
                ITEM => items.push(held),
                _ => {}
            }
        }
        Ok(items)
    }

    pub(super) fn is_complete(&self) -> bool {
        self.has_begun && self.left == 0 && self.waiting.is_empty()
    }

    pub(super) fn rest(&self) -> String {
        protobuf::text(&self.metadata, CONTINUE).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protobuf::tests::{answer, put};

    #[test]
    fn items_however_they_arrive() {
        let metadata = [put(2, b"7"), put(3, b"next")].concat();
        let long = vec![b'x'; 300];
        let list = answer(
            &[
                put(1, &metadata),
                put(2, b"one"),
                put(2, &long),
                put(9, b"?"),
                put(2, b""),
            ]
            .concat(),
        );
        for size in 1..list.len() {
            let mut cut = PackedItems::default();
            let items: Vec<Bytes> = list.chunks(size).flat_map(|part| cut.push(part).unwrap()).collect();
            assert_eq!(items, [&b"one"[..], &long, b""], "{size}");
            assert!(cut.is_complete());
            assert_eq!(cut.rest(), "next");
        }
        let mut cut = PackedItems::default();
        assert_eq!(cut.push(&list[..list.len() - 20]).unwrap().len(), 1);
        assert!(!cut.is_complete());
    }

    #[test]
    fn empty_lists() {
        let mut cut = PackedItems::default();
        assert!(!cut.is_complete());
        assert!(cut.push(&answer(b"")).unwrap().is_empty());
        assert!(cut.is_complete() && cut.rest().is_empty());
    }

    #[test]
    fn what_is_broken_is_said() {
        for broken in [&b"kube"[..], b"k8s\0\x0b", b"k8s\0\x12\x02\x12\x7f"] {
            assert_eq!(PackedItems::default().push(broken), Err(Malformed));
        }
    }
}
