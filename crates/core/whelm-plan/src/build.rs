//! Text to objects with the place where they live.

use std::{collections::BTreeSet, fmt};

use go_value::{
    Value as GoValue,
    strconv::{FloatForm, format_float},
};
use go_yaml::{Duplicates, Numbers};
use serde_json::Value;
use whelm_kube_api::{Discovery, Gvk, Mapping, object};

use crate::{ObjectKey, documents, lists, metadata};

/// An object and where it lives.
#[derive(Clone, Debug, PartialEq)]
pub struct Object {
    /// Its kind's place in the API.
    pub mapping: Mapping,
    /// Its namespace, the release's when it names none; empty for cluster-wide kinds.
    pub namespace: String,
    /// Its name; empty when the server makes one up.
    pub name: String,
    /// The object.
    pub value: Value,
}

impl Object {
    /// Returns what identifies the object in every version of its API.
    pub fn key(&self) -> ObjectKey {
        ObjectKey {
            group_kind: self.mapping.gvk.group_kind(),
            namespace: self.namespace.clone(),
            name: self.name.clone(),
        }
    }

    /// Returns `Kind "name" in namespace "ns"`.
    pub fn described(&self) -> String {
        format!(
            "{} {:?} in namespace {:?}",
            self.mapping.gvk.kind, self.name, self.namespace
        )
    }

    /// Returns `ns/name group/version, Kind=K`.
    pub fn identified(&self) -> String {
        format!("{}/{} {}", self.namespace, self.name, self.mapping.gvk)
    }
}

/// Why a manifest gives no objects: one text per document that is at fault.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BuildError {
    /// The texts.
    pub problems: Vec<String>,
    /// The objects whose kinds the server does not serve.
    pub unserved: Vec<Unserved>,
    /// Whether there are other problems than those kinds.
    others: bool,
}

/// An object whose kind the server does not serve.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unserved {
    /// Its kind.
    pub gvk: Gvk,
    /// Its name.
    pub name: String,
}

impl fmt::Display for BuildError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&aggregate(&self.problems))
    }
}

/// Puts problems together as Go prints an aggregate: one text alone, several in brackets, each once.
pub(crate) fn aggregate(problems: &[String]) -> String {
    let mut seen = BTreeSet::new();
    let all: Vec<&str> = problems
        .iter()
        .map(String::as_str)
        .filter(|text| seen.insert(*text))
        .collect();
    match all.as_slice() {
        [one] => (*one).to_owned(),
        all => format!("[{}]", all.join(", ")),
    }
}

impl std::error::Error for BuildError {}

/// Reads all documents of `manifest` and finds out where their objects live. Lists are taken apart.
///
/// # Errors
/// All kinds that the server does not serve, up to a document that is no YAML or has no kind.
pub fn build(manifest: &[u8], discovery: &Discovery, namespace: &str) -> Result<Vec<Object>, BuildError> {
    let (objects, error) = read(manifest, discovery, namespace);
    if error.problems.is_empty() {
        Ok(objects)
    } else {
        Err(error)
    }
}

/// As [`build`], for objects that were applied earlier: those whose kinds the server no longer serves are left out, and
/// told beside the others. Nobody can reach them, so they count as gone.
///
/// # Errors
/// All problems, if there are others than such kinds.
pub fn build_served(
    manifest: &[u8],
    discovery: &Discovery,
    namespace: &str,
) -> Result<(Vec<Object>, Vec<Unserved>), BuildError> {
    let (objects, error) = read(manifest, discovery, namespace);
    if error.others {
        Err(error)
    } else {
        Ok((objects, error.unserved))
    }
}

