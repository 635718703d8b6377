//! LimitRanges and ResourceQuotas, and the names of what can be limited.
//!
//! Source: `k8s.io/kubernetes` v1.36.3, `pkg/apis/core/validation` and `pkg/apis/core/helper`.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::report::Report;
use super::{format, storage};
use crate::object::{at, items, text};
use crate::quantity::Quantity;

const COMPUTE: [&str; 9] = [
    "cpu",
    "memory",
    "ephemeral-storage",
    "requests.cpu",
    "requests.memory",
    "requests.ephemeral-storage",
    "limits.cpu",
    "limits.memory",
    "limits.ephemeral-storage",
];
const COUNTED: [&str; 9] = [
    "pods",
    "resourcequotas",
    "services",
    "replicationcontrollers",
    "secrets",
    "configmaps",
    "persistentvolumeclaims",
    "services.nodeports",
    "services.loadbalancers",
];
const SCOPES: [&str; 7] = [
    "Terminating",
    "NotTerminating",
    "BestEffort",
    "NotBestEffort",
    "PriorityClass",
    "VolumeAttributesClass",
    "CrossNamespacePodAffinity",
];

fn is_huge(name: &str) -> bool {
    name.starts_with("hugepages-") || name.starts_with("requests.hugepages-")
}

fn is_standard_quota(name: &str) -> bool {
    COMPUTE.contains(&name) || COUNTED.contains(&name) || name == "requests.storage" || is_huge(name)
}

/// Says whether a name is one that Kubernetes itself gives meaning to.
pub(super) fn is_native(name: &str) -> bool {
    !name.contains('/') || name.contains("kubernetes.io/")
}

/// Says whether a name is one of a resource that others provide.
pub(super) fn is_extended(name: &str) -> bool {
    !is_native(name) && !name.starts_with("requests.") && format::label_key(&format!("requests.{name}")).is_empty()
}

/// Checks the name of a resource; says whether it has the form of one.
fn resource_name(name: &str, field: &str, report: &mut Report) -> bool {
    let findings = format::label_key(name);
    if !findings.is_empty() {
        report.findings(field, &json!(name), findings);
        return false;
    }
    if !name.contains('/') && !is_standard_quota(name) && name != "storage" {
        let detail = "must be a standard resource type or fully qualified";
        report.invalid(field, &json!(name), detail);
    }
    true
}

/// Checks the name of a resource that containers can have.
pub(super) fn container_resource(name: &str, field: &str, report: &mut Report) {
    resource_name(name, field, report);
    if !name.contains('/') {
        let standard = matches!(name, "cpu" | "memory" | "ephemeral-storage") || name.starts_with("hugepages-");
        if !standard {
            report.invalid(field, &json!(name), "must be a standard resource for containers");
        }
    } else if !is_native(name) && !is_extended(name) {
        report.invalid(field, &json!(name), "doesn't follow extended resource name standard");
    }
}

/// Checks an amount of a resource.
pub(super) fn amount(name: &str, value: &Value, field: &str, report: &mut Report) {
    storage::not_negative_amount(field, value, report);
    let parsed = value.as_str().and_then(|text| Quantity::parse(text).ok());
    let whole = parsed.is_none_or(|amount| (amount.nanos() / 1_000_000) % 1000 == 0);
    if (COUNTED.contains(&name) || is_extended(name)) && !whole {
        report.invalid(field, value, "must be an integer");
    }
}

/// Checks a ResourceQuota's specification.
pub(super) fn quota(object: &Value, report: &mut Report) {
    quota_amounts(object, &["spec", "hard"], report);
    let scopes = items(object, &["spec", "scopes"]);
    let names: Vec<&str> = scopes.iter().filter_map(Value::as_str).collect();
    for scope in &names {
        if !SCOPES.contains(scope) {
            report.invalid("spec.scopes", &json!(scopes), "unsupported scope");
        }
        for _ in unfit(object, scope) {
            report.invalid("spec.scopes", &json!(scopes), "unsupported scope applied to resource");
        }
    }
    conflicting(&names, &json!(scopes), "spec.scopes", report);
    scope_selector(object, report);
}

/// Returns the limits of a quota that a scope cannot be used with.
fn unfit<'a>(quota: &'a Value, scope: &str) -> Vec<&'a str> {
    let hard = at(quota, &["spec", "hard"]).and_then(Value::as_object);
    let fits = |name: &str| match scope {
        "BestEffort" => name == "pods",
        "VolumeAttributesClass" => matches!(name, "persistentvolumeclaims" | "requests.storage"),
        _ if SCOPES.contains(&scope) => name == "pods" || (COMPUTE.contains(&name) && !name.ends_with("storage")),
        _ => true,
    };
    hard.into_iter()
        .flat_map(Map::keys)
        .map(String::as_str)
        .filter(|name| is_standard_quota(name) && !fits(name))
        .collect()
}

