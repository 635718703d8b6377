//! `helm rollback`: a release goes back to an earlier revision.

use go_value::strconv::parse_int;
use whelm_cli::Invocation;
use whelm_sdk::{RollbackRequest, rollback};

use super::request;
use crate::failure::Failure;
use crate::output::Output;
use crate::{cluster, log, world};

/// How many characters a description may have.
const LONGEST_DESCRIPTION: usize = 256;

pub fn run(invocation: &Invocation<'_>, output: &mut Output) -> Result<(), Failure> {
    let revision = invocation.args.get(1).map_or(Ok(0), |text| revision(text))?;
    let length = invocation.string("description").chars().count();
    if length > LONGEST_DESCRIPTION {
        return Err(Failure::new(format!(
            "description must be {LONGEST_DESCRIPTION} characters or less, got {length}"
        )));
    }
    let request = RollbackRequest {
        name: invocation.args.first().cloned().unwrap_or_default(),
        revision,
        apply: request::apply(invocation)?,
        cleanup_on_fail: invocation.bool("cleanup-on-fail"),
    };
    let cx = world::context(invocation);
    let address = cluster::address(invocation)?;
    let namespace = world::namespace(invocation);
    let history_max = usize::try_from(invocation.int("history-max")).unwrap_or(0);
    let mut lines = log::lines();
    let result =
        cluster::run(async { Ok(rollback(&cx, &address, &namespace, history_max, &request, &mut lines).await) })?;
    log::write_all(&lines);
    result?;
    output.write(b"Rollback was a success! Happy Helming!\n");
    Ok(())
}

fn revision(text: &str) -> Result<i64, Failure> {
    parse_int(text.as_bytes(), 10, 64).map_err(|error| {
        let error = error.to_string().replacen("strconv.ParseInt", "strconv.Atoi", 1);
        Failure::new(format!("could not convert revision to a number: {error}"))
    })
}
