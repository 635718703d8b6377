//! Applying and deleting objects.

use std::{
    collections::HashSet,
    hash::{DefaultHasher, Hash, Hasher},
};

use futures_util::{StreamExt, stream};
use serde_json::Value;
use whelm_kube_api::{
    object,
    request::{FieldValidation, WriteOptions},
};
use whelm_kube_client::{Client, Error as ClientError, insistently};
use whelm_plan::{Apply, ClientPatch, Delete, Managers, Object, PatchBase, Write, client_patch};

use super::CONCURRENCY;

/// How often a conflict is tried again, as client-go's default back-off does.
const TRIES: u32 = 5;

/// Cuts a list into the runs of neighbours of one kind. What is in one run may happen at once.
pub(super) fn delete_runs(doomed: &[Delete]) -> impl Iterator<Item = &[Delete]> {
    doomed.chunk_by(|a, b| a.object.mapping.gvk.kind == b.object.mapping.gvk.kind)
}

/// As [`delete_runs`]. What ends the operation when it fails is a run by itself: nothing after it has happened then. What is
/// there twice is not in one run.
pub(super) fn apply_runs(wanted: &[Apply]) -> impl Iterator<Item = &[Apply]> {
    // Hashes are enough: two objects with one only make a run more.
    let mut run = HashSet::new();
    let place = |apply: &Apply| {
        let mut hasher = DefaultHasher::new();
        (&apply.object.namespace, &apply.object.name).hash(&mut hasher);
        hasher.finish()
    };
    wanted.chunk_by(move |a, b| {
        run.insert(place(a));
        let goes_on = a.object.mapping.gvk.kind == b.object.mapping.gvk.kind
            && !a.stop_on_error
            && !b.stop_on_error
            && !run.contains(&place(b));
        if !goes_on {
            run.clear();
        }
        goes_on
    })
}

/// Brings a run of objects to the cluster. Returns the errors of objects that are no reason to stop, in the order of the objects.
///
/// # Errors
/// The one that is a reason to stop.
pub(super) async fn apply_run(client: &Client, run: &[Apply], look_again: bool) -> Result<Vec<String>, String> {
    let results: Vec<_> = stream::iter(run)
        .map(|apply| async move { (apply, apply_planned(client, apply, look_again).await) })
        .buffered(CONCURRENCY)
        .collect()
        .await;
    let mut errors = Vec::new();
    for (apply, result) in results {
        if let Err(text) = result {
            let text = format!("{}{text}", apply.error_prefix);
            if apply.stop_on_error {
                return Err(text);
            }
            errors.push(text);
        }
    }
    Ok(errors)
}

/// Brings one object to the cluster as it was planned. `look_again` says that the live object may have changed since.
async fn apply_planned(client: &Client, apply: &Apply, look_again: bool) -> Result<(), String> {
    let object = &apply.object;
    if let Some(managers) = &apply.managers {
        move_managers(client, object, managers).await?;
    }
    match &apply.write {
        Write::Apply { force } => apply_one(client, object, *force).await,
        Write::Create => create_one(client, object)
            .await
            .map(drop)
            .map_err(|error| error.to_string()),
        Write::Replace { resource_version } => replace_one(client, object, resource_version).await,
        Write::Patch(base) => patch_one(client, object, base, look_again).await,
    }
}

/// Makes what this client owns by updates what it owns by applying.
async fn move_managers(client: &Client, object: &Object, managers: &Managers) -> Result<(), String> {
    let place = (&object.mapping, object.namespace.as_str(), object.name.as_str());
    let mut managers = managers.clone();
    for attempt in 1.. {
        let patch = managers.patch();
        let sent = client.patch(place, "application/json-patch+json", &patch, WriteOptions::default());
        let error = match sent.await {
            Ok(_) => return Ok(()),
            Err(error) => error,
        };
        if !error.is_conflict() || attempt == TRIES {
            return Err(format!(
                "failed to patch object to upgrade CSA field manager {}: {error}",
                object.identified()
            ));
        }
        let live = client.find(&object.mapping, &object.namespace, &object.name).await;
        let live = live.map_err(|error| format!("failed to get object {}: {error}", object.identified()))?;
        match live.as_ref().and_then(Managers::of) {
            Some(next) => managers = next,
            None => return Ok(()),
        }
    }
    Ok(())
}

/// How the client writes when it merges itself: the server is not asked to be strict.
fn plain() -> WriteOptions {
    WriteOptions {
        validation: FieldValidation::Usual,
        ..WriteOptions::default()
    }
}

/// Creates one object and returns it as the server keeps it.
pub(super) async fn create_one(client: &Client, object: &Object) -> Result<Value, ClientError> {
    let create = || client.create(&object.mapping, &object.namespace, &object.value, plain());
    insistently(create, |error| error.is_conflict() && !error.is_already_exists()).await
}

