//! What the server adds to objects on their way in, beyond plain defaults.

mod limits;
mod pods;
mod services;

pub(crate) use pods::check_account;
pub(crate) use services::next_address;

use serde_json::{Value, json};

use crate::core::Core;
use crate::kinds::Kind;
use crate::object::{at, items, set, set_default, text};
use crate::status::Refusal;

/// Completes a new object: cluster addresses, tokens, first states.
pub(crate) fn created(core: &mut Core, kind: &Kind, by_user: bool, object: &mut Value) -> Result<(), Refusal> {
    if kind.custom {
        return Ok(());
    }
    match (kind.group.as_str(), kind.plural.as_str()) {
        ("", "namespaces") => namespace(object),
        ("", "services") => services::created(core, kind, object)?,
        ("", "pods") => {
            limits::complete(core, object);
            pods::created(core, kind, by_user, object)?;
        }
        ("", "persistentvolumeclaims") => {
            data_sources(None, object);
            add_finalizer(object, "kubernetes.io/pvc-protection");
            if let Some(class) = default_class(core) {
                set_default(object, &["spec", "storageClassName"], class);
            }
            set(object, &["status", "phase"], "Pending");
        }
        ("", "persistentvolumes") => {
            add_finalizer(object, "kubernetes.io/pv-protection");
            let time = core.timestamp();
            set(object, &["status", "phase"], "Pending");
            set(object, &["status", "lastPhaseTransitionTime"], time);
        }
        ("storage.k8s.io", "volumeattributesclasses") => add_finalizer(object, "kubernetes.io/vac-protection"),
        ("", "nodes") => taint_node(object),
        ("", "serviceaccounts") => name_secrets(object),
        ("discovery.k8s.io", "endpointslices") => drop_topology(None, object),
        ("certificates.k8s.io", _) => requester(object),
        ("batch", "jobs") => job(object),
        ("apps", "daemonsets") => set(object, &TEMPLATE_GENERATION, "1"),
        ("apiextensions.k8s.io", _) => set(
            object,
            &["status"],
            json!({
                "conditions": null, "acceptedNames": {"plural": "", "kind": ""}, "storedVersions": stored_versions(object),
            }),
        ),
        _ => {}
    }
    Ok(())
}

/// Refuses a valid object that other objects forbid.
pub(crate) fn check(core: &Core, kind: &Kind, is_new: bool, object: &Value) -> Result<(), Refusal> {
    match (kind.group.as_str(), kind.plural.as_str()) {
        _ if kind.custom => Ok(()),
        ("", "pods") if is_new => limits::check(core, kind, object),
        ("", "persistentvolumeclaims") => limits::check(core, kind, object),
        ("scheduling.k8s.io", _) => one_default(core, kind, object),
        _ => Ok(()),
    }
}

/// Only one priority class is the one of Pods that name none.
fn one_default(core: &Core, kind: &Kind, object: &Value) -> Result<(), Refusal> {
    let own = crate::object::name(object);
    let other = pods::default_priority(core).filter(|class| crate::object::name(class) != own);
    let Some(other) = other.filter(|_| object.get("globalDefault") == Some(&Value::Bool(true))) else {
        return Ok(());
    };
    let other = crate::object::name(&other);
    let cause = format!("PriorityClass {other} is already marked as default. Only one default can exist");
    Err(Refusal::forbidden(kind, own, &cause))
}

/// Carries over what a client that replaces an object may leave out.
pub(crate) fn updated(core: &mut Core, kind: &Kind, live: &Value, object: &mut Value) -> Result<(), Refusal> {
    match (kind.group.as_str(), kind.plural.as_str()) {
        ("", "services") => services::updated(core, kind, live, object)?,
        ("", "serviceaccounts") => name_secrets(object),
        ("", "namespaces") => match at(live, &["spec"]) {
            Some(spec) => set(object, &["spec"], spec.clone()),
            None => set(object, &["spec"], json!({})),
        },
        ("certificates.k8s.io", _) => {
            if let Some(spec) = at(live, &["spec"]) {
                set(object, &["spec"], spec.clone());
            }
        }
        ("discovery.k8s.io", "endpointslices") => drop_topology(Some(live), object),
        ("apps", "daemonsets") => count_templates(live, object),
        ("", "pods") => pods::updated(live, object),
        ("", "persistentvolumeclaims") => {
            data_sources(Some(live), object);
        }
        _ => {}
    }
    Ok(())
}

/// A claim says in two fields where its data comes from; each follows the other.
fn data_sources(live: Option<&Value>, object: &mut Value) {
    const SOURCE: [&str; 2] = ["spec", "dataSource"];
    const REFERENCE: [&str; 2] = ["spec", "dataSourceRef"];
    let had = live.is_some_and(|live| at(live, &SOURCE).is_some() || at(live, &REFERENCE).is_some());
    let is_usual = |source: &Value| {
        matches!(
            (text(source, &["kind"]), text(source, &["apiGroup"])),
            ("PersistentVolumeClaim", "") | ("VolumeSnapshot", "snapshot.storage.k8s.io")
        )
    };
    if !had && at(object, &REFERENCE).is_none() && !at(object, &SOURCE).is_some_and(is_usual) {
        crate::object::remove(object, &SOURCE);
    }
    let (source, reference) = (at(object, &SOURCE).cloned(), at(object, &REFERENCE).cloned());
    match (source, reference) {
        (Some(source), None) => set(object, &REFERENCE, source),
        (None, Some(mut reference)) if text(&reference, &["namespace"]).is_empty() => {
            crate::object::remove(&mut reference, &["namespace"]);
            set(object, &SOURCE, reference);
        }
        _ => {}
    }
}

