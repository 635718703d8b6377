//! The subresource `scale`: how many Pods there are to be, as an object of its own.
//!
//! Who owns that number of the scale owns it in the object, and the other way round.
//!
//! Source: `k8s.io/apimachinery` v0.36.3, `pkg/util/managedfields/scalehandler.go`, and the `ScaleREST` of each kind.

use std::sync::Arc;

use serde_json::{Value, json};
use structured_merge::{pack_owners, unpack_owners};

use super::body::read_object;
use super::metadata::{check_name, check_namespace};
use super::store::{Write, update_object};
use crate::core::{Core, Target};
use crate::kinds::{Kind, Resource};
use crate::object::{at, int, items, set, text};
use crate::request::Ask;
use crate::status::{FieldFault, Refusal};
use crate::store::Key;
use crate::table::selector_text;

/// Where an object has what its scale shows.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Paths {
    wanted: Vec<String>,
    present: Vec<String>,
    /// Empty for built-in kinds, whose selectors are known.
    selector: Vec<String>,
}

/// Returns the kind of the scale of objects of a kind.
pub(super) fn scale_kind(kind: &Kind) -> Kind {
    Kind {
        namespaced: kind.namespaced,
        ..Kind::scale()
    }
}

/// Returns the paths of a version of a kind; nothing where that version of a custom kind has no scale.
fn paths(core: &Core, kind: &Kind, version: &str) -> Option<Paths> {
    let split = |path: &str| {
        path.split('.')
            .filter(|part| !part.is_empty())
            .map(str::to_owned)
            .collect()
    };
    if !kind.custom {
        return Some(Paths {
            wanted: split("spec.replicas"),
            present: split("status.replicas"),
            selector: Vec::new(),
        });
    }
    let definitions = Resource::new("apiextensions.k8s.io", "customresourcedefinitions");
    let definition = core.store.get(&Key::new(&definitions, "", &kind.group_resource()))?;
    let mut versions = items(definition, &["spec", "versions"]).iter();
    let own = versions.find(|own| text(own, &["name"]) == version)?;
    let scale = at(own, &["subresources", "scale"])?;
    Some(Paths {
        wanted: split(text(scale, &["specReplicasPath"])),
        present: split(text(scale, &["statusReplicasPath"])),
        selector: split(text(scale, &["labelSelectorPath"])),
    })
}

fn words(path: &[String]) -> Vec<&str> {
    path.iter().map(String::as_str).collect()
}

/// Returns the scale of an object.
pub(crate) fn scale_of(core: &Core, kind: &Kind, object: &Value) -> Value {
    let number = |path: &[String]| int(object, &words(path)).unwrap_or(0);
    let mut metadata = json!({});
    for field in ["name", "namespace", "uid", "resourceVersion", "creationTimestamp"] {
        if let Some(value) = at(object, &["metadata", field]) {
            set(&mut metadata, &[field], value.clone());
        }
    }
    let mut scale = json!({
        "kind": "Scale", "apiVersion": "autoscaling/v1", "metadata": metadata, "spec": {}, "status": {"replicas": 0},
    });
    let Some(paths) = paths(core, kind, &kind.version) else {
        return scale;
    };
    if number(&paths.wanted) != 0 {
        set(&mut scale, &["spec", "replicas"], number(&paths.wanted));
    }
    set(&mut scale, &["status", "replicas"], number(&paths.present));
    let selector = match kind.plural.as_str() {
        _ if kind.custom => text(object, &words(&paths.selector)).to_owned(),
        "replicationcontrollers" => selector_text(&json!({"matchLabels": at(object, &["spec", "selector"])}), &[], ""),
        _ => selector_text(object, &["spec", "selector"], ""),
    };
    if !selector.is_empty() {
        set(&mut scale, &["status", "selector"], selector);
    }
    scale
}

/// Answers that a custom object does not say how many Pods it wants.
pub(crate) fn check_wanted(core: &Core, kind: &Kind, object: &Value) -> Result<(), Refusal> {
    let wanted = paths(core, kind, &kind.version)
        .map(|paths| paths.wanted)
        .unwrap_or_default();
    if kind.custom && at(object, &words(&wanted)).is_none() {
        let path = format!(".{}", wanted.join("."));
        return Err(Refusal::internal(format!(
            "the spec replicas field {path:?} does not exist"
        )));
    }
    Ok(())
}

