//! Deleting objects.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::core::{Answer, Core, Target};
use crate::kinds::Kind;
use crate::object::{at, is_deleted, items, map_at, name, set, text, uid};
use crate::options;
use crate::read::{Filter, find};
use crate::request::Ask;
use crate::status::{Refusal, resource_details};
use crate::store::Key;
use crate::strategy;

/// What happens to the objects that a deleted one owns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Propagation {
    /// What an earlier deletion asked for, else [`Propagation::Background`].
    Unsaid,
    /// They are deleted afterwards.
    Background,
    /// They are deleted first.
    Foreground,
    /// They stay, without this owner.
    Orphan,
}

/// What a client is told that deletes a Job without saying what becomes of its Pods.
const JOB_WARNING: &str = "child pods are preserved by default when jobs are deleted; set propagationPolicy=Background to \
                           remove them or set propagationPolicy=Orphan to suppress this warning";

/// Answers a `DELETE` of an object.
pub(crate) fn delete(core: &mut Core, ask: &Ask, target: &Target) -> Result<Answer, Refusal> {
    crate::form::Form::of(ask)?;
    let options = options::of_deletion(ask)?;
    check_immortal(&target.kind, &target.name)?;
    let warnings = warnings(&target.kind, &options);
    Ok(match delete_known(core, target, &options) {
        Ok((_, Some(waiting))) => super::answer(core, ask, target, 200, &waiting, warnings),
        Ok((object, None)) => deleted(core, ask, target, &object),
        Err(refusal) => Answer::refuse_with(&refusal, warnings),
    })
}

/// Returns what a client is told beside what becomes of its deletion.
fn warnings(kind: &Kind, options: &Value) -> Vec<String> {
    let is_told = kind.group == "batch" && kind.plural == "jobs" && propagation(options) == Propagation::Unsaid;
    is_told.then(|| JOB_WARNING.to_owned()).into_iter().collect()
}

/// Deletes an object that has to exist; returns its last state, and the state in which it waits for something.
fn delete_known(
    core: &mut Core,
    target: &Target,
    options: &Value,
) -> Result<(Arc<Value>, Option<Arc<Value>>), Refusal> {
    let object = find(core, target)?;
    check_preconditions(&target.kind, options, &object)?;
    let (propagation, grace) = (decided(&target.kind, options, &object), grace_of(options));
    let waiting = if options::is_dry(options) {
        marked(core, &target.kind, &object, propagation, grace).map(Arc::new)
    } else {
        let key = Key::new(&target.kind.resource(), &target.namespace, &target.name);
        delete_with(core, &target.kind, &key, &object, propagation, grace)
    };
    Ok((object, waiting))
}

/// Returns what becomes of what an object owns: as said, as its finalizers say, or as its kind does it.
fn decided(kind: &Kind, options: &Value, object: &Value) -> Propagation {
    let is_decided = |name: &Value| name == "orphan" || name == "foregroundDeletion";
    match propagation(options) {
        _ if !strategy::minds_dependents(kind) => Propagation::Unsaid,
        Propagation::Unsaid if items(object, &["metadata", "finalizers"]).iter().any(is_decided) => Propagation::Unsaid,
        Propagation::Unsaid if strategy::orphans_by_default(kind) => Propagation::Orphan,
        said => said,
    }
}

/// Some namespaces stay.
fn check_immortal(kind: &Kind, name: &str) -> Result<(), Refusal> {
    let is_namespace = kind.group.is_empty() && kind.plural == "namespaces";
    if is_namespace && matches!(name, "default" | "kube-system" | "kube-public") {
        return Err(Refusal::forbidden(kind, name, "this namespace may not be deleted"));
    }
    Ok(())
}

/// Returns how long a Pod that is deleted has to end, where the deletion says so.
fn grace_of(options: &Value) -> Option<i64> {
    let seconds = crate::object::int(options, &["gracePeriodSeconds"])?;
    Some(if seconds < 0 { 1 } else { seconds })
}

/// Answers that an object is gone: with its last state for some kinds, for others with a status.
fn deleted(core: &Core, ask: &Ask, target: &Target, object: &Value) -> Answer {
    if target.kind.group.is_empty() && target.kind.plural == "pods" {
        let mut last = object.clone();
        if is_deleted(&last) {
            shorten(&mut last, 0);
        } else {
            mark(core, &mut last, Some(0));
        }
        return super::answer(core, ask, target, 200, &last, Vec::new());
    }
    if strategy::returns_deleted(&target.kind) {
        return super::answer(core, ask, target, 200, object, Vec::new());
    }
    success(&target.kind, object)
}

fn success(kind: &Kind, object: &Value) -> Answer {
    let mut details = resource_details(kind, name(object));
    set(&mut details, &["uid"], uid(object));
    Answer::json(
        200,
        &json!({"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success", "details": details}),
    )
}

