//! `import-values`: what charts lift into the defaults of their parents.

use std::sync::Arc;

use go_value::{Map, Value};
use whelm_chart::{Chart, Dependency, Log};

use crate::coalesce::{Coalescer, Nulls};
use crate::display;
use crate::graph::{Graph, MapId, Node};
use crate::lookup::no_table;
use crate::{Error, coalesce_tables};

/// Imports values into every chart, the lowest charts first.
///
/// A chart that declares dependencies gets defaults that include those of the charts below it.
pub(crate) fn import_values(chart: &mut Chart, log: &mut Log) -> Result<(), Error> {
    for subchart in chart.dependencies_mut() {
        import_values(subchart, log)?;
    }
    if chart.metadata.dependencies.is_none() {
        return Ok(());
    }
    let values = imported(chart, log)?;
    chart.values = Some(Arc::new(values));
    for dependency in chart.metadata.dependencies_mut() {
        dependency.import_values = normalised(dependency);
    }
    Ok(())
}

/// Computes the new defaults of one chart.
fn imported(chart: &Chart, log: &mut Log) -> Result<Map, Error> {
    let mut graph = Graph::default();
    let root = graph.new_map();
    let lifted = graph.new_map();
    Coalescer::new(&mut graph, log).chart(chart, root, "", Nulls::Keep)?;
    for dependency in chart.metadata.dependencies() {
        for import in dependency.import_values.iter().flatten() {
            let mut importer = Importer {
                graph: &mut graph,
                log,
                root,
                lifted,
            };
            match import {
                Value::Map(import) => importer.pair(dependency, import),
                Value::Str(name) => importer.export(dependency, &name.to_string_lossy()),
                _ => {}
            }
        }
    }
    let values = graph.freeze(root)?;
    if graph.is_empty(lifted) {
        return Ok(values);
    }
    let lifted = graph.freeze(lifted)?;
    coalesce_tables(&values, &lifted, Nulls::Keep, log)
}

struct Importer<'run, 'a> {
    graph: &'run mut Graph<'a>,
    log: &'run mut Log,
    root: MapId,
    lifted: MapId,
}

impl Importer<'_, '_> {
    /// `{child: a.b, parent: c}`
    fn pair(&mut self, dependency: &Dependency, import: &Map) {
        let part = |name: &str| display::v(import.get(name.as_bytes()).unwrap_or(&Value::Nil));
        let (child, parent) = (part("child"), part("parent"));
        match self.table(&format!("{}.{child}", dependency.name)) {
            Ok(table) => self.lift(table, &parent),
            Err(error) => self.log.warn(
                "ImportValues missing table from chart",
                vec![("chart", dependency.name.clone()), ("error", error.to_string())],
            ),
        }
    }

    /// A name under `exports`.
    fn export(&mut self, dependency: &Dependency, name: &str) {
        match self.table(&format!("{}.exports.{name}", dependency.name)) {
            Ok(table) => self.lift(table, "."),
            Err(error) => self
                .log
                .warn("ImportValues missing table", vec![("error", error.to_string())]),
        }
    }

    fn table(&mut self, path: &str) -> Result<MapId, Error> {
        let mut found = self.root;
        for name in path.split('.') {
            found = self.graph.open(found, name.as_bytes()).ok_or_else(|| no_table(name))?;
        }
        // Helm gives a fresh map for an empty one.
        Ok(if self.graph.is_empty(found) {
            self.graph.new_map()
        } else {
            found
        })
    }

    /// Puts a table below the path `parent`, under what was lifted before.
    fn lift(&mut self, table: MapId, parent: &str) {
        let mut source = table;
        if parent != "." {
            for name in parent.rsplit('.') {
                let outer = self.graph.new_map();
                self.graph.set(outer, name.into(), Node::Map(source));
                source = outer;
            }
        }
        Coalescer::new(self.graph, self.log).tables(self.lifted, Node::Map(source), "", Nulls::Keep);
    }
}

/// Writes every import as a pair, as Helm leaves it in the metadata.
fn normalised(dependency: &Dependency) -> Option<Vec<Value>> {
    let pair = |child: String, parent: String| {
        Value::Map(Map::from([
            ("child".into(), child.into()),
            ("parent".into(), parent.into()),
        ]))
    };
    let imports = dependency
        .import_values
        .iter()
        .flatten()
        .filter_map(|import| match import {
            Value::Map(import) => {
                let part = |name: &str| display::v(import.get(name.as_bytes()).unwrap_or(&Value::Nil));
                Some(pair(part("child"), part("parent")))
            }
            Value::Str(name) => Some(pair(format!("exports.{name}"), ".".to_owned())),
            _ => None,
        });
    let imports: Vec<Value> = imports.collect();
    (!imports.is_empty()).then_some(imports)
}
