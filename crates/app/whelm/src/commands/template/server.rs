//! `helm template --dry-run=server`: rendered with what the cluster has, and checked against it.

use whelm_cli::Invocation;
use whelm_sdk::chart::Log;
use whelm_sdk::manifest::trim;
use whelm_sdk::release::{HookEvent, Release};
use whelm_sdk::{DryRun, append_document, install};

use super::show_only;
use crate::commands::chart_flags;
use crate::commands::release::request;
use crate::failure::Failure;
use crate::output::Output;
use crate::{cluster, log, world};

pub fn run(invocation: &Invocation<'_>, output: &mut Output) -> Result<(), Failure> {
    if !invocation.string("output-dir").is_empty() {
        return Err(Failure::new(
            "this release of whelm does not have --output-dir together with --dry-run=server yet",
        ));
    }
    let mut request = request::install(invocation, chart_flags::name(invocation, "release-name"))?;
    request.apply.dry_run = DryRun::Server;
    request.replace = true;
    let cx = world::context(invocation);
    let address = cluster::address(invocation)?;
    let mut lines = Log::default();
    let result = cluster::run(async { Ok(install(&cx, &address, &request, &mut lines).await) })?;
    log::write_all(&lines);
    let text = text(invocation, &result?);
    output.write(&show_only::select(&invocation.list("show-only"), text)?);
    Ok(())
}

fn text(invocation: &Invocation<'_>, release: &Release) -> Vec<u8> {
    let mut manifest = Vec::new();
    if let Some(chart) = release.chart.as_deref().filter(|_| invocation.bool("include-crds")) {
        for crd in chart.crd_objects() {
            append_document(&mut manifest, &crd.filename, &crd.file.data);
        }
    }
    manifest.extend_from_slice(&release.manifest);
    let mut text = trim(&manifest).to_vec();
    text.push(b'\n');
    let skip_tests = invocation.bool("skip-tests");
    let hooks = release.hooks.iter().filter(|_| !invocation.bool("no-hooks"));
    for hook in hooks.filter(|hook| !(skip_tests && hook.events.contains(&HookEvent::Test))) {
        append_document(&mut text, &hook.path, &hook.manifest);
    }
    text
}
