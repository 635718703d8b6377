//! What an API server says it serves.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use serde_json::Value;

use crate::{GroupKind, Gvk};

/// Where the objects of a kind live.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mapping {
    /// The kind.
    pub gvk: Gvk,
    /// The plural in paths, such as `deployments`.
    pub resource: String,
    /// Whether objects live in namespaces.
    pub namespaced: bool,
}

impl Mapping {
    /// Returns `deployments.apps`, or `pods` for the core group.
    pub fn group_resource(&self) -> String {
        if self.gvk.group.is_empty() {
            self.resource.clone()
        } else {
            format!("{}.{}", self.resource, self.gvk.group)
        }
    }
}

/// No server version knows the kind.
///
/// Source: apimachinery, `pkg/api/meta/errors.go`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoMatch(pub Gvk);

impl fmt::Display for NoMatch {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "no matches for kind {:?} in version {:?}",
            self.0.kind,
            self.0.api_version()
        )
    }
}

impl std::error::Error for NoMatch {}

/// All kinds of a server.
#[derive(Clone, Debug, Default)]
pub struct Discovery {
    mappings: BTreeMap<Gvk, Mapping>,
    preferred: BTreeMap<GroupKind, Gvk>,
    group_versions: BTreeSet<String>,
    failed: Vec<String>,
}

/// Content types for the two lists, best first: aggregated v2, aggregated v2beta1, the old lists.
pub const ACCEPT: &str = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,\
application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json";

impl Discovery {
    /// Takes in the answer to `/api` or `/apis` and returns the paths of the lists that still have to be asked for:
    /// none when the answer is aggregated.
    pub fn add_root(&mut self, answer: &Value) -> Vec<String> {
        match text(answer, "kind") {
            "APIGroupDiscoveryList" => {
                for group in items(answer, "items") {
                    self.add_aggregated_group(group);
                }
                Vec::new()
            }
            "APIVersions" => items(answer, "versions")
                .filter_map(Value::as_str)
                .map(|version| {
                    self.group_versions.insert(version.to_owned());
                    format!("/api/{version}")
                })
                .collect(),
            _ => items(answer, "groups")
                .flat_map(|group| items(group, "versions"))
                .map(|version| {
                    let group_version = text(version, "groupVersion");
                    self.group_versions.insert(group_version.to_owned());
                    format!("/apis/{group_version}")
                })
                .collect(),
        }
    }

    fn add_aggregated_group(&mut self, group: &Value) {
        let group_name = group
            .pointer("/metadata/name")
            .and_then(Value::as_str)
            .unwrap_or_default();
        for version in items(group, "versions") {
            let version_name = text(version, "version");
            let api_version = if group_name.is_empty() {
                version_name.to_owned()
            } else {
                format!("{group_name}/{version_name}")
            };
            self.group_versions.insert(api_version.clone());
            if text(version, "freshness") == "Stale" {
                self.failed.push(api_version.clone());
            }
            for resource in items(version, "resources") {
                let own = resource.get("responseKind").filter(|kind| !kind.is_null());
                let kind = own.map_or("", |own| text(own, "kind"));
                // A resource may answer with a kind of another group (as scale does); lists name their own group then.
                let own_group = own.map_or("", |own| text(own, "group"));
                let own_version = own.map_or("", |own| text(own, "version"));
                if kind.is_empty()
                    || (!own_version.is_empty() && (own_group, own_version) != (group_name, version_name))
                {
                    continue;
                }
                self.add(Mapping {
                    gvk: Gvk::new(&api_version, kind),
                    resource: text(resource, "resource").to_owned(),
                    namespaced: text(resource, "scope") == "Namespaced",
                });
            }
        }
    }

    /// Takes in one `APIResourceList` of the old way.
    pub fn add_resource_list(&mut self, list: &Value) {
        let group_version = text(list, "groupVersion");
        self.group_versions.insert(group_version.to_owned());
        for resource in items(list, "resources") {
            let name = text(resource, "name");
            if name.contains('/') {
                continue;
            }
            self.add(Mapping {
                gvk: Gvk::new(group_version, text(resource, "kind")),
                resource: name.to_owned(),
                namespaced: resource.get("namespaced").and_then(Value::as_bool).unwrap_or_default(),
            });
        }
    }

