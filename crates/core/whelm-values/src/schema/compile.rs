//! Schemas made ready: keywords read, references resolved.

use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;

use go_regexp::Regexp;
use go_value::strconv::quote;
use go_value::{Map, Value};

use super::documents::{Dialect, Documents, Location, lookup_at, split_fragment};
use super::draft::Draft;
use super::number::Decimal;
use super::types::{Type, Types};
use super::url::{encode, escape, push};

/// The number of a schema among the compiled ones.
pub(super) type Id = usize;

/// The schemas that can be reached from the first one.
#[derive(Debug, Default)]
pub(super) struct Compiled {
    pub(super) schemas: Vec<Schema>,
}

/// One schema.
#[derive(Debug, Default)]
pub(super) struct Schema {
    pub(super) location: Option<Location>,
    pub(super) draft: Option<Draft>,
    /// The schema with a URL of its own that this one is in.
    pub(super) resource: Id,
    pub(super) dynamic_anchors: BTreeMap<String, Id>,
    pub(super) always: Option<bool>,
    pub(super) reference: Option<Id>,
    pub(super) recursive_reference: Option<Id>,
    pub(super) recursive_anchor: bool,
    pub(super) dynamic_reference: Option<(Id, String)>,
    pub(super) dynamic_anchor: String,
    pub(super) types: Types,
    pub(super) enumeration: Option<(Types, Vec<Value>)>,
    pub(super) constant: Option<Value>,
    pub(super) format: Option<String>,
    pub(super) all_of: Vec<Id>,
    pub(super) any_of: Vec<Id>,
    pub(super) one_of: Vec<Id>,
    pub(super) not: Option<Id>,
    pub(super) condition: Option<Id>,
    pub(super) then: Option<Id>,
    pub(super) otherwise: Option<Id>,
    pub(super) object: ObjectRules,
    pub(super) array: ArrayRules,
    pub(super) min_length: Option<usize>,
    pub(super) max_length: Option<usize>,
    pub(super) pattern: Option<(String, Rc<Regexp>)>,
    pub(super) bounds: Vec<(Bound, Decimal)>,
    pub(super) all_properties_evaluated: bool,
    pub(super) all_items_evaluated: bool,
    pub(super) items_evaluated: usize,
}

impl Schema {
    /// Where the schema is, as a URL.
    pub(super) fn url(&self) -> String {
        self.location.as_ref().map(Location::text).unwrap_or_default()
    }
}

#[derive(Debug, Default)]
pub(super) struct ObjectRules {
    pub(super) min_properties: Option<usize>,
    pub(super) max_properties: Option<usize>,
    pub(super) required: Vec<String>,
    pub(super) properties: BTreeMap<String, Id>,
    pub(super) pattern_properties: Vec<(Rc<Regexp>, Id)>,
    pub(super) additional: Option<Additional>,
    pub(super) property_names: Option<Id>,
    pub(super) dependencies: BTreeMap<String, Dependency>,
    pub(super) dependent_schemas: BTreeMap<String, Id>,
    pub(super) dependent_required: BTreeMap<String, Vec<String>>,
    pub(super) unevaluated: Option<Id>,
}

#[derive(Debug, Default)]
pub(super) struct ArrayRules {
    pub(super) min_items: Option<usize>,
    pub(super) max_items: Option<usize>,
    pub(super) unique: bool,
    /// What the first items have to be, one by one.
    pub(super) prefix: Vec<Id>,
    /// What all other items have to be.
    pub(super) rest: Option<Additional>,
    pub(super) contains: Option<Id>,
    pub(super) min_contains: Option<usize>,
    pub(super) max_contains: Option<usize>,
    pub(super) unevaluated: Option<Id>,
}

/// What may follow what is known.
#[derive(Clone, Copy, Debug)]
pub(super) enum Additional {
    Bool(bool),
    Schema(Id),
}

#[derive(Debug)]
pub(super) enum Dependency {
    Properties(Vec<String>),
    Schema(Id),
}

/// A rule about a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Bound {
    Minimum,
    Maximum,
    ExclusiveMinimum,
    ExclusiveMaximum,
    MultipleOf,
}

/// Compiles all schemas that can be reached from a place.
pub(super) struct Compiler<'run, 'docs> {
    pub(super) documents: &'run mut Documents<'docs>,
    /// Formats are rules, not notes, whatever the draft says.
    pub(super) assert_format: bool,
    queue: Vec<Location>,
    ids: HashMap<Location, Id>,
}

