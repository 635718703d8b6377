//! Applying and deleting objects.

use std::time::Duration;

use futures_util::{StreamExt, stream};
use whelm_kube_api::request::WriteOptions;
use whelm_kube_client::{Client, Error as ClientError};
use whelm_plan::{Apply, Delete, Object};

use super::CONCURRENCY;

/// How often a conflict is tried again, as client-go's default back-off does.
const TRIES: u32 = 5;

/// Cuts a list into the runs of neighbours of one kind. What is in one run may happen at once.
pub(super) fn runs<'a, T>(items: &'a [T], object: impl Fn(&T) -> &Object + 'a) -> impl Iterator<Item = &'a [T]> {
    items.chunk_by(move |a, b| object(a).mapping.gvk.kind == object(b).mapping.gvk.kind)
}

/// Applies a run of objects, and returns the errors in the order of the objects, with whether the later runs have to wait.
pub(super) async fn apply_run(client: &Client, run: &[Apply]) -> Vec<(bool, String)> {
    let results: Vec<_> = stream::iter(run)
        .map(|apply| async move { (apply, apply_one(client, &apply.object, apply.force).await) })
        .buffered(CONCURRENCY)
        .collect()
        .await;
    let failed = results
        .into_iter()
        .filter_map(|(apply, result)| Some((apply, result.err()?)));
    failed
        .map(|(apply, text)| (apply.stop_on_error, format!("{}{text}", apply.error_prefix)))
        .collect()
}

/// Applies one object on the server's side; one whose name the server makes up is created.
///
/// # Errors
/// Helm's texts: `conflict occurred while applying object …`, `server-side apply failed for object …`.
pub(super) async fn apply_one(client: &Client, object: &Object, force: bool) -> Result<(), String> {
    let options = WriteOptions {
        force,
        ..WriteOptions::default()
    };
    let mut pause = Duration::from_millis(10);
    for attempt in 1.. {
        let result = if object.name.is_empty() {
            client
                .create(&object.mapping, &object.namespace, &object.value, options)
                .await
        } else {
            client
                .apply(&object.mapping, &object.namespace, &object.name, &object.value, options)
                .await
        };
        match result {
            Ok(_) => return Ok(()),
            Err(error) if is_quota_conflict(&error) && attempt < TRIES => {
                tokio::time::sleep(pause).await;
                pause *= 2;
            }
            Err(error) => return Err(apply_error(object, &error)),
        }
    }
    Ok(())
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

/// Two objects counted against one quota at the same moment.
fn is_quota_conflict(error: &ClientError) -> bool {
    let text = error.to_string();
    error.is_conflict()
        && text.contains("Operation cannot be fulfilled on resourcequotas")
        && text.contains("the object has been modified")
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
    let mut pause = Duration::from_millis(10);
    for attempt in 1.. {
        match client
            .delete(mapping, namespace, name, delete.propagation, delete.uid.as_deref())
            .await
        {
            Ok(()) => return Ok(()),
            Err(error) if error.is_not_found() => return Ok(()),
            Err(error) if error.is_conflict() && delete.uid.is_some() && error.to_string().contains("UID") => {
                return Ok(());
            }
            Err(error) if error.is_conflict() && attempt < TRIES => {
                tokio::time::sleep(pause).await;
                pause *= 2;
            }
            Err(error) => return Err(error),
        }
    }
    Ok(())
}
