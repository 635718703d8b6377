//! `get` and `status`: what is known about one revision.
//!
//! Source: Helm 4.3.1, `pkg/action/{get,get_values,get_metadata,status}.go`.

use std::collections::{BTreeMap, BTreeSet};

use go_value::Map;
use serde_json::Value;
use whelm_chart::{Dependency, Log};
use whelm_kube_api::{
    Mapping,
    request::{Form, ListOptions},
};
use whelm_kube_client::to_go_value;
use whelm_plan::Object;
use whelm_release::{Release, validate_release_name, without_system_labels};

use crate::{
    ClusterAddress, Error,
    cluster::{CONCURRENCY, Cluster, pod_mapping},
};

/// Which revision.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RevisionRequest {
    /// The namespace.
    pub namespace: String,
    /// The release.
    pub name: String,
    /// The revision; 0 or less means the newest.
    pub revision: i64,
}

/// What `get metadata` shows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ReleaseMetadata {
    /// The release.
    pub name: String,
    /// The chart's name.
    pub chart: String,
    /// The chart's version.
    pub version: String,
    /// The version of what the chart installs.
    pub app_version: String,
    /// The chart's annotations.
    pub annotations: BTreeMap<String, String>,
    /// The labels of the record.
    pub labels: BTreeMap<String, String>,
    /// What the chart depends on.
    pub dependencies: Vec<Dependency>,
    /// The namespace.
    pub namespace: String,
    /// The revision.
    pub revision: i64,
    /// The state.
    pub status: String,
    /// When, in RFC 3339.
    pub deployed_at: String,
    /// `ssa`, `csa` or nothing.
    pub apply_method: String,
}

/// What `status` shows.
#[derive(Clone, Debug)]
pub struct StatusOutcome {
    /// The release; without its chart, and with its live objects if those were asked for as objects.
    pub release: Release,
    /// The live objects as the server's tables, by heading; empty when they were asked for as objects.
    pub tables: Vec<(String, Vec<Value>)>,
}

async fn find(address: &ClusterAddress, request: &RevisionRequest) -> Result<(Cluster, Release), Error> {
    let cluster = address.open(&request.namespace).await?;
    cluster.check_reachable().await?;
    if validate_release_name(&request.name).is_err() {
        return Err(Error::new(format!(
            "releaseContent: Release name is invalid: {}",
            request.name
        )));
    }
    let release = if request.revision <= 0 {
        cluster.store.last(&request.name).await?
    } else {
        cluster.store.get(&request.name, request.revision).await?
    };
    Ok((cluster, release))
}

/// Returns one revision: what `get all`, `get hooks`, `get manifest` and `get notes` show parts of.
///
/// # Errors
/// Helm's texts, such as `release: not found`.
pub async fn get(address: &ClusterAddress, request: &RevisionRequest) -> Result<Release, Error> {
    Ok(find(address, request).await?.1)
}

/// Returns the values of a revision: the user's, or with `all` those that the templates saw.
///
/// # Errors
/// As [`get`].
pub async fn get_values(
    address: &ClusterAddress,
    request: &RevisionRequest,
    all: bool,
    log: &mut Log,
) -> Result<Option<Map>, Error> {
    let release = get(address, request).await?;
    let config = release.config.as_deref();
    match (&release.chart, all) {
        (Some(chart), true) => {
            let empty = Map::new();
            Ok(Some(whelm_values::coalesce_values(
                chart,
                config.unwrap_or(&empty),
                log,
            )?))
        }
        _ => Ok(config.cloned()),
    }
}

/// Returns what is known about a revision without its content.
///
/// # Errors
/// As [`get`].
pub async fn get_metadata(address: &ClusterAddress, request: &RevisionRequest) -> Result<ReleaseMetadata, Error> {
    let release = get(address, request).await?;
    let metadata = release
        .chart
        .as_ref()
        .map(|chart| chart.metadata.clone())
        .unwrap_or_default();
    Ok(ReleaseMetadata {
        name: release.name,
        dependencies: metadata.dependencies().cloned().collect(),
        chart: metadata.name,
        version: metadata.version,
        app_version: metadata.app_version,
        annotations: metadata.annotations.unwrap_or_default(),
        // Helm shows the store's own labels too, unless a revision is named.
        labels: without_system_labels(&release.labels),
        namespace: release.namespace,
        revision: release.version,
        status: release.info.status.as_str().to_owned(),
        deployed_at: release
            .info
            .last_deployed
            .map_or_else(|| "0001-01-01T00:00:00Z".to_owned(), |time| time.rfc3339()),
        apply_method: release.apply_method,
    })
}

