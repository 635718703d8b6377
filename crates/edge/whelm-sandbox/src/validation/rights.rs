//! Roles and their bindings.
//!
//! Source: `k8s.io/kubernetes` v1.36.3, `pkg/apis/rbac/validation`.

use serde_json::{Value, json};

use super::format;
use super::report::Report;
use crate::object::{items, text};

const GROUP: &str = "rbac.authorization.k8s.io";

/// Checks the rules of a Role or ClusterRole.
pub(super) fn rules(object: &Value, namespaced: bool, report: &mut Report) {
    for (index, rule) in items(object, &["rules"]).iter().enumerate() {
        let place = format!("rules[{index}]");
        let has = |field: &str| !items(rule, &[field]).is_empty();
        if !has("verbs") {
            report.required(&format!("{place}.verbs"), "verbs must contain at least one value");
        }
        if has("nonResourceURLs") {
            let urls = json!(items(rule, &["nonResourceURLs"]));
            let field = format!("{place}.nonResourceURLs");
            if namespaced {
                report.invalid(&field, &urls, "namespaced rules cannot apply to non-resource URLs");
            }
            if has("apiGroups") || has("resources") || has("resourceNames") {
                let detail = "rules cannot apply to both regular resources and non-resource URLs";
                report.invalid(&field, &urls, detail);
            }
            continue;
        }
        if !has("apiGroups") {
            report.required(
                &format!("{place}.apiGroups"),
                "resource rules must supply at least one api group",
            );
        }
        if !has("resources") {
            report.required(
                &format!("{place}.resources"),
                "resource rules must supply at least one resource",
            );
        }
    }
    if let Some(aggregation) = object.get("aggregationRule").filter(|_| !namespaced) {
        let selectors = items(aggregation, &["clusterRoleSelectors"]);
        if selectors.is_empty() {
            report.required(
                "aggregationRule.clusterRoleSelectors",
                "at least one clusterRoleSelector required if aggregationRule is non-nil",
            );
        }
        for (index, selector) in selectors.iter().enumerate() {
            let place = format!("aggregationRule.clusterRoleSelectors[{index}]");
            super::selector::label_selector(Some(selector), &place, report);
        }
    }
}

/// Checks a RoleBinding or ClusterRoleBinding.
pub(super) fn binding(object: &Value, namespaced: bool, report: &mut Report) {
    let group = text(object, &["roleRef", "apiGroup"]);
    if group != GROUP {
        report.one_of("roleRef.apiGroup", group, &[GROUP]);
    }
    let kinds: &[&str] = if namespaced {
        &["Role", "ClusterRole"]
    } else {
        &["ClusterRole"]
    };
    report.one_of("roleRef.kind", text(object, &["roleRef", "kind"]), kinds);
    report.named("roleRef.name", text(object, &["roleRef", "name"]), |name| {
        format::path_segment(name, false)
    });
    for (index, subject) in items(object, &["subjects"]).iter().enumerate() {
        check_subject(subject, namespaced, &format!("subjects[{index}]"), report);
    }
}

fn check_subject(subject: &Value, namespaced: bool, place: &str, report: &mut Report) {
    let name = text(subject, &["name"]);
    if name.is_empty() {
        report.required(&format!("{place}.name"), "");
    }
    let group = text(subject, &["apiGroup"]);
    match text(subject, &["kind"]) {
        "ServiceAccount" => {
            if !name.is_empty() {
                report.findings(&format!("{place}.name"), &json!(name), format::subdomain(name));
            }
            if !group.is_empty() {
                report.one_of(&format!("{place}.apiGroup"), group, &[""]);
            }
            if !namespaced && text(subject, &["namespace"]).is_empty() {
                report.required(&format!("{place}.namespace"), "");
            }
        }
        "User" | "Group" => report.one_of(&format!("{place}.apiGroup"), group, &[GROUP]),
        other => report.one_of(&format!("{place}.kind"), other, &["ServiceAccount", "User", "Group"]),
    }
}

/// Says whether a binding now refers to another role.
pub(super) fn binding_changes(live: &Value, object: &Value, report: &mut Report) {
    if live.get("roleRef") == object.get("roleRef") {
        return;
    }
    // The real server shows its internal form, which has other names.
    let own = |field: &str| text(object, &["roleRef", field]).to_owned();
    let value = json!({"APIGroup": own("apiGroup"), "Kind": own("kind"), "Name": own("name")});
    report.invalid("roleRef", &value, "cannot change roleRef");
}