/// Answers a `DELETE` of a collection.
pub(crate) fn delete_collection(core: &mut Core, ask: &Ask, target: &Target) -> Result<Answer, Refusal> {
    if !target.kind.has_verb("deletecollection") {
        return Err(Refusal::method_not_allowed());
    }
    let form = crate::form::Form::of(ask)?;
    let (filter, options) = (Filter::read(ask, &target.kind)?, options::of_deletion(ask)?);
    let resource = target.kind.resource();
    let mut deleted = Vec::new();
    for object in core.store.list(&resource, &target.namespace) {
        if !filter.matches(&object) {
            continue;
        }
        if !options::is_dry(&options) {
            let propagation = decided(&target.kind, &options, &object);
            delete_object(core, &target.kind, &Key::of(&resource, &object), &object, propagation);
        }
        deleted.push(crate::read::shown(core, &target.kind, &object));
    }
    let metadata = json!({"resourceVersion": core.store.revision().to_string()});
    form.answer_list(core, &target.kind, metadata, deleted)
}

fn propagation(options: &Value) -> Propagation {
    match options::propagation(options) {
        "Orphan" => Propagation::Orphan,
        "Foreground" => Propagation::Foreground,
        "Background" => Propagation::Background,
        _ => match at(options, &["orphanDependents"]) {
            Some(Value::Bool(true)) => Propagation::Orphan,
            Some(Value::Bool(false)) => Propagation::Background,
            _ => Propagation::Unsaid,
        },
    }
}

pub(crate) fn check_preconditions(kind: &Kind, options: &Value, object: &Value) -> Result<(), Refusal> {
    let wanted = |field: &str| text(options, &["preconditions", field]).to_owned();
    let (wanted_uid, wanted_version) = (wanted("uid"), wanted("resourceVersion"));
    let version = text(object, &["metadata", "resourceVersion"]);
    if strategy::ends_in_steps(kind) {
        return check_early_preconditions(kind, [&wanted_uid, &wanted_version], object);
    }
    let cause = if !wanted_uid.is_empty() && wanted_uid != uid(object) {
        format!(
            "the UID in the precondition ({wanted_uid}) does not match the UID in record ({}). The object might have been \
             deleted and then recreated",
            uid(object),
        )
    } else if !wanted_version.is_empty() && wanted_version != version {
        format!(
            "the ResourceVersion in the precondition ({wanted_version}) does not match the ResourceVersion in record \
             ({version}). The object might have been modified",
        )
    } else {
        return Ok(());
    };
    // Here the real server names the kind where it names the resource elsewhere.
    let mut as_kind = kind.held();
    as_kind.plural.clone_from(&kind.kind);
    Err(Refusal::conflict(&as_kind, name(object), &cause))
}

/// Kinds whose objects end in steps look at what a client expects before all others do, and say it otherwise.
fn check_early_preconditions(kind: &Kind, [id, version]: [&str; 2], object: &Value) -> Result<(), Refusal> {
    let own = text(object, &["metadata", "resourceVersion"]);
    let cause = if !id.is_empty() && id != uid(object) {
        let own = uid(object);
        format!("Precondition failed: UID in precondition: {id}, UID in object meta: {own}")
    } else if !version.is_empty() && version != own {
        format!(
            "Precondition failed: ResourceVersion in precondition: {version}, ResourceVersion in object meta: {own}"
        )
    } else {
        return Ok(());
    };
    Err(Refusal::conflict(kind, name(object), &cause))
}

/// Marks a definition as being deleted: its objects go first.
fn marked_definition(core: &Core, object: &Value) -> Value {
    let mut marked = object.clone();
    set(&mut marked, &["metadata", "deletionTimestamp"], core.timestamp());
    let mut finalizers = items(object, &["metadata", "finalizers"]).to_vec();
    if !finalizers.iter().any(|own| own == crate::custom::CLEANUP) {
        finalizers.push(crate::custom::CLEANUP.into());
    }
    set(&mut marked, &["metadata", "finalizers"], finalizers);
    let mut conditions = items(object, &["status", "conditions"]).to_vec();
    conditions.push(json!({
        "type": "Terminating", "status": "True", "reason": "InstanceDeletionPending",
        "message": "CustomResourceDefinition marked for deletion; CustomResource deletion will begin soon",
        "lastTransitionTime": core.timestamp(),
    }));
    set(&mut marked, &["status", "conditions"], conditions);
    marked
}

/// Deletes an object, or marks it as being deleted and returns it when something has to happen first.
pub(crate) fn delete_object(
    core: &mut Core,
    kind: &Kind,
    key: &Key,
    object: &Arc<Value>,
    propagation: Propagation,
) -> Option<Arc<Value>> {
    delete_with(core, kind, key, object, propagation, None)
}

/// Deletes an object as the options of a deletion say.
pub(crate) fn delete_as_asked(core: &mut Core, kind: &Kind, key: &Key, object: &Arc<Value>, options: &Value) {
    delete_with(core, kind, key, object, propagation(options), grace_of(options));
}

