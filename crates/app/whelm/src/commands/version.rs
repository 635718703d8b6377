//! `helm version`: which Helm this behaves as.

use whelm_cli::Invocation;

use crate::failure::Failure;
use crate::output::Output;

/// What Helm calls itself when it is built without linker flags.
const VERSION: &str = "v4.3";
/// The Go release whose library's behaviour is followed.
const GO_VERSION: &str = "go1.26.8";
/// The Kubernetes release whose client's behaviour is followed.
const KUBE_CLIENT_VERSION: &str = "v1.37";

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