/// The labels that endpoints had before they had names of nodes are gone, but for the names of nodes that were there.
fn drop_topology(live: Option<&Value>, object: &mut Value) {
    const OLD: &str = "deprecatedTopology";
    const NODE: &str = "kubernetes.io/hostname";
    let before = live.map(|live| items(live, &["endpoints"])).unwrap_or_default();
    if live.is_some() && before == items(object, &["endpoints"]) {
        return;
    }
    let known: Vec<&Value> = before.iter().filter_map(|own| at(own, &[OLD, NODE])).collect();
    let Some(Value::Array(endpoints)) = object.get_mut("endpoints") else {
        return;
    };
    for endpoint in endpoints {
        if let Some(Value::Object(labels)) = endpoint.get_mut(OLD) {
            labels.retain(|label, node| label == NODE && known.contains(&&*node));
            if labels.is_empty() {
                crate::object::remove(endpoint, &[OLD]);
            }
        }
    }
}

/// Keeps an object that others use from going away too early.
fn add_finalizer(object: &mut Value, name: &str) {
    let mut finalizers = items(object, &["metadata", "finalizers"]).to_vec();
    if !finalizers.contains(&json!(name)) {
        finalizers.push(json!(name));
        set(object, &["metadata", "finalizers"], finalizers);
    }
}

/// Returns the name of the class that claims get which ask for none.
fn default_class(core: &Core) -> Option<String> {
    let classes = core
        .store
        .list(&crate::kinds::Resource::new("storage.k8s.io", "storageclasses"), "");
    let mark = ["metadata", "annotations", "storageclass.kubernetes.io/is-default-class"];
    let found = classes.iter().find(|class| text(class, &mark) == "true");
    found.map(|class| crate::object::name(class).to_owned())
}

/// New nodes are not ready.
fn taint_node(object: &mut Value) {
    const KEY: &str = "node.kubernetes.io/not-ready";
    let mut taints = items(object, &["spec", "taints"]).to_vec();
    if !taints
        .iter()
        .any(|taint| text(taint, &["key"]) == KEY && text(taint, &["effect"]) == "NoSchedule")
    {
        taints.push(json!({"key": KEY, "effect": "NoSchedule"}));
        set(object, &["spec", "taints"], taints);
    }
}

/// Of the secrets of a service account only the names are kept.
fn name_secrets(object: &mut Value) {
    if let Some(Value::Array(secrets)) = object.get_mut("secrets") {
        for secret in secrets {
            if let Value::Object(fields) = secret {
                fields.retain(|field, _| field == "name");
            }
        }
    }
}

/// Says who asks for a certificate.
fn requester(object: &mut Value) {
    set(object, &["spec", "username"], "sandbox");
    set(
        object,
        &["spec", "groups"],
        json!(["system:masters", "system:authenticated"]),
    );
}

/// Returns the versions in which objects are stored, nothing when there are none.
fn stored_versions(object: &Value) -> Value {
    let mut versions = items(object, &["spec", "versions"]).iter();
    let stored = versions.find(|version| version.get("storage") == Some(&Value::Bool(true)));
    stored.map_or(Value::Null, |version| json!([text(version, &["name"])]))
}

/// Remembers that objects are stored in another version now.
pub(crate) fn store_version(object: &mut Value) {
    let mut stored = items(object, &["status", "storedVersions"]).to_vec();
    for version in items(&stored_versions(object), &[]) {
        if !stored.contains(version) {
            stored.push(version.clone());
            set(object, &["status", "storedVersions"], stored.clone());
        }
    }
}

fn namespace(object: &mut Value) {
    let name = text(object, &["metadata", "name"]).to_owned();
    set(object, &["metadata", "labels", "kubernetes.io/metadata.name"], name);
    let mut finalizers = items(object, &["spec", "finalizers"]).to_vec();
    if !finalizers.contains(&json!("kubernetes")) {
        finalizers.push(json!("kubernetes"));
    }
    set(object, &["spec", "finalizers"], finalizers);
    set(object, &["status", "phase"], "Active");
}

/// Where DaemonSets count the changes of their template.
pub(crate) const TEMPLATE_GENERATION: [&str; 3] =
    ["metadata", "annotations", "deprecated.daemonset.template.generation"];

/// DaemonSets count the changes of their template in an annotation.
fn count_templates(live: &Value, object: &mut Value) {
    let before: i64 = text(live, &TEMPLATE_GENERATION).parse().unwrap_or(1);
    let changed = at(live, &["spec", "template"]) != at(object, &["spec", "template"]);
    set(object, &TEMPLATE_GENERATION, (before + i64::from(changed)).to_string());
}

/// A job without a selector of its own gets one that selects its own Pods.
fn job(object: &mut Value) {
    if at(object, &["spec", "manualSelector"]) == Some(&Value::Bool(true)) {
        return;
    }
    let uid = text(object, &["metadata", "uid"]).to_owned();
    let name = text(object, &["metadata", "name"]).to_owned();
    set(
        object,
        &["spec", "selector"],
        json!({"matchLabels": {"batch.kubernetes.io/controller-uid": uid}}),
    );
    for (label, value) in [
        ("batch.kubernetes.io/controller-uid", &uid),
        ("batch.kubernetes.io/job-name", &name),
        ("controller-uid", &uid),
        ("job-name", &name),
    ] {
        set(
            object,
            &["spec", "template", "metadata", "labels", label],
            value.clone(),
        );
    }
    // A Job without labels is read from the store with those of its template.
    crate::defaults::labels_of_template(object);
}
