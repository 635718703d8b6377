//! `helm dependency list`: the dependencies of a chart as a table.

use whelm_cli::{Invocation, path};
use whelm_sdk::{DependencyList, dependency_list};

use crate::failure::Failure;
use crate::log;
use crate::output::Output;
use crate::table::Table;

pub fn list(invocation: &Invocation<'_>, output: &mut Output) -> Result<(), Failure> {
    let folder = invocation
        .args
        .first()
        .map_or_else(|| ".".to_owned(), |folder| path::clean(folder));
    let mut lines = log::lines();
    let list = dependency_list(&folder, &mut lines);
    log::write_all(&lines);
    match list? {
        DependencyList::Undeclared => {
            let charts = path::join(&[&folder, "charts"]);
            output.write(format!("WARNING: no dependencies at {charts}\n").as_bytes());
        }
        DependencyList::Declared { rows, warnings } => {
            let mut table = Table::new(usize::try_from(invocation.int("max-col-width")).unwrap_or(usize::MAX));
            table.add(["NAME", "VERSION", "REPOSITORY", "STATUS"]);
            for row in &rows {
                table.add([&row.name, &row.version, &row.repository, row.status]);
            }
            output.write(format!("{}\n\n", table.text()).as_bytes());
            for warning in warnings {
                output.write(format!("{warning}\n").as_bytes());
            }
        }
    }
    Ok(())
}
