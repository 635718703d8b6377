//! The events of a watch.

use serde_json::Value;

use crate::ApiError;

/// One event of a watch.
#[derive(Clone, Debug, PartialEq)]
pub enum WatchEvent {
    /// The object appeared.
    Added(Value),
    /// The object changed.
    Modified(Value),
    /// The object is gone; this was its last state.
    Deleted(Value),
    /// Nothing happened up to this resource version.
    Bookmark(String),
    /// The watch is over, for example because it began too far back.
    Error(ApiError),
}

/// Cuts a stream of bytes into events: one JSON text per line.
#[derive(Debug, Default)]
pub struct WatchLines {
    buffer: Vec<u8>,
    /// How far `buffer` has been searched for a line end.
    searched: usize,
}

impl WatchLines {
    /// Takes in bytes and returns the events that are complete now. Lines that are no event are dropped.
    pub fn push(&mut self, bytes: &[u8]) -> Vec<WatchEvent> {
        self.buffer.extend_from_slice(bytes);
        let (mut events, mut start) = (Vec::new(), 0);
        while let Some(end) = self.buffer[self.searched..].iter().position(|byte| *byte == b'\n') {
            let end = self.searched + end;
            events.extend(event(&self.buffer[start..end]));
            start = end + 1;
            self.searched = start;
        }
        self.buffer.drain(..start);
        self.searched = self.buffer.len();
        events
    }
}

fn event(line: &[u8]) -> Option<WatchEvent> {
    let mut value: Value = serde_json::from_slice(line).ok()?;
    let object = value.get_mut("object").map(Value::take)?;
    match value.get("type")?.as_str()? {
        "ADDED" => Some(WatchEvent::Added(object)),
        "MODIFIED" => Some(WatchEvent::Modified(object)),
        "DELETED" => Some(WatchEvent::Deleted(object)),
        "BOOKMARK" => Some(WatchEvent::Bookmark(
            crate::object::resource_version(&object).to_owned(),
        )),
        "ERROR" => Some(WatchEvent::Error(ApiError::from_status(500, &object))),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_arrive_in_pieces() {
        let mut lines = WatchLines::default();
        assert!(lines.push(br#"{"type":"ADDED","object":{"kind":"P"#).is_empty());
        let events =
            lines.push(b"od\"}}\n{\"type\":\"BOOKMARK\",\"object\":{\"metadata\":{\"resourceVersion\":\"7\"}}}\n{");
        assert_eq!(events.len(), 2);
        assert_eq!(events[1], WatchEvent::Bookmark("7".to_owned()));
        assert!(lines.push(b"}\n").is_empty());
    }
}
