//! What is served: the aggregated documents and the old lists.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::core::{Answer, Core};
use crate::kinds::{Kind, Subresource, api_version};
use crate::request::Ask;
use crate::status::Refusal;

/// Answers `/api`, `/apis` and the lists below them.
pub(crate) fn answer(core: &Core, ask: &Ask) -> Result<Answer, Refusal> {
    let aggregated = ask.accept.contains("as=APIGroupDiscoveryList");
    match ask.path().as_slice() {
        ["api"] if aggregated => Ok(aggregated_answer(core, |group| group.is_empty())),
        ["apis"] if aggregated => Ok(aggregated_answer(core, |group| !group.is_empty())),
        ["api"] => Ok(Answer::json(
            200,
            &json!({
                "kind": "APIVersions", "versions": ["v1"],
                "serverAddressByClientCIDRs": [{"clientCIDR": "0.0.0.0/0", "serverAddress": "127.0.0.1:6443"}],
            }),
        )),
        ["apis"] => {
            let groups: Vec<Value> = groups(core)
                .iter()
                .filter(|(name, _)| !name.is_empty())
                .map(group)
                .collect();
            Ok(Answer::json(
                200,
                &json!({"kind": "APIGroupList", "apiVersion": "v1", "groups": groups}),
            ))
        }
        ["apis", name] => {
            let groups = groups(core);
            let Some(found) = groups.iter().find(|(own, _)| own == name) else {
                return Ok(Answer::no_page());
            };
            let mut document = group(found);
            crate::object::set(&mut document, &["kind"], "APIGroup");
            crate::object::set(&mut document, &["apiVersion"], "v1");
            Ok(Answer::json(200, &document))
        }
        ["api", version] => resource_list(core, "", version),
        ["apis", group, version] => resource_list(core, group, version),
        _ => Err(Refusal::no_such_resource()),
    }
}

/// Returns the groups in their order, each with its versions, the preferred one first.
fn groups(core: &Core) -> Vec<(String, Vec<String>)> {
    let mut groups: Vec<(String, Vec<String>)> = Vec::new();
    for kind in core.kinds.all() {
        match groups.iter_mut().find(|(name, _)| *name == kind.group) {
            Some((_, versions)) if versions.contains(&kind.version) => {}
            Some((_, versions)) => versions.push(kind.version.clone()),
            None => groups.push((kind.group.clone(), vec![kind.version.clone()])),
        }
    }
    for (name, versions) in &mut groups {
        if core.definitions.keys().any(|resource| resource.group == *name) {
            versions.sort_by_key(|version| crate::custom::version_rank(version));
        }
    }
    groups
}

fn group((name, versions): &(String, Vec<String>)) -> Value {
    let version = |version: &String| json!({"groupVersion": api_version(name, version), "version": version});
    let versions: Vec<Value> = versions.iter().map(version).collect();
    json!({"name": name, "preferredVersion": versions.first(), "versions": versions})
}

fn kinds_of<'a>(core: &'a Core, group: &'a str, version: &'a str) -> impl Iterator<Item = &'a Kind> {
    core.kinds
        .all()
        .map(AsRef::as_ref)
        .filter(move |kind| kind.group == group && kind.version == version)
}

fn resource_list(core: &Core, group: &str, version: &str) -> Result<Answer, Refusal> {
    let mut resources = Vec::new();
    for kind in kinds_of(core, group, version) {
        resources.push(list_entry(kind));
        resources.extend(
            kind.subresources
                .iter()
                .map(|subresource| list_subresource(kind, subresource)),
        );
    }
    if resources.is_empty() {
        return core.nothing_served(group);
    }
    let group_version = api_version(group, version);
    let mut list = json!({"kind": "APIResourceList", "groupVersion": group_version, "resources": resources});
    if !group.is_empty() {
        crate::object::set(&mut list, &["apiVersion"], "v1");
    }
    Ok(Answer::json(200, &list))
}

