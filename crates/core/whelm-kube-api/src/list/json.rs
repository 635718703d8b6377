//! Lists in JSON.

use bytes::Bytes;
use serde_json::Value;

/// Cuts a list.
#[derive(Debug, Default)]
pub(super) struct JsonItems {
    /// How many brackets are open; items are the objects in third place, the metadata is the one in second place.
    depth: usize,
    /// Whether the bracket in second place is that of an array.
    in_array: bool,
    in_string: bool,
    /// Whether the byte before was a backslash in a string.
    escaped: bool,
    /// The item, or the metadata, under way.
    part: Vec<u8>,
    metadata: Vec<u8>,
}

impl JsonItems {
    pub(super) fn push(&mut self, bytes: &[u8]) -> Vec<Bytes> {
        let mut items = Vec::new();
        let mut start = 0;
        let mut at = 0;
        while let Some(byte) = bytes.get(at) {
            at += 1;
            if self.in_string {
                if self.escaped {
                    self.escaped = false;
                } else if let Some(plain) = memchr::memchr2(b'"', b'\\', &bytes[at - 1..]) {
                    at += plain;
                    self.escaped = bytes.get(at - 1) == Some(&b'\\');
                    self.in_string = self.escaped;
                } else {
                    break;
                }
                continue;
            }
            match byte {
                b'"' => self.in_string = true,
                b'{' | b'[' => {
                    self.depth += 1;
                    if self.depth == 2 {
                        self.in_array = *byte == b'[';
                    }
                    if self.depth == self.depth_of_parts() {
                        start = at - 1;
                    }
                }
                b'}' | b']' => {
                    self.depth = self.depth.saturating_sub(1);
                    if self.depth + 1 == self.depth_of_parts() {
                        self.part.extend_from_slice(bytes.get(start..at).unwrap_or_default());
                        let part = std::mem::take(&mut self.part);
                        if self.in_array {
                            items.push(Bytes::from(part));
                        } else {
                            self.metadata = part;
                        }
                    }
                }
                _ => {}
            }
        }
        if self.depth >= self.depth_of_parts() {
            self.part.extend_from_slice(bytes.get(start..).unwrap_or_default());
        }
        items
    }

    /// At which depth the parts are that are cut out.
    fn depth_of_parts(&self) -> usize {
        if self.in_array { 3 } else { 2 }
    }

    pub(super) fn is_complete(&self) -> bool {
        self.depth == 0
    }

    pub(super) fn rest(&self) -> String {
        let metadata: Option<Value> = serde_json::from_slice(&self.metadata).ok();
        let token = metadata
            .as_ref()
            .and_then(|metadata| metadata.get("continue")?.as_str());
        token.unwrap_or_default().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_however_they_arrive() {
        let list = r#"{"kind":"L","metadata":{"a":{"b":1},"c":[{}],"continue":"x"},"items":[{"x":"}\"]\\","y":[{"z":{}}]},{}, {"é":"["}]} "#;
        let wanted = [r#"{"x":"}\"]\\","y":[{"z":{}}]}"#, "{}", r#"{"é":"["}"#];
        for size in 1..list.len() {
            let mut cut = JsonItems::default();
            let parts = list.as_bytes().chunks(size);
            let items: Vec<Bytes> = parts.flat_map(|part| cut.push(part)).collect();
            assert_eq!(items, wanted, "{size}");
            assert!(cut.is_complete());
            assert_eq!(cut.rest(), "x");
        }
        let mut cut = JsonItems::default();
        assert_eq!(cut.push(br#"{"items":[{"a":1},{"#).len(), 1);
        assert!(!cut.is_complete());
    }

    #[test]
    fn empty_lists() {
        for list in [r#"{"items":[]}"#, r#"{"items":null}"#, "{}", "null", "]"] {
            let mut cut = JsonItems::default();
            assert!(cut.push(list.as_bytes()).is_empty());
            assert!(cut.is_complete());
        }
    }
}
