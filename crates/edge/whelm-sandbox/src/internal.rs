//! Objects as the real server shows them in messages: in the form in which it holds them.
//!
//! Its structs have other names for fields than clients do, another order, and no field is left out. Which is which is
//! recorded in `data/internal.txt`; `data/record_internal/main.go` says how, and what the file means.

use std::collections::HashMap;
use std::sync::OnceLock;

use serde_json::{Map, Value};

use crate::status::go_json;

const RECORD: &str = include_str!("../data/internal.txt");

/// A field of a struct.
struct Field {
    /// The name that is shown; empty for a struct whose fields are shown as those of the outer one.
    shown: &'static str,
    /// The name that clients have for it.
    asked: &'static str,
    form: &'static str,
}

/// The fields of each struct.
fn structs() -> &'static HashMap<&'static str, Vec<Field>> {
    static STRUCTS: OnceLock<HashMap<&'static str, Vec<Field>>> = OnceLock::new();
    STRUCTS.get_or_init(|| {
        let mut structs: HashMap<&str, Vec<Field>> = HashMap::new();
        let mut last = "";
        for line in RECORD.lines() {
            if let Some(name) = line.strip_prefix("# ") {
                last = name;
                structs.entry(name).or_default();
            } else if let [shown, asked, form] = line.split('\t').collect::<Vec<_>>()[..] {
                structs.entry(last).or_default().push(Field { shown, asked, form });
            }
        }
        structs
    })
}

/// What is shown: JSON whose fields have an order of their own.
enum Tree {
    Plain(String),
    List(Vec<Tree>),
    Fields(Vec<(String, Tree)>),
}

/// Returns a value of a form, such as `@core.PodSpec`, on one line.
pub(crate) fn shown(form: &str, value: Option<&Value>) -> String {
    let mut text = String::new();
    tree(form, value).write(&mut text);
    text
}

/// Returns a value of a form with each field on a line of its own.
pub(crate) fn lines(form: &str, value: Option<&Value>) -> String {
    let mut text = String::new();
    tree(form, value).write_lines(0, &mut text);
    text
}

fn tree(form: &str, value: Option<&Value>) -> Tree {
    let value = value.filter(|value| !value.is_null());
    let plain = |nothing: &str| Tree::Plain(value.map_or_else(|| nothing.to_owned(), go_json));
    let (first, rest) = form.split_at_checked(1).unwrap_or_default();
    match (first, value) {
        ("?", _) => tree(rest, value),
        ("*" | "[" | "{", None) => Tree::Plain("null".into()),
        ("*", Some(_)) => tree(rest, value),
        ("[", Some(Value::Array(items))) => Tree::List(items.iter().map(|item| tree(rest, Some(item))).collect()),
        ("{", Some(Value::Object(fields))) => {
            let own = |(name, value): (&String, &Value)| (name.clone(), tree(rest, Some(value)));
            Tree::Fields(fields.iter().map(own).collect())
        }
        ("@", _) => Tree::Fields(fields(rest, value)),
        ("s", _) => plain("\"\""),
        ("i" | "f" | "x", _) => plain("0"),
        ("b", _) => plain("false"),
        ("q", _) => plain("\"0\""),
        _ => plain("null"),
    }
}

fn fields(name: &str, value: Option<&Value>) -> Vec<(String, Tree)> {
    let moved = (name == "core.PodSpec").then(|| host_fields(value));
    let value = moved.as_ref().or(value);
    let mut shown = Vec::new();
    for field in structs().get(name).map_or(&[][..], Vec::as_slice) {
        if let Some(inner) = field.form.strip_prefix("^@") {
            let from = if inner == "meta.ObjectMeta" {
                value.and_then(|value| value.get("metadata"))
            } else {
                value
            };
            shown.extend(fields(inner, from));
            continue;
        }
        let own = value.and_then(|value| value.get(field.asked));
        if !(field.form.starts_with('?') && is_empty(own)) {
            shown.push((field.shown.to_owned(), tree(field.form, own)));
        }
    }
    shown
}

