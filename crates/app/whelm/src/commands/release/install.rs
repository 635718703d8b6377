//! `helm install`: a chart becomes a release.

use whelm_cli::Invocation;
use whelm_sdk::chart::Log;
use whelm_sdk::install;
use whelm_sdk::release::Release;

use super::request;
use crate::color::Color;
use crate::commands::chart_flags;
use crate::failure::Failure;
use crate::output::Output;
use crate::status_block::{self, Block};
use crate::{cluster, log, world};

pub fn run(invocation: &Invocation<'_>, output: &mut Output) -> Result<(), Failure> {
    let request = request::install(invocation, chart_flags::name(invocation, ""))?;
    let cx = world::context(invocation);
    let address = cluster::address(invocation)?;
    let mut lines = Log::default();
    let result = cluster::run(async { Ok(install(&cx, &address, &request, &mut lines).await) })?;
    log::write_all(&lines);
    match result {
        Ok(release) => print(invocation, &release, output),
        Err(error) => Err(Failure::new(format!("INSTALLATION FAILED: {error}"))),
    }
}

/// Prints what was installed or upgraded.
pub fn print(invocation: &Invocation<'_>, release: &Release, output: &mut Output) -> Result<(), Failure> {
    let debug = request::debug(invocation);
    let computed = if debug { status_block::computed(release)? } else { None };
    let block = Block {
        debug,
        hide_notes: invocation.bool("hide-notes"),
        color: Color::new(invocation),
        computed: computed.as_ref(),
        ..Block::default()
    };
    status_block::print(&invocation.string("output"), release, &block, output)
}
