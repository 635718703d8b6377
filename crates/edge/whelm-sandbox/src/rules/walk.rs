//! Applies rules to an object and all that is inside of it.

use serde_json::Value;

use super::{MOST_DEPTH, Program, RULES, Rules};
use crate::cel::{Cel, Fault, Machine};
use crate::object::{items, text};
use crate::status::FieldFault;

/// How much work all rules of an object may make.
const BUDGET: u64 = 10_000_000;
/// How much work one rule may make.
const BUDGET_OF_RULE: u64 = 1_000_000;

/// Says what rules find wrong with an object; `live` is its state before.
pub(super) fn check(rules: &Rules, schema: &Value, object: &Value, live: Option<&Value>) -> Vec<FieldFault> {
    let mut walk = Walk {
        rules,
        faults: Vec::new(),
        left: BUDGET,
    };
    let root = Place {
        path: String::new(),
        value: object,
        live,
        unchanged: false,
    };
    walk.visit(schema, &root, 0);
    walk.faults
}

struct Walk<'a> {
    rules: &'a Rules,
    faults: Vec<FieldFault>,
    /// How much work may still be done; nothing once it was too much.
    left: u64,
}

/// A part of an object, and what it was before, if that can be told.
struct Place<'a> {
    path: String,
    value: &'a Value,
    live: Option<&'a Value>,
    /// Whether it is, or is part of, something that has not changed.
    unchanged: bool,
}

impl<'a> Place<'a> {
    fn part(&self, path: String, value: &'a Value, live: Option<&'a Value>) -> Place<'a> {
        let unchanged = match live {
            Some(live) => live == value,
            None => self.live.is_some_and(|live| live == self.value) || self.live.is_none() && self.unchanged,
        };
        Place {
            path,
            value,
            live,
            unchanged,
        }
    }

    /// Returns the path as errors show it.
    fn shown(&self) -> String {
        if self.path.is_empty() {
            "<nil>".to_owned()
        } else {
            self.path.clone()
        }
    }
}

impl<'a> Walk<'a> {
    fn visit(&mut self, schema: &'a Value, place: &Place<'a>, depth: usize) {
        if self.left == 0 || place.value.is_null() || depth > MOST_DEPTH {
            return;
        }
        for rule in items(schema, &[RULES]) {
            if self.left > 0 {
                self.apply(schema, rule, place);
            }
        }
        for own in items(schema, &["allOf"]) {
            self.visit(own, place, depth + 1);
        }
        match place.value {
            Value::Object(fields) => {
                for (name, value) in fields {
                    let declared = schema.get("properties").and_then(|properties| properties.get(name));
                    let path = match (declared, place.path.as_str()) {
                        (Some(_), "") => name.clone(),
                        (Some(_), path) => format!("{path}.{name}"),
                        (None, path) => format!("{path}[{name}]"),
                    };
                    let below = declared.or_else(|| schema.get("additionalProperties"));
                    let Some(below) = below.filter(|own| own.is_object()) else {
                        continue;
                    };
                    let live = place.live.and_then(|live| live.get(name));
                    self.visit(below, &place.part(path, value, live), depth + 1);
                }
            }
            Value::Array(elements) => {
                let Some(below) = schema.get("items") else { return };
                for (index, value) in elements.iter().enumerate() {
                    let live = place.live.and_then(|live| counterpart(schema, value, live));
                    let path = format!("{}[{index}]", place.path);
                    self.visit(below, &place.part(path, value, live), depth + 1);
                }
            }
            _ => {}
        }
    }

