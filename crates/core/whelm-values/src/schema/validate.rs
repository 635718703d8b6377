//! A value against a schema.

use std::cell::Cell;
use std::cmp::Ordering;
use std::collections::{BTreeSet, HashMap};

use go_value::{Map, Str, Value};

use super::compile::{Additional, Bound, Compiled, Dependency, Id, Schema};
use super::draft::Draft;
use super::failure::{Failure, Kind};
use super::formats;
use super::number::{Decimal, equals, is_integer};
use super::types::{Type, Types};

/// How deep schemas may be applied inside each other; far more than any values are deep.
const MAX_DEPTH: usize = 1500;

/// How often schemas may be applied in all. References that double at every step would never come to an end.
const MAX_STEPS: usize = 20_000_000;

/// Checks a value against the first compiled schema.
pub(super) fn validate(compiled: &Compiled, value: &Value) -> Result<(), Failure> {
    let run = Run {
        compiled,
        steps: Cell::new(0),
    };
    let scope = Scope {
        schema: 0,
        keyword: "",
        value_id: 0,
        depth: 0,
        parent: None,
    };
    let unevaluated = Unevaluated::of(value, &compiled.schemas[0], false);
    let outcome = run.validate(value, None, &scope, unevaluated, false);
    let failure = match outcome {
        // Whatever it came to, not everything was looked at.
        _ if run.steps.get() >= MAX_STEPS => Failure {
            path: Vec::new(),
            kind: Kind::TooManySteps(MAX_STEPS),
            causes: Vec::new(),
        },
        Ok(_) => return Ok(()),
        Err(failure) => failure,
    };
    let causes = if matches!(failure.kind, Kind::Group) {
        failure.causes
    } else {
        vec![failure]
    };
    let location = compiled.schemas[0].url();
    Err(Failure {
        path: Vec::new(),
        kind: Kind::Schema(location),
        causes,
    })
}

/// The way to a value, the last part first.
struct Path<'a> {
    part: Part<'a>,
    outer: Option<&'a Path<'a>>,
}

#[derive(Clone, Copy)]
enum Part<'a> {
    Name(&'a Str),
    Index(usize),
}

impl Path<'_> {
    fn parts(path: Option<&Path<'_>>) -> Vec<String> {
        let mut parts = Vec::new();
        let mut next = path;
        while let Some(path) = next {
            parts.push(match path.part {
                Part::Name(name) => name.to_string_lossy().into_owned(),
                Part::Index(index) => index.to_string(),
            });
            next = path.outer;
        }
        parts.reverse();
        parts
    }
}

/// The schemas applied on the way here, the innermost first.
struct Scope<'a> {
    schema: Id,
    keyword: &'static str,
    /// Scopes with the same number look at the same value.
    value_id: usize,
    depth: usize,
    parent: Option<&'a Scope<'a>>,
}

/// What no schema has looked at yet; `None` where nobody asks.
#[derive(Clone, Debug, Default)]
struct Unevaluated {
    properties: Option<BTreeSet<Str>>,
    items: Option<BTreeSet<usize>>,
}

impl Unevaluated {
    fn of(value: &Value, schema: &Schema, caller_asks: bool) -> Self {
        let mut unevaluated = Unevaluated::default();
        match value {
            Value::Map(map)
                if !schema.all_properties_evaluated && (caller_asks || schema.object.unevaluated.is_some()) =>
            {
                unevaluated.properties = Some(map.keys().cloned().collect());
            }
            Value::List(list) if !schema.all_items_evaluated && (caller_asks || schema.array.unevaluated.is_some()) => {
                unevaluated.items = Some((schema.items_evaluated..list.len()).collect());
            }
            _ => {}
        }
        unevaluated
    }

    fn is_empty(&self) -> bool {
        self.properties.as_ref().is_none_or(BTreeSet::is_empty) && self.items.as_ref().is_none_or(BTreeSet::is_empty)
    }

