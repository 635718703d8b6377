//! The schemas of CustomResourceDefinitions: their structure, and what they may say.
//!
//! Source: `k8s.io/apiextensions-apiserver` v0.36.3, `pkg/apiserver/schema/validation.go` and
//! `pkg/apis/apiextensions/validation`.

use serde_json::{Map, Value, json};

use super::report::Report;
use crate::object::{items, text};

const TYPES: [&str; 6] = ["array", "boolean", "integer", "number", "object", "string"];
/// How deep a schema may nest; what lies deeper is not looked at.
const MOST_DEPTH: usize = 64;

/// Where a schema is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Level {
    Root,
    Item,
    Field,
}

/// Checks what a version says of its objects.
pub(super) fn check(own: &Value, has_status: bool, place: &str, report: &mut Report) {
    let Some(schema) = own.get("openAPIV3Schema") else {
        return;
    };
    let place = format!("{place}.openAPIV3Schema");
    if has_status && !matches!(text(schema, &["type"]), "" | "object") {
        let detail =
            "only \"object\" is allowed as the type at the root of the schema if the status subresource is enabled";
        report.invalid(&format!("{place}.type"), &json!(text(schema, &["type"])), detail);
    }
    if is_true(schema, "nullable") {
        report.forbidden(&format!("{place}.nullable"), "nullable cannot be true at the root");
    }
    let mut structural = Report::default();
    structure(schema, Level::Root, &place, 0, &mut structural);
    structural
        .0
        .sort_by(|left, right| (&left.field, &left.message).cmp(&(&right.field, &right.message)));
    let before = report.0.len();
    let is_structural = structural.0.is_empty();
    report.0.extend(structural.0);
    content(schema, &place, 0, report);
    if is_structural && report.0.len() == before {
        super::schema_defaults::check(schema, &place, 0, report);
    }
}

fn is_true(schema: &Value, field: &str) -> bool {
    schema.get(field) == Some(&Value::Bool(true))
}

/// Returns the schemas of the properties of a schema.
fn properties(schema: &Value) -> impl Iterator<Item = (&String, &Value)> {
    schema
        .get("properties")
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
}

/// Checks that what objects look like can be told without their values.
fn structure(schema: &Value, level: Level, place: &str, depth: usize, report: &mut Report) {
    if depth > MOST_DEPTH {
        return;
    }
    let kind = text(schema, &["type"]);
    let below = |name: &str| schema.get(name).filter(|own| own.is_object());
    match below("items") {
        Some(own) => structure(own, Level::Item, &format!("{place}.items"), depth + 1, report),
        None if kind == "array" => report.required(&format!("{place}.items"), "must be specified"),
        None => {}
    }
    for (name, own) in properties(schema) {
        structure(
            own,
            Level::Field,
            &format!("{place}.properties[{name}]"),
            depth + 1,
            report,
        );
    }
    if schema
        .get("additionalProperties")
        .is_some_and(|own| own != &Value::Bool(false))
        && level == Level::Root
    {
        let field = format!("{place}.additionalProperties");
        report.forbidden(&field, "must not be used at the root");
    }
    if let Some(own) = below("additionalProperties") {
        structure(
            own,
            Level::Field,
            &format!("{place}.additionalProperties"),
            depth + 1,
            report,
        );
    }
    extensions(schema, place, report);
    let any = is_number_or_text(schema);
    let skip_all = items(schema, &["allOf"]).first().is_some_and(is_number_or_text);
    values(schema, any, skip_all, place, depth, report);
    types(schema, kind, level, place, report);
    metadata(schema, level, place, report);
}

/// Says whether a schema allows numbers and texts, in the one form that may name types.
fn is_number_or_text(schema: &Value) -> bool {
    items(schema, &["anyOf"]) == [json!({"type": "integer"}), json!({"type": "string"})]
}

fn extensions(schema: &Value, place: &str, report: &mut Report) {
    if !is_true(schema, "x-kubernetes-int-or-string") {
        return;
    }
    for field in ["x-kubernetes-preserve-unknown-fields", "x-kubernetes-embedded-resource"] {
        if is_true(schema, field) {
            let detail = "must be false if x-kubernetes-int-or-string is true";
            report.invalid(&format!("{place}.{field}"), &json!(true), detail);
        }
    }
}

