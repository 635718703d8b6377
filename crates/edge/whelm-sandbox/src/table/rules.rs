//! Columns of rules: who may do what, what requests have to be like, and which come first.

use serde_json::{Value, json};

use super::cells::{count, plain, size, text_or};
use super::{AGE, Column, NAME};
use crate::object::{int, items, text};

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
    json!(if part("kind").is_empty() {
        "<unset>".to_owned()
    } else {
        format!("{}/{}", part("apiVersion"), part("kind"))
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
    Column::text("ParamRef", |own, _| {
        let part = |field| text(own, &["spec", "paramRef", field]);
        let namespace = if part("namespace").is_empty() {
            "*"
        } else {
            part("namespace")
        };
        json!(if part("name").is_empty() {
            "<unset>".to_owned()
        } else {
            format!("{namespace}/{}", part("name"))
        })
    }),
    AGE,
];

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
        let mut conditions = items(own, &["status", "conditions"]).iter();
        let found = conditions.find(|own| text(own, &["type"]) == "Dangling");
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

fn level(own: &Value, path: &[&str]) -> Value {
    int(own, path).map_or_else(|| json!("<none>"), |number| json!(number))
}
