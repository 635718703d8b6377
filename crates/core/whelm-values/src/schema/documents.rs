//! The documents that schemas come from, and the resources and anchors in them.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::rc::Rc;

use go_value::json::Numbers;
use go_value::strconv::quote;
use go_value::{Map, Value};

use super::draft::{Draft, metaschema};
use super::url::{LookupError, decode, encode, join, lookup, scheme, split};
use super::{SchemaLoader, read_json};
use whelm_chart::Log;

/// The JSON reader's depth is more than is good for walking.
const MAX_DEPTH: usize = 500;

/// Where a schema is: the URL of its document and a pointer into it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Location {
    pub(super) url: Rc<str>,
    pub(super) pointer: String,
}

impl Location {
    pub(super) fn text(&self) -> String {
        format!("{}#{}", self.url, encode(&self.pointer))
    }

    fn quoted(&self) -> String {
        quote(self.text().as_bytes())
    }
}

/// A document with what was found in it.
#[derive(Clone, Debug)]
pub(super) struct Document {
    pub(super) value: Rc<Value>,
    url: Rc<str>,
    resources: BTreeMap<String, Rc<Resource>>,
    processed: HashSet<String>,
}

/// A schema with a URL of its own.
#[derive(Clone, Debug)]
pub(super) struct Resource {
    pub(super) pointer: String,
    pub(super) url: String,
    pub(super) dialect: Dialect,
    /// Anchors and their pointers.
    pub(super) anchors: BTreeMap<String, String>,
    pub(super) dynamic_anchors: BTreeSet<String>,
}

/// A draft and the vocabularies of it that are in force.
#[derive(Clone, Debug)]
pub(super) struct Dialect {
    pub(super) draft: Draft,
    vocabularies: Option<Rc<Vec<String>>>,
}

impl Dialect {
    pub(super) fn has_vocabulary(&self, name: &str) -> bool {
        if name == "core" || self.draft < Draft::V2019 {
            return true;
        }
        match &self.vocabularies {
            Some(names) => names.iter().any(|one| one == name),
            None => self.draft.default_vocabularies().contains(&name),
        }
    }
}

impl Document {
    /// Returns the resource that a pointer is in.
    pub(super) fn resource(&self, pointer: &str) -> &Rc<Resource> {
        // Most documents are one resource.
        let mut pointer = if self.resources.len() == 1 { "" } else { pointer };
        loop {
            if let Some(resource) = self.resources.get(pointer) {
                return resource;
            }
            pointer = pointer.rsplit_once('/').map_or("", |(outer, _)| outer);
        }
    }

    /// Resolves a fragment within a resource.
    fn resolve(&self, fragment: &str, resource: &Resource) -> Result<Location, String> {
        let pointer = if fragment.is_empty() || fragment.starts_with('/') {
            format!("{}{fragment}", resource.pointer)
        } else {
            resource.anchors.get(fragment).cloned().ok_or_else(|| {
                let reference = format!("{}#{}", resource.url, encode(fragment));
                let (reference, url) = (quote(reference.as_bytes()), quote(self.url.as_bytes()));
                format!("anchor in {reference} not found in schema {url}")
            })?
        };
        Ok(Location {
            url: self.url.clone(),
            pointer,
        })
    }
}

/// All documents that were needed so far.
pub(super) struct Documents<'run> {
    documents: BTreeMap<String, Document>,
    given: BTreeMap<String, Rc<Value>>,
    loader: &'run mut dyn SchemaLoader,
    pub(super) log: &'run mut Log,
    /// Documents that still have to be checked against their metaschema, with the place in them.
    pub(super) unchecked: Vec<(Location, Draft)>,
}

impl<'run> Documents<'run> {
    pub(super) fn new(loader: &'run mut dyn SchemaLoader, log: &'run mut Log) -> Self {
        Documents {
            documents: BTreeMap::new(),
            given: BTreeMap::new(),
            loader,
            log,
            unchecked: Vec::new(),
        }
    }