/// Checks the parts of a schema that only look at values.
fn values(schema: &Value, skip_any: bool, skip_all: bool, place: &str, depth: usize, report: &mut Report) {
    for list in ["anyOf", "allOf", "oneOf"] {
        if list == "anyOf" && skip_any {
            continue;
        }
        for (index, own) in items(schema, &[list]).iter().enumerate() {
            let skip = list == "allOf" && skip_all && index == 0;
            nested(own, skip, &format!("{place}.{list}[{index}]"), depth + 1, report);
        }
    }
    if let Some(own) = schema.get("not") {
        nested(own, false, &format!("{place}.not"), depth + 1, report);
    }
}

/// Checks a schema that only looks at values.
fn nested(schema: &Value, skip_any: bool, place: &str, depth: usize, report: &mut Report) {
    if depth > MOST_DEPTH {
        return;
    }
    values(schema, skip_any, false, place, depth, report);
    if let Some(own) = schema.get("items") {
        nested(own, false, &format!("{place}.items"), depth + 1, report);
    }
    for (name, own) in properties(schema) {
        nested(own, false, &format!("{place}.properties[{name}]"), depth + 1, report);
    }
    if !text(schema, &["type"]).is_empty() {
        report.forbidden(&format!("{place}.type"), "must be empty to be structural");
    }
    if schema.get("additionalProperties").is_some() {
        let field = format!("{place}.additionalProperties");
        report.forbidden(&field, "must be undefined to be structural");
    }
    for field in ["title", "description", "default"] {
        let own = schema.get(field);
        if own.is_some_and(|own| own != "") {
            let detail = if field == "default" {
                "must be undefined to be structural"
            } else {
                "must be empty to be structural"
            };
            report.forbidden(&format!("{place}.{field}"), detail);
        }
    }
    for field in [
        "nullable",
        "x-kubernetes-preserve-unknown-fields",
        "x-kubernetes-embedded-resource",
        "x-kubernetes-int-or-string",
    ] {
        if is_true(schema, field) {
            report.forbidden(&format!("{place}.{field}"), "must be false to be structural");
        }
    }
}

fn types(schema: &Value, kind: &str, level: Level, place: &str, report: &mut Report) {
    let field = format!("{place}.type");
    let embedded = is_true(schema, "x-kubernetes-embedded-resource");
    let open = is_true(schema, "x-kubernetes-preserve-unknown-fields");
    if embedded && kind != "object" {
        let detail = "must be object if x-kubernetes-embedded-resource is true";
        if kind.is_empty() {
            report.required(&field, detail);
        } else {
            report.invalid(&field, &json!(kind), detail);
        }
    } else if kind.is_empty() && !open && !is_true(schema, "x-kubernetes-int-or-string") {
        let place = match level {
            Level::Root => "at the root",
            Level::Item => "for specified array items",
            Level::Field => "for specified object fields",
        };
        report.required(&field, &format!("must not be empty {place}"));
    }
    if embedded && schema.get("additionalProperties").is_some() {
        let detail = "must not be used if x-kubernetes-embedded-resource is set";
        report.forbidden(&format!("{place}.additionalProperties"), detail);
    }
    if level == Level::Root && !matches!(kind, "" | "object") {
        report.invalid(&field, &json!(kind), "must be object at the root");
    }
    if embedded && !open && properties(schema).next().is_none() {
        let detail = "must not be empty if x-kubernetes-embedded-resource is true without \
            x-kubernetes-preserve-unknown-fields";
        report.required(&format!("{place}.properties"), detail);
    }
}

/// What all objects have is known already.
fn metadata(schema: &Value, level: Level, place: &str, report: &mut Report) {
    let checked = level == Level::Root || is_true(schema, "x-kubernetes-embedded-resource");
    if !checked {
        return;
    }
    for (name, own) in properties(schema) {
        let field = format!("{place}.properties[{name}]");
        let kind = text(own, &["type"]);
        match name.as_str() {
            "kind" | "apiVersion" if kind != "string" => {
                report.invalid(&format!("{field}.type"), &json!(kind), "must be string");
            }
            "metadata" => {
                if kind != "object" {
                    report.invalid(&format!("{field}.type"), &json!(kind), "must be object");
                }
                if level == Level::Root && says_more(own) {
                    let detail = "must not specify anything other than name and generateName, but metadata is implicitly \
                        specified";
                    report.forbidden(&field, detail);
                }
            }
            _ => {}
        }
    }
}

