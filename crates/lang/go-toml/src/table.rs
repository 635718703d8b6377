//! Tables while a document is read: what was defined, and how.
//!
//! The rules of what may be defined twice are the library's, which tells keys apart by their printed paths.
//!
//! Source: BurntSushi/toml 1.6.0, `parse.go` (`addContext`, `setValue`).

use std::collections::{BTreeMap, HashSet};

use go_value::{Str, Value};

use crate::encode::write_key;

/// The entries of a table.
pub(crate) type Table = BTreeMap<Str, Node>;

/// What a key can hold.
#[derive(Debug)]
pub(crate) enum Node {
    Value(Value),
    Table(Table),
    /// An array of tables, with one at least.
    Tables(Vec<Table>),
}

impl Node {
    fn into_value(self) -> Value {
        match self {
            Node::Value(value) => value,
            Node::Table(table) => table_value(table),
            Node::Tables(tables) => Value::List(tables.into_iter().map(table_value).collect()),
        }
    }

    /// Returns the table for adding keys, if it is one; an inline table is one too.
    pub(crate) fn as_table_mut(&mut self) -> Option<&mut Table> {
        if let Node::Value(Value::Map(entries)) = self {
            let entries = std::mem::take(entries).into_iter();
            *self = Node::Table(entries.map(|(key, value)| (key, Node::Value(value))).collect());
        }
        match self {
            Node::Table(table) => Some(table),
            _ => None,
        }
    }
}

/// Returns a table as data.
pub(crate) fn table_value(table: Table) -> Value {
    Value::Map(table.into_iter().map(|(key, node)| (key, node.into_value())).collect())
}

/// A path as messages print it.
pub(crate) fn print_path(path: &[Str]) -> String {
    let mut out = Vec::new();
    for (index, key) in path.iter().enumerate() {
        if index > 0 {
            out.push(b'.');
        }
        write_key(&mut out, key);
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// Why a table could not be opened.
pub(crate) enum Refusal {
    /// What stands above it is none.
    Parents(String),
    /// Its own key is taken.
    Last(String),
}

/// How many tables may lie in each other.
const MAX_DEPTH: usize = 500;

/// The document so far.
#[derive(Default)]
pub(crate) struct Document {
    root: Table,
    implicit: HashSet<String>,
    arrays: HashSet<String>,
}

impl Document {
    pub(crate) fn into_value(self) -> Value {
        table_value(self.root)
    }

    pub(crate) fn add_implicit(&mut self, path: &[Str]) {
        self.implicit.insert(print_path(path));
    }

    pub(crate) fn mark_array(&mut self, path: &[Str], array: bool) {
        let path = print_path(path);
        if array {
            self.arrays.insert(path);
        } else {
            self.arrays.remove(&path);
        }
    }

    /// The table at `path`, the last one where there are several; the length of the path up to what is none.
    fn table_at(&mut self, path: &[Str]) -> Result<&mut Table, usize> {
        let mut table = &mut self.root;
        for (index, key) in path.iter().enumerate() {
            table = match table.get_mut(key) {
                Some(Node::Table(table)) => table,
                Some(Node::Tables(tables)) => tables.last_mut().ok_or(index + 1)?,
                _ => return Err(index + 1),
            };
        }
        Ok(table)
    }

    /// Makes the table at `path`, or a further one in the array there, and the tables above it.
    pub(crate) fn open(&mut self, path: &[Str], array: bool) -> Result<(), Refusal> {
        let Some((last, parents)) = path.split_last() else {
            return Ok(());
        };
        if path.len() > MAX_DEPTH {
            return Err(Refusal::Parents("nested too deeply".to_owned()));
        }
        self.open_parents(parents).map_err(Refusal::Parents)?;
        if array {
            self.open_another(path, parents, last)
        } else {
            self.set(parents, last, Node::Table(Table::new()))
        }
        .map_err(Refusal::Last)
    }

    fn open_parents(&mut self, parents: &[Str]) -> Result<(), String> {
        for length in 1..=parents.len() {
            let (key, above) = (&parents[length - 1], &parents[..length - 1]);
            let missing = self.table_at(above).is_ok_and(|table| !table.contains_key(key));
            if missing {
                self.add_implicit(&parents[..length]);
                if let Ok(table) = self.table_at(above) {
                    table.insert(key.clone(), Node::Table(Table::new()));
                }
            }
            if self.table_at(&parents[..length]).is_err() {
                let path = print_path(&parents[..length]);
                return Err(format!("Key '{path}' was already created as a hash."));
            }
        }
        Ok(())
    }

    /// Adds a table to the array at `path`.
    fn open_another(&mut self, path: &[Str], parents: &[Str], last: &Str) -> Result<(), String> {
        let taken = || {
            format!(
                "Key '{}' was already created and cannot be used as an array.",
                print_path(path)
            )
        };
        let table = self.table_at(parents).map_err(|_| taken())?;
        match table.entry(last.clone()).or_insert_with(|| Node::Tables(Vec::new())) {
            Node::Tables(tables) => tables.push(Table::new()),
            _ => return Err(taken()),
        }
        Ok(())
    }

    /// Sets `key` in the table at `path`.
    pub(crate) fn set(&mut self, path: &[Str], key: &Str, node: Node) -> Result<(), String> {
        let full: Vec<Str> = path.iter().chain([key]).cloned().collect();
        let printed = print_path(&full);
        let taken = |path: &str| Err(format!("Key '{path}' has already been defined."));
        let (is_array, is_implicit) = (self.arrays.contains(&printed), self.implicit.contains(&printed));
        let table = match self.table_at(path) {
            Ok(table) => table,
            Err(length) => return taken(&print_path(&path[..length])),
        };
        if !table.contains_key(key) {
            table.insert(key.clone(), node);
            return Ok(());
        }
        if !is_implicit {
            return taken(&printed);
        }
        if is_array {
            table.insert(key.clone(), node);
        }
        // What was defined on the way to something else may be defined once more.
        self.implicit.remove(&printed);
        Ok(())
    }
}
