//! The state of a cluster as lines of JSON.
//!
//! First comes a header, then a line per object: the state at one moment. After that come the changes since, a line each.
//! A line `commit` ends what belongs together: the state, or all that one request changed, with what the controllers made
//! of it. What no commit follows does not count, because whoever wrote it did not get to the end.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::core::Core;
use crate::custom::{Definition, kinds_of};
use crate::kinds::Resource;
use crate::object::{int, text};
use crate::store::Key;

/// The version of the format.
const FORMAT: i64 = 1;

/// How a line that ends a group begins.
const COMMIT: &str = r#"{"commit":"#;

/// Lines that no cluster has written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Damaged {
    /// The byte at which the first such line starts.
    pub at: usize,
}

impl Core {
    /// Returns the whole state as lines.
    pub(crate) fn all_lines(&self) -> String {
        let mut lines = format!("{}\n", json!({"sandbox": FORMAT}));
        for resource in self.store.resources() {
            for object in self.store.list(&resource, "") {
                let key = Key::of(&resource, &object);
                lines += &self.line(&key, Some(&object), None);
            }
        }
        lines + &self.commit_line()
    }

    /// Returns the changes after a revision as lines. Nothing is returned when the oldest of them are forgotten.
    pub(crate) fn lines_after(&self, revision: u64) -> Option<String> {
        if self.store.oldest() > revision {
            return None;
        }
        let mut lines = String::new();
        for change in self.store.changes_after(revision) {
            lines += &self.line(&change.key, change.after.as_deref(), Some(change.revision));
        }
        Some(lines + &self.commit_line())
    }

    fn line(&self, key: &Key, object: Option<&Value>, revision: Option<u64>) -> String {
        let mut line = json!({
            "group": key.resource.group, "plural": key.resource.plural, "namespace": key.namespace, "name": key.name,
        });
        if let Some(revision) = revision {
            crate::object::set(&mut line, &["revision"], revision);
        }
        if let Some(due) = self.alarms.of(key) {
            crate::object::set(&mut line, &["due"], due);
        }
        // The object is written from where it is: it is by far the largest part.
        let mut line = line.to_string();
        line.pop();
        line += ",\"object\":";
        line += &object.map_or_else(|| "null".to_owned(), Value::to_string);
        line += "}\n";
        line
    }

    fn commit_line(&self) -> String {
        let state = json!({
            "revision": self.store.revision(), "random": self.random.cast_signed(), "address": self.next_address,
            "now": self.now, "skipped": self.skipped,
        });
        format!("{COMMIT}{state}}}\n")
    }

    /// Brings a cluster back from the lines that begin with its whole state. The number says how many bytes counted.
    pub(crate) fn from_lines(lines: &[u8], now: i64) -> Result<(Self, usize), Damaged> {
        let mut core = Core::without_objects(0, now);
        let end = lines.iter().position(|&byte| byte == b'\n').unwrap_or(lines.len());
        let header: Option<Value> = serde_json::from_slice(&lines[..end]).ok();
        if header.is_none_or(|header| int(&header, &["sandbox"]) != Some(FORMAT)) {
            return Err(Damaged { at: 0 });
        }
        let start = (end + 1).min(lines.len());
        let count = core.replay(&lines[start..])?;
        if count == 0 {
            return Err(Damaged { at: start });
        }
        Ok((core, start + count))
    }

    /// Takes in lines of a state or of changes, up to the last commit, and returns how many bytes those are.
    pub(crate) fn replay(&mut self, lines: &[u8]) -> Result<usize, Damaged> {
        let (mut counted, mut position) = (0, 0);
        let mut group = Vec::new();
        while let Some(length) = lines[position..].iter().position(|&byte| byte == b'\n') {
            let line = serde_json::from_slice::<Value>(&lines[position..position + length]);
            let Some(entry) = line.ok().and_then(Entry::read) else {
                return if has_commit(&lines[position..]) {
                    Err(Damaged { at: position })
                } else {
                    Ok(counted)
                };
            };
            position += length + 1;
            match entry {
                Entry::Commit(state) => {
                    group.drain(..).for_each(|change| self.take_in(change));
                    self.continue_as(&state);
                    counted = position;
                }
                Entry::Object(change) => group.push(change),
            }
        }
        Ok(counted)
    }

    fn take_in(&mut self, change: Changed) {
        let Changed {
            key,
            object,
            revision,
            due,
        } = change;
        self.alarms.set(&key, due);
        match (revision, object) {
            (Some(revision), object) => self.store.replay(&key, object, revision),
            (None, Some(object)) => self.store.restore(&key, object),
            (None, None) => {}
        }
        self.learn(&key);
    }

