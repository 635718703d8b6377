//! `helm status`: a revision with its live objects.

use whelm_cli::Invocation;
use whelm_sdk::status;

use super::{revision, server_table};
use crate::cluster;
use crate::color::Color;
use crate::failure::Failure;
use crate::output::Output;
use crate::status_block::{self, Block};

pub fn run(invocation: &Invocation<'_>, output: &mut Output) -> Result<(), Failure> {
    let format = invocation.string("output");
    let address = cluster::address(invocation)?;
    let request = revision(invocation);
    let outcome = cluster::run(async { Ok(status(&address, &request, format == "table").await?) })?;
    let tables = server_table::text(&outcome.tables);
    let block = Block {
        color: Color::new(invocation),
        resources: Some(&tables),
        ..Block::default()
    };
    status_block::print(&format, &outcome.release, &block, output)
}