    /// Gives the document of a URL beforehand.
    pub(super) fn give(&mut self, url: &str, value: Value) {
        self.given.insert(url.to_owned(), Rc::new(value));
    }

    /// Returns a document that was opened before.
    pub(super) fn get(&self, url: &str) -> Option<&Document> {
        self.documents.get(url)
    }

    /// Loads a document, unless it is there, and finds its resources.
    pub(super) fn open(&mut self, url: &str) -> Result<(), String> {
        if self.documents.contains_key(url) {
            return Ok(());
        }
        let value = self.load(url)?;
        if too_deep(&value, MAX_DEPTH) {
            return Err("exceeded max depth".to_owned());
        }
        let mut document = Document {
            value: value.clone(),
            url: url.into(),
            resources: BTreeMap::new(),
            processed: HashSet::new(),
        };
        let dialect = Dialect {
            draft: Draft::V2020,
            vocabularies: None,
        };
        self.collect(&mut document, &value, url, "", &dialect)?;
        if metaschema(url).is_none() {
            let draft = document.resource("").dialect.draft;
            self.unchecked.push((
                Location {
                    url: url.into(),
                    pointer: String::new(),
                },
                draft,
            ));
        }
        self.documents.insert(url.to_owned(), document);
        Ok(())
    }

    fn load(&mut self, url: &str) -> Result<Rc<Value>, String> {
        if let Some(value) = self.given.get(url) {
            return Ok(value.clone());
        }
        let loaded = match metaschema(url) {
            Some(text) => go_value::json::parse(text.as_bytes(), Numbers::Int).map_err(|error| error.to_string()),
            None => self
                .fetch(url)
                .map_err(|error| format!("failing loading {}: {error}", quote(url.as_bytes()))),
        };
        let value = Rc::new(loaded?);
        self.given.insert(url.to_owned(), value.clone());
        Ok(value)
    }

    fn fetch(&mut self, url: &str) -> Result<Value, String> {
        match scheme(url).map(str::to_ascii_lowercase).as_deref() {
            Some("urn") => {
                let message = "unresolved URN reference ignored; using permissive schema";
                self.log.warn(message, vec![("urn", url.to_owned())]);
                Ok(Value::Bool(true))
            }
            Some("file" | "http" | "https") => read_json(&self.loader.load(url)?),
            _ => Err(format!("no URLLoader registered for {}", quote(url.as_bytes()))),
        }
    }

    /// Resolves a URL with a fragment in any document.
    pub(super) fn resolve(&mut self, url: &str, fragment: &str) -> Result<Location, String> {
        self.open(url)?;
        match self.documents.get(url) {
            Some(document) => document.resolve(fragment, document.resource("")),
            None => Err(format!("failing loading {}", quote(url.as_bytes()))),
        }
    }

    /// Resolves a `$ref` of the schema at `from`.
    pub(super) fn resolve_reference(&mut self, from: &Location, reference: &str) -> Result<Location, String> {
        let (url, fragment) = split_fragment(reference)?;
        let Some(document) = self.documents.get(&*from.url) else {
            return self.resolve(&url, &fragment);
        };
        let url = join(&document.resource(&from.pointer).url, &url);
        let resource = if *url == *document.url {
            Some(document.resource(""))
        } else {
            document.resources.values().find(|resource| resource.url == url)
        };
        match resource {
            Some(resource) => document.resolve(&fragment, resource),
            None => self.resolve(&url, &fragment),
        }
    }

    /// Makes sure that a place is known as a schema; references may lead to places that no keyword makes one.
    pub(super) fn ensure_subschema(&mut self, location: &Location) -> Result<(), String> {
        self.open(&location.url)?;
        let Some(document) = self.documents.get(&*location.url) else {
            return Ok(());
        };
        if document.processed.contains(&location.pointer) {
            return Ok(());
        }
        let mut document = document.clone();
        let value = document.value.clone();
        let schema = lookup_at(&value, location)?;
        let (url, dialect) = {
            let resource = document.resource(&location.pointer);
            (resource.url.clone(), resource.dialect.clone())
        };
        self.collect(&mut document, schema, &url, &location.pointer, &dialect)?;
        let draft = document.resource(&location.pointer).dialect.draft;
        self.unchecked.push((location.clone(), draft));
        self.documents.insert(location.url.to_string(), document);
        Ok(())
    }

