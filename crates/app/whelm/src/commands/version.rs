//! `helm version`: which Helm this behaves as.

use whelm_cli::Invocation;

use crate::build::{GO_VERSION, KUBE_CLIENT_VERSION, VERSION};
use crate::failure::Failure;
use crate::output::Output;

pub fn run(invocation: &Invocation<'_>, output: &mut Output) -> Result<(), Failure> {
    let text = if invocation.bool("short") {
        format!("{VERSION}\n")
    } else {
        format!(
            "version.BuildInfo{{Version:\"{VERSION}\", GitCommit:\"\", GitTreeState:\"\", GoVersion:\"{GO_VERSION}\", \
             KubeClientVersion:\"{KUBE_CLIENT_VERSION}\"}}\n"
        )
    };
    output.write(text.as_bytes());
    Ok(())
}