/// Creates one object that is none of the release's own, a hook or a namespace, and returns it as the server keeps it.
pub(super) async fn start(client: &Client, object: &Object, server_side: bool) -> Result<Value, String> {
    if !server_side {
        return create_one(client, object).await.map_err(|error| error.to_string());
    }
    let Object {
        mapping,
        namespace,
        name,
        value,
    } = object;
    applying(object, || {
        client.applied(mapping, namespace, name, value, WriteOptions::default())
    })
    .await
}

/// Replaces one object, whoever changed it.
async fn replace_one(client: &Client, object: &Object, resource_version: &str) -> Result<(), String> {
    let Object {
        mapping,
        namespace,
        name,
        ..
    } = object;
    let (mut value, mut version) = (object.value.clone(), resource_version.to_owned());
    for attempt in 1.. {
        if let Some(metadata) = value.get_mut("metadata").and_then(Value::as_object_mut) {
            metadata.insert("resourceVersion".to_owned(), version.into());
        }
        let replaced = client.update(mapping, namespace, name, &value, WriteOptions::default());
        match replaced.await {
            Ok(_) => return Ok(()),
            Err(error) if error.is_conflict() && attempt < TRIES => {
                let live = client.find(mapping, namespace, name).await.ok().flatten();
                version = live.as_ref().map_or("", object::resource_version).to_owned();
            }
            Err(error) => return Err(format!("failed to replace object: {error}")),
        }
    }
    Ok(())
}

/// Patches one object by what differs.
async fn patch_one(client: &Client, object: &Object, base: &PatchBase, look_again: bool) -> Result<(), String> {
    let Object {
        mapping,
        namespace,
        name,
        ..
    } = object;
    let found;
    let mut live = &base.live;
    if look_again || live.is_null() {
        let read = client.find(mapping, namespace, name).await;
        found = read.map_err(|error| format!("could not get information about the resource: {error}"))?;
        match &found {
            Some(found) => live = found,
            None => {
                return create_one(client, object)
                    .await
                    .map(drop)
                    .map_err(|error| format!("failed to create resource: {error}"));
            }
        }
    }
    let Some(ClientPatch { content_type, patch }) = client_patch(object, base, live)? else {
        return Ok(());
    };
    let sent = client.patch((mapping, namespace, name), content_type, &patch, plain());
    let kind = &mapping.gvk.kind;
    sent.await
        .map(drop)
        .map_err(|error| format!("cannot patch {name:?} with kind {kind}: {error}"))
}

/// Applies one object on the server's side.
///
/// # Errors
/// Helm's texts: `conflict occurred while applying object …`, `server-side apply failed for object …`.
pub(super) async fn apply_one(client: &Client, object: &Object, force: bool) -> Result<(), String> {
    let options = WriteOptions {
        force,
        ..WriteOptions::default()
    };
    let Object {
        mapping,
        namespace,
        name,
        value,
    } = object;
    applying(object, || client.apply(mapping, namespace, name, value, options)).await
}

/// Applies an object until no other change crosses this one.
async fn applying<T, F>(object: &Object, once: impl Fn() -> F) -> Result<T, String>
where
    F: Future<Output = Result<T, ClientError>>,
{
    let applied = insistently(once, ClientError::is_crossing).await;
    applied.map_err(|error| apply_error(object, &error))
}

fn apply_error(object: &Object, error: &ClientError) -> String {
    if error.code() == Some(415) {
        format!("server-side apply not available on the server: {error}")
    } else if error.is_conflict() {
        format!(
            "conflict occurred while applying object {}: {error}",
            object.identified()
        )
    } else {
        format!("server-side apply failed for object {}: {error}", object.identified())
    }
}

/// Deletes a run of objects and returns those that could not be deleted, with the reason.
pub(super) async fn delete_run<'a>(client: &Client, run: &'a [Delete]) -> Vec<(&'a Object, ClientError)> {
    let results: Vec<_> = stream::iter(run)
        .map(|delete| async move { (&delete.object, delete_one(client, delete).await) })
        .buffered(CONCURRENCY)
        .collect()
        .await;
    results
        .into_iter()
        .filter_map(|(object, result)| Some((object, result.err()?)))
        .collect()
}

/// Deletes one object. One that is gone is no error, nor is another one that took its name: that one stays.
pub(super) async fn delete_one(client: &Client, delete: &Delete) -> Result<(), ClientError> {
    let Object {
        mapping,
        namespace,
        name,
        ..
    } = &delete.object;
    let uid = delete.uid.as_deref();
    let is_another = |error: &ClientError| uid.is_some() && error.is_conflict() && error.to_string().contains("UID");
    let once = || client.delete(mapping, namespace, name, delete.propagation, uid);
    match insistently(once, |error| error.is_conflict() && !is_another(error)).await {
        Err(error) if error.is_not_found() || is_another(&error) => Ok(()),
        deleted => deleted,
    }
}
