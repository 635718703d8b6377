//! `import-values`: what charts lift into the defaults of their parents.

use std::collections::BTreeSet;

use go_value::{Map, Value};
use whelm_chart::{Dependency, Log};

use crate::coalesce::{Coalescer, Nulls};
use crate::display;
use crate::forest::{ChartId, Forest, MetadataId};
use crate::graph::{Graph, MapId, Node, apart};
use crate::lookup::no_table;
use crate::{Error, coalesce_tables};

/// Imports values into charts.
pub(crate) struct Importer<'run> {
    forest: &'run mut Forest,
    log: &'run mut Log,
    /// The metadata whose imports are done. Helm leaves them behind in a form that it does not read again.
    done: BTreeSet<MetadataId>,
}

impl<'run> Importer<'run> {
    pub(crate) fn new(forest: &'run mut Forest, log: &'run mut Log) -> Self {
        Importer {
            forest,
            log,
            done: BTreeSet::new(),
        }
    }

    /// Imports values into a chart and all below, the lowest ones first.
    ///
    /// A chart that declares dependencies gets defaults that include those of the charts below it.
    pub(crate) fn import(&mut self, chart: ChartId) -> Result<(), Error> {
        for subchart in self.forest.below(chart) {
            self.import(subchart)?;
        }
        if self.forest.metadata(chart).dependencies.is_none() {
            return Ok(());
        }
        if !self.done.insert(self.forest.metadata_id(chart)) {
            self.forest
                .metadata_mut(chart)
                .dependencies_mut()
                .for_each(|dependency| dependency.import_values = None);
        }
        let values = imported(self.forest, chart, self.log)?;
        self.forest.set_values(chart, values);
        for dependency in self.forest.metadata_mut(chart).dependencies_mut() {
            dependency.import_values = normalised(dependency);
        }
        Ok(())
    }
}

/// Computes the new defaults of one chart.
fn imported(forest: &Forest, chart: ChartId, log: &mut Log) -> Result<Map, Error> {
    let mut graph = Graph::default();
    let root = graph.new_map();
    let lifted = graph.new_map();
    Coalescer::new(&mut graph, log).chart(forest.tree(chart), root, "", Nulls::Keep)?;
    for dependency in forest.metadata(chart).dependencies() {
        for import in dependency.import_values.iter().flatten() {
            let mut lifter = Lifter {
                graph: &mut graph,
                log,
                root,
                lifted,
            };
            match import {
                Value::Map(import) => lifter.pair(dependency, import),
                Value::Str(name) => lifter.export(dependency, &name.to_string_lossy()),
                _ => {}
            }
        }
    }
    let values = graph.freeze(root)?;
    if graph.is_empty(lifted) {
        return Ok(apart(values));
    }
    let lifted = graph.freeze(lifted)?;
    coalesce_tables(&values, &lifted, Nulls::Keep, log)
}

struct Lifter<'run, 'a> {
    graph: &'run mut Graph<'a>,
    log: &'run mut Log,
    root: MapId,
    lifted: MapId,
}

impl Lifter<'_, '_> {
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
