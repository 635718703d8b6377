//! Columns of rules: who may do what, what requests have to be like, and which come first.

use serde_json::{Value, json};

use super::cells::{count, plain, size, text_or};
use super::{AGE, Column, NAME};
use crate::object::{at, condition_of, int, items, name, text};

pub(super) fn columns(group: &str, plural: &str) -> Option<&'static [Column]> {
    Some(match (group, plural) {
        ("rbac.authorization.k8s.io", "rolebindings" | "clusterrolebindings") => BINDINGS,
        ("admissionregistration.k8s.io", "mutatingwebhookconfigurations" | "validatingwebhookconfigurations") => HOOKS,
        ("admissionregistration.k8s.io", "validatingadmissionpolicies") => VALIDATING,
        ("admissionregistration.k8s.io", "mutatingadmissionpolicies") => MUTATING,
        ("admissionregistration.k8s.io", "validatingadmissionpolicybindings" | "mutatingadmissionpolicybindings") => {
            POLICY_BINDINGS
        }
        ("flowcontrol.apiserver.k8s.io", "flowschemas") => FLOWS,
        ("flowcontrol.apiserver.k8s.io", "prioritylevelconfigurations") => LEVELS,
        _ => return None,
    })
}

const BINDINGS: &[Column] = &[
    NAME,
    Column::text("Role", |own, _| {
        json!(format!(
            "{}/{}",
            text(own, &["roleRef", "kind"]),
            text(own, &["roleRef", "name"])
        ))
    }),
    AGE,
    Column::text("Users", |own, _| json!(subjects(own, "User"))).wide(),
    Column::text("Groups", |own, _| json!(subjects(own, "Group"))).wide(),
    Column::text("ServiceAccounts", |own, _| json!(subjects(own, "ServiceAccount"))).wide(),
];

fn subjects(binding: &Value, kind: &str) -> String {
    let own = items(binding, &["subjects"])
        .iter()
        .filter(|own| text(own, &["kind"]) == kind);
    let names: Vec<String> = own
        .map(|own| match (kind, text(own, &["namespace"])) {
            ("ServiceAccount", namespace) if !namespace.is_empty() => format!("{namespace}/{}", text(own, &["name"])),
            _ => text(own, &["name"]).to_owned(),
        })
        .collect();
    names.join(", ")
}

const HOOKS: &[Column] = &[
    NAME,
    Column::int("Webhooks", |own, _| json!(size(own, &["webhooks"]))),
    AGE,
];

const PARAM_KIND: Column = Column::text("ParamKind", |own, _| {
    let part = |field| text(own, &["spec", "paramKind", field]);
    json!(match at(own, &["spec", "paramKind"]) {
        None | Some(Value::Null) => "<unset>".to_owned(),
        Some(_) => format!("{}/{}", part("apiVersion"), part("kind")),
    })
});
const VALIDATING: &[Column] = &[
    NAME,
    Column::int("Validations", |own, _| json!(size(own, &["spec", "validations"]))),
    PARAM_KIND,
    AGE,
];
const MUTATING: &[Column] = &[
    NAME,
    Column::int("Mutations", |own, _| json!(size(own, &["spec", "mutations"]))),
    PARAM_KIND,
    AGE,
];
const POLICY_BINDINGS: &[Column] = &[
    NAME,
    Column::text("PolicyName", |own, _| plain(own, &["spec", "policyName"])),
    Column::text("ParamRef", |own, _| json!(parameters(own))),
    AGE,
];

/// Returns which objects are the parameters: one, whose namespace may follow from the request, or those of a selector.
fn parameters(binding: &Value) -> String {
    let part = |field| text(binding, &["spec", "paramRef", field]);
    let selector = ["spec", "paramRef", "selector"];
    match (part("namespace"), part("name")) {
        (_, "") if at(binding, &selector).is_some_and(|own| !own.is_null()) => go_selector(binding, &selector),
        (_, "") => "<unset>".into(),
        ("", name) => format!("*/{name}"),
        (namespace, name) => format!("{namespace}/{name}"),
    }
}

/// Returns a selector as Go prints its structs.
fn go_selector(binding: &Value, path: &[&str]) -> String {
    let selector = at(binding, path).unwrap_or(&Value::Null);
    let labels = at(selector, &["matchLabels"]).and_then(Value::as_object);
    let labels: String = labels
        .into_iter()
        .flatten()
        .map(|(key, value)| format!("{key}: {},", value.as_str().unwrap_or_default()))
        .collect();
    let expressions: String = items(selector, &["matchExpressions"])
        .iter()
        .map(|own| {
            let values: Vec<&str> = items(own, &["values"]).iter().filter_map(Value::as_str).collect();
            let (key, operator) = (text(own, &["key"]), text(own, &["operator"]));
            format!(
                "LabelSelectorRequirement{{Key:{key},Operator:{operator},Values:[{}],}},",
                values.join(" ")
            )
        })
        .collect();
    format!(
        "&LabelSelector{{MatchLabels:map[string]string{{{labels}}},MatchExpressions:[]LabelSelectorRequirement{{{expressions}}},}}"
    )
}

/// Returns what the rows of a list are sorted by.
pub(super) fn precedence(flow: &Value) -> (i64, String) {
    let own = int(flow, &["spec", "matchingPrecedence"]).unwrap_or(0);
    (own, name(flow).to_owned())
}

const FLOWS: &[Column] = &[
    NAME,
    Column::text("PriorityLevel", |own, _| {
        plain(own, &["spec", "priorityLevelConfiguration", "name"])
    }),
    Column::text("MatchingPrecedence", |own, _| {
        count(own, &["spec", "matchingPrecedence"])
    }),
    Column::text("DistinguisherMethod", |own, _| {
        json!(text_or(own, &["spec", "distinguisherMethod", "type"], "<none>"))
    }),
    AGE,
    Column::text("MissingPL", |own, _| {
        let found = condition_of(own, "Dangling");
        json!(found.map_or("?", |own| text(own, &["status"])))
    }),
];

const QUEUING: [&str; 4] = ["spec", "limited", "limitResponse", "queuing"];
const LEVELS: &[Column] = &[
    NAME,
    Column::text("Type", |own, _| plain(own, &["spec", "type"])),
    Column::text("NominalConcurrencyShares", |own, _| {
        level(own, &["spec", "limited", "nominalConcurrencyShares"])
    }),
    Column::text("Queues", |own, _| level(own, &[&QUEUING[..], &["queues"]].concat())),
    Column::text("HandSize", |own, _| level(own, &[&QUEUING[..], &["handSize"]].concat())),
    Column::text("QueueLengthLimit", |own, _| {
        level(own, &[&QUEUING[..], &["queueLengthLimit"]].concat())
    }),
    AGE,
];

/// Returns a number of what limits a level, which is 0 when that does not say it.
fn level(own: &Value, path: &[&str]) -> Value {
    let parent = path.split_last().and_then(|(_, parent)| at(own, parent));
    match parent {
        None | Some(Value::Null) => json!("<none>"),
        Some(_) => count(own, path),
    }
}