/// Says whether a schema of metadata says more than that there are names.
fn says_more(schema: &Value) -> bool {
    let fields = schema.as_object().into_iter().flatten();
    let mut others = fields.filter(|(name, _)| !matches!(name.as_str(), "type" | "properties" | "default"));
    let named = properties(schema).all(|(name, _)| matches!(name.as_str(), "name" | "generateName"));
    others.next().is_some() || !named
}

/// Checks what a schema may say at all, and what it may say together.
fn content(schema: &Value, place: &str, depth: usize, report: &mut Report) {
    if depth > MOST_DEPTH || !schema.is_object() {
        return;
    }
    unsupported(schema, place, report);
    if is_true(schema, "uniqueItems") {
        let detail = "uniqueItems cannot be set to true since the runtime complexity becomes quadratic";
        report.forbidden(&format!("{place}.uniqueItems"), detail);
    }
    let pattern = text(schema, &["pattern"]);
    if let Some(error) = go_regexp::Regexp::compile(pattern)
        .err()
        .filter(|_| !pattern.is_empty())
    {
        let detail = format!("must be a valid regular expression, but isn't: {error}");
        report.invalid(&format!("{place}.pattern"), &json!(pattern), &detail);
    }
    let additional = schema.get("additionalProperties");
    let field = format!("{place}.additionalProperties");
    if additional.is_some_and(|own| own != &Value::Bool(true)) && properties(schema).next().is_some() {
        report.forbidden(&field, "additionalProperties and properties are mutual exclusive");
    }
    if let Some(own) = additional {
        content(own, &field, depth + 1, report);
    }
    for (name, own) in properties(schema) {
        content(own, &format!("{place}.properties[{name}]"), depth + 1, report);
    }
    if let Some(own) = schema.get("not") {
        content(own, &format!("{place}.not"), depth + 1, report);
    }
    for list in ["allOf", "oneOf", "anyOf"] {
        for (index, own) in items(schema, &[list]).iter().enumerate() {
            content(own, &format!("{place}.{list}[{index}]"), depth + 1, report);
        }
    }
    if let Some(own) = schema.get("items") {
        content(own, &format!("{place}.items"), depth + 1, report);
    }
    if schema.get("x-kubernetes-preserve-unknown-fields") == Some(&Value::Bool(false)) {
        let field = format!("{place}.x-kubernetes-preserve-unknown-fields");
        report.invalid(&field, &json!(false), "must be true or undefined");
    }
    map_type(schema, place, report);
    list_type(schema, place, report);
    map_keys(schema, place, report);
    keyed_items(schema, place, report);
}

/// The items of lists that have keys have these keys.
fn keyed_items(schema: &Value, place: &str, report: &mut Report) {
    let kind = text(schema, &["x-kubernetes-list-type"]);
    let Some(item) = schema.get("items").filter(|_| matches!(kind, "set" | "map")) else {
        return;
    };
    if is_true(item, "nullable") {
        let detail = format!("cannot be nullable when x-kubernetes-list-type is {kind}");
        report.forbidden(&format!("{place}.items.nullable"), &detail);
    }
    let start = "this property is in x-kubernetes-list-map-keys, so it";
    let keys = items(schema, &["x-kubernetes-list-map-keys"])
        .iter()
        .filter(|_| kind == "map");
    for key in keys.filter_map(Value::as_str) {
        let Some((_, own)) = properties(item).find(|(name, _)| *name == key) else {
            continue;
        };
        let field = format!("{place}.items.properties[{key}]");
        if own.get("default").is_none() && !items(item, &["required"]).contains(&json!(key)) {
            let detail = format!("{start} must have a default or be a required property");
            report.required(&format!("{field}.default"), &detail);
        }
        if is_true(own, "nullable") {
            report.forbidden(&format!("{field}.nullable"), &format!("{start} cannot be nullable"));
        }
    }
}

