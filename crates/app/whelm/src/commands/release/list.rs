//! `helm list`: the releases of a namespace, or of all of them.

use go_value::{Map, Str, Value};
use whelm_cli::Invocation;
use whelm_sdk::release::Release;
use whelm_sdk::{ListRequest, StateFilter, list};

use crate::color::Color;
use crate::failure::Failure;
use crate::formats;
use crate::output::Output;
use crate::table::Table;
use crate::times;
use crate::{cluster, world};

const STATES: [(&str, StateFilter); 6] = [
    ("deployed", StateFilter::Deployed),
    ("uninstalled", StateFilter::Uninstalled),
    ("uninstalling", StateFilter::Uninstalling),
    ("pending", StateFilter::Pending),
    ("failed", StateFilter::Failed),
    ("superseded", StateFilter::Superseded),
];

pub fn run(invocation: &Invocation<'_>, output: &mut Output) -> Result<(), Failure> {
    let count = |flag: &str| usize::try_from(invocation.int(flag)).unwrap_or(0);
    let request = ListRequest {
        namespace: if invocation.bool("all-namespaces") {
            String::new()
        } else {
            world::namespace(invocation)
        },
        states: STATES
            .iter()
            .filter(|(flag, _)| invocation.bool(flag))
            .map(|(_, state)| *state)
            .collect(),
        filter: invocation.string("filter"),
        selector: invocation.string("selector"),
        by_date: invocation.bool("date"),
        reverse: invocation.bool("reverse"),
        limit: count("max"),
        offset: count("offset"),
    };
    let address = cluster::address(invocation)?;
    let releases = cluster::run(async { Ok(list(&address, &request).await?) })?;
    let format = invocation.string("output");
    if invocation.bool("short") {
        return print_names(&releases, &format, output);
    }
    let layout = invocation.string("time-format");
    let rows: Vec<Row> = releases.iter().map(|release| Row::new(release, &layout)).collect();
    match format.as_str() {
        "table" => {
            print_table(&rows, Color::new(invocation), invocation.bool("no-headers"), output);
            Ok(())
        }
        _ => formats::print(
            &format,
            &Value::List(rows.iter().map(Row::value).collect()),
            ROW,
            output,
        ),
    }
}

fn print_names(releases: &[Release], format: &str, output: &mut Output) -> Result<(), Failure> {
    if format != "table" {
        let names = releases
            .iter()
            .map(|release| Value::Str(Str::from(release.name.as_str())));
        return formats::print(format, &Value::List(names.collect()), &[], output);
    }
    for release in releases {
        output.write(format!("{}\n", release.name).as_bytes());
    }
    Ok(())
}

/// The order of a row's fields in JSON.
const ROW: &[&str] = &[
    "name",
    "namespace",
    "revision",
    "updated",
    "status",
    "chart",
    "app_version",
];

/// A line of the list.
struct Row<'a> {
    release: &'a Release,
    updated: String,
    chart: String,
    app_version: String,
}

impl Row<'_> {
    fn new<'a>(release: &'a Release, layout: &str) -> Row<'a> {
        let updated = match release.info.last_deployed {
            None => "-".to_owned(),
            Some(time) if layout.is_empty() => times::go_string(time),
            Some(time) => times::format(time, layout),
        };
        let metadata = release.chart.as_ref().map(|chart| &chart.metadata);
        Row {
            release,
            updated,
            chart: metadata.map_or_else(
                || "MISSING".to_owned(),
                |metadata| format!("{}-{}", metadata.name, metadata.version),
            ),
            app_version: metadata.map_or_else(|| "MISSING".to_owned(), |metadata| metadata.app_version.clone()),
        }
    }

    fn value(&self) -> Value {
        let fields = [
            ("name", self.release.name.clone()),
            ("namespace", self.release.namespace.clone()),
            ("revision", self.release.version.to_string()),
            ("updated", self.updated.clone()),
            ("status", self.release.info.status.as_str().to_owned()),
            ("chart", self.chart.clone()),
            ("app_version", self.app_version.clone()),
        ];
        Value::Map(
            fields
                .into_iter()
                .map(|(name, text)| (Str::from(name), Value::Str(Str::from(text))))
                .collect::<Map>(),
        )
    }
}

fn print_table(rows: &[Row<'_>], color: Color, no_headers: bool, output: &mut Output) {
    let mut table = Table::new(0);
    if !no_headers {
        let headers = [
            "NAME",
            "NAMESPACE",
            "REVISION",
            "UPDATED",
            "STATUS",
            "CHART",
            "APP VERSION",
        ];
        table.add_row(headers.iter().map(|header| color.header(header)).collect());
    }
    for row in rows {
        table.add_row(vec![
            row.release.name.clone(),
            color.namespace(&row.release.namespace),
            row.release.version.to_string(),
            row.updated.clone(),
            color.status(&row.release.info.status),
            row.chart.clone(),
            row.app_version.clone(),
        ]);
    }
    output.write(format!("{}\n", table.text()).as_bytes());
}
