//! Putting the values of a chart, of the charts below it and of the user together.
//!
//! Source: Helm 4.3.1, `pkg/chart/common/util/coalesce.go`. Helm walks over its maps in a random order; here keys are
//! taken in the order of their bytes, which only the order of warnings can show.

use go_value::strconv::quote;
use go_value::{Map, Str, Value};
use whelm_chart::{Chart, Log};

use crate::display;
use crate::graph::{Graph, MAX_DEPTH, MapId, Node, Place, apart};
use crate::{Error, ErrorKind};

const GLOBAL: &[u8] = b"global";

/// What happens to a `null` that meets a value of lower priority.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nulls {
    /// It removes the key: the last step, `CoalesceValues`.
    Remove,
    /// It stays: a step before the last, `MergeValues`.
    Keep,
}

/// Puts `values` over the defaults of `chart` and of the charts below it; `null` removes what it is put over.
///
/// Maps are merged, lists and scalars are replaced. What is under the name of a chart below goes over that chart's own
/// defaults, and `global` reaches every chart below. Warnings go to `log`.
///
/// # Errors
/// [`ErrorKind::TypeMismatch`] when something other than a map is under the name of a chart below.
pub fn coalesce_values(chart: &Chart, values: &Map, log: &mut Log) -> Result<Map, Error> {
    coalesce(chart, values, Nulls::Remove, log).map(apart)
}

/// Values for a render.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SharedValues {
    /// The values.
    pub values: Map,
    /// Maps and lists that are one in Go, each with all its places: what a template changes in one place it changes in all.
    /// What is inside of one is named with its first place only.
    pub shared: Vec<Vec<Place>>,
}

/// Does what [`coalesce_values`] does, and says what the charts share.
///
/// Helm copies the first two levels of `global` for each chart below; what is deeper is the same map in all of them.
///
/// # Errors
/// As [`coalesce_values`].
pub fn coalesce_shared_values(chart: &Chart, values: &Map, log: &mut Log) -> Result<SharedValues, Error> {
    let mut graph = Graph::default();
    let root = graph.copy_of(values);
    Coalescer::new(&mut graph, log).chart(chart, root, "", Nulls::Remove)?;
    Ok(SharedValues {
        values: graph.freeze(root)?,
        shared: graph.shared(root),
    })
}

/// Does what [`coalesce_values`] does, but keeps each `null` for a later step.
///
/// # Errors
/// As [`coalesce_values`].
pub fn merge_values(chart: &Chart, values: &Map, log: &mut Log) -> Result<Map, Error> {
    coalesce(chart, values, Nulls::Keep, log).map(apart)
}

/// Puts `over` over `under` without any chart.
pub fn coalesce_tables(over: &Map, under: &Map, nulls: Nulls, log: &mut Log) -> Result<Map, Error> {
    let mut graph = Graph::default();
    let root = graph.copy_of(over);
    Coalescer::new(&mut graph, log).tables(root, Node::Table(under), "", nulls);
    graph.freeze(root).map(apart)
}

/// Coalesces for any kind of tree. The result is for looking at: its lists may be those of the charts.
pub(crate) fn coalesce<'a>(
    chart: impl ValuesTree<'a>,
    values: &'a Map,
    nulls: Nulls,
    log: &mut Log,
) -> Result<Map, Error> {
    let mut graph = Graph::default();
    let root = graph.copy_of(values);
    Coalescer::new(&mut graph, log).chart(chart, root, "", nulls)?;
    graph.freeze(root)
}

/// A chart as far as its values go.
pub(crate) trait ValuesTree<'a>: Copy {
    fn name(self) -> &'a str;
    fn values(self) -> &'a Map;
    fn below(self) -> impl Iterator<Item = Self>;
}

impl<'a> ValuesTree<'a> for &'a Chart {
    fn name(self) -> &'a str {
        Chart::name(self)
    }

    fn values(self) -> &'a Map {
        Chart::values(self)
    }

    fn below(self) -> impl Iterator<Item = Self> {
        self.dependencies().iter()
    }
}

/// A run over a tree of charts.
pub(crate) struct Coalescer<'run, 'a> {
    graph: &'run mut Graph<'a>,
    log: &'run mut Log,
    depth: usize,
}

impl<'run, 'a> Coalescer<'run, 'a> {
    pub(crate) fn new(graph: &'run mut Graph<'a>, log: &'run mut Log) -> Self {
        Coalescer { graph, log, depth: 0 }
    }