    fn collect(
        &mut self,
        document: &mut Document,
        schema: &Value,
        base: &str,
        pointer: &str,
        fallback: &Dialect,
    ) -> Result<(), String> {
        if !document.processed.insert(pointer.to_owned()) {
            return Ok(());
        }
        let Value::Map(schema) = schema else {
            if pointer.is_empty() {
                document
                    .resources
                    .insert(String::new(), Rc::new(Resource::new("", base, fallback.clone())));
            }
            return Ok(());
        };
        let mut draft = self.draft_of(&document.url, pointer, schema, fallback.draft, &mut BTreeSet::new())?;
        let mut names_schema = schema
            .get(&b"$schema"[..])
            .is_some_and(|value| value.as_string().is_some());
        if !pointer.is_empty() && draft.id(schema).is_empty() {
            draft = fallback.draft;
            names_schema = false;
        }
        let id = draft.id(schema);
        let base = if id.is_empty() { base.to_owned() } else { join(base, id) };
        if !id.is_empty() || pointer.is_empty() {
            let dialect = if names_schema {
                self.dialect_of(schema, draft)?
            } else {
                fallback.clone()
            };
            add_resource(document, pointer, &base, dialect)?;
        }
        let Some(resource) = document.resources.values().find(|resource| resource.url == base) else {
            return Ok(());
        };
        let (place, dialect) = (resource.pointer.clone(), resource.dialect.clone());
        collect_anchors(document, &place, schema, pointer)?;
        for (pointer, value) in draft.subschemas(schema, pointer) {
            self.collect(document, value, &base, &pointer, &dialect)?;
        }
        Ok(())
    }

    fn draft_of(
        &mut self,
        url: &str,
        pointer: &str,
        schema: &Map,
        fallback: Draft,
        seen: &mut BTreeSet<String>,
    ) -> Result<Draft, String> {
        let Some(named) = schema.get(&b"$schema"[..]).and_then(Value::as_str) else {
            return Ok(fallback);
        };
        if let Some(draft) = Draft::from_url(named) {
            return Ok(draft);
        }
        let named = split(named).0;
        let quoted = quote(named.as_bytes());
        if pointer.is_empty() && named == url {
            return Err(format!("draft {quoted} is not supported"));
        }
        if !seen.insert(named.to_owned()) {
            return Err(format!("cycle in resolving $schema in {quoted}"));
        }
        let document = self.load(named)?;
        match &*document {
            Value::Map(schema) => self.draft_of(named, "", schema, fallback, seen),
            _ => Ok(fallback),
        }
    }

    fn dialect_of(&mut self, schema: &Map, draft: Draft) -> Result<Dialect, String> {
        let named = schema.get(&b"$schema"[..]).and_then(Value::as_str).unwrap_or_default();
        if Draft::from_url(named).is_some() || draft < Draft::V2019 {
            return Ok(Dialect {
                draft,
                vocabularies: None,
            });
        }
        let url = split(named).0.to_owned();
        let document = self.load(&url)?;
        let listed = document.get("$vocabulary").and_then(Value::as_map);
        let vocabularies = listed.map(|listed| vocabularies(&url, listed, draft)).transpose()?;
        Ok(Dialect {
            draft,
            vocabularies: vocabularies.map(Rc::new),
        })
    }
}

impl Resource {
    fn new(pointer: &str, url: &str, dialect: Dialect) -> Self {
        Resource {
            pointer: pointer.to_owned(),
            url: url.to_owned(),
            dialect,
            anchors: BTreeMap::new(),
            dynamic_anchors: BTreeSet::new(),
        }
    }
}