    fn continue_as(&mut self, state: &Value) {
        self.store.continue_from(state["revision"].as_u64().unwrap_or(0));
        self.random = state["random"].as_i64().unwrap_or(0).cast_unsigned();
        self.next_address = state["address"]
            .as_u64()
            .and_then(|address| u32::try_from(address).ok())
            .unwrap_or(0);
        self.now = self.now.max(state["now"].as_i64().unwrap_or(0));
        self.skipped = state["skipped"].as_i64().unwrap_or(0);
        self.settled = self.store.revision();
    }

    /// Serves the kinds of a definition that was taken in, or no longer.
    fn learn(&mut self, key: &Key) {
        if key.resource != Resource::new("apiextensions.k8s.io", "customresourcedefinitions") {
            return;
        }
        let Some((plural, group)) = key.name.split_once('.') else {
            return;
        };
        let resource = Resource::new(group, plural);
        self.kinds.remove_custom(group, plural);
        match self.store.get(key) {
            Some(definition) => {
                kinds_of(definition)
                    .into_iter()
                    .for_each(|kind| self.kinds.add_custom(kind));
                let definition = Arc::new(Definition::read(definition));
                self.definitions.insert(resource, definition);
            }
            None => {
                self.definitions.remove(&resource);
            }
        }
    }
}

fn has_commit(lines: &[u8]) -> bool {
    lines
        .split(|&byte| byte == b'\n')
        .any(|line| line.starts_with(COMMIT.as_bytes()))
}

/// What a line says.
enum Entry {
    Object(Changed),
    Commit(Value),
}

/// An object as it was, or that it went.
struct Changed {
    key: Key,
    object: Option<Value>,
    /// Nothing for an object of a whole state.
    revision: Option<u64>,
    due: Option<i64>,
}

impl Entry {
    fn read(mut line: Value) -> Option<Self> {
        if let Some(state) = line.get_mut("commit") {
            return Some(Entry::Commit(state.take()));
        }
        let object = line.get_mut("object")?.take();
        let resource = Resource::new(line.get("group")?.as_str()?, line.get("plural")?.as_str()?);
        Some(Entry::Object(Changed {
            key: Key::new(&resource, text(&line, &["namespace"]), text(&line, &["name"])),
            object: object.is_object().then_some(object),
            revision: line.get("revision").and_then(Value::as_u64),
            due: int(&line, &["due"]),
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytes::Bytes;

    fn create(core: &mut Core, name: &str) {
        let body = json!({"metadata": {"name": name}, "data": {"k": "v"}}).to_string();
        let request = http::Request::post("/api/v1/namespaces/default/configmaps")
            .body(Bytes::from(body))
            .unwrap();
        core.handle(&request, 1_800_000_000_000);
    }

    #[test]
    fn a_state_cut_anywhere_is_one_that_was() {
        let mut core = Core::new(3, 1_800_000_000_000);
        let start = core.all_lines();
        let (mut states, mut lines) = (vec![core.objects()], start.clone());
        for name in ["a", "b"] {
            let before = core.revision();
            create(&mut core, name);
            lines += &core.lines_after(before).unwrap();
            states.push(core.objects());
        }
        let (mut back, count) = Core::from_lines(lines.as_bytes(), 0).unwrap();
        assert_eq!((back.objects(), back.revision()), (core.objects(), core.revision()));
        assert_eq!((count, back.new_uid()), (lines.len(), core.new_uid()));
        for end in (start.len()..lines.len()).step_by(13) {
            let (cut, count) = Core::from_lines(&lines.as_bytes()[..end], 0).unwrap();
            assert!(count <= end && states.contains(&cut.objects()), "cut at {end}");
        }
        for end in (0..start.len()).step_by(397) {
            assert!(Core::from_lines(&lines.as_bytes()[..end], 0).is_err(), "cut at {end}");
        }
    }

    #[test]
    fn another_process_sees_the_changes_in_a_watch() {
        let mut one = Core::new(3, 1_800_000_000_000);
        let (mut other, _) = Core::from_lines(one.all_lines().as_bytes(), 0).unwrap();
        let before = one.revision();
        create(&mut one, "a");
        let lines = one.lines_after(before).unwrap();
        assert_eq!(other.replay(lines.as_bytes()), Ok(lines.len()));
        let seen: Vec<u64> = other
            .store
            .changes_after(before)
            .map(|change| change.revision)
            .collect();
        assert_eq!(seen, [before + 1]);
    }

    #[test]
    fn other_files_are_refused() {
        let core = Core::new(3, 0);
        let lines = core.all_lines();
        let broken = lines.replacen("\"group\"", "\"grup\"", 1);
        for text in ["", "a: b\n", "{}\n", "{\"sandbox\":2}\n", &broken] {
            assert!(Core::from_lines(text.as_bytes(), 0).is_err(), "{text}");
        }
    }
}