fn conflicting(scopes: &[&str], shown: &Value, field: &str, report: &mut Report) {
    for pair in [["BestEffort", "NotBestEffort"], ["NotTerminating", "Terminating"]] {
        if pair.iter().all(|scope| scopes.contains(scope)) {
            report.invalid(field, shown, "conflicting scopes");
        }
    }
}

fn scope_selector(object: &Value, report: &mut Report) {
    let Some(selector) = at(object, &["spec", "scopeSelector"]) else {
        return;
    };
    let place = "spec.scopeSelector.matchExpressions";
    let expressions = items(selector, &["matchExpressions"]);
    let mut scopes = Vec::new();
    for expression in expressions {
        let (scope, operator) = (text(expression, &["scopeName"]), text(expression, &["operator"]));
        if !SCOPES.contains(&scope) {
            report.invalid(&format!("{place}.scopeName"), &json!(scope), "unsupported scope");
        }
        for _ in unfit(object, scope) {
            report.invalid_as(
                place,
                "*@core.ScopeSelector",
                Some(selector),
                "unsupported scope applied to resource",
            );
        }
        let only_exists = SCOPES.contains(&scope) && !matches!(scope, "PriorityClass" | "VolumeAttributesClass");
        if only_exists && operator != "Exists" {
            let detail = "must be 'Exists' when scope is any of ResourceQuotaScopeTerminating, ResourceQuotaScopeNotTerminating, \
                ResourceQuotaScopeBestEffort, ResourceQuotaScopeNotBestEffort or ResourceQuotaScopeCrossNamespacePodAffinity";
            report.invalid(&format!("{place}.operator"), &json!(operator), detail);
        }
        scope_values(expression, operator, place, report);
        scopes.push(scope);
    }
    let shown = at(object, &["spec", "scopes"]).cloned().unwrap_or_default();
    conflicting(&scopes, &shown, place, report);
}

fn scope_values(expression: &Value, operator: &str, place: &str, report: &mut Report) {
    let values = items(expression, &["values"]);
    let field = format!("{place}.values");
    match operator {
        "In" | "NotIn" => {
            if values.is_empty() {
                let detail = "must be at least one value when `operator` is 'In' or 'NotIn' for scope selector";
                report.required(&field, detail);
            }
        }
        "Exists" | "DoesNotExist" => {
            if !values.is_empty() {
                let detail = "must be no value when `operator` is 'Exist' or 'DoesNotExist' for scope selector";
                report.invalid(&field, &json!(values), detail);
            }
        }
        _ => {
            let detail = "not a valid selector operator";
            report.invalid(&format!("{place}.operator"), &json!(operator), detail);
        }
    }
}

fn quota_amounts(object: &Value, path: &[&str], report: &mut Report) {
    for (name, value) in at(object, path).and_then(Value::as_object).into_iter().flatten() {
        let field = format!("{}[{name}]", path.join("."));
        resource_name(name, &field, report);
        if !name.contains('/') && !is_standard_quota(name) {
            report.invalid(&field, &json!(name), "must be a standard resource for quota");
        }
        amount(name, value, &field, report);
    }
}

/// Checks a ResourceQuota's status.
pub(super) fn quota_status(object: &Value, report: &mut Report) {
    quota_amounts(object, &["status", "hard"], report);
    quota_amounts(object, &["status", "used"], report);
}

/// Checks how a ResourceQuota changes.
pub(super) fn quota_changes(live: &Value, object: &Value, report: &mut Report) {
    let own = |object| -> BTreeSet<String> {
        items(object, &["spec", "scopes"])
            .iter()
            .map(Value::to_string)
            .collect()
    };
    if own(live) != own(object) {
        let shown = at(object, &["spec", "scopes"]).unwrap_or(&Value::Null);
        report.invalid("spec.scopes", shown, "field is immutable");
    }
}

/// Checks a LimitRange.
pub(super) fn range(object: &Value, report: &mut Report) {
    let mut kinds = BTreeSet::new();
    for (index, limit) in items(object, &["spec", "limits"]).iter().enumerate() {
        let place = format!("spec.limits[{index}]");
        let kind = text(limit, &["type"]);
        let field = format!("{place}.type");
        let findings = format::label_key(kind);
        if findings.is_empty() && !kind.contains('/') && !matches!(kind, "Pod" | "Container" | "PersistentVolumeClaim")
        {
            let detail = "must be a standard limit type or fully qualified";
            report.invalid(&field, &json!(kind), detail);
        }
        report.findings(&field, &json!(kind), findings);
        if !kinds.insert(kind) {
            report.duplicate(&field, &json!(kind));
        }
        limit_names(limit, kind, &place, report);
        limit_amounts(limit, kind, &place, report);
    }
}

