//! The rules of roles: what they allow, and whether they cover other rules.
//!
//! Source: `k8s.io/kubernetes` v1.36.3, `pkg/apis/rbac/v1`; `k8s.io/component-helpers` v0.36.3, `auth/rbac/validation`.

use serde_json::Value;

use super::attributes::{Action, Attributes, Place, combined};
use crate::object::items;

/// One rule of a role.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Rule {
    pub groups: Vec<String>,
    pub resources: Vec<String>,
    pub urls: Vec<String>,
    pub names: Vec<String>,
    pub verbs: Vec<String>,
}

impl Rule {
    pub fn read(rule: &Value) -> Self {
        let list = |field: &str| {
            let values = items(rule, &[field]).iter();
            values.filter_map(Value::as_str).map(str::to_owned).collect()
        };
        Rule {
            groups: list("apiGroups"),
            resources: list("resources"),
            urls: list("nonResourceURLs"),
            names: list("resourceNames"),
            verbs: list("verbs"),
        }
    }

    /// Returns the rules that together allow everything.
    pub fn everything() -> [Self; 2] {
        let all = || vec!["*".to_owned()];
        let resources = Rule {
            verbs: all(),
            groups: all(),
            resources: all(),
            ..Rule::default()
        };
        let urls = Rule {
            verbs: all(),
            urls: all(),
            ..Rule::default()
        };
        [resources, urls]
    }

    /// Cuts the rule into rules with one verb, one resource and at most one name each.
    fn parts(&self) -> Vec<Rule> {
        let mut parts = Vec::new();
        for group in &self.groups {
            for resource in &self.resources {
                for verb in &self.verbs {
                    let part = Rule {
                        groups: vec![group.clone()],
                        resources: vec![resource.clone()],
                        verbs: vec![verb.clone()],
                        ..Rule::default()
                    };
                    let named = |name: &String| Rule {
                        names: vec![name.clone()],
                        ..part.clone()
                    };
                    match self.names.as_slice() {
                        [] => parts.push(part),
                        names => parts.extend(names.iter().map(named)),
                    }
                }
            }
        }
        for url in &self.urls {
            parts.extend(self.verbs.iter().map(|verb| Rule {
                urls: vec![url.clone()],
                verbs: vec![verb.clone()],
                ..Rule::default()
            }));
        }
        parts
    }

    /// Says whether whoever has this rule may do all that a part of a rule allows.
    fn covers(&self, part: &Rule) -> bool {
        let all_of = |own: &[String], others: &[String]| has(own, "*") || others.iter().all(|one| has(own, one));
        let has_names = match part.names.as_slice() {
            [] => self.names.is_empty(),
            names => self.names.is_empty() || names.iter().all(|name| has(&self.names, name)),
        };
        all_of(&self.verbs, &part.verbs)
            && all_of(&self.groups, &part.groups)
            && part
                .resources
                .iter()
                .all(|resource| covers_resource(&self.resources, resource))
            && part
                .urls
                .iter()
                .all(|url| self.urls.iter().any(|own| matches_url(own, url)))
            && has_names
    }

    /// Says whether the two rules speak of one resource in one group and of nothing else, differing in verbs alone.
    fn differs_in_verbs(&self, other: &Rule) -> bool {
        let is_simple = self.groups.len() == 1 && self.resources.len() == 1 && self.urls.is_empty();
        is_simple
            && (&self.groups, &self.resources, &self.names) == (&other.groups, &other.resources, &other.names)
            && other.urls.is_empty()
    }
}

impl std::fmt::Display for Rule {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let fields = [
            ("APIGroups", &self.groups),
            ("Resources", &self.resources),
            ("NonResourceURLs", &self.urls),
            ("ResourceNames", &self.names),
            ("Verbs", &self.verbs),
        ];
        let given = fields.iter().filter(|(_, values)| !values.is_empty());
        let texts: Vec<String> = given
            .map(|(name, values)| format!("{name}:{}", quoted(values)))
            .collect();
        write!(f, "{{{}}}", texts.join(", "))
    }
}

/// A list of texts as Go's `%q` prints it.
pub(super) fn quoted(values: &[String]) -> String {
    let quoted: Vec<String> = values.iter().map(|value| format!("{value:?}")).collect();
    format!("[{}]", quoted.join(" "))
}

fn has(values: &[String], value: &str) -> bool {
    values.iter().any(|own| own == value)
}

/// Says whether a rule, as a role has it, allows something.
pub(super) fn allows(rule: &Value, attributes: &Attributes) -> bool {
    let any = |field: &str, matches: &dyn Fn(&str) -> bool| {
        items(rule, &[field]).iter().filter_map(Value::as_str).any(matches)
    };
    let is = |wanted: &str, own: &str| own == "*" || own == wanted;
    any("verbs", &|own| is(&attributes.verb, own))
        && match &attributes.action {
            Action::Path(path) => any("nonResourceURLs", &|own| own == "*" || matches_url(own, path)),
            Action::Resource(place) => {
                any("apiGroups", &|own| is(&place.group, own))
                    && any("resources", &|own| matches_resource(own, place))
                    && (items(rule, &["resourceNames"]).is_empty() || any("resourceNames", &|own| own == place.name))
            }
        }
}

fn matches_resource(own: &str, place: &Place) -> bool {
    own == "*"
        || own == combined(&place.resource, &place.subresource)
        || (!place.subresource.is_empty() && own.strip_prefix("*/") == Some(&place.subresource))
}

fn matches_url(own: &str, path: &str) -> bool {
    own == path || (own.ends_with('*') && path.starts_with(own.trim_end_matches('*')))
}

fn covers_resource(own: &[String], resource: &str) -> bool {
    let of_all = || {
        let (_, subresource) = resource.split_once('/')?;
        Some(has(own, &format!("*/{subresource}")))
    };
    has(own, "*") || has(own, resource) || of_all().unwrap_or(false)
}

/// Returns what of the wanted rules the rules of somebody do not cover, each told once, in order.
pub(super) fn missing(owned: &[Rule], wanted: &[Rule]) -> Vec<String> {
    let mut missing: Vec<Rule> = Vec::new();
    for part in wanted.iter().flat_map(Rule::parts) {
        if owned.iter().any(|own| own.covers(&part)) {
            continue;
        }
        match missing.iter_mut().find(|other| other.differs_in_verbs(&part)) {
            Some(other) => other.verbs.extend(part.verbs),
            None => missing.push(part),
        }
    }
    let mut texts: Vec<String> = missing.iter().map(Rule::to_string).collect();
    texts.sort();
    texts.dedup();
    texts
}
