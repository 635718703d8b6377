//! Empty lists and maps, which are held as if they were not there, but which messages still show.

use serde_json::Value;

use crate::kinds::Kind;
use crate::object::at;
use crate::status::FieldFault;

const NULL: &str = "Invalid value: null";
const IMMUTABLE: &str = "field is immutable when `immutable` is set";

/// An empty list or map that an object was read without.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Emptied {
    /// Where it was.
    pub field: String,
    /// Whether it was a list.
    pub is_list: bool,
}

/// Makes faults show what a client sent as it sent it.
pub(super) fn show(emptied: &[Emptied], faults: &mut [FieldFault]) {
    for fault in faults {
        let is_about = |own: &&Emptied| match own.field.strip_prefix(&fault.field) {
            // Ingresses show their rules where they have neither rules nor a backend.
            Some(rest) => rest.is_empty() || (rest == ".rules" && fault.message.contains("`rules`")),
            None => false,
        };
        let Some(rest) = fault.message.strip_prefix(NULL) else {
            continue;
        };
        if let Some(own) = emptied.iter().find(is_about) {
            let shown = if own.is_list { "[]" } else { "{}" };
            fault.message = format!("Invalid value: {shown}{rest}");
        }
    }
}

/// An empty map is a change of a ConfigMap or Secret that has none and may not change.
pub(super) fn changes(kind: &Kind, emptied: &[Emptied], live: &Value, faults: &mut Vec<FieldFault>) {
    let fields: &[&str] = match (kind.group.as_str(), kind.plural.as_str()) {
        ("", "configmaps") => &["data", "binaryData"],
        ("", "secrets") => &["data"],
        _ => return,
    };
    if at(live, &["immutable"]) != Some(&Value::Bool(true)) {
        return;
    }
    for field in fields {
        let is_new = emptied.iter().any(|own| own.field == *field) && live.get(*field).is_none();
        if is_new && !faults.iter().any(|fault| fault.field == *field) {
            faults.push(FieldFault::forbidden(*field, IMMUTABLE));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn faults_show_empty_values() {
        let emptied = |field: &str, is_list| Emptied {
            field: field.into(),
            is_list,
        };
        let mut faults = vec![
            FieldFault::invalid("spec.labels", &Value::Null, "x"),
            FieldFault::invalid("spec.list", &Value::Null, ""),
            FieldFault::invalid("spec.other", &Value::Null, ""),
        ];
        show(
            &[emptied("spec.labels", false), emptied("spec.list", true)],
            &mut faults,
        );
        let texts: Vec<&str> = faults.iter().map(|fault| fault.message.as_str()).collect();
        assert_eq!(
            texts,
            ["Invalid value: {}: x", "Invalid value: []", "Invalid value: null"]
        );
        let mut faults = vec![FieldFault::invalid(
            "spec",
            &Value::Null,
            "either `defaultBackend` or `rules`",
        )];
        show(&[emptied("spec.rules", true)], &mut faults);
        assert!(
            faults
                .iter()
                .all(|fault| fault.message.starts_with("Invalid value: []"))
        );
    }

    #[test]
    fn empty_maps_change_what_may_not_change() {
        let kind = Kind {
            plural: "configmaps".into(),
            ..Kind::nameless()
        };
        let emptied = [Emptied {
            field: "binaryData".into(),
            is_list: false,
        }];
        let mut faults = Vec::new();
        changes(&kind, &emptied, &json!({"immutable": true}), &mut faults);
        assert_eq!(faults.len(), 1);
        changes(&kind, &emptied, &json!({"immutable": true}), &mut faults);
        changes(&kind, &emptied, &json!({}), &mut faults);
        assert_eq!(faults.len(), 1);
    }
}
