//! Field sets under construction, by a walk over values.

use std::collections::btree_map::Entry;

use crate::field_set::FieldSet;
use crate::path::PathElement;

/// A field set that grows where a walk is. Each element of a path is put in once, however many fields lie below it.
#[derive(Debug, Default)]
pub(crate) struct Growing {
    root: FieldSet,
    /// What was found below each element on the way, and whether that element is a member.
    levels: Vec<(FieldSet, bool)>,
}

impl Growing {
    /// Goes into a field or an item.
    pub(crate) fn enter(&mut self) {
        self.levels.push(Default::default());
    }

    /// Makes the place where the walk is a member. The object itself never is one.
    pub(crate) fn mark(&mut self) {
        if let Some((_, is_member)) = self.levels.last_mut() {
            *is_member = true;
        }
    }

    /// Goes back from a field or an item; `element` makes its name where something was found.
    pub(crate) fn leave(&mut self, element: impl Fn() -> PathElement) {
        let Some((below, is_member)) = self.levels.pop() else {
            return;
        };
        let parent = self.levels.last_mut().map_or(&mut self.root, |(set, _)| set);
        if is_member {
            parent.members.insert(element());
        }
        if below.members.is_empty() && below.children.is_empty() {
            return;
        }
        match parent.children.entry(element()) {
            Entry::Vacant(entry) => {
                entry.insert(below);
            }
            Entry::Occupied(mut entry) => entry.get_mut().append(below),
        }
    }

    /// Returns the set.
    pub(crate) fn finish(self) -> FieldSet {
        self.root
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grows_as_paths_are_marked() {
        let field = |name: &str| PathElement::Field(name.to_owned());
        let mut set = Growing::default();
        set.mark();
        for names in [["spec", "a"], ["spec", "b"], ["status", "c"]] {
            set.enter();
            set.enter();
            set.mark();
            set.leave(|| field(names[1]));
            set.leave(|| field(names[0]));
        }
        set.enter();
        set.mark();
        set.leave(|| field("spec"));
        set.enter();
        set.leave(|| field("nothing"));
        let expected: &[&[&str]] = &[&["spec"], &["spec", "a"], &["spec", "b"], &["status", "c"]];
        assert_eq!(set.finish(), FieldSet::of_names(expected));
    }
}