    fn apply(&mut self, schema: &'a Value, rule: &'a Value, place: &Place<'a>) {
        let source = text(rule, &["rule"]);
        let Some(program) = self.rules.0.get(source) else {
            return;
        };
        let optional_old = rule.get("optionalOldSelf") == Some(&Value::Bool(true));
        if program.uses_old && place.live.is_none() && !optional_old {
            return;
        }
        let fault = |detail: String| FieldFault::invalid(place.shown(), &text(schema, &["type"]).into(), &detail);
        match self.eval(program, schema, place, optional_old) {
            Ok(Cel::Bool(true)) => {}
            Ok(_) if !program.uses_old && place.unchanged => {}
            Ok(_) => {
                let message = self.message(schema, rule, place);
                self.faults.push(broken(schema, rule, place, &message));
            }
            Err(Fault::Error(error)) if error.starts_with("no such overload") => self.faults.push(fault(format!(
                "'{error}': call arguments did not match a supported operator, function or macro signature for rule: {}",
                name_of(rule)
            ))),
            Err(Fault::Error(error)) => self.faults.push(fault(format!("{error} evaluating rule: {}", name_of(rule)))),
            Err(Fault::TooMuch) => {
                self.left = 0;
                self.faults.push(fault(format!(
                    "'operation cancelled: actual cost limit exceeded': no further validation rules will be run due to call cost \
                     exceeds limit for rule: {}",
                    name_of(rule)
                )));
            }
        }
    }

    fn eval(
        &mut self,
        program: &'a Program,
        schema: &'a Value,
        place: &Place<'a>,
        optional_old: bool,
    ) -> Result<Cel<'a>, Fault> {
        let budget = self.left.min(BUDGET_OF_RULE);
        let mut machine = Machine::new(budget);
        machine.define("self", Cel::of(place.value, schema));
        let old = place.live.map(|live| Cel::of(live, schema));
        match (old, optional_old) {
            (Some(old), true) => machine.define("oldSelf", Cel::some(old)),
            (Some(old), false) => machine.define("oldSelf", old),
            (None, _) => machine.define("oldSelf", Cel::Optional(None)),
        }
        let result = machine.eval(&program.node);
        self.left -= budget - machine.left();
        result
    }

    /// Returns what a rule says when it is broken.
    fn message(&mut self, schema: &'a Value, rule: &'a Value, place: &Place<'a>) -> String {
        if let Some(program) = self.rules.0.get(text(rule, &["messageExpression"])) {
            let optional_old = rule.get("optionalOldSelf") == Some(&Value::Bool(true));
            if let Ok(Cel::Text(message)) = self.eval(program, schema, place, optional_old) {
                let message = message.trim();
                if !message.is_empty() && !message.contains('\n') {
                    return message.to_owned();
                }
            }
        }
        match text(rule, &["message"]).trim() {
            "" => format!("failed rule: {}", name_of(rule)),
            message => message.to_owned(),
        }
    }
}

/// What errors call a rule.
fn name_of(rule: &Value) -> &str {
    match text(rule, &["message"]).trim() {
        "" => text(rule, &["rule"]).trim(),
        message => message,
    }
}

fn broken(schema: &Value, rule: &Value, place: &Place<'_>, message: &str) -> FieldFault {
    let own_path = text(rule, &["fieldPath"]).trim();
    let field = match (own_path.strip_prefix('.'), place.path.as_str()) {
        (None, _) => place.shown() + own_path,
        (Some(rest), "") => rest.to_owned(),
        (Some(rest), path) => format!("{path}.{rest}"),
    };
    // Of objects and lists the value is not shown.
    let is_large = matches!(text(schema, &["type"]), "object" | "array");
    match text(rule, &["reason"]) {
        "FieldValueForbidden" => FieldFault::forbidden(field, message),
        "FieldValueRequired" => FieldFault::required(field, message),
        "FieldValueDuplicate" if is_large => FieldFault {
            reason: "FieldValueDuplicate",
            field,
            message: "Duplicate value".to_owned(),
        },
        "FieldValueDuplicate" => FieldFault::duplicate(field, place.value),
        _ if is_large => FieldFault {
            reason: "FieldValueInvalid",
            field,
            message: format!("Invalid value: {message}"),
        },
        _ => FieldFault::invalid(field, place.value, message),
    }
}

/// Returns the element of a list that was what another element is now: the one with the same keys.
fn counterpart<'a>(schema: &Value, element: &Value, live: &'a Value) -> Option<&'a Value> {
    let keys = items(schema, &["x-kubernetes-list-map-keys"]);
    if text(schema, &["x-kubernetes-list-type"]) != "map" || keys.is_empty() {
        return None;
    }
    let same = |other: &&Value| {
        let mut names = keys.iter().filter_map(Value::as_str);
        names.all(|name| other.get(name) == element.get(name))
    };
    items(live, &[]).iter().find(same)
}
