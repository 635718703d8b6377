//! Lists while they arrive.

/// Cuts a list that the server sends into its items, so that a long one need not be held as a whole.
#[derive(Debug, Default)]
pub struct ListItems {
    /// How many brackets are open; items are the objects in third place.
    depth: usize,
    /// Whether the bracket in second place is that of an array.
    in_array: bool,
    in_string: bool,
    /// Whether the byte before was a backslash in a string.
    escaped: bool,
    /// The item under way.
    item: Vec<u8>,
}

impl ListItems {
    /// Takes in bytes and returns the items that are complete now, as JSON.
    pub fn push(&mut self, bytes: &[u8]) -> Vec<Vec<u8>> {
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
                    } else if self.depth == 3 {
                        start = at - 1;
                    }
                }
                b'}' | b']' => {
                    self.depth = self.depth.saturating_sub(1);
                    if self.depth == 2 && self.in_array {
                        self.item.extend_from_slice(&bytes[start..at]);
                        items.push(std::mem::take(&mut self.item));
                    }
                }
                _ => {}
            }
        }
        if self.depth > 2 && self.in_array {
            self.item.extend_from_slice(&bytes[start..]);
        }
        items
    }

    /// Tells whether the list is whole.
    pub fn is_complete(&self) -> bool {
        self.depth == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_however_they_arrive() {
        let list =
            r#"{"kind":"L","metadata":{"a":{"b":1},"c":[{}]},"items":[{"x":"}\"]\\","y":[{"z":{}}]},{}, {"é":"["}]} "#;
        let wanted = [r#"{"x":"}\"]\\","y":[{"z":{}}]}"#, "{}", r#"{"é":"["}"#];
        for size in 1..list.len() {
            let mut cut = ListItems::default();
            let parts = list.as_bytes().chunks(size);
            let items: Vec<Vec<u8>> = parts.flat_map(|part| cut.push(part)).collect();
            assert_eq!(items, wanted.map(|item| item.as_bytes().to_vec()), "{size}");
            assert!(cut.is_complete());
        }
        let mut cut = ListItems::default();
        assert_eq!(cut.push(br#"{"items":[{"a":1},{"#).len(), 1);
        assert!(!cut.is_complete());
    }

    #[test]
    fn empty_lists() {
        for list in [r#"{"items":[]}"#, r#"{"items":null}"#, "{}", "null", "]"] {
            let mut cut = ListItems::default();
            assert!(cut.push(list.as_bytes()).is_empty());
            assert!(cut.is_complete());
        }
    }
}
