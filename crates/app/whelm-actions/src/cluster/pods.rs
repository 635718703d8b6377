//! Pods: how they are found, and their logs.

use serde_json::Value;
use whelm_chart::Log;
use whelm_kube_api::{
    Asked, Gvk, Mapping, object,
    request::{self, ListOptions},
};
use whelm_kube_client::Client;
use whelm_release::Hook;

use crate::Error;

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
    let (pods, _) = client.list(&pods(), namespace, options).await?;
    for pod in &pods {
        for container in containers(pod, "/spec/containers") {
            let text = container_log(client, pod, container, "").await?;
            if !text.is_empty() {
                // Go's log takes the end of the last line away.
                let text = text.strip_suffix(b"\n").unwrap_or(&text);
                log.info(String::from_utf8_lossy(text).into_owned());
            }
        }
    }
    Ok(())
}

/// Hands the logs of all containers of a Pod to `write`, those that initialise it first, each under a heading.
///
/// # Errors
/// Helm's texts: the Pod cannot be read, or the logs of some containers, one line for each.
pub(crate) async fn container_logs(
    client: &Client,
    namespace: &str,
    name: &str,
    write: &mut (dyn FnMut(&[u8]) + Send),
) -> Result<(), Error> {
    let pod = client.get(&pods(), namespace, name).await;
    let pod = pod.map_err(|error| Error::new(format!("unable to get pod {name}: {error}")))?;
    let mut errors = Vec::new();
    let all = containers(&pod, "/spec/initContainers").chain(containers(&pod, "/spec/containers"));
    for container in all {
        match container_log(client, &pod, container, "").await {
            Ok(text) => {
                write(format!("POD LOGS: {name} ({container})\n").as_bytes());
                write(&text);
                write(b"\n");
            }
            Err(error) => errors.push(format!(
                "unable to get logs for pod {name}, container {container}: {error}"
            )),
        }
    }
    if errors.is_empty() {
        Ok(())
    } else {
        Err(Error::new(errors.join("\n")))
    }
}

/// Returns where Pods live.
pub(crate) fn pods() -> Mapping {
    Mapping {
        gvk: Gvk::new("v1", "Pod"),
        resource: "pods".to_owned(),
        namespaced: true,
    }
}

/// Reads the Pods of a namespace that have labels.
pub(super) async fn pods_with(
    client: &Client,
    namespace: &str,
    labels: String,
) -> Result<Vec<Value>, whelm_kube_client::Error> {
    let options = ListOptions {
        labels,
        ..ListOptions::default()
    };
    let listed = client.list(&pods(), namespace, &options).await;
    listed.map(|(pods, _)| pods)
}

/// Returns the names of the containers of one sort.
fn containers<'a>(pod: &'a Value, sort: &str) -> impl Iterator<Item = &'a str> {
    let all = pod.pointer(sort).and_then(Value::as_array);
    let names = all.into_iter().flatten().map(|container| container.get("name"));
    names.map(|name| name.and_then(Value::as_str).unwrap_or_default())
}

/// Reads the log of a container; `more` is further parts of the query.
pub(super) async fn container_log(
    client: &Client,
    pod: &Value,
    container: &str,
    more: &str,
) -> Result<Vec<u8>, whelm_kube_client::Error> {
    let name = object::name(pod);
    let path = request::path(&pods(), object::namespace(pod), Some(name));
    let request = request::raw(&format!("{path}/log?container={container}{more}"), "*/*");
    let asked = Asked {
        method: "GET",
        resource: "pods",
        name,
    };
    client.bytes(request, asked).await.map(|text| text.to_vec())
}