impl<'run, 'docs> Compiler<'run, 'docs> {
    pub(super) fn new(documents: &'run mut Documents<'docs>, assert_format: bool) -> Self {
        Compiler {
            documents,
            assert_format,
            queue: Vec::new(),
            ids: HashMap::new(),
        }
    }

    /// Compiles; the schema at `location` is the first one. `check` is called with the documents before each schema.
    pub(super) fn compile(
        mut self,
        location: Location,
        check: &mut dyn FnMut(&mut Documents<'docs>) -> Result<(), String>,
    ) -> Result<Compiled, String> {
        let mut compiled = Compiled::default();
        self.enqueue(location);
        while let Some(location) = self.queue.get(compiled.schemas.len()).cloned() {
            self.documents.ensure_subschema(&location)?;
            check(self.documents)?;
            let Some(document) = self.documents.get(&location.url) else {
                return Err("schema is gone".to_owned());
            };
            let document = document.value.clone();
            let value = lookup_at(&document, &location)?;
            compiled.schemas.push(self.schema(value, &location)?);
        }
        Ok(compiled)
    }

    fn enqueue(&mut self, location: Location) -> Id {
        if let Some(id) = self.ids.get(&location) {
            return *id;
        }
        self.ids.insert(location.clone(), self.queue.len());
        self.queue.push(location);
        self.queue.len() - 1
    }

    fn schema(&mut self, value: &Value, location: &Location) -> Result<Schema, String> {
        let Some(document) = self.documents.get(&location.url) else {
            return Err("schema is gone".to_owned());
        };
        let resource = document.resource(&location.pointer).clone();
        let dialect = resource.dialect.clone();
        let mut schema = Schema {
            location: Some(location.clone()),
            draft: Some(dialect.draft),
            ..Schema::default()
        };
        let base = Location {
            url: location.url.clone(),
            pointer: resource.pointer.clone(),
        };
        let is_resource = base == *location;
        schema.resource = self.enqueue(base);
        if dialect.draft >= Draft::V2020 && is_resource {
            for (name, pointer) in &resource.anchors {
                if resource.dynamic_anchors.contains(name) {
                    let id = self.enqueue(Location {
                        url: location.url.clone(),
                        pointer: pointer.clone(),
                    });
                    schema.dynamic_anchors.insert(name.clone(), id);
                }
            }
        }
        match value {
            Value::Bool(value) => schema.always = Some(*value),
            Value::Map(keywords) if keywords.is_empty() => schema.always = Some(true),
            Value::Map(keywords) => {
                Keywords {
                    compiler: self,
                    keywords,
                    location,
                    dialect,
                }
                .read(&mut schema)?;
            }
            _ => {}
        }
        schema.all_properties_evaluated = schema.object.additional.is_some();
        schema.all_items_evaluated = schema.array.rest.is_some();
        schema.items_evaluated = schema.array.prefix.len();
        Ok(schema)
    }
}

/// The keywords of one schema.
struct Keywords<'k, 'run, 'docs> {
    compiler: &'k mut Compiler<'run, 'docs>,
    keywords: &'k Map,
    location: &'k Location,
    dialect: Dialect,
}

