//! `helm sandbox advance`: time passes in the embedded cluster.

use std::time::Duration;

use whelm_cli::{Invocation, parse_duration};

use crate::failure::Failure;
use crate::output::Output;
use crate::sandbox::{self, Place};

pub fn run(invocation: &Invocation<'_>, output: &mut Output) -> Result<(), Failure> {
    let place = Place::File(sandbox::file(invocation)?);
    let text = invocation.args.first().map_or("", String::as_str);
    let nanoseconds = parse_duration(text).map_err(Failure::new)?;
    let time = u64::try_from(nanoseconds).map_err(|_| Failure::new("the clock cannot be put back"))?;
    let advanced = place.open()?.advance(Duration::from_nanos(time));
    advanced.map_err(|error| Failure::new(error.to_string()))?;
    output.write(format!("the cluster's clock was put forward by {text}\n").as_bytes());
    Ok(())
}
