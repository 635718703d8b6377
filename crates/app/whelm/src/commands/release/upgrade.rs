//! `helm upgrade`: a release gets a further revision, or with `--install` its first one.

use go_value::strconv::quote;
use whelm_cli::Invocation;
use whelm_sdk::{NameRequest, OldValues, UpgradeRequest, upgrade};

use super::{install, request};
use crate::commands::chart_flags;
use crate::failure::Failure;
use crate::output::Output;
use crate::{cluster, log, signals, world};

pub fn run(invocation: &Invocation<'_>, output: &mut Output) -> Result<(), Failure> {
    let post_renderer = chart_flags::post_renderer(invocation)?;
    let name = NameRequest {
        arguments: invocation.args.clone(),
        ..NameRequest::default()
    };
    let request = UpgradeRequest {
        install: request::install(invocation, name, post_renderer)?,
        or_install: invocation.bool("install"),
        old_values: old_values(invocation),
        cleanup_on_fail: invocation.bool("cleanup-on-fail"),
        history_max: usize::try_from(invocation.int("history-max")).unwrap_or(0),
    };
    let mut cx = world::context(invocation);
    let address = cluster::address(invocation)?;
    let table = invocation.string("output") == "table";
    let mut lines = log::lines();
    let result = {
        let mut before_install = |name: &str| {
            if table {
                let name = quote(name.as_bytes());
                output.write(format!("Release {name} does not exist. Installing it now.\n").as_bytes());
                output.flush();
            }
        };
        cluster::run(async {
            cx.cancel = signals::listen(invocation.args.first().map_or("", String::as_str))?;
            Ok(upgrade(&cx, &address, &request, &mut before_install, &mut lines).await)
        })?
    };
    log::write_all(&lines);
    match result {
        Ok(outcome) => {
            if table && !outcome.installed {
                let name = quote(outcome.release.name.as_bytes());
                output.write(format!("Release {name} has been upgraded. Happy Helming!\n").as_bytes());
            }
            install::print(invocation, &outcome.release, output)
        }
        Err(failure) if failure.begun => Err(Failure::prefixed("UPGRADE FAILED: ", &failure.error)),
        Err(failure) => Err(failure.error.into()),
    }
}

fn old_values(invocation: &Invocation<'_>) -> OldValues {
    match () {
        () if invocation.bool("reset-values") => OldValues::Reset,
        () if invocation.bool("reuse-values") => OldValues::Reuse,
        () if invocation.bool("reset-then-reuse-values") => OldValues::ResetThenReuse,
        () => OldValues::WhenNoneAreGiven,
    }
}