impl Keywords<'_, '_, '_> {
    fn read(&mut self, schema: &mut Schema) -> Result<(), String> {
        let draft = self.dialect.draft;
        schema.reference = self.reference("$ref")?;
        if draft < Draft::V2019 && schema.reference.is_some() {
            // Nothing beside a reference counts in the old drafts. Helm's library looks at what draft 6 added all the same.
            if draft >= Draft::V6 {
                schema.constant = self.get("const").cloned();
                self.child("contains");
                self.child("propertyNames");
            }
            return Ok(());
        }
        if self.dialect.has_vocabulary("applicator") {
            self.applicators(schema)?;
        }
        if self.dialect.has_vocabulary("validation") {
            self.validations(schema)?;
        }
        self.format(schema);
        if draft >= Draft::V2019 {
            self.since_2019(schema)?;
        }
        if draft >= Draft::V2020 {
            self.since_2020(schema)?;
        }
        Ok(())
    }

    fn applicators(&mut self, schema: &mut Schema) -> Result<(), String> {
        let draft = self.dialect.draft;
        schema.all_of = self.list("allOf");
        schema.any_of = self.list("anyOf");
        schema.one_of = self.list("oneOf");
        schema.not = self.child("not");
        schema.object.properties = self.entries("properties");
        for (pattern, id) in self.entries("patternProperties") {
            let regexp = self.regexp("patternProperties", &pattern)?;
            schema.object.pattern_properties.push((regexp, id));
        }
        schema.object.additional = self.additional("additionalProperties");
        self.dependencies(schema);
        if draft < Draft::V2020 {
            if let Some(Value::List(_)) = self.get("items") {
                schema.array.prefix = self.list("items");
                schema.array.rest = self.additional("additionalItems");
            } else {
                schema.array.rest = self.child("items").map(Additional::Schema);
            }
        }
        if draft >= Draft::V6 {
            schema.array.contains = self.child("contains");
            schema.object.property_names = self.child("propertyNames");
        }
        if draft >= Draft::V7 {
            schema.condition = self.child("if");
            if schema.condition.is_some() {
                let fixed = self.get("if").and_then(Value::as_bool);
                schema.then = if fixed == Some(false) { None } else { self.child("then") };
                schema.otherwise = if fixed == Some(true) { None } else { self.child("else") };
            }
        }
        Ok(())
    }

    fn dependencies(&mut self, schema: &mut Schema) {
        let Some(Value::Map(entries)) = self.get("dependencies") else {
            return;
        };
        let entries = entries.clone();
        for (name, value) in &entries {
            let name = name.to_string_lossy().into_owned();
            let dependency = match value {
                Value::List(items) => Dependency::Properties(strings(items)),
                _ => {
                    let pointer = push(&push(&self.location.pointer, "dependencies"), &name);
                    Dependency::Schema(self.at(pointer))
                }
            };
            schema.object.dependencies.insert(name, dependency);
        }
    }

    fn validations(&mut self, schema: &mut Schema) -> Result<(), String> {
        schema.types = self.get("type").map(Types::from_keyword).unwrap_or_default();
        if let Some(Value::List(items)) = self.get("enum") {
            let mut types = Types::default();
            items.iter().for_each(|item| types.add(Type::of(item)));
            schema.enumeration = Some((types, items.clone()));
        }
        if self.dialect.draft >= Draft::V6 {
            schema.constant = self.get("const").cloned();
        }
        for (keyword, exclusive, plain, strict) in [
            ("minimum", "exclusiveMinimum", Bound::Minimum, Bound::ExclusiveMinimum),
            ("maximum", "exclusiveMaximum", Bound::Maximum, Bound::ExclusiveMaximum),
        ] {
            // In draft 4 the exclusive one is a switch.
            let is_switch = self.get(exclusive).and_then(Value::as_bool) == Some(true);
            let bound = if is_switch { strict } else { plain };
            schema.bounds.extend(self.number(keyword).map(|limit| (bound, limit)));
            if !is_switch {
                schema
                    .bounds
                    .extend(self.number(exclusive).map(|limit| (strict, limit)));
            }
        }
        schema.bounds.sort_by_key(|(bound, _)| *bound as u8);
        schema
            .bounds
            .extend(self.number("multipleOf").map(|divisor| (Bound::MultipleOf, divisor)));
        schema.min_length = self.integer("minLength");
        schema.max_length = self.integer("maxLength");
        if let Some(pattern) = self.text("pattern") {
            let regexp = self.regexp("pattern", &pattern)?;
            schema.pattern = Some((pattern, regexp));
        }
        schema.array.min_items = self.integer("minItems");
        schema.array.max_items = self.integer("maxItems");
        schema.array.unique = self.is_true("uniqueItems");
        schema.object.min_properties = self.integer("minProperties");
        schema.object.max_properties = self.integer("maxProperties");
        if let Some(Value::List(items)) = self.get("required") {
            schema.object.required = strings(items);
        }
        Ok(())
    }

    fn format(&mut self, schema: &mut Schema) {
        let asserted = self.compiler.assert_format
            || match self.dialect.draft {
                Draft::V2020 => self.dialect.has_vocabulary("format-assertion"),
                Draft::V2019 => self.dialect.has_vocabulary("format"),
                _ => true,
            };
        if asserted {
            schema.format = self.text("format");
        }
    }

    fn since_2019(&mut self, schema: &mut Schema) -> Result<(), String> {
        schema.recursive_reference = self.reference("$recursiveRef")?;
        schema.recursive_anchor = self.is_true("$recursiveAnchor");
        if self.dialect.has_vocabulary("validation") {
            if schema.array.contains.is_some() {
                schema.array.min_contains = self.integer("minContains");
                schema.array.max_contains = self.integer("maxContains");
            }
            if let Some(Value::Map(entries)) = self.get("dependentRequired") {
                let entries = entries
                    .iter()
                    .filter_map(|(name, value)| Some((name, value.as_list()?)));
                schema.object.dependent_required = entries
                    .map(|(name, items)| (name.to_string_lossy().into_owned(), strings(items)))
                    .collect();
            }
        }
        if self.dialect.has_vocabulary("applicator") {
            schema.object.dependent_schemas = self.entries("dependentSchemas");
        }
        let vocabulary = if self.dialect.draft == Draft::V2019 {
            "applicator"
        } else {
            "unevaluated"
        };
        if self.dialect.has_vocabulary(vocabulary) {
            schema.array.unevaluated = self.child("unevaluatedItems");
            schema.object.unevaluated = self.child("unevaluatedProperties");
        }
        Ok(())
    }

    fn since_2020(&mut self, schema: &mut Schema) -> Result<(), String> {
        if let Some(id) = self.reference("$dynamicRef")? {
            let reference = self.text("$dynamicRef").unwrap_or_default();
            let (_, fragment) = split_fragment(&reference)?;
            let anchor = if fragment.starts_with('/') {
                String::new()
            } else {
                fragment
            };
            schema.dynamic_reference = Some((id, anchor));
        }
        schema.dynamic_anchor = self.text("$dynamicAnchor").unwrap_or_default();
        if self.dialect.has_vocabulary("applicator") {
            schema.array.prefix = self.list("prefixItems");
            schema.array.rest = self.child("items").map(Additional::Schema);
        }
        Ok(())
    }

    fn get(&self, keyword: &str) -> Option<&Value> {
        self.keywords.get(keyword.as_bytes())
    }

    fn text(&self, keyword: &str) -> Option<String> {
        Some(self.get(keyword)?.as_string()?.to_string_lossy().into_owned())
    }

    fn is_true(&self, keyword: &str) -> bool {
        self.get(keyword).and_then(Value::as_bool) == Some(true)
    }

    fn number(&self, keyword: &str) -> Option<Decimal> {
        Decimal::of(self.get(keyword)?)
    }

    fn integer(&self, keyword: &str) -> Option<usize> {
        let number = self.number(keyword).filter(|number| number.is_integer())?;
        Some(number.float() as usize)
    }

    fn regexp(&self, keyword: &str, pattern: &str) -> Result<Rc<Regexp>, String> {
        go_regexp::cached(pattern).map_err(|error| {
            let Location { url, pointer } = self.location;
            let place = format!("{url}#{}/{}", encode(pointer), encode(&escape(keyword)));
            format!(
                "invalid regex {} at {}: {error}",
                quote(pattern.as_bytes()),
                quote(place.as_bytes())
            )
        })
    }

    fn reference(&mut self, keyword: &str) -> Result<Option<Id>, String> {
        let Some(reference) = self.text(keyword) else {
            return Ok(None);
        };
        let target = self.compiler.documents.resolve_reference(self.location, &reference)?;
        Ok(Some(self.compiler.enqueue(target)))
    }

    fn at(&mut self, pointer: String) -> Id {
        let url = self.location.url.clone();
        self.compiler.enqueue(Location { url, pointer })
    }

    fn child(&mut self, keyword: &str) -> Option<Id> {
        self.get(keyword)?;
        let pointer = push(&self.location.pointer, keyword);
        Some(self.at(pointer))
    }

    fn additional(&mut self, keyword: &str) -> Option<Additional> {
        match self.get(keyword)? {
            Value::Bool(value) => Some(Additional::Bool(*value)),
            _ => self.child(keyword).map(Additional::Schema),
        }
    }

    fn list(&mut self, keyword: &str) -> Vec<Id> {
        let length = self.get(keyword).and_then(Value::as_list).map_or(0, <[Value]>::len);
        let outer = push(&self.location.pointer, keyword);
        (0..length)
            .map(|index| self.at(push(&outer, &index.to_string())))
            .collect()
    }

    fn entries(&mut self, keyword: &str) -> BTreeMap<String, Id> {
        let Some(Value::Map(entries)) = self.get(keyword) else {
            return BTreeMap::new();
        };
        let names: Vec<String> = entries.keys().map(|name| name.to_string_lossy().into_owned()).collect();
        let outer = push(&self.location.pointer, keyword);
        names
            .into_iter()
            .map(|name| (name.clone(), self.at(push(&outer, &name))))
            .collect()
    }
}

fn strings(items: &[Value]) -> Vec<String> {
    items
        .iter()
        .filter_map(Value::as_string)
        .map(|text| text.to_string_lossy().into_owned())
        .collect()
}