fn vocabularies(url: &str, listed: &Map, draft: Draft) -> Result<Vec<String>, String> {
    let mut names = vec!["core".to_owned()];
    for (vocabulary, required) in listed {
        if required.as_bool() != Some(true) {
            continue;
        }
        let text = vocabulary.to_string_lossy();
        let prefix = format!("{}vocab/", draft.url().trim_end_matches("schema"));
        match text
            .strip_prefix(&prefix)
            .filter(|name| draft.vocabularies().contains(name))
        {
            Some(name) => names.push(name.to_owned()),
            None => {
                let (vocabulary, url) = (quote(vocabulary), quote(url.as_bytes()));
                return Err(format!("unsupported vocabulary {vocabulary} in {url}"));
            }
        }
    }
    Ok(names)
}

fn add_resource(document: &mut Document, pointer: &str, url: &str, dialect: Dialect) -> Result<(), String> {
    if let Some(other) = document.resources.values().find(|resource| resource.url == url) {
        if other.pointer != pointer {
            let quoted = [url, &document.url, pointer, &other.pointer].map(|text| quote(text.as_bytes()));
            let [id, url, first, second] = quoted;
            return Err(format!("duplicate id {id} in {url} at {first} and {second}"));
        }
        return Ok(());
    }
    document
        .resources
        .insert(pointer.to_owned(), Rc::new(Resource::new(pointer, url, dialect)));
    Ok(())
}

fn collect_anchors(document: &mut Document, place: &str, schema: &Map, pointer: &str) -> Result<(), String> {
    let url = document.url.clone();
    let Some(resource) = document.resources.get_mut(place).map(Rc::make_mut) else {
        return Ok(());
    };
    let text = |key: &str| schema.get(key.as_bytes()).and_then(Value::as_str);
    let draft = resource.dialect.draft;
    let mut names: Vec<String> = Vec::new();
    if draft < Draft::V2019 {
        if schema.contains_key(&b"$ref"[..]) {
            return Ok(());
        }
        let fragment = text(draft.id_keyword()).map_or("", |id| split(id).1);
        let location = Location {
            url: url.clone(),
            pointer: pointer.to_owned(),
        };
        let fragment = decode(fragment).ok_or_else(|| format!("error in parsing anchor at {}", location.quoted()))?;
        if !fragment.is_empty() && !fragment.starts_with('/') {
            names.push(fragment);
        }
    } else {
        names.extend(text("$anchor").map(str::to_owned));
    }
    if let Some(name) = text("$dynamicAnchor").filter(|_| draft >= Draft::V2020) {
        names.push(name.to_owned());
        resource.dynamic_anchors.insert(name.to_owned());
    }
    for name in names {
        let known = resource
            .anchors
            .entry(name.clone())
            .or_insert_with(|| pointer.to_owned());
        if known != pointer {
            let [name, url, first, second] = [name.as_str(), &url, known, pointer].map(|text| quote(text.as_bytes()));
            return Err(format!("duplicate anchor {name} in {url} at {first} and {second}"));
        }
    }
    Ok(())
}

/// Cuts a reference at its fragment and decodes that.
pub(super) fn split_fragment(reference: &str) -> Result<(String, String), String> {
    let (url, fragment) = split(reference);
    let fragment = decode(fragment)
        .ok_or_else(|| format!("error in parsing {}: invalid URL escape", quote(reference.as_bytes())))?;
    Ok((url.to_owned(), fragment))
}

/// Finds the schema at a location.
pub(super) fn lookup_at<'a>(document: &'a Value, location: &Location) -> Result<&'a Value, String> {
    lookup(document, &location.pointer).map_err(|error| match error {
        LookupError::Invalid => format!("invalid json-pointer {}", location.quoted()),
        LookupError::NotFound => format!("json-pointer in {} not found", location.quoted()),
    })
}

fn too_deep(value: &Value, left: usize) -> bool {
    match value {
        Value::List(items) => left == 0 || items.iter().any(|item| too_deep(item, left - 1)),
        Value::Map(entries) => left == 0 || entries.values().any(|item| too_deep(item, left - 1)),
        _ => false,
    }
}
