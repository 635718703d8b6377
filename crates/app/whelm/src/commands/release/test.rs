//! `helm test`: the tests of a release.

use whelm_cli::Invocation;
use whelm_sdk::{TestReport, TestRequest, test};

use super::request;
use crate::color::Color;
use crate::failure::Failure;
use crate::output::Output;
use crate::status_block::{self, Block};
use crate::{cluster, log, world};

pub fn run(invocation: &Invocation<'_>, output: &mut Output) -> Result<(), Failure> {
    let (only, without) = names(&invocation.list("filter"));
    let request = TestRequest {
        name: invocation.args.first().cloned().unwrap_or_default(),
        only,
        without,
        logs: invocation.bool("logs"),
        timeout: request::timeout(invocation),
    };
    let cx = world::context(invocation);
    let address = cluster::address(invocation)?;
    let namespace = world::namespace(invocation);
    let color = Color::new(invocation);
    let debug = request::debug(invocation);
    let mut lines = log::lines();
    let mut printed = Ok(());
    let mut report = |report: TestReport<'_>| match report {
        TestReport::Ended(release) => {
            printed = print(release, debug, color, output);
            output.flush();
        }
        TestReport::Logs(text) => output.write(text),
    };
    let result = cluster::run(async { Ok(test(&cx, &address, &namespace, &request, &mut report, &mut lines).await) })?;
    log::write_all(&lines);
    printed?;
    Ok(result?)
}

/// Prints the release with the results of its tests, but without its notes.
fn print(release: &whelm_sdk::release::Release, debug: bool, color: Color, output: &mut Output) -> Result<(), Failure> {
    let computed = if debug { status_block::computed(release)? } else { None };
    let block = Block {
        debug,
        hide_notes: true,
        color,
        computed: computed.as_ref(),
        ..Block::default()
    };
    status_block::print("table", release, &block, output)
}

/// Returns the names that filters want and do not want. Filters of other forms count for nothing, as with Helm.
fn names(filters: &[String]) -> (Vec<String>, Vec<String>) {
    let (mut only, mut without) = (Vec::new(), Vec::new());
    for filter in filters {
        if let Some(name) = filter.strip_prefix("name=") {
            only.push(name.to_owned());
        } else if let Some(name) = unwanted(filter) {
            without.push(name.to_owned());
        }
    }
    (only, without)
}

/// Reads `!name=NAME`; after the `!` there may be a space.
fn unwanted(filter: &str) -> Option<&str> {
    let rest = filter.strip_prefix('!')?;
    let rest = rest.strip_prefix([' ', '\t', '\n', '\u{c}', '\r']).unwrap_or(rest);
    rest.strip_prefix("name=")
}

#[cfg(test)]
mod tests {
    use super::names;

    #[test]
    fn k_011_filters() {
        let filters = ["name=a", "!name=b", "! name=c", "!  name=d", "kind=e", "f", "name="];
        let filters: Vec<String> = filters.map(str::to_owned).into();
        assert_eq!(
            names(&filters),
            (vec!["a".into(), "".into()], vec!["b".into(), "c".into()])
        );
    }
}