    /// Notes that the list of `group_version` could not be read.
    pub fn add_failure(&mut self, group_version: &str) {
        self.failed.push(group_version.to_owned());
    }

    /// Takes in one mapping. The first resource of a kind wins, as does the first version of a group.
    pub fn add(&mut self, mapping: Mapping) {
        let gvk = mapping.gvk.clone();
        self.preferred.entry(gvk.group_kind()).or_insert_with(|| gvk.clone());
        self.mappings.entry(gvk).or_insert(mapping);
    }

    /// Returns where objects of `gvk` live.
    ///
    /// # Errors
    /// The server does not serve it.
    pub fn mapping(&self, gvk: &Gvk) -> Result<&Mapping, NoMatch> {
        self.mappings.get(gvk).ok_or_else(|| NoMatch(gvk.clone()))
    }

    /// Tells whether the server serves a version of a group.
    pub fn serves(&self, group: &str, version: &str) -> bool {
        let wanted = |gvk: &Gvk| gvk.group == group && gvk.version == version;
        self.mappings.keys().any(wanted)
    }

    /// Returns where objects of a kind live in the version that the server prefers.
    pub fn preferred(&self, group: &str, kind: &str) -> Option<&Mapping> {
        let key = GroupKind {
            group: group.to_owned(),
            kind: kind.to_owned(),
        };
        self.preferred.get(&key).and_then(|gvk| self.mappings.get(gvk))
    }

    /// Returns the group versions that are registered but do not answer.
    pub fn failed(&self) -> &[String] {
        &self.failed
    }

    /// Returns whether nothing is known.
    pub fn is_empty(&self) -> bool {
        self.mappings.is_empty()
    }

    /// Returns the set that `.Capabilities.APIVersions` holds: `v1`, `v1/Pod`, `apps/v1`, `apps/v1/Deployment`, …,
    /// sorted.
    ///
    /// Source: Helm 4.3.1, `pkg/action/action.go`, `GetVersionSet`.
    pub fn api_versions(&self) -> Vec<String> {
        let mut all = self.group_versions.clone();
        for gvk in self.mappings.keys() {
            all.insert(format!("{}/{}", gvk.api_version(), gvk.kind));
        }
        all.into_iter().collect()
    }
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value.get(key).and_then(Value::as_str).unwrap_or_default()
}

fn items<'a>(value: &'a Value, key: &str) -> impl Iterator<Item = &'a Value> {
    value.get(key).and_then(Value::as_array).into_iter().flatten()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn aggregated_and_old_lists_agree() {
        let mut new = Discovery::default();
        let rest = new.add_root(&json!({"kind": "APIGroupDiscoveryList", "items": [
            {"metadata": {"name": "apps"}, "versions": [{"version": "v1", "resources": [
                {"resource": "deployments", "scope": "Namespaced",
                 "responseKind": {"group": "apps", "version": "v1", "kind": "Deployment"},
                 "subresources": [{"subresource": "scale"}]}]}]}]}));
        assert!(rest.is_empty());
        let mut old = Discovery::default();
        let rest = old.add_root(&json!({"kind": "APIGroupList", "groups": [
            {"name": "apps", "versions": [{"groupVersion": "apps/v1", "version": "v1"}]}]}));
        assert_eq!(rest, ["/apis/apps/v1"]);
        old.add_resource_list(&json!({"groupVersion": "apps/v1", "resources": [
            {"name": "deployments", "kind": "Deployment", "namespaced": true},
            {"name": "deployments/scale", "kind": "Scale", "namespaced": true}]}));
        assert_eq!(new.api_versions(), old.api_versions());
        assert_eq!(new.api_versions(), ["apps/v1", "apps/v1/Deployment"]);
        let gvk = Gvk::new("apps/v1", "Deployment");
        assert_eq!(new.mapping(&gvk).unwrap(), old.mapping(&gvk).unwrap());
    }

    #[test]
    fn i_017_unknown_kind() {
        let error = Discovery::default()
            .mapping(&Gvk::new("example.com/v1", "Widget"))
            .unwrap_err();
        assert_eq!(
            error.to_string(),
            "no matches for kind \"Widget\" in version \"example.com/v1\""
        );
    }
}
