//! The kinds that the server serves: built-in ones from a recorded table, and those of CustomResourceDefinitions.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use kube_schema::{BuiltInSchema, Struct};

/// The verbs that almost every kind has.
const USUAL_VERBS: [&str; 8] = [
    "create",
    "delete",
    "deletecollection",
    "get",
    "list",
    "patch",
    "update",
    "watch",
];

/// One kind at one version, as discovery shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kind {
    /// The API group, empty for the core group.
    pub group: String,
    /// The version, such as `v1`.
    pub version: String,
    /// The resource's name in paths, such as `deployments`.
    pub plural: String,
    /// The singular name.
    pub singular: String,
    /// The kind, such as `Deployment`.
    pub kind: String,
    /// Whether its objects live in namespaces.
    pub namespaced: bool,
    /// Abbreviations that clients accept.
    pub short_names: Vec<String>,
    /// Groups of kinds such as `all`.
    pub categories: Vec<String>,
    /// What can be done with it.
    pub verbs: Vec<String>,
    /// Its subresources.
    pub subresources: Vec<Subresource>,
    /// The hash that discovery shows; empty for custom kinds, which have none here.
    pub storage_hash: String,
    /// Whether a CustomResourceDefinition defines it.
    pub custom: bool,
}

/// A part of a resource with a path of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subresource {
    /// Its name in paths, such as `status`.
    pub name: String,
    /// The group of its kind.
    pub group: String,
    /// The version of its kind.
    pub version: String,
    /// Its kind, often that of the resource.
    pub kind: String,
    /// What can be done with it.
    pub verbs: Vec<String>,
}

impl Kind {
    /// Returns the kind of the options of a request, such as `CreateOptions`, as errors name it.
    pub(crate) fn of_options(name: &str) -> Self {
        Kind {
            group: "meta.k8s.io".into(),
            kind: name.to_owned(),
            ..Kind::nameless()
        }
    }

    /// Returns the structure of objects of a built-in kind.
    pub(crate) fn structure(&self) -> Option<&'static Struct> {
        BuiltInSchema::get()
            .of_kind(&self.group, &self.version, &self.kind)
            .filter(|_| !self.custom)
    }

    /// Returns the kind of the scale of a workload, which is no resource of its own.
    pub(crate) fn scale() -> Self {
        Kind {
            group: "autoscaling".into(),
            version: "v1".into(),
            plural: "scale".into(),
            kind: "Scale".into(),
            ..Kind::nameless()
        }
    }

    /// Returns the kind of something that has none.
    pub(crate) fn nameless() -> Self {
        Kind {
            group: String::new(),
            version: String::new(),
            plural: String::new(),
            singular: String::new(),
            kind: String::new(),
            namespaced: false,
            short_names: Vec::new(),
            categories: Vec::new(),
            verbs: Vec::new(),
            subresources: Vec::new(),
            storage_hash: String::new(),
            custom: false,
        }
    }

    /// Returns `apiVersion` as objects of the kind have it.
    #[must_use]
    pub fn api_version(&self) -> String {
        api_version(&self.group, &self.version)
    }

    /// Returns the resource as errors name it: `deployments.apps`, `pods`.
    #[must_use]
    pub fn group_resource(&self) -> String {
        if self.group.is_empty() {
            self.plural.clone()
        } else {
            format!("{}.{}", self.plural, self.group)
        }
    }

    /// Returns the kind as errors name it: `Deployment.apps`, `Pod`.
    #[must_use]
    pub fn group_kind(&self) -> String {
        if self.group.is_empty() {
            self.kind.clone()
        } else {
            format!("{}.{}", self.kind, self.group)
        }
    }

    /// Returns the kind as which its objects are held: events of both groups are held as those of the old one.
    #[must_use]
    pub fn held(&self) -> Self {
        let mut kind = self.clone();
        if self.group == "events.k8s.io" && !self.custom {
            kind.group.clear();
        }
        kind
    }

    /// Says whether the kind has a subresource.
    #[must_use]
    pub fn has_subresource(&self, name: &str) -> bool {
        self.subresources.iter().any(|subresource| subresource.name == name)
    }

    /// Says whether something can be done with it.
    #[must_use]
    pub fn has_verb(&self, verb: &str) -> bool {
        self.verbs.iter().any(|own| own == verb)
    }

    /// Returns the key under which its objects are stored, the same for all versions.
    #[must_use]
    pub fn resource(&self) -> Resource {
        Resource {
            group: self.group.clone(),
            plural: self.plural.clone(),
        }
    }
}

/// A resource without a version.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Resource {
    /// The API group.
    pub group: String,
    /// The plural name.
    pub plural: String,
}

impl Resource {
    /// Returns the resource of a group and a plural name.
    #[must_use]
    pub fn new(group: &str, plural: &str) -> Self {
        Resource {
            group: group.to_owned(),
            plural: plural.to_owned(),
        }
    }
}

/// Joins a group and a version as `apiVersion` has them.
pub(crate) fn api_version(group: &str, version: &str) -> String {
    if group.is_empty() {
        version.to_owned()
    } else {
        format!("{group}/{version}")
    }
}