    /// Keeps what `other` has not looked at either.
    fn merge(&mut self, other: &Unevaluated) {
        if let Some(properties) = &mut self.properties {
            properties.retain(|name| other.properties.as_ref().is_some_and(|other| other.contains(name)));
        }
        if let Some(items) = &mut self.items {
            items.retain(|index| other.items.as_ref().is_some_and(|other| other.contains(index)));
        }
    }
}

struct Run<'c> {
    compiled: &'c Compiled,
    /// How often a schema was applied.
    steps: Cell<usize>,
}

/// One schema applied to one value.
struct Check<'c, 'v, 's> {
    run: &'s Run<'c>,
    schema: &'c Schema,
    value: &'v Value,
    path: Option<&'s Path<'s>>,
    scope: &'s Scope<'s>,
    unevaluated: Unevaluated,
    /// Only whether it fits is of interest, not why not.
    flag: bool,
    failures: Vec<Failure>,
}

impl<'c> Run<'c> {
    fn validate(
        &self,
        value: &Value,
        path: Option<&Path<'_>>,
        scope: &Scope<'_>,
        unevaluated: Unevaluated,
        flag: bool,
    ) -> Result<Unevaluated, Failure> {
        if self.steps.get() >= MAX_STEPS {
            return Err(Failure {
                path: Vec::new(),
                kind: Kind::Group,
                causes: Vec::new(),
            });
        }
        self.steps.set(self.steps.get() + 1);
        let schema = &self.compiled.schemas[scope.schema];
        let check = Check {
            run: self,
            schema,
            value,
            path,
            scope,
            unevaluated,
            flag,
            failures: Vec::new(),
        };
        check.apply()
    }
}