/// Returns a revision with its live objects, as tables for people or as objects for programs.
///
/// # Errors
/// As [`get`].
pub async fn status(
    address: &ClusterAddress,
    request: &RevisionRequest,
    as_tables: bool,
) -> Result<StatusOutcome, Error> {
    let (cluster, mut release) = find(address, request).await?;
    let objects = cluster.build(&release.manifest).await?;
    let groups = live_groups(&cluster, &objects, if as_tables { Form::Table } else { Form::Object }).await;
    release.chart = None;
    if as_tables {
        return Ok(StatusOutcome {
            release,
            tables: groups,
        });
    }
    let resources = groups.iter().map(|(heading, objects)| {
        (
            heading.as_str().into(),
            go_value::Value::List(objects.iter().map(to_go_value).collect()),
        )
    });
    release.info.resources = Some(resources.collect());
    Ok(StatusOutcome {
        release,
        tables: Vec::new(),
    })
}

/// Reads the objects and the Pods that belong to them. Headings come in the order of the manifest; what cannot be read is
/// left out, as Helm does it.
async fn live_groups(cluster: &Cluster, objects: &[Object], form: Form) -> Vec<(String, Vec<Value>)> {
    use futures_util::{StreamExt, stream};
    let named = objects.iter().filter(|object| !object.name.is_empty());
    let found: Vec<_> = stream::iter(named)
        .map(|object| async move {
            let live = cluster
                .client
                .get_as(&object.mapping, &object.namespace, &object.name, form)
                .await;
            (object, live.ok())
        })
        .buffered(CONCURRENCY)
        .collect()
        .await;
    let mut groups: Vec<(String, Vec<Value>)> = Vec::new();
    let mut selectors = BTreeSet::new();
    for (object, live) in found {
        let Some(live) = live else { continue };
        let gvk = &object.mapping.gvk;
        add(&mut groups, format!("{}/{}", gvk.version, gvk.kind), vec![live]);
        if let Some(selector) = selector(object)
            && selectors.insert(selector.clone())
        {
            add(
                &mut groups,
                "v1/Pod(related)".to_owned(),
                pods(cluster, &object.namespace, selector, form).await,
            );
        }
    }
    groups
}

fn add(groups: &mut Vec<(String, Vec<Value>)>, heading: String, objects: Vec<Value>) {
    if objects.is_empty() {
        return;
    }
    match groups.iter_mut().find(|(known, _)| *known == heading) {
        Some((_, all)) => all.extend(objects),
        None => groups.push((heading, objects)),
    }
}

/// Returns the selector of the Pods of a workload.
pub(crate) fn selector(object: &Object) -> Option<String> {
    let labels = match object.mapping.gvk.kind.as_str() {
        "ReplicaSet" | "Deployment" | "StatefulSet" | "DaemonSet" | "Job" => {
            object.value.pointer("/spec/selector/matchLabels")?
        }
        "ReplicationController" => object.value.pointer("/spec/selector")?,
        _ => return None,
    };
    let pairs: Option<Vec<String>> = labels
        .as_object()?
        .iter()
        .map(|(key, value)| Some(format!("{key}={}", value.as_str()?)))
        .collect();
    pairs.map(|pairs| pairs.join(","))
}

/// Returns the Pods: a table, or as Helm has it a list in the form of an object.
async fn pods(cluster: &Cluster, namespace: &str, labels: String, form: Form) -> Vec<Value> {
    let mapping = pod_mapping();
    let options = ListOptions {
        labels,
        ..ListOptions::default()
    };
    let page = cluster.client.list_page(&mapping, namespace, &options, form).await;
    page.ok().map(|page| named(page, &mapping)).into_iter().collect()
}

/// Gives the items of a list their kind, which lists leave out.
fn named(mut list: Value, mapping: &Mapping) -> Value {
    for item in list
        .get_mut("items")
        .and_then(Value::as_array_mut)
        .into_iter()
        .flatten()
    {
        if let Some(item) = item.as_object_mut() {
            item.insert("apiVersion".to_owned(), mapping.gvk.api_version().into());
            item.insert("kind".to_owned(), mapping.gvk.kind.as_str().into());
        }
    }
    list
}
