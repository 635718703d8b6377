//! Refuses definitions whose rules make no sense.
//!
//! Names and fields are checked, the types of operands are not: where the real server would refuse a rule for them, objects are
//! refused later.

use serde_json::Value;

use super::{MOST_DEPTH, RULES, mentions, parts};
use crate::cel::{self, Expr, NAMESPACES, Node, Wrong, is_known, type_named, unescaped};
use crate::object::{at, items, text};
use crate::status::FieldFault;

const REASONS: [&str; 4] = [
    "FieldValueDuplicate",
    "FieldValueForbidden",
    "FieldValueInvalid",
    "FieldValueRequired",
];

/// Says what is wrong with the rules of a definition.
pub(super) fn check(definition: &Value) -> Vec<FieldFault> {
    let versions = items(definition, &["spec", "versions"]);
    let schemas: Vec<Option<&Value>> = versions
        .iter()
        .map(|version| at(version, &["schema", "openAPIV3Schema"]))
        .collect();
    let is_shared = schemas.windows(2).all(|pair| pair[0] == pair[1]);
    let mut faults = Vec::new();
    for (index, schema) in schemas.iter().enumerate() {
        let Some(schema) = schema else { continue };
        // The real server holds a schema that all versions have in another place.
        let place = if is_shared {
            "spec.validation.openAPIV3Schema".to_owned()
        } else {
            format!("spec.versions[{index}].schema.openAPIV3Schema")
        };
        visit(schema, &place, None, 0, &mut faults);
        if is_shared {
            break;
        }
    }
    faults
}

/// `lost` is the list inside of which the state before cannot be told.
fn visit(schema: &Value, place: &str, lost: Option<&str>, depth: usize, faults: &mut Vec<FieldFault>) {
    if depth > MOST_DEPTH {
        return;
    }
    for (index, rule) in items(schema, &[RULES]).iter().enumerate() {
        let place = format!("{place}.{RULES}[{index}]");
        check_texts(rule, &place, faults);
        check_rule(schema, rule, &place, lost, faults);
    }
    let is_map = text(schema, &["x-kubernetes-list-type"]) == "map";
    for (name, below) in parts(schema) {
        let lost = if name == ".items" && !is_map {
            lost.or(Some(place))
        } else {
            lost
        };
        visit(below, &format!("{place}{name}"), lost, depth + 1, faults);
    }
}

fn check_texts(rule: &Value, place: &str, faults: &mut Vec<FieldFault>) {
    let source = text(rule, &["rule"]).trim();
    if source.is_empty() {
        faults.push(FieldFault::required(format!("{place}.rule"), "rule is not specified"));
    }
    let message = rule.get("message").and_then(Value::as_str).unwrap_or_default();
    let field = format!("{place}.message");
    if !message.is_empty() && message.trim().is_empty() {
        faults.push(FieldFault::invalid(
            field,
            &message.into(),
            "must be non-empty if specified",
        ));
    } else if message.trim().contains(['\n', '\r']) {
        faults.push(FieldFault::invalid(
            field,
            &message.into(),
            "must not contain line breaks",
        ));
    } else if message.is_empty() && source.contains(['\n', '\r']) {
        faults.push(FieldFault::required(
            field,
            "message must be specified if rule contains line breaks",
        ));
    }
    let reason = text(rule, &["reason"]);
    if !reason.is_empty() && !REASONS.contains(&reason) {
        faults.push(FieldFault::unsupported(
            format!("{place}.reason"),
            &reason.into(),
            &REASONS,
        ));
    }
}

fn check_rule(schema: &Value, rule: &Value, place: &str, lost: Option<&str>, faults: &mut Vec<FieldFault>) {
    let path = text(rule, &["fieldPath"]);
    if !path.is_empty() && !is_path(schema, path) {
        faults.push(FieldFault::invalid(
            format!("{place}.fieldPath"),
            &path.into(),
            "must be a valid path",
        ));
    }
    let source = text(rule, &["rule"]);
    if source.trim().is_empty() {
        return;
    }
    let parsed = cel::parse(source).and_then(|node| names(schema, &node).map(|()| node));
    match parsed {
        Ok(node) => {
            let uses_old = mentions(&node, "oldSelf");
            if rule.get("optionalOldSelf") == Some(&Value::Bool(true)) && !uses_old {
                let detail = "may not be set if oldSelf is not used in rule";
                faults.push(FieldFault::invalid(
                    format!("{place}.optionalOldSelf"),
                    &true.into(),
                    detail,
                ));
            }
            if let Some(lost) = lost.filter(|_| uses_old) {
                let detail =
                    format!("oldSelf cannot be used on the uncorrelatable portion of the schema within {lost}");
                faults.push(FieldFault::invalid(format!("{place}.rule"), &source.into(), &detail));
            }
        }
        Err(wrong) => faults.push(refused(
            rule,
            format!("{place}.rule"),
            "compilation failed",
            source,
            &wrong,
        )),
    }
    let message = text(rule, &["messageExpression"]);
    if !message.is_empty()
        && let Err(wrong) = cel::parse(message).and_then(|node| names(schema, &node))
    {
        let field = format!("{place}.messageExpression");
        faults.push(refused(
            rule,
            field,
            "messageExpression compilation failed",
            message,
            &wrong,
        ));
    }
}