impl Check<'_, '_, '_> {
    fn apply(mut self) -> Result<Unevaluated, Failure> {
        match self.schema.always {
            Some(true) => return Ok(self.unevaluated),
            Some(false) => return Err(self.failure(Kind::FalseSchema)),
            None => {}
        }
        self.cycle()?;
        self.scalar_rules()?;
        let draft = self.schema.draft.unwrap_or(Draft::V2020);
        if let Some(target) = self.schema.reference {
            let outcome = self.reference(target, "$ref");
            if draft < Draft::V2019 {
                return outcome.map(|()| self.unevaluated);
            }
            self.note(outcome);
        }
        match self.value {
            Value::Map(map) => self.object(map, draft),
            Value::List(list) => self.array(list, draft),
            Value::Str(text) if Type::of(self.value) == Type::String => self.string(text),
            value => self.number(value),
        }
        if self.failures.is_empty() || !self.flag {
            if draft >= Draft::V2019 {
                self.dynamic_references();
            }
            self.conditions();
            if draft >= Draft::V2019 {
                self.unevaluated_rules();
            }
        }
        match self.failures.len() {
            0 => Ok(self.unevaluated),
            1 => Err(self.failures.swap_remove(0)),
            _ => {
                let causes = std::mem::take(&mut self.failures);
                Err(Failure {
                    causes,
                    ..self.failure(Kind::Group)
                })
            }
        }
    }

    fn failure(&self, kind: Kind) -> Failure {
        if self.flag {
            return Failure {
                path: Vec::new(),
                kind: Kind::Group,
                causes: Vec::new(),
            };
        }
        Failure {
            path: Path::parts(self.path),
            kind,
            causes: Vec::new(),
        }
    }

    fn fail(&mut self, kind: Kind) {
        let failure = self.failure(kind);
        self.failures.push(failure);
    }

    fn fail_with(&mut self, kind: Kind, causes: Vec<Failure>) {
        let failure = Failure {
            causes,
            ..self.failure(kind)
        };
        self.failures.push(failure);
    }

    fn note<T>(&mut self, outcome: Result<T, Failure>) {
        self.failures.extend(outcome.err());
    }

    /// Refuses to apply a schema to a value while it is being applied to that value.
    fn cycle(&self) -> Result<(), Failure> {
        let mut scope = self.scope.parent;
        while let Some(outer) = scope.filter(|outer| outer.value_id == self.scope.value_id) {
            if outer.schema == self.scope.schema {
                let url = self.schema.url();
                let (first, second) = (self.keyword_location(self.scope), self.keyword_location(outer));
                return Err(self.failure(Kind::RefCycle(Box::new([url, first, second]))));
            }
            scope = outer.parent;
        }
        if self.scope.depth > MAX_DEPTH {
            return Err(self.failure(Kind::Group));
        }
        Ok(())
    }

    fn keyword_location(&self, scope: &Scope<'_>) -> String {
        let schemas = &self.run.compiled.schemas;
        let Some(parent) = scope.parent else {
            return String::new();
        };
        let outer = self.keyword_location(parent);
        if !scope.keyword.is_empty() {
            return format!("{outer}/{}", scope.keyword);
        }
        let (here, there) = (schemas[scope.schema].url(), schemas[parent.schema].url());
        format!("{outer}{}", here.get(there.len()..).unwrap_or_default())
    }

    fn scalar_rules(&self) -> Result<(), Failure> {
        let (schema, value) = (self.schema, self.value);
        let got = Type::of(value);
        let is_integer = || got == Type::Number && is_integer(value);
        let fits = |types: Types| types.contains(got) || (types.contains(Type::Integer) && is_integer());
        if !schema.types.is_empty() && !fits(schema.types) {
            return Err(self.failure(Kind::Type {
                got,
                want: schema.types,
            }));
        }
        if let Some(constant) = schema.constant.as_ref().filter(|constant| !equals(value, *constant)) {
            return Err(self.failure(Kind::Const(constant.clone())));
        }
        if let Some((types, items)) = &schema.enumeration
            && !(types.contains(got) && items.iter().any(|item| equals(value, item)))
        {
            return Err(self.failure(Kind::Enum(items.clone())));
        }
        if let (Some(format), Value::Str(text)) = (&schema.format, value)
            && got == Type::String
            && let Err(error) = formats::check(format, &text.to_string_lossy())
        {
            return Err(self.failure(Kind::Format(Box::new((value.clone(), format.clone(), error)))));
        }
        Ok(())
    }

    /// Applies another schema to the same value.
    fn same(&mut self, schema: Id, keyword: &'static str, flag: bool) -> Result<(), Failure> {
        let scope = Scope {
            schema,
            keyword,
            value_id: self.scope.value_id,
            depth: self.scope.depth + 1,
            parent: Some(self.scope),
        };
        let asks = !self.unevaluated.is_empty();
        let unevaluated = Unevaluated::of(self.value, &self.run.compiled.schemas[schema], asks);
        let found = self
            .run
            .validate(self.value, self.path, &scope, unevaluated, self.flag || flag)?;
        self.unevaluated.merge(&found);
        Ok(())
    }

    /// Applies a schema to a part of the value.
    fn part(&self, schema: Id, value: &Value, part: Part<'_>) -> Result<(), Failure> {
        let path = Path { part, outer: self.path };
        let scope = Scope {
            schema,
            keyword: "",
            value_id: self.scope.value_id + 1,
            depth: self.scope.depth + 1,
            parent: Some(self.scope),
        };
        let unevaluated = Unevaluated::of(value, &self.run.compiled.schemas[schema], false);
        self.run
            .validate(value, Some(&path), &scope, unevaluated, self.flag)
            .map(|_| ())
    }

    fn reference(&mut self, target: Id, keyword: &'static str) -> Result<(), Failure> {
        self.same(target, keyword, false).map_err(|failure| {
            let causes = if matches!(failure.kind, Kind::Group) {
                failure.causes
            } else {
                vec![failure]
            };
            Failure {
                causes,
                ..self.failure(Kind::Reference)
            }
        })
    }

    fn done(&self) -> bool {
        self.flag && !self.failures.is_empty()
    }

    fn object(&mut self, map: &Map, draft: Draft) {
        let rules = &self.schema.object;
        if let Some(want) = rules.min_properties.filter(|want| map.len() < *want) {
            self.fail(Kind::Limit {
                keyword: "minProperties",
                got: map.len(),
                want,
            });
        }
        if let Some(want) = rules.max_properties.filter(|want| map.len() > *want) {
            self.fail(Kind::Limit {
                keyword: "maxProperties",
                got: map.len(),
                want,
            });
        }
        let missing = missing(map, &rules.required);
        if !missing.is_empty() {
            self.fail(Kind::Required(missing));
        }
        if self.done() {
            return;
        }
        for (property, dependency) in &rules.dependencies {
            if map.contains_key(property.as_bytes()) {
                self.dependency(map, property, dependency);
            }
        }
        self.properties(map);
        if self.done() || draft == Draft::V4 {
            return;
        }
        if let Some(names) = rules.property_names {
            self.property_names(map, names);
        }
        if draft == Draft::V6 {
            return;
        }
        for (property, schema) in &rules.dependent_schemas {
            if map.contains_key(property.as_bytes()) {
                let outcome = self.same(*schema, "", false);
                self.note(outcome);
            }
        }
        for (property, required) in &rules.dependent_required {
            if map.contains_key(property.as_bytes()) {
                self.require(map, property, required);
            }
        }
    }

    fn dependency(&mut self, map: &Map, property: &str, dependency: &Dependency) {
        match dependency {
            Dependency::Properties(required) => self.require(map, property, required),
            Dependency::Schema(schema) => {
                let outcome = self.same(*schema, "", false);
                self.note(outcome);
            }
        }
    }

    fn require(&mut self, map: &Map, property: &str, required: &[String]) {
        let missing = missing(map, required);
        if !missing.is_empty() {
            self.fail(Kind::Dependency {
                property: property.to_owned(),
                missing,
            });
        }
    }

    fn properties(&mut self, map: &Map) {
        let rules = &self.schema.object;
        let mut additional = Vec::new();
        for (name, value) in map {
            if self.done() {
                return;
            }
            let text = name.to_string_lossy();
            let mut evaluated = false;
            if let Some(schema) = rules.properties.get(text.as_ref()) {
                evaluated = true;
                self.note(self.part(*schema, value, Part::Name(name)));
            }
            for (_, schema) in rules
                .pattern_properties
                .iter()
                .filter(|(regexp, _)| regexp.is_match(name))
            {
                evaluated = true;
                self.note(self.part(*schema, value, Part::Name(name)));
            }
            if !evaluated && let Some(rule) = rules.additional {
                evaluated = true;
                match rule {
                    Additional::Bool(true) => {}
                    Additional::Bool(false) => additional.push(text.to_string()),
                    Additional::Schema(schema) => self.note(self.part(schema, value, Part::Name(name))),
                }
            }
            if evaluated && let Some(properties) = &mut self.unevaluated.properties {
                properties.remove(name);
            }
        }
        if !additional.is_empty() {
            self.fail(Kind::AdditionalProperties(additional));
        }
    }

    fn property_names(&mut self, map: &Map, schema: Id) {
        for name in map.keys() {
            let value = Value::Str(name.clone());
            let scope = Scope {
                schema,
                keyword: "",
                value_id: 0,
                depth: self.scope.depth + 1,
                parent: None,
            };
            let Err(failure) = self.run.validate(&value, None, &scope, Unevaluated::default(), false) else {
                continue;
            };
            let causes = if matches!(failure.kind, Kind::Group) {
                failure.causes
            } else {
                vec![failure]
            };
            self.fail_with(Kind::PropertyName(name.to_string_lossy().into_owned()), causes);
        }
    }

    fn array(&mut self, list: &[Value], draft: Draft) {
        let rules = &self.schema.array;
        if let Some(want) = rules.min_items.filter(|want| list.len() < *want) {
            self.fail(Kind::Limit {
                keyword: "minItems",
                got: list.len(),
                want,
            });
        }
        if let Some(want) = rules.max_items.filter(|want| list.len() > *want) {
            self.fail(Kind::Limit {
                keyword: "maxItems",
                got: list.len(),
                want,
            });
        }
        if rules.unique
            && let Some((first, second)) = duplicates(list)
        {
            self.fail(Kind::UniqueItems(first, second));
        }
        for (index, (schema, item)) in rules.prefix.iter().zip(list).enumerate() {
            self.note(self.part(*schema, item, Part::Index(index)));
        }
        let known = rules.prefix.len().min(list.len());
        match rules.rest {
            Some(Additional::Bool(false)) if known < list.len() => {
                self.fail(Kind::AdditionalItems(list.len() - known));
            }
            Some(Additional::Schema(schema)) => {
                for (index, item) in list.iter().enumerate().skip(known) {
                    self.note(self.part(schema, item, Part::Index(index)));
                }
            }
            _ => {}
        }
        if let Some(schema) = rules.contains {
            self.contains(list, schema, draft);
        }
    }

    fn contains(&mut self, list: &[Value], schema: Id, draft: Draft) {
        let rules = &self.schema.array;
        let mut failures = Vec::new();
        let mut got = Vec::new();
        for (index, item) in list.iter().enumerate() {
            match self.part(schema, item, Part::Index(index)) {
                Ok(()) => {
                    got.push(index);
                    if draft >= Draft::V2020
                        && let Some(items) = &mut self.unevaluated.items
                    {
                        items.remove(&index);
                    }
                }
                Err(failure) => failures.push(failure),
            }
        }
        match rules.min_contains {
            Some(want) if got.len() < want => {
                self.fail_with(Kind::MinContains { got: got.clone(), want }, failures);
            }
            None if got.is_empty() => self.fail_with(Kind::Contains, failures),
            _ => {}
        }
        if let Some(want) = rules.max_contains.filter(|want| got.len() > *want) {
            self.fail(Kind::MaxContains { got, want });
        }
    }

    fn string(&mut self, text: &Str) {
        let length = go_value::utf8::rune_count(text);
        if let Some(want) = self.schema.min_length.filter(|want| length < *want) {
            self.fail(Kind::Limit {
                keyword: "minLength",
                got: length,
                want,
            });
        }
        if let Some(want) = self.schema.max_length.filter(|want| length > *want) {
            self.fail(Kind::Limit {
                keyword: "maxLength",
                got: length,
                want,
            });
        }
        if let Some((want, regexp)) = &self.schema.pattern
            && !regexp.is_match(text)
        {
            self.fail(Kind::Pattern {
                got: text.to_string_lossy().into_owned(),
                want: want.clone(),
            });
        }
    }

    fn number(&mut self, value: &Value) {
        let Some(number) = Decimal::of(value) else { return };
        for (bound, limit) in &self.schema.bounds {
            let order = number.compare(*limit);
            let (keyword, broken) = match bound {
                Bound::Minimum => ("minimum", order == Ordering::Less),
                Bound::Maximum => ("maximum", order == Ordering::Greater),
                Bound::ExclusiveMinimum => ("exclusiveMinimum", order != Ordering::Greater),
                Bound::ExclusiveMaximum => ("exclusiveMaximum", order != Ordering::Less),
                Bound::MultipleOf => ("multipleOf", !number.is_multiple_of(*limit)),
            };
            if broken {
                self.fail(Kind::Bound {
                    keyword,
                    got: number.float(),
                    want: limit.float(),
                });
            }
        }
    }

    fn dynamic_references(&mut self) {
        let schemas = &self.run.compiled.schemas;
        if let Some(mut target) = self.schema.recursive_reference {
            if schemas[target].recursive_anchor {
                target = self.outermost(target, |scope| {
                    let resource = &schemas[schemas[scope.schema].resource];
                    resource.recursive_anchor.then_some(scope.schema)
                });
            }
            let outcome = self.reference(target, "$recursiveRef");
            self.note(outcome);
        }
        if let Some((target, anchor)) = &self.schema.dynamic_reference {
            let mut target = *target;
            if !anchor.is_empty() && schemas[target].dynamic_anchor == *anchor {
                target = self.outermost(target, |scope| {
                    schemas[schemas[scope.schema].resource]
                        .dynamic_anchors
                        .get(anchor)
                        .copied()
                });
            }
            let outcome = self.reference(target, "$dynamicRef");
            self.note(outcome);
        }
    }

    /// Returns what the outermost scope has that has anything.
    fn outermost(&self, fallback: Id, find: impl Fn(&Scope<'_>) -> Option<Id>) -> Id {
        let mut found = fallback;
        let mut scope = Some(self.scope);
        while let Some(one) = scope {
            found = find(one).unwrap_or(found);
            scope = one.parent;
        }
        found
    }

    fn conditions(&mut self) {
        let schema = self.schema;
        if let Some(not) = schema.not
            && self.same(not, "", true).is_ok()
        {
            self.fail(Kind::Not);
        }
        self.all_of();
        self.any_of();
        self.one_of();
        if let Some(condition) = schema.condition {
            let branch = if self.same(condition, "", true).is_ok() {
                schema.then
            } else {
                schema.otherwise
            };
            if let Some(branch) = branch {
                let outcome = self.same(branch, "", false);
                self.note(outcome);
            }
        }
    }

    fn all_of(&mut self) {
        let mut failures = Vec::new();
        for id in &self.schema.all_of {
            failures.extend(self.same(*id, "", false).err());
            if self.flag && !failures.is_empty() {
                break;
            }
        }
        if !failures.is_empty() {
            self.fail_with(Kind::AllOf, failures);
        }
    }

    fn any_of(&mut self) {
        if self.schema.any_of.is_empty() {
            return;
        }
        let mut failures = Vec::new();
        let mut matched = false;
        for id in &self.schema.any_of {
            match self.same(*id, "", false) {
                Ok(()) => {
                    matched = true;
                    // Who asks for what is not evaluated needs all of them.
                    if self.unevaluated.is_empty() {
                        break;
                    }
                }
                Err(failure) => failures.push(failure),
            }
        }
        if !matched {
            self.fail_with(Kind::AnyOf, failures);
        }
    }

    fn one_of(&mut self) {
        if self.schema.one_of.is_empty() {
            return;
        }
        let mut failures = Vec::new();
        let mut matched = None;
        for (index, id) in self.schema.one_of.iter().enumerate() {
            match (self.same(*id, "", matched.is_some()), matched) {
                (Ok(()), Some(first)) => {
                    self.fail(Kind::OneOf(Some((first, index))));
                    return;
                }
                (Ok(()), None) => matched = Some(index),
                (Err(failure), None) => failures.push(failure),
                (Err(_), Some(_)) => {}
            }
        }
        if matched.is_none() {
            self.fail_with(Kind::OneOf(None), failures);
        }
    }

    fn unevaluated_rules(&mut self) {
        if let (Some(schema), Value::Map(map)) = (self.schema.object.unevaluated, self.value) {
            for name in self.unevaluated.properties.take().into_iter().flatten() {
                if let Some(value) = map.get(&name) {
                    self.note(self.part(schema, value, Part::Name(&name)));
                }
            }
        }
        if let (Some(schema), Value::List(list)) = (self.schema.array.unevaluated, self.value) {
            for index in self.unevaluated.items.take().into_iter().flatten() {
                if let Some(item) = list.get(index) {
                    self.note(self.part(schema, item, Part::Index(index)));
                }
            }
        }
    }
}

fn missing(map: &Map, required: &[String]) -> Vec<String> {
    required
        .iter()
        .filter(|name| !map.contains_key(name.as_bytes()))
        .cloned()
        .collect()
}

/// Finds the first two equal items.
pub(super) fn duplicates(list: &[Value]) -> Option<(usize, usize)> {
    let mut seen: HashMap<String, Vec<usize>> = HashMap::new();
    for (index, item) in list.iter().enumerate() {
        // Equal values are written alike, so only those that are need a closer look.
        let key = crate::display::v(item);
        let places = seen.entry(key).or_default();
        if let Some(first) = places.iter().find(|place| equals(item, &list[**place])) {
            return Some((*first, index));
        }
        places.push(index);
    }
    None
}
