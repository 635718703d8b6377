//! FlowSchemas and PriorityLevelConfigurations.
//!
//! Source: `k8s.io/kubernetes` v1.36.3, `pkg/apis/flowcontrol/validation`.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::format;
use super::report::Report;
use crate::object::{int, items, name, text};

const VERBS: [&str; 9] = [
    "create",
    "delete",
    "deletecollection",
    "get",
    "list",
    "patch",
    "proxy",
    "update",
    "watch",
];

/// Checks a FlowSchema.
pub(super) fn schema(object: &Value, report: &mut Report) {
    let spec = object.get("spec").unwrap_or(&Value::Null);
    let place = "spec.matchingPrecedence";
    let precedence = int(spec, &["matchingPrecedence"]).unwrap_or(0);
    if precedence <= 0 {
        report.invalid(place, &json!(precedence), "must be a positive value");
    }
    if precedence > 10_000 {
        report.invalid(place, &json!(precedence), "must not be greater than 10000");
    }
    if precedence == 1 && name(object) != "exempt" {
        let detail = "only the schema named 'exempt' may have matchingPrecedence 1";
        report.invalid(place, &json!(precedence), detail);
    }
    if let Some(method) = spec.get("distinguisherMethod") {
        let kind = text(method, &["type"]);
        if !matches!(kind, "ByNamespace" | "ByUser") {
            let form = "*@flowcontrol.FlowDistinguisherMethod";
            let methods = ["ByNamespace", "ByUser"];
            report.unsupported_as("spec.distinguisherMethod.type", form, Some(method), &methods);
        }
    }
    let level = text(spec, &["priorityLevelConfiguration", "name"]);
    let place = "spec.priorityLevelConfiguration.name";
    if level.is_empty() {
        report.required(place, "must reference a priority level");
    } else {
        report.findings(place, &json!(level), format::subdomain(level));
    }
    for (index, rule) in items(spec, &["rules"]).iter().enumerate() {
        check_rule(rule, &format!("spec.rules[{index}]"), report);
    }
    conditions(object, report);
}

fn check_rule(rule: &Value, place: &str, report: &mut Report) {
    let subjects = items(rule, &["subjects"]);
    if subjects.is_empty() {
        report.required(&format!("{place}.subjects"), "subjects must contain at least one value");
    }
    for (index, subject) in subjects.iter().enumerate() {
        check_subject(subject, &format!("{place}.subjects[{index}]"), report);
    }
    let (resources, others) = (items(rule, &["resourceRules"]), items(rule, &["nonResourceRules"]));
    if resources.is_empty() && others.is_empty() {
        let detail = "at least one of resourceRules and nonResourceRules has to be non-empty";
        report.required(place, detail);
    }
    for (index, rule) in resources.iter().enumerate() {
        resource_rule(rule, &format!("{place}.resourceRules[{index}]"), report);
    }
    for (index, rule) in others.iter().enumerate() {
        other_rule(rule, &format!("{place}.nonResourceRules[{index}]"), report);
    }
}

fn check_subject(subject: &Value, place: &str, report: &mut Report) {
    const KINDS: [(&str, &str); 3] = [
        ("ServiceAccount", "serviceAccount"),
        ("User", "user"),
        ("Group", "group"),
    ];
    let kind = text(subject, &["kind"]);
    let Some((_, field)) = KINDS.iter().find(|(own, _)| *own == kind) else {
        report.one_of(&format!("{place}.kind"), kind, &["Group", "ServiceAccount", "User"]);
        return;
    };
    let own = format!("{place}.{field}");
    match subject.get(*field) {
        None => report.required(&own, &format!("{field} is required when subject kind is '{kind}'")),
        Some(account) if kind == "ServiceAccount" => check_account(account, &own, report),
        Some(named) if text(named, &["name"]).is_empty() => report.required(&format!("{own}.name"), ""),
        Some(_) => {}
    }
    for (other, field) in KINDS.iter().filter(|(other, _)| *other != kind) {
        if subject.get(*field).is_some() {
            let detail = format!("{field} is forbidden when subject kind is not '{other}'");
            report.forbidden(&format!("{place}.{field}"), &detail);
        }
    }
}

fn check_account(account: &Value, place: &str, report: &mut Report) {
    let name = text(account, &["name"]);
    if name != "*" {
        report.named(&format!("{place}.name"), name, format::subdomain);
    }
    let namespace = text(account, &["namespace"]);
    let field = format!("{place}.namespace");
    if namespace.is_empty() {
        report.required(&field, "must specify namespace for service account");
    } else {
        report.findings(&field, &json!(namespace), format::label(namespace));
    }
}

