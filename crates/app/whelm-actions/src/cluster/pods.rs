//! The logs of hooks.

use serde_json::Value;
use whelm_chart::Log;
use whelm_kube_api::{
    Asked, Gvk, Mapping, object,
    request::{self, ListOptions},
};
use whelm_kube_client::Client;
use whelm_release::Hook;

/// Puts the logs of a hook's Pods into the log, one line per container. Other kinds than Jobs and Pods have none.
pub(super) async fn log_hook(client: &Client, hook: &Hook, namespace: &str, log: &mut Log) {
    let options = match hook.kind.as_str() {
        "Job" => ListOptions {
            labels: format!("job-name={}", hook.name),
            ..ListOptions::default()
        },
        "Pod" => ListOptions {
            fields: format!("metadata.name={}", hook.name),
            ..ListOptions::default()
        },
        _ => return,
    };
    if let Err(error) = log_pods(client, namespace, &options, log).await {
        log.info(format!("error outputting logs for hook failure: {error}"));
    }
}

async fn log_pods(
    client: &Client,
    namespace: &str,
    options: &ListOptions,
    log: &mut Log,
) -> Result<(), whelm_kube_client::Error> {
    let mapping = Mapping {
        gvk: Gvk::new("v1", "Pod"),
        resource: "pods".to_owned(),
        namespaced: true,
    };
    let (pods, _) = client.list(&mapping, namespace, options).await?;
    for pod in &pods {
        for container in pod
            .pointer("/spec/containers")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
        {
            let name = container.get("name").and_then(Value::as_str).unwrap_or_default();
            let path = format!(
                "{}/log?container={name}",
                request::path(&mapping, namespace, Some(object::name(pod)))
            );
            let text = client.bytes(request::raw(&path, "*/*"), Asked::default()).await?;
            if !text.is_empty() {
                log.info(String::from_utf8_lossy(&text).into_owned());
            }
        }
    }
    Ok(())
}
