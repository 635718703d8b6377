//! From what was rendered to the record of a release.

use std::sync::Arc;

use go_value::Str;
use whelm_chart::{Chart, Log};
use whelm_manifest::Hook as RenderedHook;
use whelm_release::{Hook, HookEvent, Release};

use crate::{
    ClusterLookup, Context, Error, ReleaseTarget, RenderFailure, RenderOptions, RenderedRelease, append_document,
    cluster::{Cluster, now},
    prepare,
};

/// Renders on a thread of its own, so that `lookup` can ask the cluster meanwhile. Without one it finds nothing.
pub(crate) async fn render(
    cx: &Context,
    cluster: Option<&Cluster>,
    chart: Chart,
    config: &go_value::Map,
    target: &ReleaseTarget,
    options: &RenderOptions,
    log: &mut Log,
) -> Result<RenderedRelease, RenderFailure> {
    let mut cx = cx.clone();
    cx.lookup = cluster.map(|cluster| Arc::new(ClusterLookup::new(cluster.client.clone())) as _);
    let (config, target, options) = (config.clone(), target.clone(), options.clone());
    let task = tokio::task::spawn_blocking(move || {
        let mut log = Log::default();
        let rendered = prepare(&cx, chart, config, &target, &options, &mut log);
        (rendered, log)
    });
    let (rendered, mut own) = task
        .await
        .map_err(|error| Error::new(format!("the render broke off: {error}")))?;
    log.entries.append(&mut own.entries);
    rendered
}

/// Makes the release's first record; state and description are set by the caller.
pub(crate) fn release(
    cx: &Context,
    rendered: RenderedRelease,
    revision: i64,
    (server_side, hide_secret): (bool, bool),
) -> Release {
    let moment = now(cx);
    let manifest = if hide_secret {
        without_secrets(&rendered)
    } else {
        rendered.manifest()
    };
    let mut release = Release {
        name: rendered.name,
        namespace: rendered.namespace,
        chart: Some(Arc::new(rendered.chart)),
        config: Some(Arc::new(rendered.config)),
        manifest,
        hooks: rendered.hooks.into_iter().map(stored_hook).collect(),
        version: revision,
        apply_method: whelm_plan::apply_method(server_side).to_owned(),
        ..Release::default()
    };
    release.info.first_deployed = Some(moment);
    release.info.last_deployed = Some(moment);
    release.info.notes = rendered.notes;
    release
}

fn without_secrets(rendered: &RenderedRelease) -> Str {
    let mut text = Vec::new();
    for manifest in &rendered.manifests {
        if manifest.head.kind == "Secret" && manifest.head.api_version == "v1" {
            text.extend_from_slice(b"---\n# Source: ");
            text.extend_from_slice(&manifest.path);
            text.extend_from_slice(b"\n# HIDDEN: The Secret output has been suppressed\n");
        } else {
            append_document(&mut text, &manifest.path, &manifest.content);
        }
    }
    text.into()
}

fn stored_hook(hook: RenderedHook) -> Hook {
    Hook {
        name: hook.name,
        kind: hook.kind,
        path: hook.path,
        manifest: hook.manifest,
        events: hook
            .events
            .iter()
            .map(|event| HookEvent::from_word(event.name()))
            .collect(),
        weight: hook.weight,
        delete_policies: hook.delete_policies,
        output_log_policies: hook.output_log_policies,
        ..Hook::default()
    }
}