fn read(manifest: &[u8], discovery: &Discovery, namespace: &str) -> (Vec<Object>, BuildError) {
    let mut objects = Vec::new();
    let mut error = BuildError::default();
    for document in documents(manifest) {
        // What is no object at all ends the reading.
        let value = match go_yaml::read(document, Duplicates::LastWins, Numbers::Keep) {
            Ok(GoValue::Nil) => continue,
            Ok(value) => json(&value),
            Err(cause) => {
                error.add(format!("error parsing : error converting YAML to JSON: {cause}"));
                break;
            }
        };
        if let Some(problem) = lists::invalid(&value) {
            error.add(problem);
            break;
        }
        if let Some(problem) = metadata::unreadable(&value) {
            error.add(problem);
            continue;
        }
        let found = place_document(value, discovery, namespace, &mut error);
        objects.extend(found);
    }
    (objects, error)
}

impl BuildError {
    /// Adds a problem that is no unknown kind.
    fn add(&mut self, problem: String) {
        self.problems.push(problem);
        self.others = true;
    }

    fn add_unserved(&mut self, problem: String, gvk: Gvk, value: &Value) {
        self.problems.push(problem);
        let name = object::name(value).to_owned();
        self.unserved.push(Unserved { gvk, name });
    }
}

/// Returns the objects of a document. All items of lists that are no objects are told.
fn place_document(value: Value, discovery: &Discovery, namespace: &str, error: &mut BuildError) -> Vec<Object> {
    let gvk = object::gvk(&value);
    // Whatever has items is a list.
    if value.get("items").is_some() && lists::is_served(&gvk, discovery) {
        return place_items(value, discovery, namespace, error);
    }
    match discovery.mapping(&gvk) {
        Ok(mapping) => vec![place(value, mapping, namespace)],
        Err(no_match) => {
            let problem = format!(
                "resource mapping not found for name: {:?} namespace: {:?} from \"\": {no_match}\nensure CRDs are installed first",
                object::name(&value),
                object::namespace(&value),
            );
            error.add_unserved(problem, gvk, &value);
            Vec::new()
        }
    }
}

fn place_items(list: Value, discovery: &Discovery, namespace: &str, error: &mut BuildError) -> Vec<Object> {
    let items = match lists::items(list) {
        Ok(items) => items,
        Err(problem) => {
            error.add(problem);
            return Vec::new();
        }
    };
    let mut objects = Vec::new();
    for item in items {
        let gvk = object::gvk(&item);
        if let Some(problem) = lists::incomplete(&gvk) {
            error.add(problem);
            continue;
        }
        match discovery.mapping(&gvk) {
            Ok(mapping) => objects.push(place(item, mapping, namespace)),
            Err(no_match) => error.add_unserved(format!("unable to recognize {no_match}"), gvk, &item),
        }
    }
    objects
}

fn place(mut value: Value, mapping: &Mapping, namespace: &str) -> Object {
    let mut own = object::namespace(&value).to_owned();
    if !mapping.namespaced {
        own = String::new();
        object::set_namespace(&mut value, "");
    } else if own.is_empty() {
        own = namespace.to_owned();
        object::set_namespace(&mut value, namespace);
    }
    Object {
        mapping: mapping.clone(),
        namespace: own,
        name: object::name(&value).to_owned(),
        value,
    }
}

/// Makes JSON of YAML as Go's `sigs.k8s.io/yaml` and the reader of Kubernetes' objects do: on the way there is a text, in which the
/// float `1e+06` is `1000000`, and what has neither a point nor an exponent and fits into 64 bits is an integer.
fn json(value: &GoValue) -> Value {
    match value {
        GoValue::Nil => Value::Null,
        GoValue::Bool(truth) => Value::Bool(*truth),
        GoValue::Int(number) => Value::from(*number),
        GoValue::Uint(number) => i64::try_from(*number).map_or_else(|_| Value::from(*number as f64), Value::from),
        GoValue::Float(number) => whole(*number).map_or_else(|| Value::from(*number), Value::from),
        GoValue::Str(text) => Value::String(text.to_string_lossy().into_owned()),
        GoValue::List(items) => Value::Array(items.iter().map(json).collect()),
        GoValue::Map(map) => Value::Object(
            map.iter()
                .map(|(key, value)| (key.to_string_lossy().into_owned(), json(value)))
                .collect(),
        ),
    }
}

