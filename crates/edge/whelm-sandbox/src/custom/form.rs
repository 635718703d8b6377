//! The form in which custom objects are held: without fields that no schema has and without nulls, with defaults.
//!
//! Source: `k8s.io/apiextensions-apiserver` v0.36.3, `pkg/apiserver/schema/{pruning,defaulting}`.

use serde_json::{Number, Value};

use super::keeps_unknown;
use crate::core::Core;
use crate::decode::Findings;
use crate::kinds::Kind;
use crate::object::{set, text};

/// The largest whole number up to which floats are exact.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// Brings a custom object into the form in which it is held.
///
/// # Errors
/// Go's text, when its metadata cannot be read.
pub(crate) fn decode(core: &Core, kind: &Kind, object: Value, findings: &mut Findings) -> Result<Value, String> {
    let definition = core.definitions.get(&kind.resource());
    let Some(schema) = definition.and_then(|definition| definition.open_api(&kind.version)) else {
        return Ok(object);
    };
    let mut value = formed(schema, object, findings);
    if let Some(metadata) = value.get_mut("metadata").filter(|metadata| !metadata.is_null()) {
        crate::decode::decode_metadata(metadata, findings)?;
    }
    Ok(value)
}

/// Returns a stored object as another version of its kind shows it.
pub(crate) fn shown(core: &Core, kind: &Kind, object: &Value) -> Option<Value> {
    if !kind.custom || text(object, &["apiVersion"]) == kind.api_version() {
        return None;
    }
    let definition = core.definitions.get(&kind.resource())?;
    let schema = definition.open_api(&kind.version)?;
    Some(formed(schema, object.clone(), &mut Findings::default()))
}

/// Brings an object that is valid into the form in which it is stored.
pub(crate) fn store(core: &Core, kind: &Kind, object: &mut Value) {
    if !kind.custom {
        return;
    }
    let definition = core.definitions.get(&kind.resource());
    if let Some((version, schema)) = definition.and_then(|definition| definition.storage())
        && version != kind.version
    {
        *object = formed(schema, std::mem::take(object), &mut Findings::default());
        set(object, &["apiVersion"], format!("{}/{version}", kind.group));
    }
    make_whole(object);
}

/// Makes numbers whole that have a fraction of zero, as Go writes them.
pub(crate) fn make_whole(value: &mut Value) {
    match value {
        Value::Number(number) => {
            let own = number
                .as_f64()
                .filter(|own| number.is_f64() && own.fract() == 0.0 && own.abs() <= EXACT);
            if let Some(own) = own {
                *number = Number::from(own as i64);
            }
        }
        Value::Array(items) => items.iter_mut().for_each(make_whole),
        Value::Object(fields) => fields.values_mut().for_each(make_whole),
        _ => {}
    }
}

fn formed(schema: &Value, object: Value, findings: &mut Findings) -> Value {
    let Value::Object(mut fields) = object else {
        return object;
    };
    let own: Vec<(&str, Option<Value>)> = ["apiVersion", "kind", "metadata"]
        .into_iter()
        .map(|name| (name, fields.remove(name)))
        .collect();
    let mut value = Value::Object(fields);
    prune(schema, &mut value, "", findings);
    if !findings.keeps_nulls {
        drop_nulls(schema, &mut value);
    }
    add_defaults(schema, &mut value);
    for (name, field) in own {
        if let Some(field) = field {
            crate::object::as_map(&mut value).insert(name.to_owned(), field);
        }
    }
    value
}

/// Returns the schema of a field, if one is declared.
fn declared<'a>(schema: &'a Value, name: &str) -> Option<&'a Value> {
    let property = schema.get("properties").and_then(|properties| properties.get(name));
    property.or_else(|| schema.get("additionalProperties").filter(|own| own.is_object()))
}

fn prune(schema: &Value, value: &mut Value, path: &str, findings: &mut Findings) {
    if schema.get("x-kubernetes-int-or-string") == Some(&Value::Bool(true)) {
        return;
    }
    match value {
        Value::Object(fields) => {
            if schema.get("x-kubernetes-embedded-resource") == Some(&Value::Bool(true)) {
                return;
            }
            let separator = if path.is_empty() { "" } else { "." };
            let any = schema
                .get("additionalProperties")
                .is_some_and(|own| own != &Value::Bool(false));
            fields.retain(|name, _| {
                let known = declared(schema, name).is_some() || any || keeps_unknown(schema);
                if !known {
                    findings.unknown.push(format!("{path}{separator}{name}"));
                }
                known
            });
            for (name, field) in fields {
                if let Some(own) = declared(schema, name) {
                    prune(own, field, &format!("{path}{separator}{name}"), findings);
                }
            }
        }
        Value::Array(list) => {
            if let Some(item_schema) = schema.get("items") {
                for (index, item) in list.iter_mut().enumerate() {
                    prune(item_schema, item, &format!("{path}[{index}]"), findings);
                }
            }
        }
        _ => {}
    }
}

/// Says whether a null stands where there can be none.
fn is_wrong_null(schema: &Value, value: &Value) -> bool {
    value.is_null() && schema.get("nullable") != Some(&Value::Bool(true))
}

fn default_of(schema: &Value) -> Option<&Value> {
    schema.get("default").filter(|default| !default.is_null())
}

/// Takes out nulls where there can be none and no default takes their place.
fn drop_nulls(schema: &Value, value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields.retain(|name, field| {
                declared(schema, name).is_none_or(|own| !is_wrong_null(own, field) || default_of(own).is_some())
            });
            for (name, field) in fields {
                if let Some(own) = declared(schema, name) {
                    drop_nulls(own, field);
                }
            }
        }
        Value::Array(list) => {
            if let Some(item_schema) = schema.get("items") {
                list.iter_mut().for_each(|item| drop_nulls(item_schema, item));
            }
        }
        _ => {}
    }
}

fn add_defaults(schema: &Value, value: &mut Value) {
    let replace_null = |own: &Value, field: &mut Value| {
        if let Some(default) = default_of(own).filter(|_| is_wrong_null(own, field)) {
            *field = default.clone();
        }
    };
    match value {
        Value::Object(fields) => {
            let properties = schema.get("properties").and_then(Value::as_object);
            for (name, own) in properties.into_iter().flatten() {
                if let Some(default) = default_of(own) {
                    fields.entry(name.clone()).or_insert_with(|| default.clone());
                }
            }
            for (name, field) in fields {
                if let Some(own) = declared(schema, name) {
                    replace_null(own, field);
                    add_defaults(own, field);
                }
            }
        }
        Value::Array(list) => {
            if let Some(own) = schema.get("items") {
                for item in list {
                    replace_null(own, item);
                    add_defaults(own, item);
                }
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn objects_get_their_form() {
        let schema = json!({"type": "object", "properties": {
            "a": {"type": "integer"}, "b": {"type": "string", "default": "x"}, "n": {"type": "string", "nullable": true},
            "m": {"type": "object", "additionalProperties": {"type": "string"}},
        }});
        let mut findings = Findings::default();
        let object = json!({"a": null, "b": null, "n": null, "m": {"k": null, "l": "v"}, "odd": 1});
        let formed = formed(&schema, object, &mut findings);
        assert_eq!(formed, json!({"b": "x", "n": null, "m": {"l": "v"}}));
        assert_eq!(findings.unknown, ["odd"]);
        let mut numbers = json!([1.0, 1.5, 2]);
        make_whole(&mut numbers);
        assert_eq!(numbers.to_string(), "[1,1.5,2]");
    }
}
