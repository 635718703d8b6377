//! `helm sandbox reset`: the end of the embedded cluster.

use whelm_cli::Invocation;
use whelm_sdk::sandbox::Sandbox;

use crate::failure::Failure;
use crate::output::Output;
use crate::sandbox;

pub fn run(invocation: &Invocation<'_>, output: &mut Output) -> Result<(), Failure> {
    let path = sandbox::file(invocation)?;
    let shown = path.display();
    Sandbox::delete(&path).map_err(|error| Failure::new(format!("cannot delete the cluster in {shown}: {error}")))?;
    output.write(format!("cluster in {shown} deleted\n").as_bytes());
    Ok(())
}
