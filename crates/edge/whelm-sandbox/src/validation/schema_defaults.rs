//! The defaults that schemas of CustomResourceDefinitions give: they fit their schemas.
//!
//! Source: `k8s.io/apiextensions-apiserver` v0.36.3, `pkg/apiserver/schema/defaulting`.

use serde_json::Value;

use super::report::Report;

/// How deep a schema may nest; what lies deeper is not looked at.
const MOST_DEPTH: usize = 64;

/// Checks the defaults in a schema.
pub(super) fn check(schema: &Value, place: &str, depth: usize, report: &mut Report) {
    if depth > MOST_DEPTH {
        return;
    }
    if let Some(own) = schema.get("default").filter(|own| !own.is_null()) {
        one(schema, own, &format!("{place}.default"), report);
    }
    if let Some(item) = schema.get("items") {
        check(item, &format!("{place}.items"), depth + 1, report);
    }
    let properties = schema.get("properties").and_then(Value::as_object);
    for (name, own) in properties.into_iter().flatten() {
        check(own, &format!("{place}.properties[{name}]"), depth + 1, report);
    }
}

fn one(schema: &Value, own: &Value, place: &str, report: &mut Report) {
    if has_unknown(schema, own) {
        report.invalid(place, own, "must not have unknown fields");
    }
    for mut fault in crate::custom::value_faults(schema, own) {
        fault.field = match fault.field.as_str() {
            "" => place.to_owned(),
            field => format!("{place}.{field}"),
        };
        report.0.push(fault);
    }
}

/// Says whether a value has fields that its schema does not have.
fn has_unknown(schema: &Value, own: &Value) -> bool {
    match own {
        Value::Object(fields) => {
            if schema.get("x-kubernetes-preserve-unknown-fields") == Some(&Value::Bool(true)) {
                return false;
            }
            let properties = schema.get("properties").and_then(Value::as_object);
            let additional = schema.get("additionalProperties");
            fields.iter().any(|(name, field)| {
                let declared = properties.and_then(|properties| properties.get(name));
                match declared.or(additional.filter(|own| own.is_object())) {
                    Some(own) => has_unknown(own, field),
                    None => additional != Some(&Value::Bool(true)),
                }
            })
        }
        Value::Array(list) => {
            let item = schema.get("items");
            item.is_some_and(|item| list.iter().any(|own| has_unknown(item, own)))
        }
        _ => false,
    }
}
