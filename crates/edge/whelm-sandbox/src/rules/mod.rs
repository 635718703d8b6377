//! The rules that CustomResourceDefinitions give their objects (`x-kubernetes-validations`).
//!
//! Source: `k8s.io/apiextensions-apiserver` v0.36.3, `pkg/apiserver/schema/cel`.

mod definition;
mod walk;

use std::collections::BTreeMap;

use serde_json::Value;

use crate::cel::{self, Expr, Node};
use crate::core::Core;
use crate::kinds::Kind;
use crate::object::{items, text};
use crate::status::FieldFault;

const RULES: &str = "x-kubernetes-validations";
/// How deep a schema may nest; what lies deeper has no rules.
const MOST_DEPTH: usize = 64;

/// The expressions of a schema, by their texts; those that cannot be read are left out.
#[derive(Debug, Default)]
pub(crate) struct Rules(BTreeMap<String, Program>);

/// An expression that was read.
#[derive(Debug)]
struct Program {
    node: Node,
    /// Whether it looks at the state before.
    uses_old: bool,
}

impl Rules {
    /// Reads all expressions of a schema.
    pub fn read(schema: &Value) -> Self {
        let mut rules = Rules::default();
        rules.collect(schema, 0);
        rules
    }

    fn collect(&mut self, schema: &Value, depth: usize) {
        if depth > MOST_DEPTH {
            return;
        }
        for rule in items(schema, &[RULES]) {
            for field in ["rule", "messageExpression"] {
                let source = text(rule, &[field]);
                if let Ok(node) = cel::parse(source) {
                    let uses_old = mentions(&node, "oldSelf");
                    self.0.insert(source.to_owned(), Program { node, uses_old });
                }
            }
        }
        for (_, below) in parts(schema) {
            self.collect(below, depth + 1);
        }
    }
}

/// Returns the schemas inside of one, each with its place.
fn parts(schema: &Value) -> Vec<(String, &Value)> {
    let mut parts = Vec::new();
    let properties = schema
        .get("properties")
        .and_then(Value::as_object)
        .into_iter()
        .flatten();
    parts.extend(properties.map(|(name, own)| (format!(".properties[{name}]"), own)));
    for name in ["items", "additionalProperties"] {
        parts.extend(
            schema
                .get(name)
                .filter(|own| own.is_object())
                .map(|own| (format!(".{name}"), own)),
        );
    }
    for (index, own) in items(schema, &["allOf"]).iter().enumerate() {
        parts.push((format!(".allOf[{index}]"), own));
    }
    parts
}

/// Says whether an expression names a variable.
fn mentions(node: &Node, name: &str) -> bool {
    match &node.expr {
        Expr::Ident(own) => own == name,
        _ => node.below().into_iter().any(|below| mentions(below, name)),
    }
}

/// Says what is wrong with a definition's rules, or with a custom object by the rules of its definition.
pub(crate) fn check(core: &Core, kind: &Kind, live: Option<&Value>, object: &Value) -> Vec<FieldFault> {
    if kind.group == "apiextensions.k8s.io" {
        let is_same = live.is_some_and(|live| live.get("spec") == object.get("spec"));
        return if is_same { Vec::new() } else { definition::check(object) };
    }
    let definition = core.definitions.get(&kind.resource()).filter(|_| kind.custom);
    let found = definition.and_then(|own| Some((own.rules(&kind.version)?, own.open_api(&kind.version)?)));
    match found {
        Some((rules, schema)) if !rules.0.is_empty() => walk::check(rules, schema, object, live),
        _ => Vec::new(),
    }
}