fn delete_with(
    core: &mut Core,
    kind: &Kind,
    key: &Key,
    object: &Arc<Value>,
    propagation: Propagation,
    grace: Option<i64>,
) -> Option<Arc<Value>> {
    let Some(marked) = marked(core, kind, object, propagation, grace) else {
        core.store.remove(key);
        return None;
    };
    if marked == **object {
        return Some(object.clone());
    }
    Some(core.store.put(key, marked))
}

/// Returns an object marked as being deleted, nothing when it can go at once.
fn marked(core: &Core, kind: &Kind, object: &Value, propagation: Propagation, grace: Option<i64>) -> Option<Value> {
    if kind.group == "apiextensions.k8s.io" && !kind.custom && !is_deleted(object) {
        return Some(marked_definition(core, object));
    }
    let own_finalizer = match propagation {
        Propagation::Foreground => Some("foregroundDeletion"),
        Propagation::Orphan => Some("orphan"),
        Propagation::Background | Propagation::Unsaid => None,
    };
    let mut finalizers = items(object, &["metadata", "finalizers"]).to_vec();
    // One policy takes the place of another.
    finalizers.retain(|finalizer| {
        let name = finalizer.as_str().unwrap_or_default();
        propagation == Propagation::Unsaid
            || own_finalizer == Some(name)
            || !matches!(name, "orphan" | "foregroundDeletion")
    });
    if let Some(finalizer) = own_finalizer
        .map(Value::from)
        .filter(|finalizer| !finalizers.contains(finalizer))
    {
        finalizers.push(finalizer);
    }
    let is_namespace = kind.group.is_empty() && kind.plural == "namespaces";
    let is_pod = kind.group.is_empty() && kind.plural == "pods" && !text(object, &["spec", "nodeName"]).is_empty();
    let is_pod = is_pod && grace != Some(0);
    if finalizers.is_empty() && !is_namespace && !is_pod {
        return None;
    }
    let mut marked = object.clone();
    if is_deleted(object) && kind.group == "apiextensions.k8s.io" && !kind.custom {
        set(&mut marked, &["metadata", "deletionGracePeriodSeconds"], 0);
    }
    if let (true, Some(grace)) = (is_pod && is_deleted(object), grace) {
        shorten(&mut marked, grace);
    }
    if !is_deleted(object) {
        let own_grace = grace.or_else(|| crate::object::int(object, &["spec", "terminationGracePeriodSeconds"]));
        let grace = if is_pod { own_grace.unwrap_or(30) } else { 0 };
        mark(core, &mut marked, (!is_namespace).then_some(grace));
    }
    if finalizers.is_empty() {
        crate::object::remove(&mut marked, &["metadata", "finalizers"]);
    } else {
        set(&mut marked, &["metadata", "finalizers"], finalizers);
    }
    Some(marked)
}

/// Leaves a Pod that is being deleted less time to end.
fn shorten(pod: &mut Value, grace: i64) {
    let path = ["metadata", "deletionTimestamp"];
    let before = crate::object::int(pod, &["metadata", "deletionGracePeriodSeconds"]).unwrap_or(0);
    if grace >= before {
        return;
    }
    if let Some(end) = kstatus::Timestamp::parse(text(pod, &path)).map(|time| time.unix_millis()) {
        let seconds = before.saturating_sub(grace);
        set(pod, &path, crate::time::rfc3339(end - seconds.saturating_mul(1000)));
    }
    set(pod, &["metadata", "deletionGracePeriodSeconds"], grace);
}

/// Marks an object as being deleted; namespaces have no grace period.
fn mark(core: &Core, marked: &mut Value, grace: Option<i64>) {
    let time = core.timestamp();
    let metadata = map_at(marked, &["metadata"]);
    metadata.insert("deletionTimestamp".into(), time.into());
    match grace {
        None => set(marked, &["status", "phase"], "Terminating"),
        Some(seconds) => {
            metadata.insert("deletionGracePeriodSeconds".into(), seconds.into());
        }
    }
    if let Some(generation) = crate::object::int(marked, &["metadata", "generation"]).filter(|&own| own > 0) {
        set(marked, &["metadata", "generation"], generation + 1);
    }
}

/// Takes a finalizer away, and with the last one the object.
pub(crate) fn finish_deletion(core: &mut Core, key: &Key, finalizer: &str) {
    let Some(object) = core.store.get(key).cloned() else {
        return;
    };
    let mut rest = items(&object, &["metadata", "finalizers"]).to_vec();
    rest.retain(|own| own.as_str() != Some(finalizer));
    if rest.is_empty() && is_deleted(&object) {
        core.store.remove(key);
        return;
    }
    let mut changed = Value::clone(&object);
    if rest.is_empty() {
        crate::object::remove(&mut changed, &["metadata", "finalizers"]);
    } else {
        set(&mut changed, &["metadata", "finalizers"], rest);
    }
    core.store.put(key, changed);
}
