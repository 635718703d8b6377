//! `helm install`: a chart becomes a release.

use whelm_cli::Invocation;
use whelm_sdk::release::Release;
use whelm_sdk::{ClusterAddress, ErrorKind, RevisionRequest, install, status};

use super::{request, server_table};
use crate::color::Color;
use crate::commands::chart_flags;
use crate::failure::Failure;
use crate::output::Output;
use crate::sandbox::Place;
use crate::status_block::{self, Block};
use crate::{cluster, log, sandbox, signals, world};

pub fn run(invocation: &Invocation<'_>, output: &mut Output) -> Result<(), Failure> {
    let post_renderer = chart_flags::post_renderer(invocation)?;
    let request = request::install(invocation, chart_flags::name(invocation, ""), post_renderer)?;
    let mut cx = world::context(invocation);
    let address = cluster::address(invocation)?;
    let mut lines = log::lines();
    let result = cluster::run(async {
        cx.cancel = signals::listen(invocation.args.first().map_or("", String::as_str))?;
        let release = install(&cx, &address, &request, &mut lines).await;
        let tables = match &release {
            // Nobody has another window open on this cluster, so that what runs there is shown right away.
            Ok(release) if sandbox::place(invocation).is_some() => tables(&address, release).await?,
            _ => String::new(),
        };
        Ok(release.map(|release| (release, tables)))
    })?;
    log::write_all(&lines);
    match result {
        Ok((release, tables)) => print_with(invocation, &release, &tables, output),
        Err(error) => {
            hint(invocation, error.kind(), output);
            Err(Failure::prefixed("INSTALLATION FAILED: ", &error))
        }
    }
}

/// Says how to begin anew to whoever tries an example a second time: the embedded cluster remembers the first.
fn hint(invocation: &Invocation<'_>, error: ErrorKind, output: &mut Output) {
    if let (ErrorKind::NameInUse, Some(Place::File(path))) = (error, sandbox::place(invocation)) {
        output.write_error_line(&format!(
            "hint: the embedded cluster keeps its state in {}; `helm upgrade --install` goes on with the release, and \
             `helm sandbox reset` deletes the cluster",
            path.display()
        ));
    }
}

/// Returns the live objects of a release as tables.
async fn tables(address: &ClusterAddress, release: &Release) -> Result<String, Failure> {
    let request = RevisionRequest {
        namespace: release.namespace.clone(),
        name: release.name.clone(),
        revision: 0,
    };
    match status(address, &request, true).await {
        Ok(outcome) => Ok(server_table::text(&outcome.tables)),
        // A dry run leaves nothing behind that could be shown.
        Err(error) if error.kind() == ErrorKind::ReleaseNotFound => Ok(String::new()),
        Err(error) => Err(error.into()),
    }
}

/// Prints what was installed or upgraded.
pub fn print(invocation: &Invocation<'_>, release: &Release, output: &mut Output) -> Result<(), Failure> {
    print_with(invocation, release, "", output)
}

fn print_with(
    invocation: &Invocation<'_>,
    release: &Release,
    tables: &str,
    output: &mut Output,
) -> Result<(), Failure> {
    let debug = request::debug(invocation);
    let computed = if debug { status_block::computed(release)? } else { None };
    let block = Block {
        debug,
        hide_notes: invocation.bool("hide-notes"),
        color: Color::new(invocation),
        computed: computed.as_ref(),
        resources: Some(tables),
        ..Block::default()
    };
    status_block::print(&invocation.string("output"), release, &block, output)
}