/// Returns a float as the integer that its text is, if it is one. Large ones have as many digits as tell them apart, and zeros.
fn whole(number: f64) -> Option<i64> {
    format_float(number, FloatForm::Fixed, None).parse().ok()
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) fn discovery() -> Discovery {
        let mut discovery = Discovery::default();
        for (version, kind, resource, namespaced) in [
            ("v1", "ConfigMap", "configmaps", true),
            ("v1", "Secret", "secrets", true),
            ("v1", "Namespace", "namespaces", false),
            ("apps/v1", "Deployment", "deployments", true),
        ] {
            discovery.add(Mapping {
                gvk: Gvk::new(version, kind),
                resource: resource.into(),
                namespaced,
            });
        }
        discovery
    }

    #[test]
    fn i_007_namespaces_and_lists() {
        let text = "apiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: ConfigMap, metadata: {name: a}}\n\
                    - {apiVersion: v1, kind: Secret, metadata: {name: b, namespace: other}}\n---\n\
                    {apiVersion: v1, kind: Namespace, metadata: {name: space, namespace: ignored}}\n---\n# nothing\n";
        let objects = build(text.as_bytes(), &discovery(), "ns").unwrap();
        let places: Vec<_> = objects
            .iter()
            .map(|o| (o.name.as_str(), o.namespace.as_str()))
            .collect();
        assert_eq!(places, [("a", "ns"), ("b", "other"), ("space", "")]);
        assert_eq!(object::namespace(&objects[0].value), "ns");
        assert_eq!(object::namespace(&objects[2].value), "");
    }

    #[test]
    fn whole_floats_are_integers() {
        let text = "{apiVersion: v1, kind: ConfigMap, a: [1e+06, 2.0, -0.0, 1.5, 4611686018427387904.0, 9223372036854775808.0, 18446744073709551615]}";
        let objects = build(text.as_bytes(), &discovery(), "ns").unwrap();
        let numbers = serde_json::json!([
            1_000_000,
            2,
            0,
            1.5,
            4_611_686_018_427_388_000_i64,
            9_223_372_036_854_775_808.0,
            18_446_744_073_709_551_615.0
        ]);
        assert_eq!(objects[0].value["a"], numbers);
    }

    #[test]
    fn i_017_unknown_kinds_are_all_named() {
        let text = "{apiVersion: x/v1, kind: A, metadata: {name: a}}\n---\n{apiVersion: x/v1, kind: B}\n";
        let error = build(text.as_bytes(), &discovery(), "ns").unwrap_err();
        assert_eq!(
            error.to_string(),
            "[resource mapping not found for name: \"a\" namespace: \"\" from \"\": no matches for kind \"A\" in version \
             \"x/v1\"\nensure CRDs are installed first, resource mapping not found for name: \"\" namespace: \"\" from \
             \"\": no matches for kind \"B\" in version \"x/v1\"\nensure CRDs are installed first]"
        );
    }

    #[test]
    fn u_012_kinds_that_are_gone_are_left_out() {
        let gone = "{apiVersion: x/v1, kind: A, metadata: {name: a}}\n---\n";
        let text = format!("{gone}{{apiVersion: v1, kind: Secret, metadata: {{name: b}}}}\n");
        let (objects, unserved) = build_served(text.as_bytes(), &discovery(), "ns").unwrap();
        assert_eq!((objects.len(), objects[0].name.as_str()), (1, "b"));
        assert_eq!((unserved[0].gvk.kind.as_str(), unserved[0].name.as_str()), ("A", "a"));
        let error = build_served(format!("{gone}a: b\n").as_bytes(), &discovery(), "ns").unwrap_err();
        assert_eq!(error.problems.len(), 2);
    }
}