fn unsupported(schema: &Value, place: &str, report: &mut Report) {
    let kind = text(schema, &["type"]);
    if !kind.is_empty() {
        report.one_of(&format!("{place}.type"), kind, &TYPES);
    }
    for field in [
        "id",
        "additionalItems",
        "patternProperties",
        "definitions",
        "dependencies",
        "$ref",
    ] {
        let own = schema.get(field);
        let is_set = own.is_some_and(|own| own != "" && own.as_object().is_none_or(|own| !Map::is_empty(own)));
        if is_set {
            report.forbidden(&format!("{place}.{field}"), &format!("{field} is not supported"));
        }
    }
    if kind == "null" {
        let detail = "type cannot be set to null, use nullable as an alternative";
        report.forbidden(&format!("{place}.type"), detail);
    }
}

fn has_type(schema: &Value, wanted: &str, extension: &str, place: &str, report: &mut Report) -> bool {
    let kind = text(schema, &["type"]);
    if kind == wanted {
        return true;
    }
    let detail = format!("must be {wanted} if {extension} is specified");
    let field = format!("{place}.type");
    if kind.is_empty() {
        report.required(&field, &detail);
    } else {
        report.invalid(&field, &json!(kind), &detail);
    }
    false
}

fn map_type(schema: &Value, place: &str, report: &mut Report) {
    const NAME: &str = "x-kubernetes-map-type";
    if let Some(own) = schema.get(NAME).and_then(Value::as_str) {
        has_type(schema, "object", NAME, place, report);
        report.one_of(&format!("{place}.{NAME}"), own, &["atomic", "granular"]);
    }
}

fn list_type(schema: &Value, place: &str, report: &mut Report) {
    const NAME: &str = "x-kubernetes-list-type";
    let Some(own) = schema.get(NAME).and_then(Value::as_str) else {
        return;
    };
    if has_type(schema, "array", NAME, place, report) && own == "set" {
        let item = schema.get("items").unwrap_or(&Value::Null);
        let detail = "must be atomic as item of a list with x-kubernetes-list-type=set";
        let shown = item.get(NAME).cloned().unwrap_or_default();
        if text(item, &["type"]) == "array" && !matches!(text(item, &[NAME]), "" | "atomic") {
            report.invalid(&format!("{place}.items.{NAME}"), &shown, detail);
        }
        if text(item, &["type"]) == "object" && text(item, &["x-kubernetes-map-type"]) != "atomic" {
            report.invalid(&format!("{place}.items.x-kubernetes-map-type"), &shown, detail);
        }
    }
    report.one_of(&format!("{place}.{NAME}"), own, &["atomic", "set", "map"]);
}

fn map_keys(schema: &Value, place: &str, report: &mut Report) {
    const KEYS: &str = "x-kubernetes-list-map-keys";
    let keys = items(schema, &[KEYS]);
    let kind = schema.get("x-kubernetes-list-type").and_then(Value::as_str);
    let field = format!("{place}.x-kubernetes-list-type");
    let detail = "must be map if x-kubernetes-list-map-keys is non-empty";
    match kind {
        None if !keys.is_empty() => report.required(&field, detail),
        Some(kind) if kind != "map" && !keys.is_empty() => report.invalid(&field, &json!(kind), detail),
        _ => {}
    }
    if kind != Some("map") {
        return;
    }
    if keys.is_empty() {
        let detail = "must not be empty if x-kubernetes-list-type is map";
        report.required(&format!("{place}.{KEYS}"), detail);
    }
    let Some(item) = schema.get("items") else {
        let detail = "must have a schema if x-kubernetes-list-type is map";
        report.required(&format!("{place}.items"), detail);
        return;
    };
    if text(item, &["type"]) != "object" {
        let detail = "must be object if parent array's x-kubernetes-list-type is map";
        report.invalid(&format!("{place}.items.type"), &json!(text(item, &["type"])), detail);
    }
    for key in keys {
        let name = key.as_str().unwrap_or_default();
        let detail = "entries must all be names of item properties";
        match item.pointer(&format!("/properties/{}", name.replace('~', "~0").replace('/', "~1"))) {
            None => report.invalid(&format!("{place}.{KEYS}"), &json!(keys), detail),
            Some(property) if matches!(text(property, &["type"]), "array" | "object") => {
                let detail = "must be a scalar type if parent array's x-kubernetes-list-type is map";
                let field = format!("{place}.items.properties[{name}].type");
                report.invalid(&field, &json!(text(property, &["type"])), detail);
            }
            Some(_) => {}
        }
    }
}