fn has_all(list: &[Value]) -> bool {
    list.iter().any(|item| item == "*")
}

fn check_verbs(rule: &Value, place: &str, report: &mut Report) {
    let field = format!("{place}.verbs");
    let verbs = items(rule, &["verbs"]);
    let known = |verb: &Value| VERBS.contains(&verb.as_str().unwrap_or_default());
    if verbs.is_empty() {
        report.required(&field, "verbs must contain at least one value");
    } else if has_all(verbs) {
        if verbs.len() > 1 {
            report.invalid(&field, &json!(verbs), "if '*' is present, must not specify other verbs");
        }
    } else if !verbs.iter().all(known) {
        report.unsupported(&field, &json!(verbs), &VERBS);
    }
}

fn other_rule(rule: &Value, place: &str, report: &mut Report) {
    check_verbs(rule, place, report);
    let field = format!("{place}.nonResourceURLs");
    let urls = items(rule, &["nonResourceURLs"]);
    if urls.is_empty() {
        report.required(&field, "nonResourceURLs must contain at least one value");
    } else if has_all(urls) {
        if urls.len() > 1 {
            let detail = "if '*' is present, must not specify other non-resource URLs";
            report.invalid(&field, &json!(urls), detail);
        }
    } else {
        for (index, url) in urls.iter().enumerate() {
            if let Some(detail) = path_fault(url.as_str().unwrap_or_default()) {
                report.invalid(&format!("{field}[{index}]"), url, detail);
            }
        }
    }
}

/// Says what is wrong with the path of a URL.
fn path_fault(path: &str) -> Option<&'static str> {
    let stars = path.matches('*').count();
    match path {
        "" => Some("must not be empty"),
        "/" => None,
        _ if !path.starts_with('/') => Some("must start with slash"),
        _ if path.contains(' ') => Some("must not contain white-space"),
        _ if path.contains("//") => Some("must not contain double slash"),
        _ if stars > 1 || (stars == 1 && !path.ends_with("/*")) => Some("wildcard can only do suffix matching"),
        _ => None,
    }
}

fn resource_rule(rule: &Value, place: &str, report: &mut Report) {
    check_verbs(rule, place, report);
    for (field, one, many) in [
        ("apiGroups", "api group", "api groups"),
        ("resources", "resource", "resources"),
    ] {
        let own = items(rule, &[field]);
        let field = format!("{place}.{field}");
        if own.is_empty() {
            report.required(&field, &format!("resource rules must supply at least one {one}"));
        } else if own.len() > 1 && has_all(own) {
            let detail = format!("if '*' is present, must not specify other {many}");
            report.invalid(&field, &json!(own), &detail);
        }
    }
    let field = format!("{place}.namespaces");
    let namespaces = items(rule, &["namespaces"]);
    if namespaces.is_empty() && rule.get("clusterScope") != Some(&Value::Bool(true)) {
        let detail = "resource rules that are not cluster scoped must supply at least one namespace";
        report.required(&field, detail);
    } else if has_all(namespaces) {
        if namespaces.len() > 1 {
            let detail = "if '*' is present, must not specify other namespaces";
            report.invalid(&field, &json!(namespaces), detail);
        }
    } else {
        for (index, namespace) in namespaces.iter().enumerate() {
            for finding in format::label(namespace.as_str().unwrap_or_default()) {
                let detail = format!("each member of this list must be '*' or a DNS-1123 label; {finding}");
                report.invalid(&format!("{field}[{index}]"), namespace, &detail);
            }
        }
    }
}

/// Checks the conditions of a FlowSchema or PriorityLevelConfiguration.
pub(super) fn conditions(object: &Value, report: &mut Report) {
    let mut kinds = BTreeSet::new();
    for (index, condition) in items(object, &["status", "conditions"]).iter().enumerate() {
        let field = format!("status.conditions[{index}].type");
        let kind = text(condition, &["type"]);
        if !kinds.insert(kind) {
            report.duplicate(&field, &json!(kind));
        }
        if kind.is_empty() {
            report.required(&field, "");
        }
    }
}