/// All kinds that a server serves, in the order of discovery.
#[derive(Debug, Clone)]
pub(crate) struct Kinds {
    built_in: Arc<BuiltIn>,
    custom: BTreeMap<(String, String, String), Arc<Kind>>,
}

#[derive(Debug)]
struct BuiltIn {
    list: Vec<Arc<Kind>>,
    by_path: BTreeMap<(String, String, String), usize>,
    /// The first kind of each resource, which is its preferred version.
    preferred: BTreeMap<Resource, usize>,
}

impl Kinds {
    pub fn new() -> Self {
        static BUILT_IN: OnceLock<Arc<BuiltIn>> = OnceLock::new();
        let built_in = BUILT_IN
            .get_or_init(|| Arc::new(read_table(include_str!("../data/kinds.txt"))))
            .clone();
        Kinds {
            built_in,
            custom: BTreeMap::new(),
        }
    }

    /// Returns the kind at a path.
    pub fn at(&self, group: &str, version: &str, plural: &str) -> Option<Arc<Kind>> {
        let path = (group.to_owned(), version.to_owned(), plural.to_owned());
        let built_in = self
            .built_in
            .by_path
            .get(&path)
            .map(|&index| self.built_in.list[index].clone());
        built_in.or_else(|| self.custom.get(&path).cloned())
    }

    /// Returns all kinds, built-in ones first.
    pub fn all(&self) -> impl Iterator<Item = &Arc<Kind>> {
        self.built_in.list.iter().chain(self.custom.values())
    }

    /// Returns the version of a resource that is preferred.
    pub fn preferred(&self, resource: &Resource) -> Option<Arc<Kind>> {
        let built_in = self.built_in.preferred.get(resource);
        let of_resource = |kind: &&Arc<Kind>| kind.group == resource.group && kind.plural == resource.plural;
        match built_in {
            Some(&index) => self.built_in.list.get(index).cloned(),
            None => self.custom.values().find(of_resource).cloned(),
        }
    }

    pub fn add_custom(&mut self, kind: Kind) {
        let path = (kind.group.clone(), kind.version.clone(), kind.plural.clone());
        if !self.built_in.by_path.contains_key(&path) {
            self.custom.insert(path, Arc::new(kind));
        }
    }

    pub fn remove_custom(&mut self, group: &str, plural: &str) {
        self.custom
            .retain(|_, kind| !(kind.group == group && kind.plural == plural));
    }
}

fn read_table(table: &str) -> BuiltIn {
    let list: Vec<Arc<Kind>> = table.lines().filter_map(read_kind).map(Arc::new).collect();
    let path = |kind: &Kind| (kind.group.clone(), kind.version.clone(), kind.plural.clone());
    let by_path = list
        .iter()
        .enumerate()
        .map(|(index, kind)| (path(kind), index))
        .collect();
    let mut preferred = BTreeMap::new();
    for (index, kind) in list.iter().enumerate() {
        preferred.entry(kind.resource()).or_insert(index);
    }
    BuiltIn {
        list,
        by_path,
        preferred,
    }
}

fn read_kind(line: &str) -> Option<Kind> {
    let mut columns = line.split('\t');
    let mut next = || columns.next();
    Some(Kind {
        group: next()?.to_owned(),
        version: next()?.to_owned(),
        plural: next()?.to_owned(),
        singular: next()?.to_owned(),
        kind: next()?.to_owned(),
        namespaced: next()? == "N",
        short_names: names(next()?),
        categories: names(next()?),
        verbs: verbs(next()?),
        subresources: next()?.split(';').filter_map(read_subresource).collect(),
        storage_hash: next()?.to_owned(),
        custom: false,
    })
}

fn read_subresource(text: &str) -> Option<Subresource> {
    let mut parts = text.split(':');
    let (name, gvk, verb_list) = (parts.next()?, parts.next()?, parts.next()?);
    let mut gvk = gvk.split('/');
    Some(Subresource {
        name: name.to_owned(),
        group: gvk.next()?.to_owned(),
        version: gvk.next()?.to_owned(),
        kind: gvk.next()?.to_owned(),
        verbs: verbs(verb_list),
    })
}

fn names(list: &str) -> Vec<String> {
    list.split(',')
        .filter(|name| !name.is_empty())
        .map(str::to_owned)
        .collect()
}

fn verbs(list: &str) -> Vec<String> {
    if list == "*" {
        USUAL_VERBS.map(str::to_owned).to_vec()
    } else {
        names(list)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn built_in_kinds() {
        let kinds = Kinds::new();
        let deployments = kinds.at("apps", "v1", "deployments").unwrap();
        assert_eq!(
            (deployments.kind.as_str(), deployments.namespaced),
            ("Deployment", true)
        );
        assert_eq!(deployments.short_names, ["deploy"]);
        assert!(deployments.has_subresource("scale") && deployments.has_verb("watch"));
        assert_eq!(deployments.group_resource(), "deployments.apps");
        assert!(kinds.at("", "v1", "pods").unwrap().has_subresource("log"));
        assert!(kinds.at("apps", "v1beta1", "deployments").is_none());
        assert_eq!(
            kinds
                .preferred(&Resource::new("autoscaling", "horizontalpodautoscalers"))
                .unwrap()
                .version,
            "v2"
        );
    }
}
