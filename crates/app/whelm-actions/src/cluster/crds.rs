//! The custom resource definitions of a chart's `crds/` folders.

use std::collections::BTreeSet;
use std::time::Duration;

use kstatus::WaitFor;
use serde_json::Value;
use whelm_chart::Chart;
use whelm_plan::Object;

use super::{CRD_TIMEOUT, Cluster, WaitStrategy, Waiting, wait, write};
use crate::Error;

const DISCOVERY_TRIES: u32 = 100;
const DISCOVERY_PAUSE: Duration = Duration::from_millis(100);

/// A file of a `crds/` folder.
pub(crate) struct CrdFile {
    pub(crate) name: String,
    pub(crate) data: Vec<u8>,
}

impl CrdFile {
    /// Returns the files of a chart and of those below it.
    pub(crate) fn all(chart: &Chart) -> Vec<CrdFile> {
        let file = |crd: whelm_chart::Crd| CrdFile {
            name: crd.name.to_string_lossy().into_owned(),
            data: crd.file.data.as_bytes().to_vec(),
        };
        chart.crd_objects().into_iter().map(file).collect()
    }
}

/// How definitions are brought to the cluster.
#[derive(Clone, Copy)]
pub(crate) struct CrdOptions {
    pub(crate) strategy: WaitStrategy,
    /// The server merges them; otherwise those that exist stay as they are.
    pub(crate) server_side: bool,
    pub(crate) force: bool,
}

/// Applies the files one after the other, and waits until the server serves the new kinds.
///
/// # Errors
/// `failed to install CRD crds/x.yaml: …`, or what the wait says.
///
/// Source: Helm 4.3.1, `pkg/action/install.go`, `installCRDs`.
pub(crate) async fn install_crds(cluster: &Cluster, files: &[CrdFile], options: CrdOptions) -> Result<(), Error> {
    let mut all = Vec::new();
    for file in files {
        let failed = |text: String| Error::new(format!("failed to install CRD {}: {text}", file.name));
        let objects = cluster
            .build(&file.data)
            .await
            .map_err(|error| failed(error.to_string()))?;
        if objects.is_empty() {
            return Err(failed("resources are empty".to_owned()));
        }
        if !options.server_side && options.force {
            let text = "invalid client create option(s): forceConflicts enabled when serverSideApply disabled";
            return Err(failed(text.to_owned()));
        }
        let (mut problems, mut exists) = (Vec::new(), false);
        for object in &objects {
            let client = &cluster.client;
            if options.server_side {
                problems.extend(write::apply_one(client, object, options.force).await.err());
                continue;
            }
            match write::create_one(client, object).await {
                Ok(_) => {}
                Err(error) if error.is_already_exists() => exists = true,
                Err(error) => problems.push(error.to_string()),
            }
        }
        if !problems.is_empty() {
            return Err(failed(problems.join("\n")));
        }
        // What is there already is not waited for.
        if !exists {
            all.extend(objects);
        }
    }
    if !all.is_empty() {
        let waiting = Waiting {
            strategy: options.strategy,
            timeout: CRD_TIMEOUT,
        };
        wait(&cluster.client, &all, WaitFor::Ready, waiting, None).await?;
        await_discovery(cluster, &announced(&all)).await;
    }
    Ok(())
}

/// Waits until discovery has the kinds: it is a moment behind the condition that says that they are established. When it stays
/// behind, what needs them says so.
async fn await_discovery(cluster: &Cluster, versions: &BTreeSet<String>) {
    for _ in 0..DISCOVERY_TRIES {
        cluster.client.forget_discovery().await;
        let Ok(discovery) = cluster.client.discovery().await else {
            return;
        };
        if versions.is_subset(&discovery.api_versions().into_iter().collect()) {
            return;
        }
        tokio::time::sleep(DISCOVERY_PAUSE).await;
    }
}

/// Returns the API versions that a cluster will have once it serves these definitions, besides those that it has.
pub(crate) fn announced(objects: &[Object]) -> BTreeSet<String> {
    let mut versions = BTreeSet::new();
    for object in objects
        .iter()
        .filter(|object| object.mapping.gvk.kind == "CustomResourceDefinition")
    {
        let text = |pointer: &str| {
            object
                .value
                .pointer(pointer)
                .and_then(Value::as_str)
                .unwrap_or_default()
        };
        let (group, kind) = (text("/spec/group"), text("/spec/names/kind"));
        let served = |version: &&Value| version.get("served").and_then(Value::as_bool) == Some(true);
        for version in object
            .value
            .pointer("/spec/versions")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter(served)
        {
            let name = version.get("name").and_then(Value::as_str).unwrap_or_default();
            versions.insert(format!("{group}/{name}"));
            versions.insert(format!("{group}/{name}/{kind}"));
        }
    }
    versions
}