fn list_entry(kind: &Kind) -> Value {
    let mut entry = Map::new();
    entry.insert("name".into(), kind.plural.clone().into());
    entry.insert("singularName".into(), kind.singular.clone().into());
    entry.insert("namespaced".into(), kind.namespaced.into());
    entry.insert("kind".into(), kind.kind.clone().into());
    entry.insert("verbs".into(), kind.verbs.clone().into());
    for (name, list) in [("shortNames", &kind.short_names), ("categories", &kind.categories)] {
        if !list.is_empty() {
            entry.insert(name.into(), list.clone().into());
        }
    }
    if !kind.storage_hash.is_empty() {
        entry.insert("storageVersionHash".into(), kind.storage_hash.clone().into());
    }
    Value::Object(entry)
}

fn list_subresource(kind: &Kind, subresource: &Subresource) -> Value {
    let mut entry = json!({
        "name": format!("{}/{}", kind.plural, subresource.name), "singularName": "", "namespaced": kind.namespaced,
        "kind": subresource.kind, "verbs": subresource.verbs,
    });
    if (&subresource.group, &subresource.version) != (&kind.group, &kind.version) {
        crate::object::set(&mut entry, &["group"], subresource.group.clone());
        crate::object::set(&mut entry, &["version"], subresource.version.clone());
    }
    entry
}

fn aggregated_answer(core: &Core, wanted: impl Fn(&str) -> bool) -> Answer {
    let items: Vec<Value> = groups(core)
        .iter()
        .filter(|(name, _)| wanted(name))
        .map(|(name, versions)| {
            let versions: Vec<Value> = versions
                .iter()
                .map(|version| aggregated_version(core, name, version))
                .collect();
            let metadata = if name.is_empty() {
                json!({})
            } else {
                json!({"name": name})
            };
            json!({"metadata": metadata, "versions": versions})
        })
        .collect();
    let list = json!({
        "kind": "APIGroupDiscoveryList", "apiVersion": "apidiscovery.k8s.io/v2", "metadata": {}, "items": items,
    });
    Answer::Full {
        code: 200,
        content_type: "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList",
        warnings: Vec::new(),
        body: list.to_string().into(),
    }
}

fn aggregated_version(core: &Core, group: &str, version: &str) -> Value {
    let resources: Vec<Value> = kinds_of(core, group, version)
        .map(|kind| {
            let mut entry = Map::new();
            entry.insert("resource".into(), kind.plural.clone().into());
            entry.insert("responseKind".into(), response_kind(group, version, &kind.kind));
            entry.insert(
                "scope".into(),
                if kind.namespaced { "Namespaced" } else { "Cluster" }.into(),
            );
            entry.insert("singularResource".into(), kind.singular.clone().into());
            entry.insert("verbs".into(), kind.verbs.clone().into());
            for (name, list) in [("shortNames", &kind.short_names), ("categories", &kind.categories)] {
                if !list.is_empty() {
                    entry.insert(name.into(), list.clone().into());
                }
            }
            let subresources: Vec<Value> = kind
                .subresources
                .iter()
                .map(|own| {
                    json!({
                        "subresource": own.name, "responseKind": response_kind(&own.group, &own.version, &own.kind),
                        "verbs": own.verbs,
                    })
                })
                .collect();
            if !subresources.is_empty() {
                entry.insert("subresources".into(), subresources.into());
            }
            Value::Object(entry)
        })
        .collect();
    json!({"version": version, "resources": resources, "freshness": "Current"})
}

fn response_kind(group: &str, version: &str, kind: &str) -> Value {
    json!({"group": group, "version": version, "kind": kind})
}

/// Returns the group versions that are served.
pub(crate) fn group_versions(core: &Core) -> BTreeMap<(String, String), ()> {
    core.kinds
        .all()
        .map(|kind| ((kind.group.clone(), kind.version.clone()), ()))
        .collect()
}