/// Returns the scale of an object with its owners.
pub(super) fn owned_scale(core: &Core, kind: &Kind, object: &Value) -> Arc<Value> {
    let mut scale = scale_of(core, kind, object);
    let mut object = object.clone();
    unpack_owners(&mut object);
    let owners = to_scale(core, kind, items(&object, &["metadata", "managedFields"]));
    if !owners.is_empty() {
        set(&mut scale, &["metadata", "managedFields"], owners);
    }
    Arc::new(scale)
}

/// Reads the scale in a body, and makes the live object have it.
pub(super) fn replace(
    core: &mut Core,
    ask: &Ask,
    target: &Target,
    write: &mut Write,
    key: &Key,
) -> Result<Arc<Value>, Refusal> {
    let scale = read_object(core, ask, &scale_kind(&target.kind), write)?;
    store(core, write, key, scale)
}

/// Makes the live object have a scale that was read already.
pub(super) fn store(core: &mut Core, write: &mut Write, key: &Key, mut scale: Value) -> Result<Arc<Value>, Refusal> {
    let kind = write.kind.clone();
    check_namespace(&scale_kind(&kind), &key.namespace, &mut scale)?;
    check_name(&scale, &key.name)?;
    let live = core.store.get(key).cloned();
    let live = live.ok_or_else(|| Refusal::not_found(&kind, &key.name))?;
    let scale = if write.owners_are_set {
        scale
    } else {
        with_owners(core, write, &live, scale)
    };
    let number = int(&scale, &["spec", "replicas"]).unwrap_or(0);
    check(&kind, &live, &scale, number)?;
    let mut object = crate::read::shown(core, &kind, &live);
    if let Some(paths) = paths(core, &kind, &kind.version) {
        set(&mut object, &words(&paths.wanted), number);
    }
    let version = text(&scale, &["metadata", "resourceVersion"]);
    if !kind.custom || !version.is_empty() {
        set(&mut object, &["metadata", "resourceVersion"], version);
    }
    let mut scale = scale;
    unpack_owners(&mut scale);
    let owners = to_object(core, &kind, &object, items(&scale, &["metadata", "managedFields"]));
    set(&mut object, &["metadata", "managedFields"], owners);
    pack_owners(&mut object);
    let mut write = write.clone();
    write.subresource = String::new();
    write.owners_are_set = true;
    update_object(core, &mut write, key, &live, object)
}

/// Returns a new scale with its owners, as they follow from those of the live one.
fn with_owners(core: &Core, write: &Write, live: &Value, scale: Value) -> Value {
    let mut own = write.clone();
    own.kind = Arc::new(scale_kind(&write.kind));
    let before = owned_scale(core, &write.kind, live);
    let time = core.timestamp();
    own.with_updater(core, |updater| updater.update(&before, scale, &write.manager, &time))
}

fn check(kind: &Kind, live: &Value, scale: &Value, number: i64) -> Result<(), Refusal> {
    if !kind.custom && number < 0 {
        let detail = "must be greater than or equal to 0";
        let fault = FieldFault::invalid("spec.replicas", &json!(number), detail);
        return Err(Refusal::invalid(&Kind::scale(), crate::object::name(live), &[fault]));
    }
    let (given, own) = (crate::object::uid(scale), crate::object::uid(live));
    if !given.is_empty() && given != own {
        let cause = format!("Precondition failed: UID in precondition: {given}, UID in object meta: {own}");
        return Err(Refusal::conflict(kind, crate::object::name(live), &cause));
    }
    Ok(())
}

/// The path of a field as owners name it.
fn owned_path(path: &[String]) -> Vec<String> {
    path.iter().map(|part| format!("f:{part}")).collect()
}

/// Returns where entries of one version name the number of Pods, nothing for versions that nobody knows.
fn path_of(core: &Core, kind: &Kind, entry: &Value) -> Option<Vec<String>> {
    let version = text(entry, &["apiVersion"])
        .rsplit('/')
        .next()
        .unwrap_or_default()
        .to_owned();
    paths(core, kind, &version).map(|paths| owned_path(&paths.wanted))
}

fn owns(entry: &Value, path: &[String]) -> bool {
    at(entry, &["fieldsV1"])
        .and_then(|fields| at(fields, &words(path)))
        .is_some()
}

/// Returns who owns the number of Pods, as owners of the scale.
fn to_scale(core: &Core, kind: &Kind, entries: &[Value]) -> Vec<Value> {
    let own = |entry: &Value| {
        let path = path_of(core, kind, entry)?;
        owns(entry, &path).then(|| {
            let mut entry = entry.clone();
            set(&mut entry, &["apiVersion"], "autoscaling/v1");
            set(&mut entry, &["fieldsV1"], json!({"f:spec": {"f:replicas": {}}}));
            entry
        })
    };
    entries.iter().filter_map(own).collect()
}

