//! Owners of fields: from updates by this client to what it applies on the server's side.
//!
//! Source: `k8s.io/client-go` v0.37.1, `util/csaupgrade`.

use serde_json::{Value, json};
use structured_merge::FieldSet;
use whelm_kube_api::{object, request::FIELD_MANAGER};

/// The owners that an object is to have.
#[derive(Clone, Debug, PartialEq)]
pub struct Managers {
    entries: Vec<Value>,
    resource_version: String,
}

impl Managers {
    /// Returns the owners that a live object is to have; nothing when it has them.
    ///
    /// What this client owns by updates becomes what it owns by applying. Otherwise it would go on owning, as somebody else,
    /// what it does not apply any more.
    pub fn of(live: &Value) -> Option<Self> {
        let before = live.pointer("/metadata/managedFields")?.as_array()?;
        let entries = moved(before)?;
        (entries != *before).then(|| Managers {
            entries,
            resource_version: object::resource_version(live).to_owned(),
        })
    }

    /// Returns the JSON patch that brings them about, if the object has not changed in the meantime.
    pub fn patch(&self) -> Value {
        json!([
            {"op": "replace", "path": "/metadata/managedFields", "value": self.entries},
            {"op": "replace", "path": "/metadata/resourceVersion", "value": self.resource_version},
        ])
    }
}

fn text<'a>(entry: &'a Value, field: &str) -> &'a str {
    entry.get(field).and_then(Value::as_str).unwrap_or_default()
}

/// Says whether an entry is what this client owns in one way.
fn is_own(entry: &Value, operation: &str) -> bool {
    text(entry, "manager") == FIELD_MANAGER
        && text(entry, "operation") == operation
        && text(entry, "subresource").is_empty()
}

fn moved(before: &[Value]) -> Option<Vec<Value>> {
    let updated = |entry: &Value| is_own(entry, "Update");
    let place = before
        .iter()
        .position(|entry| is_own(entry, "Apply"))
        .or_else(|| before.iter().position(updated))?;
    let mut entries = before.to_vec();
    let applied = entries.get_mut(place)?;
    applied["operation"] = json!("Apply");
    let version = text(applied, "apiVersion").to_owned();
    let mut rest = before.iter().enumerate();
    let other = rest.find(|(at, entry)| *at != place && updated(entry) && text(entry, "apiVersion") == version);
    let fields = |entry: &Value| {
        entry
            .get("fieldsV1")
            .and_then(|fields| FieldSet::from_fields_v1(fields).ok())
    };
    let mut owned = fields(applied)?;
    if let Some((_, other)) = other {
        owned.append(fields(other)?);
    }
    applied["fieldsV1"] = owned.to_fields_v1();
    entries.retain(|entry| !updated(entry));
    Some(entries)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(manager: &str, operation: &str, version: &str, field: &str) -> Value {
        json!({"manager": manager, "operation": operation, "apiVersion": version, "fieldsType": "FieldsV1",
            "fieldsV1": {"f:spec": {field: {}}}})
    }

    fn live(entries: Vec<Value>) -> Value {
        json!({"metadata": {"resourceVersion": "7", "managedFields": entries}})
    }

    #[test]
    fn a_006_updates_become_applies() {
        let others = entry("kubectl", "Update", "v1", "f:a");
        let object = live(vec![entry("helm", "Update", "v1", "f:b"), others.clone()]);
        let patch = Managers::of(&object).unwrap().patch();
        assert_eq!(patch[0]["value"], json!([entry("helm", "Apply", "v1", "f:b"), others]));
        assert_eq!(patch[1]["value"], json!("7"));
        let done = live(vec![entry("helm", "Apply", "v1", "f:b"), others]);
        assert_eq!(Managers::of(&done), None);
        assert_eq!(Managers::of(&json!({"metadata": {}})), None);
    }

    #[test]
    fn a_006_both_become_one() {
        let object = live(vec![
            entry("helm", "Apply", "v1", "f:a"),
            entry("helm", "Update", "v1", "f:b"),
            entry("helm", "Update", "v1beta1", "f:c"),
        ]);
        let patch = Managers::of(&object).unwrap().patch();
        let mut both = entry("helm", "Apply", "v1", "f:a");
        both["fieldsV1"]["f:spec"]["f:b"] = json!({});
        assert_eq!(patch[0]["value"], json!([both]));
    }
}
