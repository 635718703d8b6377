//! The algebra of field sets, over generated sets.

#![allow(clippy::unwrap_used)]

use serde_json::json;
use structured_merge::{FieldSet, PathElement};

/// A small generator, so that every run sees the same sets.
struct Generator(u64);

impl Generator {
    fn next(&mut self, below: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % below
    }

    fn element(&mut self) -> PathElement {
        let name = ["a", "b", "c.d", "e<f"][self.next(4) as usize].to_owned();
        match self.next(6) {
            0 => PathElement::Key(vec![("name".into(), json!(name)), ("port".into(), json!(self.next(3)))]),
            1 => PathElement::Value(json!(name)),
            2 => PathElement::Index(self.next(3) as i64),
            _ => PathElement::Field(name),
        }
    }

    fn set(&mut self) -> FieldSet {
        let mut set = FieldSet::new();
        for _ in 0..self.next(12) {
            let path: Vec<PathElement> = (0..=self.next(3)).map(|_| self.element()).collect();
            set.insert(&path);
        }
        set
    }
}

fn paths(set: &FieldSet) -> Vec<Vec<PathElement>> {
    let mut paths = Vec::new();
    set.for_each(&mut |path| paths.push(path.to_vec()));
    paths
}

#[test]
fn operations_are_those_of_sets_of_paths() {
    let mut generator = Generator(1);
    for _ in 0..5_000 {
        let (left, right) = (generator.set(), generator.set());
        let (union, intersection) = (left.union(&right), left.intersection(&right));
        let (difference, recursive) = (left.difference(&right), left.recursive_difference(&right));
        assert_eq!(union.len(), left.len() + right.len() - intersection.len());
        assert_eq!(left.is_empty(), paths(&left).is_empty());
        for path in paths(&union) {
            let (in_left, in_right) = (left.has(&path), right.has(&path));
            let below_right = (1..=path.len()).any(|length| right.has(&path[..length]));
            assert!(in_left || in_right);
            assert_eq!(intersection.has(&path), in_left && in_right);
            assert_eq!(difference.has(&path), in_left && !in_right);
            assert_eq!(recursive.has(&path), in_left && !below_right);
        }
    }
}

#[test]
fn fields_v1_round_trip() {
    let mut generator = Generator(2);
    for _ in 0..5_000 {
        let set = generator.set();
        let text = set.to_fields_v1().to_string();
        let back = FieldSet::from_fields_v1(&serde_json::from_str(&text).unwrap()).unwrap();
        assert_eq!(paths(&back), paths(&set), "{text}");
        assert_eq!(set.to_fields_text(), text);
    }
}

#[test]
fn malformed_fields_are_errors() {
    for fields in [
        json!([]),
        json!({"f": {}}),
        json!({"fx": {}}),
        json!({"k:1": {}}),
        json!({"f:a": 1}),
        json!({"i:x": {}}),
    ] {
        assert!(FieldSet::from_fields_v1(&fields).is_err(), "{fields}");
    }
    assert!(FieldSet::from_fields_v1(&json!({"x:future": {}})).unwrap().is_empty());
}
