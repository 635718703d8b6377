//! Walks over the entries of a map, in the order of their keys.

use std::{slice, vec};

use super::Map;
use crate::{Str, Value};

/// The entries of a map.
#[derive(Clone, Debug)]
pub struct Iter<'a>(slice::Iter<'a, (Str, Value)>);

/// The entries of a map for changing the values.
#[derive(Debug)]
pub struct IterMut<'a>(slice::IterMut<'a, (Str, Value)>);

/// The entries of a map that is no more.
#[derive(Debug)]
pub struct IntoIter(vec::IntoIter<(Str, Value)>);

impl<'a> Iter<'a> {
    pub(super) fn new(entries: &'a [(Str, Value)]) -> Self {
        Iter(entries.iter())
    }
}

impl<'a> IterMut<'a> {
    pub(super) fn new(entries: &'a mut [(Str, Value)]) -> Self {
        IterMut(entries.iter_mut())
    }
}

/// Walks as the walk inside does; `$split` makes an item of what that gives.
macro_rules! walk {
    ($type:ty, $item:ty, $split:expr) => {
        impl<'a> Iterator for $type {
            type Item = $item;

            #[inline]
            fn next(&mut self) -> Option<Self::Item> {
                self.0.next().map($split)
            }

            fn size_hint(&self) -> (usize, Option<usize>) {
                self.0.size_hint()
            }
        }

        impl<'a> DoubleEndedIterator for $type {
            fn next_back(&mut self) -> Option<Self::Item> {
                self.0.next_back().map($split)
            }
        }

        impl<'a> ExactSizeIterator for $type {}
    };
}

walk!(Iter<'a>, (&'a Str, &'a Value), |(key, value)| (key, value));
walk!(IterMut<'a>, (&'a Str, &'a mut Value), |(key, value)| (&*key, value));

impl Iterator for IntoIter {
    type Item = (Str, Value);

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        self.0.next()
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.0.size_hint()
    }
}

impl DoubleEndedIterator for IntoIter {
    fn next_back(&mut self) -> Option<Self::Item> {
        self.0.next_back()
    }
}

impl ExactSizeIterator for IntoIter {}

impl<'a> IntoIterator for &'a Map {
    type Item = (&'a Str, &'a Value);
    type IntoIter = Iter<'a>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl<'a> IntoIterator for &'a mut Map {
    type Item = (&'a Str, &'a mut Value);
    type IntoIter = IterMut<'a>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter_mut()
    }
}

impl IntoIterator for Map {
    type Item = (Str, Value);
    type IntoIter = IntoIter;

    fn into_iter(self) -> Self::IntoIter {
        IntoIter(self.into_entries().into_iter())
    }
}