/// What a Pod shares with its node is held with the settings of its security.
fn host_fields(value: Option<&Value>) -> Value {
    let mut spec = value.cloned().unwrap_or_default();
    for field in [
        "hostNetwork",
        "hostPID",
        "hostIPC",
        "shareProcessNamespace",
        "hostUsers",
    ] {
        if let Some(own) = spec.get(field).cloned() {
            crate::object::set(&mut spec, &["securityContext", field], own);
        }
    }
    spec
}

/// Says whether a field is left out that is so when it is empty.
fn is_empty(value: Option<&Value>) -> bool {
    match value {
        None | Some(Value::Null | Value::Bool(false)) => true,
        Some(Value::String(text)) => text.is_empty(),
        Some(Value::Array(items)) => items.is_empty(),
        Some(Value::Object(fields)) => Map::is_empty(fields),
        Some(Value::Number(number)) => number.as_i64() == Some(0),
        Some(Value::Bool(true)) => false,
    }
}

impl Tree {
    fn write(&self, text: &mut String) {
        match self {
            Tree::Plain(own) => text.push_str(own),
            Tree::List(items) => {
                text.push('[');
                for (index, item) in items.iter().enumerate() {
                    text.push_str(if index == 0 { "" } else { "," });
                    item.write(text);
                }
                text.push(']');
            }
            Tree::Fields(fields) => {
                text.push('{');
                for (index, (name, field)) in fields.iter().enumerate() {
                    text.push_str(if index == 0 { "" } else { "," });
                    text.push_str(&go_json(&name.as_str().into()));
                    text.push(':');
                    field.write(text);
                }
                text.push('}');
            }
        }
    }

    fn write_lines(&self, depth: usize, text: &mut String) {
        let indent = " ".repeat(depth + 1);
        match self {
            Tree::List(items) if !items.is_empty() => {
                text.push('[');
                for (index, item) in items.iter().enumerate() {
                    text.push_str(if index == 0 { "\n" } else { ",\n" });
                    text.push_str(&indent);
                    item.write_lines(depth + 1, text);
                }
                text.push('\n');
                text.push_str(&" ".repeat(depth));
                text.push(']');
            }
            Tree::Fields(fields) if !fields.is_empty() => {
                text.push('{');
                for (index, (name, field)) in fields.iter().enumerate() {
                    text.push_str(if index == 0 { "\n" } else { ",\n" });
                    text.push_str(&indent);
                    text.push_str(&go_json(&name.as_str().into()));
                    text.push_str(": ");
                    field.write_lines(depth + 1, text);
                }
                text.push('\n');
                text.push_str(&" ".repeat(depth));
                text.push('}');
            }
            _ => self.write(text),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn shows_what_the_server_holds() {
        let value = json!({"group": "g", "resource": "services", "name": "s"});
        assert_eq!(
            shown("*@networking.ParentReference", Some(&value)),
            r#"{"Group":"g","Resource":"services","Namespace":"","Name":"s"}"#
        );
        assert_eq!(shown("*@networking.ParentReference", None), "null");
        let selector = json!({"matchLabels": {"a": "<b>"}});
        assert_eq!(
            shown("*@meta.LabelSelector", Some(&selector)),
            r#"{"matchLabels":{"a":"\u003cb\u003e"}}"#
        );
        let template = json!({"metadata": {"labels": {"a": "b"}}, "spec": {"hostNetwork": true}});
        let shown = shown("@core.PodTemplateSpec", Some(&template));
        assert!(
            shown.starts_with(r#"{"labels":{"a":"b"},"Spec":{"Volumes":null,"#),
            "{shown}"
        );
        assert!(shown.contains(r#""SecurityContext":{"HostNetwork":true,"#), "{shown}");
    }

    #[test]
    fn has_a_line_for_each_field() {
        let value = json!({"cidrs": ["a", "b"]});
        assert_eq!(
            lines("@networking.ServiceCIDRSpec", Some(&value)),
            "{\n \"CIDRs\": [\n  \"a\",\n  \"b\"\n ]\n}"
        );
    }
}
