//! `helm sandbox reset`: the end of the embedded cluster.

use whelm_cli::Invocation;
use whelm_sdk::sandbox::Sandbox;

use crate::failure::Failure;
use crate::output::Output;
use crate::sandbox::{self, Place};

pub fn run(invocation: &Invocation<'_>, output: &mut Output) -> Result<(), Failure> {
    let Place::File(path) = sandbox::place_or_default(invocation) else {
        return Err(Failure::new("a cluster in memory ends with its command"));
    };
    let shown = path.display();
    Sandbox::delete(&path).map_err(|error| Failure::new(format!("cannot delete the cluster in {shown}: {error}")))?;
    output.write(format!("cluster in {shown} deleted\n").as_bytes());
    Ok(())
}