fn limit_names(limit: &Value, kind: &str, place: &str, report: &mut Report) {
    for field in ["max", "min", "default", "defaultRequest", "maxLimitRequestRatio"] {
        let own = limit.get(field).and_then(Value::as_object);
        let is_default = field.starts_with("default");
        if field == "maxLimitRequestRatio" && kind == "PersistentVolumeClaim" {
            let has = |field: &str| at(limit, &[field, "storage"]).is_some();
            if !has("min") && !has("max") {
                let detail = "either minimum or maximum storage value is required, but neither was provided";
                report.required(&format!("{place}.limits"), detail);
            }
        }
        if is_default && kind == "Pod" {
            if own.is_some_and(|own| !own.is_empty()) {
                report.forbidden(&format!("{place}.{field}"), "may not be specified when `type` is 'Pod'");
            }
            continue;
        }
        for name in own.into_iter().flat_map(Map::keys) {
            let field = format!("{place}.{field}[{name}]");
            if matches!(kind, "Pod" | "Container") {
                container_resource(name, &field, report);
            } else {
                resource_name(name, &field, report);
            }
        }
    }
}

fn limit_amounts(limit: &Value, kind: &str, place: &str, report: &mut Report) {
    let amounts = |field: &str| -> BTreeMap<&str, Quantity> {
        let pairs = limit.get(field).and_then(Value::as_object).into_iter().flatten();
        let read = |value: &Value| Quantity::parse(value.as_str()?).ok();
        pairs
            .filter_map(|(name, value)| Some((name.as_str(), read(value)?)))
            .collect()
    };
    let none = BTreeMap::new();
    let (most, least, ratios) = (amounts("max"), amounts("min"), amounts("maxLimitRequestRatio"));
    let (limits, requests) = if kind == "Pod" {
        (none.clone(), none)
    } else {
        (amounts("default"), amounts("defaultRequest"))
    };
    let names: BTreeSet<&&str> = [&most, &least, &ratios, &limits, &requests]
        .iter()
        .flat_map(|amounts| amounts.keys())
        .collect();
    for name in names {
        let own = Limits {
            name,
            place,
            least: least.get(name).copied(),
            most: most.get(name).copied(),
            limit: limits.get(name).copied(),
            request: requests.get(name).copied(),
            ratio: ratios.get(name).copied(),
        };
        own.check(report);
    }
}

/// What a limit says of one resource.
struct Limits<'a> {
    name: &'a str,
    place: &'a str,
    least: Option<Quantity>,
    most: Option<Quantity>,
    limit: Option<Quantity>,
    request: Option<Quantity>,
    ratio: Option<Quantity>,
}

impl Limits<'_> {
    fn check(&self, report: &mut Report) {
        let (least, most) = ((self.least, "min value"), (self.most, "max value"));
        let request = (self.request, "default request value");
        self.ordered("min", least, most, least.0, report);
        self.ordered("defaultRequest", least, request, request.0, report);
        self.ordered("defaultRequest", request, most, request.0, report);
        self.ordered(
            "defaultRequest",
            request,
            (self.limit, "default limit value"),
            request.0,
            report,
        );
        self.ordered("default", least, (self.limit, "default value"), least.0, report);
        self.ordered("default", (self.limit, "default value"), most, most.0, report);
        self.check_ratio(report);
        let overcommits = is_native(self.name) && !self.name.starts_with("hugepages-");
        if let (Some(limit), Some(request)) = (self.limit, self.request)
            && !overcommits
            && limit.nanos() != request.nanos()
        {
            let detail = format!(
                "default value {limit} must equal to defaultRequest value {request} in {}",
                self.name
            );
            self.wrong("defaultRequest", request, &detail, report);
        }
    }

    fn wrong(&self, field: &str, shown: Quantity, detail: &str, report: &mut Report) {
        let field = format!("{}.{field}[{}]", self.place, self.name);
        report.invalid(&field, &json!(shown.to_string()), detail);
    }

    /// One amount is not greater than another.
    fn ordered(
        &self,
        field: &str,
        (low, low_name): (Option<Quantity>, &str),
        (high, high_name): (Option<Quantity>, &str),
        shown: Option<Quantity>,
        report: &mut Report,
    ) {
        if let (Some(low), Some(high), Some(shown)) = (low, high, shown)
            && low.nanos() > high.nanos()
        {
            let detail = format!("{low_name} {low} is greater than {high_name} {high}");
            self.wrong(field, shown, &detail, report);
        }
    }

    fn check_ratio(&self, report: &mut Report) {
        const ONE: i128 = 1_000_000_000;
        let Some(ratio) = self.ratio else { return };
        let field = "maxLimitRequestRatio";
        if ratio.nanos() < ONE {
            self.wrong(field, ratio, &format!("ratio {ratio} is less than 1"), report);
        }
        let (Some(least), Some(most)) = (self.least, self.most) else {
            return;
        };
        #[expect(clippy::cast_precision_loss, reason = "the real server computes so, too")]
        let number = |amount: Quantity| (amount.nanos() as f64) / 1e9;
        let highest = number(most) / number(least);
        if number(ratio) > highest {
            let shown = if highest.is_infinite() {
                "+Inf".to_owned()
            } else {
                format!("{highest:.6}")
            };
            let detail = format!("ratio {ratio} is greater than max/min = {shown}");
            self.wrong(field, ratio, &detail, report);
        }
    }
}
