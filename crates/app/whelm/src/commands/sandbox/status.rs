//! `helm sandbox status`: where the embedded cluster is, and what is in it.

use std::collections::BTreeMap;

use go_value::Value;
use whelm_cli::Invocation;

use crate::failure::Failure;
use crate::formats;
use crate::output::Output;
use crate::sandbox::{self, Place};
use crate::table::Table;

/// The order of the fields in JSON.
const FIELDS: [&str; 4] = ["file", "size", "revision", "objects"];

/// What there is to say.
#[derive(Default)]
struct Status {
    file: String,
    size: u64,
    revision: u64,
    /// How many objects of each kind there are.
    objects: BTreeMap<String, i64>,
}

pub fn run(invocation: &Invocation<'_>, output: &mut Output) -> Result<(), Failure> {
    let path = sandbox::file(invocation)?;
    let mut status = Status {
        file: path.display().to_string(),
        ..Status::default()
    };
    // Asking starts no cluster where none is.
    if let Ok(found) = std::fs::metadata(&path) {
        let cluster = Place::File(path).open()?;
        let unusable = |error: std::io::Error| Failure::new(error.to_string());
        status.size = found.len();
        status.revision = cluster.revision().map_err(unusable)?;
        for object in cluster.objects().map_err(unusable)? {
            let text = |field: &str| object[field].as_str().unwrap_or_default().to_owned();
            *status
                .objects
                .entry(format!("{}/{}", text("apiVersion"), text("kind")))
                .or_default() += 1;
        }
    }
    match invocation.string("output").as_str() {
        "table" => output.write(status.text().as_bytes()),
        format => formats::print(format, &status.value(), &FIELDS, output)?,
    }
    Ok(())
}

impl Status {
    fn text(&self) -> String {
        let mut text = format!("FILE: {}\n", self.file);
        if self.objects.is_empty() {
            return text + "STATUS: no cluster yet; the first command with --sandbox starts one\n";
        }
        let total: i64 = self.objects.values().sum();
        text += &format!(
            "SIZE: {} bytes\nREVISION: {}\nOBJECTS: {total}\n\n",
            self.size, self.revision
        );
        let mut table = Table::new(0);
        table.add(["KIND", "COUNT"]);
        for (kind, count) in &self.objects {
            table.add([kind, &count.to_string()]);
        }
        text + &table.text() + "\n"
    }

    fn value(&self) -> Value {
        let counts = self.objects.iter();
        let objects = counts.map(|(kind, count)| (kind.as_str().into(), Value::Int(*count)));
        let number = |number: u64| Value::Int(i64::try_from(number).unwrap_or(i64::MAX));
        Value::Map(
            [
                ("file".into(), Value::Str(self.file.as_str().into())),
                ("size".into(), number(self.size)),
                ("revision".into(), number(self.revision)),
                ("objects".into(), Value::Map(objects.collect())),
            ]
            .into_iter()
            .collect(),
        )
    }
}
