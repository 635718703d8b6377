//! The fields of one owner, read only when somebody has to look into them.

use std::borrow::Cow;

use serde_json::Value;

use crate::field_set::FieldSet;
use crate::fields_v1::{decode, pack, unpack, write_element};

/// A field set as `managedFields` holds it, until it is needed as a set. Most writes leave most owners alone.
#[derive(Debug, Clone, Default)]
pub(crate) struct OwnedFields {
    /// A well-formed `FieldsV1` that was not looked into yet, as a tree or as its text.
    encoded: Option<Value>,
    /// What was read; empty until then.
    read: FieldSet,
}

impl From<FieldSet> for OwnedFields {
    fn from(read: FieldSet) -> Self {
        OwnedFields { encoded: None, read }
    }
}

impl OwnedFields {
    /// Takes in a well-formed `FieldsV1`.
    pub fn encoded(fields: Value) -> Self {
        OwnedFields {
            encoded: Some(fields),
            read: FieldSet::new(),
        }
    }

    /// Returns the set. What is no `FieldsV1` holds nothing.
    pub fn set(&self) -> Cow<'_, FieldSet> {
        match &self.encoded {
            Some(fields) => Cow::Owned(decode(fields).unwrap_or_default()),
            None => Cow::Borrowed(&self.read),
        }
    }

    /// Returns the set to be changed.
    pub fn set_mut(&mut self) -> &mut FieldSet {
        if let Some(fields) = self.encoded.take() {
            self.read = decode(&fields).unwrap_or_default();
        }
        &mut self.read
    }

    /// Says whether the set has no path at all.
    pub fn is_empty(&self) -> bool {
        match &self.encoded {
            Some(Value::Object(fields)) => fields.is_empty(),
            Some(fields) => fields.as_str().is_none_or(|text| text == "{}"),
            None => self.read.is_empty(),
        }
    }

    /// Takes out the paths of another set.
    pub fn subtract(&mut self, fields: &FieldSet) {
        if self.may_share(fields) {
            self.set_mut().subtract(fields);
        }
    }

    /// Says whether a path may be in both sets; if not, none is. Costs little as long as the fields are a text.
    pub fn may_share(&self, fields: &FieldSet) -> bool {
        match &self.encoded {
            Some(Value::String(own)) => names(own, fields),
            _ => true,
        }
    }

    /// Returns the set as `FieldsV1`, as a tree or as its text.
    pub fn encode(self, packed: bool) -> Value {
        let mut encoded = match self.encoded {
            Some(encoded) => encoded,
            None if packed => return Value::String(self.read.to_fields_text()),
            None => return self.read.to_fields_v1(),
        };
        if packed {
            pack(&mut encoded);
        } else {
            unpack(&mut encoded);
        }
        encoded
    }
}

/// Says whether a text of `FieldsV1` names all steps of a path.
fn names(own: &str, fields: &FieldSet) -> bool {
    let mut key = String::new();
    let mut has = |element| {
        key.clear();
        write_element(element, &mut key);
        own.contains(&key)
    };
    fields.members.iter().any(&mut has)
        || fields
            .children
            .iter()
            .any(|(element, child)| has(element) && names(own, child))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_shares_nothing_stays_encoded() {
        let mut fields = json!({"f:spec": {".": {}, "f:size": {}}, "f:status": {"f:phase": {}}});
        pack(&mut fields);
        let mut own = OwnedFields::encoded(fields);
        own.subtract(&FieldSet::of_names(&[&["metadata", "size"], &["spec", "color"]]));
        assert!(own.encoded.is_some());
        own.subtract(&FieldSet::of_names(&[&["spec"], &["status", "phase"]]));
        assert!(own.encoded.is_none());
        assert_eq!(own.clone().encode(false), json!({"f:spec": {"f:size": {}}}));
        assert_eq!(own.encode(true), json!(r#"{"f:spec":{"f:size":{}}}"#));
    }

    #[test]
    fn sets_are_read_when_asked_for() {
        let own = OwnedFields::encoded(json!({"f:spec": {"f:size": {}}}));
        assert!(!own.is_empty());
        assert_eq!(own.set().to_string(), ".spec.size");
        assert!(OwnedFields::encoded(json!({})).is_empty());
        assert!(OwnedFields::encoded(json!("{}")).is_empty());
        assert!(OwnedFields::encoded(json!(3)).set().is_empty());
    }
}