/// Says whether a path leads to a field below a schema.
fn is_path(schema: &Value, path: &str) -> bool {
    if !path.starts_with(['.', '[']) {
        return false;
    }
    let plain = path.replace("['", ".").replace("']", "");
    let mut names = plain.split('.').skip(1);
    names.try_fold(schema, |schema, name| below(schema, name)).is_some()
}

fn below<'a>(schema: &'a Value, name: &str) -> Option<&'a Value> {
    let properties = schema
        .get("properties")
        .and_then(|own| own.get(name).or_else(|| own.get(unescaped(name))));
    properties.or_else(|| schema.get("additionalProperties").filter(|own| own.is_object()))
}

/// Refuses an expression in the words of the real server, with the line and the place in it.
fn refused(rule: &Value, field: String, what: &str, source: &str, wrong: &Wrong) -> FieldFault {
    let excerpt = wrong.excerpt(source);
    FieldFault {
        reason: "FieldValueInvalid",
        field,
        message: format!("Invalid value: {}: {what}: {excerpt}", shown(rule)),
    }
}

/// A rule as the real server's encoder writes its own form of it.
fn shown(rule: &Value) -> String {
    let json = |value: &Value| {
        let text = value.to_string();
        text.replace('<', "\\u003c")
            .replace('>', "\\u003e")
            .replace('&', "\\u0026")
    };
    let own_text = |name: &str| json(&text(rule, &[name]).into());
    let or_null = |name: &str| json(rule.get(name).unwrap_or(&Value::Null));
    format!(
        "{{\"Rule\":{},\"Message\":{},\"MessageExpression\":{},\"Reason\":{},\"FieldPath\":{},\"OptionalOldSelf\":{}}}",
        own_text("rule"),
        own_text("message"),
        own_text("messageExpression"),
        or_null("reason"),
        own_text("fieldPath"),
        or_null("optionalOldSelf"),
    )
}

/// Checks that an expression names nothing that does not exist.
fn names(schema: &Value, node: &Node) -> Result<(), Wrong> {
    let mut names = Names {
        schema,
        variables: vec!["self", "oldSelf"],
    };
    names.check(node)
}

struct Names<'a> {
    schema: &'a Value,
    variables: Vec<&'a str>,
}

impl<'a> Names<'a> {
    fn check(&mut self, node: &'a Node) -> Result<(), Wrong> {
        let wrong = |message: String| Err(Wrong { at: node.at, message });
        match &node.expr {
            Expr::Ident(name) => {
                if self.variables.contains(&name.as_str()) || type_named(name).is_some() {
                    return Ok(());
                }
                return wrong(format!("undeclared reference to '{name}' (in container '')"));
            }
            Expr::Call {
                target,
                name,
                arguments,
            } => {
                if !is_known(name) && !self.is_namespace(target.as_deref()) {
                    return wrong(format!("undeclared reference to '{name}' (in container '')"));
                }
                if self.is_namespace(target.as_deref()) {
                    return arguments.iter().try_for_each(|argument| self.check(argument));
                }
            }
            Expr::Select { operand, field, .. } => {
                self.check(operand)?;
                // Every object has these, whether its schema says so or not.
                let is_common = matches!(field.as_str(), "apiVersion" | "kind" | "metadata");
                let known = self.schema_of(operand).filter(|_| !is_common);
                if known.is_some_and(|schema| is_closed(schema) && below(schema, field).is_none()) {
                    return wrong(format!("undefined field '{field}'"));
                }
                return Ok(());
            }
            Expr::Each(each) => {
                self.check(&each.range)?;
                let known = self.variables.len();
                self.variables.push(&each.variable);
                self.variables.extend(each.second.as_deref());
                let checked = each
                    .filter
                    .iter()
                    .chain([&each.body])
                    .try_for_each(|below| self.check(below));
                self.variables.truncate(known);
                return checked;
            }
            _ => {}
        }
        node.below().into_iter().try_for_each(|below| self.check(below))
    }

    fn is_namespace(&self, target: Option<&Node>) -> bool {
        matches!(target.map(|target| &target.expr), Some(Expr::Ident(name))
            if NAMESPACES.contains(&name.as_str()) && !self.variables.contains(&name.as_str()))
    }

    /// Returns the schema of what an expression gives, where that is easy to tell.
    fn schema_of(&self, node: &Node) -> Option<&'a Value> {
        match &node.expr {
            // A rule may redefine `self` as the variable of a macro; then it is not what the schema describes.
            Expr::Ident(name) if name == "self" && !self.variables[2..].contains(&"self") => Some(self.schema),
            Expr::Select { operand, field, .. } => below(self.schema_of(operand)?, field),
            Expr::Index { operand, .. } => self.schema_of(operand)?.get("items"),
            _ => None,
        }
    }
}

/// Says whether a schema names all fields that its objects can have.
fn is_closed(schema: &Value) -> bool {
    let is_open =
        schema.get("x-kubernetes-embedded-resource").is_some() || at(schema, &["properties", "metadata"]).is_some();
    text(schema, &["type"]) == "object" && schema.get("properties").is_some() && !is_open
}
