//! `helm uninstall`: releases go away.

use whelm_cli::Invocation;
use whelm_sdk::kube_client::Propagation;
use whelm_sdk::{UninstallRequest, uninstall};

use super::request;
use crate::failure::Failure;
use crate::output::Output;
use crate::{cluster, log, world};

pub fn run(invocation: &Invocation<'_>, output: &mut Output) -> Result<(), Failure> {
    let propagation = match invocation.string("cascade").as_str() {
        "background" => Propagation::Background,
        "foreground" => Propagation::Foreground,
        "orphan" => Propagation::Orphan,
        other => {
            let message =
                format!("invalid cascade value ({other}). Must be \"background\", \"foreground\", or \"orphan\"");
            return Err(Failure::new(message));
        }
    };
    let cx = world::context(invocation);
    let address = cluster::address(invocation)?;
    let namespace = world::namespace(invocation);
    cluster::run(async {
        for name in &invocation.args {
            let request = UninstallRequest {
                name: name.clone(),
                dry_run: invocation.bool("dry-run"),
                ignore_not_found: invocation.bool("ignore-not-found"),
                keep_history: invocation.bool("keep-history"),
                no_hooks: invocation.bool("no-hooks"),
                wait: request::wait(invocation),
                timeout: request::timeout(invocation),
                propagation,
                description: invocation.string("description"),
            };
            let mut lines = log::lines();
            let outcome = uninstall(&cx, &address, &namespace, &request, &mut lines).await;
            log::write_all(&lines);
            let info = outcome?.info;
            if !info.is_empty() {
                output.write(format!("{info}\n").as_bytes());
            }
            output.write(format!("release \"{name}\" uninstalled\n").as_bytes());
        }
        Ok(())
    })
}