    /// Coalesces a chart and all below into `dest`.
    pub(crate) fn chart<T: ValuesTree<'a>>(
        &mut self,
        chart: T,
        dest: MapId,
        prefix: &str,
        nulls: Nulls,
    ) -> Result<(), Error> {
        self.defaults(chart, dest, prefix, nulls);
        self.dependencies(chart, dest, prefix, nulls)
    }

    fn dependencies<T: ValuesTree<'a>>(
        &mut self,
        chart: T,
        dest: MapId,
        prefix: &str,
        nulls: Nulls,
    ) -> Result<(), Error> {
        for subchart in chart.below() {
            let name = subchart.name();
            let Some(node) = self.graph.get(dest, name.as_bytes()) else {
                let fresh = self.graph.new_map();
                self.graph.set(dest, name.into(), Node::Map(fresh));
                self.subchart(chart, subchart, dest, fresh, prefix, nulls)?;
                continue;
            };
            let Some(table) = self.graph.open(dest, name.as_bytes()) else {
                let found = display::t(&self.graph.show(node));
                return Err(Error::new(
                    ErrorKind::TypeMismatch,
                    format!("type mismatch on {name}: {found}"),
                ));
            };
            self.subchart(chart, subchart, dest, table, prefix, nulls)?;
        }
        Ok(())
    }

    fn subchart<T: ValuesTree<'a>>(
        &mut self,
        chart: T,
        subchart: T,
        parent: MapId,
        table: MapId,
        prefix: &str,
        nulls: Nulls,
    ) -> Result<(), Error> {
        let prefix = join(prefix, chart.name());
        self.globals(table, parent, &prefix);
        self.chart(subchart, table, &prefix, nulls)
    }

    /// Copies the globals of `src` into those of `dest`, the values of a chart below.
    fn globals(&mut self, dest: MapId, src: MapId, prefix: &str) {
        let dest_globals = match self.graph.get(dest, GLOBAL) {
            None => self.graph.new_map(),
            Some(_) => match self.graph.open(dest, GLOBAL) {
                Some(table) => table,
                None => {
                    self.log
                        .info("warning: skipping globals because destination global is not a table.");
                    return;
                }
            },
        };
        let src_globals = match self.graph.get(src, GLOBAL) {
            None => self.graph.new_map(),
            Some(_) => match self.graph.open(src, GLOBAL) {
                Some(table) => table,
                None => {
                    self.log
                        .info("warning: skipping globals because source global is not a table.");
                    return;
                }
            },
        };
        for (key, node) in self.graph.entries(src_globals) {
            self.global(dest_globals, src_globals, key, node, prefix);
        }
        self.graph.set(dest, GLOBAL.into(), Node::Map(dest_globals));
    }

    fn global(&mut self, dest: MapId, src: MapId, key: Str, node: Node<'a>, prefix: &str) {
        let Some(table) = self.graph.open(src, &key) else {
            match self.graph.get(dest, &key) {
                Some(found) if found.is_table() => {
                    self.log.info(format!("key {key} is table. Skipping"));
                }
                _ => self.graph.set(dest, key, node),
            }
            return;
        };
        // Only the first level is copied. What is deeper is the same map in both charts from here on.
        let copy = self.graph.shallow_copy(table);
        if self.graph.get(dest, &key).is_some() {
            let Some(found) = self.graph.open(dest, &key) else {
                self.log.info(format!(
                    "Conflict: cannot merge map onto non-map for {}. Skipping.",
                    quote(&key)
                ));
                return;
            };
            let prefix = join(prefix, &key.to_string_lossy());
            self.tables(copy, Node::Map(found), &prefix, Nulls::Keep);
        }
        self.graph.set(dest, key, Node::Map(copy));
    }

    /// Puts `dest` over the defaults of one chart.
    fn defaults<T: ValuesTree<'a>>(&mut self, chart: T, dest: MapId, prefix: &str, nulls: Nulls) {
        let prefix = join(prefix, chart.name());
        for (key, default) in chart.values() {
            match self.graph.get(dest, key) {
                Some(node) if node.is_nil() && nulls == Nulls::Remove => self.graph.remove(dest, key),
                Some(_) => {
                    if let Some(table) = self.graph.open(dest, key) {
                        self.default_table(chart, table, key, default, &prefix, nulls);
                    }
                }
                None => self.missing(dest, key, default, nulls),
            }
        }
    }

    /// Puts the table at `key` over the default of the same name.
    fn default_table<T: ValuesTree<'a>>(
        &mut self,
        chart: T,
        table: MapId,
        key: &Str,
        default: &'a Value,
        prefix: &str,
        nulls: Nulls,
    ) {
        if default.as_map().is_none() {
            if !default.is_nil() {
                self.log
                    .info(format!("warning: skipped value for {prefix}.{key}: Not a table."));
            }
            return;
        }
        let is_subchart = chart
            .below()
            .any(|subchart| subchart.name().as_bytes() == key.as_bytes());
        let nulls = if is_subchart { Nulls::Keep } else { nulls };
        let default = match nulls {
            Nulls::Remove => self.without_nulls(default),
            Nulls::Keep => Node::Ref(default),
        };
        self.tables(table, default, &join(prefix, &key.to_string_lossy()), nulls);
    }

    /// Takes over a default that the user says nothing about.
    fn missing(&mut self, dest: MapId, key: &Str, default: &'a Value, nulls: Nulls) {
        let node = match nulls {
            Nulls::Keep => Node::Ref(default),
            Nulls::Remove if default.is_nil() => return,
            Nulls::Remove => self.without_nulls(default),
        };
        self.graph.set(dest, key.clone(), node);
    }

    /// Returns a map without its entries that are `null`, at any depth of maps. Lists are left alone.
    fn without_nulls(&mut self, value: &'a Value) -> Node<'a> {
        let Value::Map(map) = value else {
            return Node::Ref(value);
        };
        if !has_nulls(map) {
            return Node::Ref(value);
        }
        let clean = self.graph.new_map();
        for (key, value) in map.iter().filter(|(_, value)| !value.is_nil()) {
            let node = self.without_nulls(value);
            self.graph.set(clean, key.clone(), node);
        }
        Node::Map(clean)
    }

    /// Puts the table `dst` over the table `src`, in place.
    pub(crate) fn tables(&mut self, dst: MapId, src: Node<'a>, prefix: &str, nulls: Nulls) {
        if self.depth == MAX_DEPTH || self.graph.is_ring {
            self.graph.is_ring = true;
            return;
        }
        self.depth += 1;
        match src {
            Node::Ref(Value::Map(map)) | Node::Table(map) => {
                for (key, value) in map {
                    self.entry(dst, key, Node::Ref(value), !value.is_nil(), prefix, nulls);
                }
            }
            Node::Map(src) => self.shared_tables(dst, src, prefix, nulls),
            Node::Ref(_) => {}
        }
        self.depth -= 1;
    }

    /// Does so with a source that others can see: Helm writes the nulls of `dst` into it.
    fn shared_tables(&mut self, dst: MapId, src: MapId, prefix: &str, nulls: Nulls) {
        let entries = self.graph.entries(src);
        for (key, _) in self.graph.entries(dst).into_iter().filter(|(_, node)| node.is_nil()) {
            self.graph.set(src, key, Node::NIL);
        }
        for (key, before) in entries {
            // The second look sees the nulls; sharing keeps one map in both places.
            let node = self.graph.share(src, &key).unwrap_or(Node::NIL);
            self.entry(dst, &key, node, !before.is_nil(), prefix, nulls);
        }
    }

    fn entry(&mut self, dst: MapId, key: &Str, node: Node<'a>, was_set: bool, prefix: &str, nulls: Nulls) {
        let Some(found) = self.graph.get(dst, key) else {
            self.graph.set(dst, key.clone(), node);
            return;
        };
        if found.is_nil() && nulls == Nulls::Remove && was_set {
            // The user takes a default away. A null that met a null stays.
            self.graph.remove(dst, key);
            return;
        }
        if found.is_nil() {
            return;
        }
        let full_key = || join(prefix, &key.to_string_lossy());
        match (found.is_table(), node.is_table()) {
            (true, true) => {
                if let Some(table) = self.graph.open(dst, key) {
                    self.tables(table, node, &full_key(), nulls);
                }
            }
            (false, true) => {
                let shown = display::v(&self.graph.show(node));
                let key = full_key();
                self.log.info(format!(
                    "warning: cannot overwrite table with non table for {key} ({shown})"
                ));
            }
            (true, false) if !node.is_nil() => {
                let shown = display::v(&self.graph.show(node));
                let key = full_key();
                self.log.info(format!(
                    "warning: destination for {key} is a table. Ignoring non-table value ({shown})"
                ));
            }
            _ => {}
        }
    }
}

fn has_nulls(map: &Map) -> bool {
    map.values().any(|value| match value {
        Value::Nil => true,
        Value::Map(map) => has_nulls(map),
        _ => false,
    })
}

fn join(prefix: &str, name: &str) -> String {
    if prefix.is_empty() {
        name.to_owned()
    } else {
        format!("{prefix}.{name}")
    }
}
