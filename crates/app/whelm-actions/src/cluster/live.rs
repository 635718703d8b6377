//! Looking objects up before a plan is made.

use futures_util::{StreamExt, stream};
use whelm_kube_client::Client;
use whelm_plan::{Live, LiveObjects, Object};

use super::CONCURRENCY;

/// Reads objects, many at once. Objects whose name the server makes up are not looked up.
pub(crate) async fn look_up(client: &Client, objects: impl IntoIterator<Item = &Object>) -> LiveObjects {
    let named = objects.into_iter().filter(|object| !object.name.is_empty());
    let found: Vec<_> = stream::iter(named)
        .map(|object| async move {
            let live = match client.find(&object.mapping, &object.namespace, &object.name).await {
                Ok(Some(value)) => Live::Present(Box::new(value)),
                Ok(None) => Live::Absent,
                Err(error) if error.is_forbidden() => Live::Forbidden(error.to_string()),
                Err(error) => Live::Unknown(error.to_string()),
            };
            (object.key(), live)
        })
        .buffer_unordered(CONCURRENCY)
        .collect()
        .await;
    let mut live = LiveObjects::default();
    for (key, one) in found {
        live.insert(key, one);
    }
    live
}
