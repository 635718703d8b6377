//! Charts while their dependencies are processed: a graph as Helm has one, with shared metadata and parents.
//!
//! Helm copies a chart for each alias, but not what lies two levels below, and a copy shares the metadata of what is right
//! below it. So what is done to one of them is done to all, in order. Here a chart and its metadata have numbers, and a copy
//! may name the same ones.

use std::sync::Arc;

use go_value::Map;
use whelm_chart::{Chart, Metadata};

use crate::coalesce::ValuesTree;
use crate::{Error, ErrorKind};

/// How many charts there may be when all copies are written out.
const MAX_CHARTS: usize = 100_000;

/// The number of a chart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ChartId(usize);

/// The number of metadata.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct MetadataId(usize);

/// All charts of a tree, and their copies.
pub(crate) struct Forest {
    nodes: Vec<Node>,
    metadata: Vec<Metadata>,
}

#[derive(Clone)]
struct Node {
    /// The chart without metadata, values and what is below.
    rest: Arc<Chart>,
    metadata: MetadataId,
    values: Option<Arc<Map>>,
    below: Vec<ChartId>,
    parent: Option<ChartId>,
}

impl Forest {
    /// Takes a tree apart; the root has the first number.
    pub(crate) fn new(root: Chart) -> (Forest, ChartId) {
        let mut forest = Forest {
            nodes: Vec::new(),
            metadata: Vec::new(),
        };
        let root = forest.add(root, None);
        (forest, root)
    }

    fn add(&mut self, mut chart: Chart, parent: Option<ChartId>) -> ChartId {
        let below = chart.take_dependencies();
        self.metadata.push(std::mem::take(&mut chart.metadata));
        let values = chart.values.take();
        let metadata = MetadataId(self.metadata.len() - 1);
        let id = self.push(Node {
            rest: Arc::new(chart),
            metadata,
            values,
            below: Vec::new(),
            parent,
        });
        let below = below.into_iter().map(|chart| self.add(chart, Some(id))).collect();
        self.nodes[id.0].below = below;
        id
    }

    fn push(&mut self, node: Node) -> ChartId {
        self.nodes.push(node);
        ChartId(self.nodes.len() - 1)
    }

    /// Copies a chart with metadata of its own; what is right below is copied too, but shares its metadata.
    pub(crate) fn copy(&mut self, chart: ChartId) -> ChartId {
        let node = self.nodes[chart.0].clone();
        self.metadata.push(self.metadata[node.metadata.0].clone());
        let below = node.below.clone();
        let copy = self.push(Node {
            metadata: MetadataId(self.metadata.len() - 1),
            ..node
        });
        let below = below.into_iter().map(|one| {
            self.push(Node {
                parent: Some(copy),
                ..self.nodes[one.0].clone()
            })
        });
        let below = below.collect();
        self.nodes[copy.0].below = below;
        copy
    }

    pub(crate) fn metadata_id(&self, chart: ChartId) -> MetadataId {
        self.nodes[chart.0].metadata
    }

    pub(crate) fn metadata(&self, chart: ChartId) -> &Metadata {
        &self.metadata[self.metadata_id(chart).0]
    }

    pub(crate) fn metadata_mut(&mut self, chart: ChartId) -> &mut Metadata {
        let id = self.metadata_id(chart);
        &mut self.metadata[id.0]
    }

    pub(crate) fn below(&self, chart: ChartId) -> Vec<ChartId> {
        self.nodes[chart.0].below.clone()
    }

    /// Puts charts below a chart, which is their parent from then on.
    pub(crate) fn set_below(&mut self, chart: ChartId, below: Vec<ChartId>) {
        for one in &below {
            self.nodes[one.0].parent = Some(chart);
        }
        self.nodes[chart.0].below = below;
    }

    pub(crate) fn set_values(&mut self, chart: ChartId, values: Map) {
        self.nodes[chart.0].values = Some(Arc::new(values));
    }

    /// Puts the tree together again.
    ///
    /// # Errors
    /// [`ErrorKind::TooLarge`] when aliases of aliases make more charts than anybody can mean.
    pub(crate) fn to_chart(&self, root: ChartId) -> Result<Chart, Error> {
        self.assemble(root, &mut MAX_CHARTS.clone())
    }

    fn assemble(&self, chart: ChartId, budget: &mut usize) -> Result<Chart, Error> {
        if *budget == 0 {
            return Err(Error::new(ErrorKind::TooLarge, "too many charts"));
        }
        *budget -= 1;
        let node = &self.nodes[chart.0];
        let mut assembled = (*node.rest).clone();
        assembled.metadata = self.metadata[node.metadata.0].clone();
        assembled.values = node.values.clone();
        let below: Result<Vec<Chart>, Error> = node.below.iter().map(|one| self.assemble(*one, budget)).collect();
        Ok(assembled.assemble(below?, node.parent.map(|parent| self.path(parent).into())))
    }

    /// Returns the path of a chart by its parents as they are now.
    fn path(&self, chart: ChartId) -> String {
        let name = &self.metadata(chart).name;
        match self.nodes[chart.0].parent {
            Some(parent) => format!("{}/charts/{name}", self.path(parent)),
            None => name.clone(),
        }
    }

    /// Returns a chart as far as its values go.
    pub(crate) fn tree(&self, chart: ChartId) -> Tree<'_> {
        Tree { forest: self, chart }
    }
}

/// A chart of a forest as far as its values go.
#[derive(Clone, Copy)]
pub(crate) struct Tree<'a> {
    forest: &'a Forest,
    chart: ChartId,
}

impl<'a> ValuesTree<'a> for Tree<'a> {
    fn name(self) -> &'a str {
        &self.forest.metadata(self.chart).name
    }

    fn values(self) -> &'a Map {
        static EMPTY: Map = Map::new();
        self.forest.nodes[self.chart.0].values.as_deref().unwrap_or(&EMPTY)
    }

    fn below(self) -> impl Iterator<Item = Self> {
        let forest = self.forest;
        forest.nodes[self.chart.0]
            .below
            .iter()
            .map(move |chart| forest.tree(*chart))
    }
}