/// What tells managers apart.
fn manager_of(entry: &Value) -> [&str; 4] {
    let operation = text(entry, &["operation"]);
    let version = if operation == "Apply" {
        ""
    } else {
        text(entry, &["apiVersion"])
    };
    [
        text(entry, &["manager"]),
        operation,
        version,
        text(entry, &["subresource"]),
    ]
}

/// Returns the owners of an object whose scale has got new ones.
fn to_object(core: &Core, kind: &Kind, live: &Value, scale: &[Value]) -> Vec<Value> {
    let replicas = ["f:spec".to_owned(), "f:replicas".to_owned()];
    let mut rest: Vec<&Value> = scale.iter().collect();
    let mut entries = Vec::new();
    let parents = items(live, &["metadata", "managedFields"]);
    for parent in parents {
        let Some(path) = path_of(core, kind, parent) else {
            continue;
        };
        let same = rest.iter().position(|own| manager_of(own) == manager_of(parent));
        match same {
            _ if !owns(parent, &path) => entries.push(parent.clone()),
            Some(place) => {
                rest.remove(place);
                entries.push(parent.clone());
            }
            None => entries.extend(without(parent, &path)),
        }
    }
    let path = paths(core, kind, &kind.version)
        .map(|paths| owned_path(&paths.wanted))
        .unwrap_or_default();
    for own in rest.into_iter().filter(|own| owns(own, &replicas)) {
        let mut entry = own.clone();
        // Only who was there before has a time.
        let before = parents.iter().find(|parent| manager_of(parent) == manager_of(own));
        match before.and_then(|parent| parent.get("time")) {
            Some(time) => set(&mut entry, &["time"], time.clone()),
            None => drop(crate::object::remove(&mut entry, &["time"])),
        }
        set(&mut entry, &["apiVersion"], kind.api_version());
        let mut fields = json!({});
        set(&mut fields, &words(&path), json!({}));
        set(&mut entry, &["fieldsV1"], fields);
        entries.push(entry);
    }
    entries.sort_by(|left, right| order_of(left).cmp(&order_of(right)));
    entries
}

fn order_of(entry: &Value) -> [&str; 5] {
    ["operation", "time", "manager", "apiVersion", "subresource"].map(|field| text(entry, &[field]))
}

/// Returns an entry without one of its fields, nothing when it has no others.
fn without(entry: &Value, path: &[String]) -> Option<Value> {
    let mut entry = entry.clone();
    let full: Vec<&str> = std::iter::once("fieldsV1").chain(words(path)).collect();
    crate::object::remove(&mut entry, &full);
    // Nothing is left of parents that had nothing else.
    for length in (1..full.len()).rev() {
        let parent = full.get(..length)?;
        if at(&entry, parent)
            .and_then(Value::as_object)
            .is_some_and(serde_json::Map::is_empty)
        {
            crate::object::remove(&mut entry, parent);
        }
    }
    entry.get("fieldsV1").is_some().then_some(entry)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(manager: &str, operation: &str, version: &str, fields: Value) -> Value {
        json!({"manager": manager, "operation": operation, "apiVersion": version, "time": "t", "fieldsType": "FieldsV1",
            "fieldsV1": fields})
    }

    #[test]
    fn the_number_changes_its_owner() {
        let core = Core::new(1, 0);
        let Some(kind) = core.kinds.at("apps", "v1", "deployments") else {
            panic!("it is served")
        };
        let replicas = json!({"f:spec": {"f:replicas": {}}});
        let owner = entry(
            "a",
            "Update",
            "apps/v1",
            json!({"f:spec": {"f:paused": {}, "f:replicas": {}}}),
        );
        let live = json!({"metadata": {"managedFields": [owner]}});
        let scale = to_scale(&core, &kind, items(&live, &["metadata", "managedFields"]));
        assert_eq!(scale, [entry("a", "Update", "autoscaling/v1", replicas.clone())]);

        let taken = to_object(
            &core,
            &kind,
            &live,
            &[entry("b", "Apply", "autoscaling/v1", replicas.clone())],
        );
        let mut new = entry("b", "Apply", "apps/v1", replicas);
        crate::object::remove(&mut new, &["time"]);
        assert_eq!(
            taken,
            [
                new,
                entry("a", "Update", "apps/v1", json!({"f:spec": {"f:paused": {}}}))
            ]
        );
    }
}
