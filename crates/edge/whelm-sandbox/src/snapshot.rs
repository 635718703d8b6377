//! The state of a cluster as lines of JSON: one per change, later ones replacing earlier ones.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::core::Core;
use crate::custom::{Definition, kinds_of};
use crate::kinds::Resource;
use crate::object::{int, text};
use crate::store::Key;

impl Core {
    /// Returns the changes after a revision, a line each.
    #[must_use]
    pub fn lines_after(&self, revision: u64) -> String {
        let mut lines = String::new();
        for change in self.store.changes_after(revision) {
            lines += &self.line(change.revision, &change.key, change.after.as_deref());
        }
        lines
    }

    /// Returns the whole state, a line per object.
    #[must_use]
    pub fn all_lines(&self) -> String {
        let mut lines = String::new();
        for resource in self.store.resources() {
            for object in self.store.list(&resource, "") {
                lines += &self.line(self.store.revision(), &Key::of(&resource, &object), Some(&object));
            }
        }
        lines
    }

    fn line(&self, revision: u64, key: &Key, object: Option<&Value>) -> String {
        let line = json!({
            "revision": revision, "random": self.random.cast_signed(), "address": self.next_address,
            "group": key.resource.group, "plural": key.resource.plural, "namespace": key.namespace, "name": key.name,
            "object": object,
        });
        format!("{line}\n")
    }

    /// Brings a cluster back from its lines. What follows a broken line is not read: a write that was cut off ends so.
    /// Without any line there is no state, and nothing is returned.
    #[must_use]
    pub fn from_lines(lines: &str, now: i64) -> Option<Self> {
        let mut core = Core::without_objects(0, now);
        let mut found = false;
        for line in lines.lines() {
            let Ok(line) = serde_json::from_str::<Value>(line) else {
                break;
            };
            let resource = Resource::new(text(&line, &["group"]), text(&line, &["plural"]));
            let key = Key::new(&resource, text(&line, &["namespace"]), text(&line, &["name"]));
            let revision = int(&line, &["revision"]).and_then(|revision| u64::try_from(revision).ok())?;
            let object = line.get("object").filter(|object| object.is_object()).cloned();
            core.store.restore(&key, object, revision);
            core.random = int(&line, &["random"])?.cast_unsigned();
            core.next_address = int(&line, &["address"]).and_then(|address| u32::try_from(address).ok())?;
            found = true;
        }
        let definitions = Resource::new("apiextensions.k8s.io", "customresourcedefinitions");
        for definition in core.store.list(&definitions, "") {
            let resource = Resource::new(
                text(&definition, &["spec", "group"]),
                text(&definition, &["spec", "names", "plural"]),
            );
            kinds_of(&definition)
                .into_iter()
                .for_each(|kind| core.kinds.add_custom(kind));
            core.definitions
                .insert(resource, Arc::new(Definition::read(&definition)));
        }
        core.settled = core.store.revision();
        found.then_some(core)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytes::Bytes;

    #[test]
    fn state_survives_a_round_trip_and_a_cut() {
        let mut core = Core::new(3, 1_800_000_000_000);
        let body = r#"{"metadata": {"name": "a"}, "data": {"k": "v"}}"#;
        let request = http::Request::post("/api/v1/namespaces/default/configmaps")
            .body(Bytes::from(body))
            .unwrap();
        let before = core.revision();
        let lines = core.all_lines();
        core.handle(&request, 1_800_000_000_000);
        let whole = lines.clone() + &core.lines_after(before);
        let back = Core::from_lines(&whole, 1_800_000_000_000).unwrap();
        assert_eq!((back.objects(), back.revision()), (core.objects(), core.revision()));
        let cut = Core::from_lines(&whole[..whole.len() - 5], 1_800_000_000_000).unwrap();
        assert_eq!(cut.objects().len() + 1, core.objects().len());
        assert!(Core::from_lines("", 0).is_none());
        let mut other = back;
        assert_eq!(other.new_uid(), core.new_uid());
    }
}
