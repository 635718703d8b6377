//! Candidates that only the world knows: releases, revisions, charts, namespaces.

use std::time::Duration;

use whelm_cli::{Completion, Directive, Invocation, Source};
use whelm_sdk::release::Release;
use whelm_sdk::{ClusterAddress, ListRequest, history, list};

use super::files;
use crate::failure::Failure;
use crate::{cluster, world};

/// How long the cluster may take for a list of namespaces.
const NAMESPACES: Duration = Duration::from_secs(3);

/// Returns the candidates, and what the shell does with them.
pub fn from(source: &Source, completion: &Completion<'_>) -> (Vec<String>, Directive) {
    let invocation = &completion.invocation;
    let or_default = |words: Option<Vec<String>>, otherwise: Directive| match words {
        Some(words) => (words, Directive::NO_FILES),
        None => (Vec::new(), otherwise),
    };
    let settings = invocation.settings();
    match source {
        Source::Releases { without } => or_default(releases(invocation, without), Directive::default()),
        Source::Revisions { release } => or_default(revisions(invocation, release), Directive::ERROR),
        Source::Namespaces => or_default(namespaces(invocation), Directive::default()),
        Source::Contexts => (contexts(invocation), Directive::NO_FILES),
        Source::Charts { files } => files::charts(&settings, &completion.last, *files),
        Source::ChartVersions { reference } => (files::chart_versions(&settings, reference), Directive::NO_FILES),
        Source::Repositories { without } => (files::repositories(&settings, without), Directive::NO_FILES),
        Source::Settings => {
            let variables = settings.variables(invocation.environment(), "");
            (variables.into_keys().map(str::to_owned).collect(), Directive::NO_FILES)
        }
    }
}

fn releases(invocation: &Invocation<'_>, without: &[String]) -> Option<Vec<String>> {
    let request = ListRequest {
        namespace: world::namespace(invocation),
        ..ListRequest::default()
    };
    let address = cluster::address(invocation).ok()?;
    let releases = cluster::run(async { Ok(list(&address, &request).await?) }).ok()?;
    let others = releases.iter().filter(|release| !without.contains(&release.name));
    let words = others.map(|release| {
        let (chart, version) = chart(release);
        format!(
            "{}\t{chart}-{version} -> {}",
            release.name,
            release.info.status.as_str()
        )
    });
    Some(words.collect())
}

fn revisions(invocation: &Invocation<'_>, release: &str) -> Option<Vec<String>> {
    let address = cluster::address(invocation).ok()?;
    let namespace = world::namespace(invocation);
    let releases = cluster::run(async { Ok(history(&address, &namespace, release, 0).await?) }).ok()?;
    let words = releases.iter().map(|release| {
        let (chart, version) = chart(release);
        let app = release
            .chart
            .as_ref()
            .map_or("", |chart| chart.metadata.app_version.as_str());
        format!("{}\tApp: {app}, Chart: {chart}-{version}", release.version)
    });
    Some(words.collect())
}

fn chart(release: &Release) -> (&str, &str) {
    release.chart.as_ref().map_or(("", ""), |chart| {
        (chart.metadata.name.as_str(), chart.metadata.version.as_str())
    })
}

fn namespaces(invocation: &Invocation<'_>) -> Option<Vec<String>> {
    let address: ClusterAddress = cluster::address(invocation).ok()?;
    cluster::run(async {
        let names = tokio::time::timeout(NAMESPACES, whelm_sdk::namespaces(&address)).await;
        names.map_err(|_| Failure::new("too slow"))?.map_err(Failure::from)
    })
    .ok()
}

/// The contexts of the kubeconfig with the clusters they lead to.
fn contexts(invocation: &Invocation<'_>) -> Vec<String> {
    let contexts = cluster::connect_options(invocation).contexts().into_iter();
    contexts.map(|(name, cluster)| format!("{name}\t{cluster}")).collect()
}
