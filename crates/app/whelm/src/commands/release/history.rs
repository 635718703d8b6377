//! `helm history`: the revisions of a release.

use go_value::{Map, Str, Value};
use whelm_cli::Invocation;
use whelm_sdk::history;
use whelm_sdk::release::{Release, Time};

use crate::failure::Failure;
use crate::output::Output;
use crate::table::Table;
use crate::{cluster, formats, world};

pub fn run(invocation: &Invocation<'_>, output: &mut Output) -> Result<(), Failure> {
    let name = invocation.args.first().cloned().unwrap_or_default();
    let address = cluster::address(invocation)?;
    let namespace = world::namespace(invocation);
    // No revision at all is what 0 asks for here.
    let most = usize::try_from(invocation.int("max")).unwrap_or(0);
    let mut revisions = cluster::run(async { Ok(history(&address, &namespace, &name, most).await?) })?;
    if most == 0 {
        revisions.clear();
    }
    match invocation.string("output").as_str() {
        "table" => {
            let with_rollbacks = invocation.bool("show-rollback-revision");
            output.write(format!("{}\n", table(&revisions, with_rollbacks)).as_bytes());
            Ok(())
        }
        format => {
            let rows = Value::List(revisions.iter().map(row).collect());
            formats::print(format, &rows, ROW, output)
        }
    }
}

/// The chart of a revision, and the version of what it installs.
fn chart(release: &Release) -> (String, String) {
    let missing = || "MISSING".to_owned();
    release.chart.as_ref().map_or_else(
        || (missing(), missing()),
        |chart| {
            let metadata = &chart.metadata;
            (
                format!("{}-{}", metadata.name, metadata.version),
                metadata.app_version.clone(),
            )
        },
    )
}

/// Go's zero time.
const NO_TIME: &str = "Mon Jan  1 00:00:00 0001";

fn table(revisions: &[Release], with_rollbacks: bool) -> String {
    let mut table = Table::new(0);
    let mut row = |mut cells: Vec<String>| {
        if !with_rollbacks {
            cells.remove(5);
        }
        table.add_row(cells);
    };
    let headers = [
        "REVISION",
        "UPDATED",
        "STATUS",
        "CHART",
        "APP VERSION",
        "ROLLBACK",
        "DESCRIPTION",
    ];
    row(headers.map(str::to_owned).to_vec());
    for release in revisions {
        let (chart, app_version) = chart(release);
        let rollback = release.info.rollback_revision;
        let updated = release.info.last_deployed;
        row(vec![
            release.version.to_string(),
            updated.map_or_else(|| NO_TIME.to_owned(), Time::ansic),
            release.info.status.as_str().to_owned(),
            chart,
            app_version,
            if rollback > 0 {
                rollback.to_string()
            } else {
                String::new()
            },
            release.info.description.clone(),
        ]);
    }
    table.text()
}

/// The order of a row's fields in JSON.
const ROW: &[&str] = &[
    "revision",
    "updated",
    "status",
    "chart",
    "app_version",
    "rollback_revision",
    "description",
];

fn row(release: &Release) -> Value {
    let text = |text: &str| Value::Str(Str::from(text));
    let (chart, app_version) = chart(release);
    let mut fields: Map = [
        ("revision", Value::Int(release.version)),
        ("status", text(release.info.status.as_str())),
        ("chart", text(&chart)),
        ("app_version", text(&app_version)),
        ("description", text(&release.info.description)),
    ]
    .into_iter()
    .map(|(name, value)| (Str::from(name), value))
    .collect();
    if let Some(time) = release.info.last_deployed {
        fields.insert(Str::from("updated"), text(&time.rfc3339_nano()));
    }
    if release.info.rollback_revision != 0 {
        let revision = Value::Int(release.info.rollback_revision);
        fields.insert(Str::from("rollback_revision"), revision);
    }
    Value::Map(fields)
}
