//! Which Pods a selector selects, and which selectors select a Pod, without a look at all of them.

use std::collections::{BTreeSet, HashMap};

use serde_json::Value;

use crate::object::at;
use crate::store::Key;

/// A label in a namespace.
type Label = (String, String, String);

/// Pods by their labels, and what selects Pods by one of the labels that it asks for.
#[derive(Debug, Clone, Default)]
pub(crate) struct Selection {
    /// Names of Pods.
    pods: HashMap<Label, BTreeSet<String>>,
    selectors: HashMap<Label, BTreeSet<Key>>,
    /// What asks for no certain label, by namespace.
    general: HashMap<String, BTreeSet<Key>>,
}

/// What a key stands for here.
enum Role {
    Pod,
    Selector,
    None,
}

fn role(key: &Key) -> Role {
    match (key.resource.group.as_str(), key.resource.plural.as_str()) {
        ("", "pods") => Role::Pod,
        ("", "services") | ("policy", "poddisruptionbudgets") => Role::Selector,
        _ => Role::None,
    }
}

impl Selection {
    /// Takes in an object.
    pub fn add(&mut self, key: &Key, object: &Value) {
        match role(key) {
            Role::Pod => {
                for label in labels(key, object) {
                    self.pods.entry(label).or_default().insert(key.name.clone());
                }
            }
            Role::Selector => match wanted(object).next() {
                Some((name, value)) => {
                    let label = label(&key.namespace, name, value);
                    self.selectors.entry(label).or_default().insert(key.clone());
                }
                None => {
                    let general = self.general.entry(key.namespace.clone()).or_default();
                    general.insert(key.clone());
                }
            },
            Role::None => {}
        }
    }

    /// Forgets an object.
    pub fn remove(&mut self, key: &Key, object: &Value) {
        match role(key) {
            Role::Pod => labels(key, object).for_each(|label| take(&mut self.pods, &label, &key.name)),
            Role::Selector => match wanted(object).next() {
                Some((name, value)) => take(&mut self.selectors, &label(&key.namespace, name, value), key),
                None => take(&mut self.general, &key.namespace, key),
            },
            Role::None => {}
        }
    }

    /// Returns the services and budgets that may select a Pod.
    pub fn may_select(&self, key: &Key, pod: &Value) -> BTreeSet<&Key> {
        let by_label = labels(key, pod).filter_map(|label| self.selectors.get(&label));
        by_label.chain(self.general.get(&key.namespace)).flatten().collect()
    }

    /// Returns the names of the Pods that a service or a budget may select: those with the rarest of the labels that it asks for;
    /// `None` for all of its namespace.
    pub fn may_be_selected(&self, namespace: &str, selector: &Value) -> Option<Vec<&str>> {
        let mut rarest: Option<Vec<&str>> = None;
        for (name, value) in wanted(selector) {
            let pods = self.pods.get(&label(namespace, name, value));
            let count = pods.map_or(0, BTreeSet::len);
            if rarest.as_ref().is_none_or(|known| count < known.len()) {
                rarest = Some(pods.into_iter().flatten().map(String::as_str).collect());
            }
        }
        rarest
    }
}

fn label(namespace: &str, name: &str, value: &str) -> Label {
    (namespace.to_owned(), name.to_owned(), value.to_owned())
}

fn labels<'a>(key: &'a Key, object: &'a Value) -> impl Iterator<Item = Label> + 'a {
    let labels = at(object, &["metadata", "labels"]).and_then(Value::as_object);
    let texts = labels.into_iter().flatten();
    texts.filter_map(|(name, value)| Some(label(&key.namespace, name, value.as_str()?)))
}

/// The labels that a Pod must have for a service or a budget to select it.
fn wanted(selector: &Value) -> impl Iterator<Item = (&str, &str)> {
    let selector = at(selector, &["spec", "selector"]);
    let pairs = selector.and_then(|own| match own.get("matchLabels") {
        Some(labels) => labels.as_object(),
        None if own.get("matchExpressions").is_some() => None,
        None => own.as_object(),
    });
    let pairs = pairs.into_iter().flatten();
    pairs.filter_map(|(name, value)| Some((name.as_str(), value.as_str()?)))
}

fn take<K: std::hash::Hash + Eq, V: Ord>(sets: &mut HashMap<K, BTreeSet<V>>, key: &K, value: &V) {
    if let Some(set) = sets.get_mut(key) {
        set.remove(value);
        if set.is_empty() {
            sets.remove(key);
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::kinds::Resource;

    fn key(group: &str, plural: &str, name: &str) -> Key {
        Key::new(&Resource::new(group, plural), "ns", name)
    }

    #[test]
    fn pods_and_selectors_find_each_other() {
        let mut selection = Selection::default();
        let pod = |labels: Value| json!({"metadata": {"labels": labels}});
        let (one, two) = (key("", "pods", "one"), key("", "pods", "two"));
        selection.add(&one, &pod(json!({"app": "a", "tier": "x"})));
        selection.add(&two, &pod(json!({"app": "b", "tier": "x"})));
        let service = json!({"spec": {"selector": {"app": "a", "tier": "x"}}});
        assert_eq!(selection.may_be_selected("ns", &service), Some(vec!["one"]));
        assert_eq!(selection.may_be_selected("other", &service), Some(vec![]));
        let budget = json!({"spec": {"selector": {"matchExpressions": [{"key": "app", "operator": "Exists"}]}}});
        assert_eq!(selection.may_be_selected("ns", &budget), None);

        let (service_key, budget_key) = (key("", "services", "s"), key("policy", "poddisruptionbudgets", "b"));
        selection.add(&service_key, &service);
        selection.add(&budget_key, &budget);
        let found = selection.may_select(&one, &pod(json!({"app": "a"})));
        assert_eq!(found, BTreeSet::from([&service_key, &budget_key]));
        let found = selection.may_select(&two, &pod(json!({"app": "b"})));
        assert_eq!(found, BTreeSet::from([&budget_key]));

        selection.remove(&service_key, &service);
        selection.remove(&budget_key, &budget);
        selection.remove(&one, &pod(json!({"app": "a", "tier": "x"})));
        selection.remove(&two, &pod(json!({"app": "b", "tier": "x"})));
        assert!(selection.pods.is_empty() && selection.selectors.is_empty() && selection.general.is_empty());
    }
}
