//! The parts of requests that install, upgrade and uninstall share.

use std::time::Duration;

use go_value::strconv::parse_bool;
use whelm_cli::Invocation;
use whelm_sdk::plugin::PostRenderer;
use whelm_sdk::render::Notes;
use whelm_sdk::{ApplyOptions, DryRun, InstallRequest, NameRequest, ServerSide, WaitStrategy};

use crate::commands::{chart_flags, dry_run};
use crate::failure::Failure;
use crate::{build, world};

/// What `install` is asked for, and what `upgrade` shares with it.
pub fn install(
    invocation: &Invocation<'_>,
    name: NameRequest,
    post_renderer: Option<PostRenderer>,
) -> Result<InstallRequest, Failure> {
    chart_flags::check_registry_client(invocation)?;
    let apply = apply(invocation)?;
    Ok(InstallRequest {
        name,
        chart: chart_flags::chart(invocation),
        namespace: world::namespace(invocation),
        values: chart_flags::values(invocation),
        notes: if invocation.bool("render-subchart-notes") {
            Notes::WithSubcharts
        } else {
            Notes::Own
        },
        post_renderer,
        skip_schema_validation: invocation.bool("skip-schema-validation"),
        enable_dns: invocation.bool("enable-dns"),
        create_namespace: invocation.bool("create-namespace"),
        replace: invocation.bool("replace"),
        skip_crds: invocation.bool("skip-crds"),
        is_upgrade: false,
        helm_version: build::info(),
        apply,
    })
}

/// How objects are applied and waited for.
pub fn apply(invocation: &Invocation<'_>) -> Result<ApplyOptions, Failure> {
    Ok(ApplyOptions {
        dry_run: match dry_run::strategy(invocation)? {
            dry_run::DryRun::None => DryRun::None,
            dry_run::DryRun::Client => DryRun::Client,
            dry_run::DryRun::Server => DryRun::Server,
        },
        hide_secret: invocation.bool("hide-secret"),
        no_hooks: invocation.bool("no-hooks"),
        wait: wait(invocation),
        wait_for_jobs: invocation.bool("wait-for-jobs"),
        timeout: timeout(invocation),
        rollback_on_failure: invocation.bool("rollback-on-failure"),
        force_conflicts: invocation.bool("force-conflicts"),
        force_replace: invocation.bool("force-replace"),
        take_ownership: invocation.bool("take-ownership"),
        server_side: server_side(invocation),
        recreate_pods: invocation.bool("recreate-pods"),
        description: invocation.string("description"),
        labels: invocation.pairs("labels"),
    })
}

/// `--server-side` is a boolean for install, and may be `auto` for upgrade.
fn server_side(invocation: &Invocation<'_>) -> ServerSide {
    let text = invocation.string("server-side");
    match (text.as_str(), invocation.bool("server-side")) {
        ("", true) | ("true", _) => ServerSide::Yes,
        ("", false) | ("false", _) => ServerSide::No,
        ("auto", _) => ServerSide::Auto,
        _ => ServerSide::Other(text),
    }
}

/// How the command waits.
pub fn wait(invocation: &Invocation<'_>) -> WaitStrategy {
    match invocation.string("wait").as_str() {
        "watcher" => WaitStrategy::Watcher,
        "legacy" => WaitStrategy::Legacy,
        _ => WaitStrategy::HookOnly,
    }
}

/// How long each wait may take.
pub fn timeout(invocation: &Invocation<'_>) -> Duration {
    Duration::from_nanos(u64::try_from(invocation.int("timeout")).unwrap_or(0))
}

/// Whether `HELM_DEBUG` or `--debug` asks for more output.
pub fn debug(invocation: &Invocation<'_>) -> bool {
    invocation.bool("debug") || parse_bool(invocation.environment().get("HELM_DEBUG").as_bytes()) == Ok(true)
}