/// Checks a PriorityLevelConfiguration.
pub(super) fn level(object: &Value, report: &mut Report) {
    let spec = object.get("spec").unwrap_or(&Value::Null);
    let kind = text(spec, &["type"]);
    if (name(object) == "exempt") != (kind == "Exempt") {
        let detail = "must be 'Exempt' if and only if `name` is 'exempt'";
        report.invalid("spec.type", &json!(kind), detail);
    }
    let (limited, exempt) = (spec.get("limited"), spec.get("exempt"));
    match kind {
        "Exempt" => {
            if limited.is_some() {
                report.forbidden("spec.limited", "must be nil if the type is not Limited");
            }
            if let Some(exempt) = exempt {
                shares(exempt, "spec.exempt", report);
                lendable(exempt, "spec.exempt", report);
            }
        }
        "Limited" => {
            if exempt.is_some() {
                report.forbidden("spec.exempt", "must be nil if the type is Limited");
            }
            match limited {
                None => report.required("spec.limited", "must not be empty when type is Limited"),
                Some(limited) => check_limited(limited, report),
            }
        }
        "" => report.required("spec.type", ""),
        other => report.one_of("spec.type", other, &["Exempt", "Limited"]),
    }
    conditions(object, report);
}

fn shares(own: &Value, place: &str, report: &mut Report) {
    if let Some(shares) = int(own, &["nominalConcurrencyShares"]).filter(|&shares| shares < 0) {
        let detail = "must be a non-negative integer";
        report.invalid(&format!("{place}.nominalConcurrencyShares"), &json!(shares), detail);
    }
}

fn lendable(own: &Value, place: &str, report: &mut Report) {
    if let Some(percent) = int(own, &["lendablePercent"]) {
        let findings = format::in_range(percent, 0, 100);
        report.findings(&format!("{place}.lendablePercent"), &json!(percent), findings);
    }
}

fn check_limited(limited: &Value, report: &mut Report) {
    shares(limited, "spec.limited", report);
    let response = limited.get("limitResponse").unwrap_or(&Value::Null);
    let place = "spec.limited.limitResponse";
    let queuing = response.get("queuing");
    match text(response, &["type"]) {
        "Reject" => {
            if queuing.is_some() {
                let detail = "must be nil if limited.limitResponse.type is not Limited";
                report.forbidden(&format!("{place}.queuing"), detail);
            }
        }
        "Queue" => match queuing {
            None => {
                let detail = "must not be empty if limited.limitResponse.type is Limited";
                report.required(&format!("{place}.queuing"), detail);
            }
            Some(queuing) => check_queuing(queuing, &format!("{place}.queuing"), report),
        },
        "" => report.required(&format!("{place}.type"), ""),
        other => report.one_of(&format!("{place}.type"), other, &["Queue", "Reject"]),
    }
    lendable(limited, "spec.limited", report);
    if let Some(percent) = int(limited, &["borrowingLimitPercent"]).filter(|&percent| percent < 0) {
        let detail = "if specified, must be a non-negative integer";
        report.invalid("spec.limited.borrowingLimitPercent", &json!(percent), detail);
    }
}

fn check_queuing(queuing: &Value, place: &str, report: &mut Report) {
    const MOST_BITS: u32 = 60;
    let number = |field: &str| int(queuing, &[field]).unwrap_or(0);
    let (length, queues, hand) = (number("queueLengthLimit"), number("queues"), number("handSize"));
    let mut wrong = |field: &str, value: i64, detail: &str| {
        report.invalid(&format!("{place}.{field}"), &json!(value), detail);
    };
    if length <= 0 {
        wrong("queueLengthLimit", length, "must be positive");
    }
    if queues <= 0 {
        wrong("queues", queues, "must be positive");
    } else if queues > 10_000_000 {
        wrong("queues", queues, "must not be greater than 10000000");
    }
    if hand <= 0 {
        wrong("handSize", hand, "must be positive");
    } else if hand > queues {
        wrong(
            "handSize",
            hand,
            &format!("should not be greater than queues ({queues})"),
        );
    } else if entropy_bits(queues, hand) > MOST_BITS {
        let detail = format!(
            "required entropy bits of deckSize {queues} and handSize {hand} should not be greater than {MOST_BITS}"
        );
        wrong("handSize", hand, &detail);
    }
}

/// How many random bits it takes to deal a hand of queues.
fn entropy_bits(queues: i64, hand: i64) -> u32 {
    #[expect(clippy::cast_precision_loss, reason = "there are at most ten million queues")]
    let deck = queues as f64;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "the number of bits is small and not negative"
    )]
    let bits = (deck.log2() * hand as f64).ceil() as u32;
    bits
}
