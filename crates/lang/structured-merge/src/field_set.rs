//! A set of fields, and its algebra.

use std::collections::{BTreeMap, BTreeSet};

use crate::path::{Path, PathElement};
use crate::schema::{Schema, TypeId};

/// A set of paths into an object.
///
/// A path and a longer path below it are independent members: owning `.spec` does not mean owning `.spec.replicas`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FieldSet {
    pub(crate) members: BTreeSet<PathElement>,
    pub(crate) children: BTreeMap<PathElement, FieldSet>,
}

impl FieldSet {
    /// Returns the empty set.
    #[must_use]
    pub fn new() -> Self {
        FieldSet::default()
    }

    /// Returns the set of paths made of field names.
    ///
    /// ```
    /// use structured_merge::FieldSet;
    /// let set = FieldSet::of_names(&[&["status"], &["metadata", "labels"]]);
    /// assert_eq!(set.to_string(), ".status\n.metadata.labels");
    /// ```
    #[must_use]
    pub fn of_names(paths: &[&[&str]]) -> Self {
        let mut set = FieldSet::new();
        for path in paths {
            let path: Path = path.iter().map(|name| PathElement::Field((*name).to_owned())).collect();
            set.insert(&path);
        }
        set
    }

    /// Adds a path; the empty path, which is the object itself, is not kept.
    pub fn insert(&mut self, path: &[PathElement]) {
        match path {
            [] => {}
            [last] => {
                self.members.insert(last.clone());
            }
            [first, rest @ ..] => self.children.entry(first.clone()).or_default().insert(rest),
        }
    }

    /// Says whether the set has a path.
    #[must_use]
    pub fn has(&self, path: &[PathElement]) -> bool {
        match path {
            [] => false,
            [last] => self.members.contains(last),
            [first, rest @ ..] => self.children.get(first).is_some_and(|child| child.has(rest)),
        }
    }

    /// Says whether the set has no path at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.members.is_empty() && self.children.values().all(FieldSet::is_empty)
    }

    /// Returns the number of paths.
    #[must_use]
    pub fn len(&self) -> usize {
        self.members.len() + self.children.values().map(FieldSet::len).sum::<usize>()
    }

    /// Returns the set of what follows `element` in the paths that begin with it.
    #[must_use]
    pub fn with_prefix(&self, element: &PathElement) -> Option<&FieldSet> {
        self.children.get(element).filter(|child| !child.is_empty())
    }

    /// Returns the paths of either set.
    #[must_use]
    pub fn union(&self, other: &FieldSet) -> FieldSet {
        let mut union = self.clone();
        union.extend(other);
        union
    }

    /// Adds all paths of another set.
    pub fn extend(&mut self, other: &FieldSet) {
        self.members.extend(other.members.iter().cloned());
        for (element, child) in &other.children {
            self.children.entry(element.clone()).or_default().extend(child);
        }
    }

    /// Moves all paths of another set into this one.
    pub fn append(&mut self, other: FieldSet) {
        if self.members.is_empty() && self.children.is_empty() {
            *self = other;
            return;
        }
        self.members.extend(other.members);
        for (element, child) in other.children {
            self.children.entry(element).or_default().append(child);
        }
    }

    /// Returns the paths of both sets.
    #[must_use]
    pub fn intersection(&self, other: &FieldSet) -> FieldSet {
        let members = self.members.intersection(&other.members).cloned().collect();
        let both = self.children.iter().filter_map(|(element, child)| {
            let common = child.intersection(other.children.get(element)?);
            (!common.is_empty()).then(|| (element.clone(), common))
        });
        FieldSet {
            members,
            children: both.collect(),
        }
    }

    /// Returns the paths of this set that the other does not have; what lies below a removed path stays.
    #[must_use]
    pub fn difference(&self, other: &FieldSet) -> FieldSet {
        let mut rest = self.clone();
        rest.subtract(other);
        rest
    }

    /// Takes out the paths of another set; what lies below a removed path stays. Costs what the other set holds.
    pub fn subtract(&mut self, other: &FieldSet) {
        for member in &other.members {
            self.members.remove(member);
        }
        for (element, other) in &other.children {
            if let Some(child) = self.children.get_mut(element) {
                child.subtract(other);
                if child.is_empty() {
                    self.children.remove(element);
                }
            }
        }
    }

    /// Returns the paths of this set that are neither in the other nor below one of its paths.
    #[must_use]
    pub fn recursive_difference(&self, other: &FieldSet) -> FieldSet {
        let mut rest = self.clone();
        rest.subtract_recursively(other);
        rest
    }

    /// Takes out the paths of another set and all that lies below them. Costs what the other set holds.
    pub fn subtract_recursively(&mut self, other: &FieldSet) {
        for member in &other.members {
            self.members.remove(member);
            self.children.remove(member);
        }
        for (element, other) in &other.children {
            if let Some(child) = self.children.get_mut(element) {
                child.subtract_recursively(other);
                if child.is_empty() {
                    self.children.remove(element);
                }
            }
        }
    }

    /// Returns the set with the declared fields that lie on the way to its paths.
    ///
    /// Sets of owners do not hold those, since a struct's field exists only through what is in it.
    pub(crate) fn with_named_fields(&self, schema: &Schema, type_id: TypeId) -> FieldSet {
        let atom = schema.atom(type_id);
        let mut members = self.members.clone();
        let mut children = BTreeMap::new();
        for (element, child) in &self.children {
            let mut child_type = Schema::DEDUCED;
            match (element, &atom.map, &atom.list) {
                (PathElement::Field(name), Some(map), _) => {
                    if map.fields.contains_key(name) {
                        members.insert(element.clone());
                    }
                    child_type = map.type_of(name).unwrap_or(Schema::DEDUCED);
                }
                (PathElement::Key(_), _, Some(list)) => child_type = list.element,
                _ => {}
            }
            children.insert(element.clone(), child.with_named_fields(schema, child_type));
        }
        FieldSet { members, children }
    }

    /// Calls `visit` with every path, members of a level before what lies deeper.
    pub fn for_each(&self, visit: &mut impl FnMut(&[PathElement])) {
        self.visit(&mut Vec::new(), visit);
    }

    fn visit(&self, path: &mut Path, visit: &mut impl FnMut(&[PathElement])) {
        for member in &self.members {
            path.push(member.clone());
            visit(path);
            path.pop();
        }
        for (element, child) in &self.children {
            path.push(element.clone());
            child.visit(path, visit);
            path.pop();
        }
    }
}

impl std::fmt::Display for FieldSet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut lines = Vec::new();
        self.for_each(&mut |path| lines.push(crate::path::display(path)));
        f.write_str(&lines.join("\n"))
    }
}
