//! The form in which a client wants its answer: the object itself, its metadata, or a table, as JSON or YAML.
//!
//! Source: `k8s.io/apiserver` v0.36.3, `pkg/endpoints/handlers/{response.go,negotiation/negotiate.go}`.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::core::{Answer, Core};
use crate::kinds::Kind;
use crate::read::{at_version, shown};
use crate::request::Ask;
use crate::status::{FieldFault, Refusal};
use crate::table::table;
use crate::text::write_object;

/// The types that answers can have, in the order in which the server prefers them.
const TYPES: [&str; 3] = [
    "application/json",
    "application/yaml",
    "application/vnd.kubernetes.protobuf",
];

/// What is shown of objects.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shape {
    Whole,
    Metadata,
    MetadataList,
    Table,
}

/// What the rows of a table have beside their cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Include {
    Nothing,
    Metadata,
    Object,
}

/// The form in which objects are sent.
#[derive(Debug, Clone)]
pub(crate) struct Form {
    shape: Shape,
    /// The version of the tables and metadata that the client asks for.
    api_version: String,
    yaml: bool,
    /// What was asked for as `includeObject`.
    include: String,
}

/// One type that a client accepts.
struct Clause<'a> {
    media_type: &'a str,
    parameters: Vec<(&'a str, &'a str)>,
    quality: f64,
}

impl<'a> Clause<'a> {
    fn read(text: &'a str) -> Option<Self> {
        let mut parts = text.split(';').map(str::trim);
        let media_type = match parts.next()? {
            "*" => "*/*",
            media_type => media_type,
        };
        let all: Vec<(&str, &str)> = parts.filter_map(|part| part.split_once('=')).collect();
        let quality = all.iter().find(|(name, _)| *name == "q");
        Some(Clause {
            media_type,
            quality: quality
                .map_or(Some(1.0), |(_, value)| value.parse().ok())
                .unwrap_or(1.0),
            parameters: all.into_iter().filter(|(name, _)| *name != "q").collect(),
        })
    }

    fn parameter(&self, name: &str) -> &'a str {
        let found = self.parameters.iter().find(|(own, _)| *own == name);
        found.map_or("", |(_, value)| value)
    }

    fn fits(&self, media_type: &str) -> bool {
        let group = self.media_type.strip_suffix("/*");
        self.media_type == media_type
            || self.media_type == "*/*"
            || group.is_some_and(|group| media_type.split('/').next() == Some(group))
    }

    /// Returns the form that one type of answer has for this clause, if there is one.
    fn form(&self, media_type: &str, include: &str) -> Option<Form> {
        if !matches!(self.parameter("stream"), "" | "watch") {
            return None;
        }
        let protobuf = media_type.ends_with("protobuf");
        let asks = ["as", "g", "v"].iter().any(|name| !self.parameter(name).is_empty());
        let api_version = format!("{}/{}", self.parameter("g"), self.parameter("v"));
        let known = matches!(api_version.as_str(), "meta.k8s.io/v1" | "meta.k8s.io/v1beta1");
        let shape = match self.parameter("as") {
            _ if !asks => Shape::Whole,
            "Table" if known && !protobuf => Shape::Table,
            "PartialObjectMetadata" if known => Shape::Metadata,
            "PartialObjectMetadataList" if known => Shape::MetadataList,
            _ => return None,
        };
        Some(Form {
            shape,
            api_version,
            yaml: media_type == "application/yaml",
            include: include.to_owned(),
        })
    }
}

impl Form {
    /// Refuses a request whose client accepts nothing that a path of a built-in kind has.
    ///
    /// # Errors
    /// That is so.
    pub fn check_route(ask: &Ask, is_list: bool) -> Result<(), Refusal> {
        let accept = if ask.accept.is_empty() { "*/*" } else { &ask.accept };
        let mut given = accept
            .split(',')
            .map(|clause| clause.split(';').next().unwrap_or_default().trim());
        if given.any(|own| own == "*/*" || TYPES.contains(&own)) {
            return Ok(());
        }
        let mut types = TYPES.join(", ");
        if is_list {
            types += ", application/json;stream=watch, application/vnd.kubernetes.protobuf;stream=watch";
        }
        Err(Refusal::no_representation(&types))
    }

    /// Finds the first form that the client accepts and the server has.
    ///
    /// # Errors
    /// There is none.
    pub fn of(ask: &Ask) -> Result<Self, Refusal> {
        let accept = if ask.accept.is_empty() { "*/*" } else { &ask.accept };
        let include = ask.query.get("includeObject");
        let mut clauses: Vec<Clause<'_>> = accept.split(',').filter_map(Clause::read).collect();
        clauses.sort_by(|left, right| right.quality.total_cmp(&left.quality));
        let found = clauses.iter().find_map(|clause| {
            let mut types = TYPES.iter().filter(|media_type| clause.fits(media_type));
            types.find_map(|media_type| clause.form(media_type, include))
        });
        found.ok_or_else(|| {
            let types = TYPES.join(", ");
            Refusal::not_acceptable(format!("only the following media types are accepted: {types}"))
        })
    }

    /// Answers with one object, with warnings beside it.
    pub fn answer(&self, core: &Core, kind: &Kind, code: u16, object: Value, warnings: Vec<String>) -> Answer {
        match self.object(core, kind, object) {
            Ok(shown) => self.written(code, &shown, warnings),
            Err(refusal) => Answer::refuse_with(&refusal, warnings),
        }
    }

    /// Answers with one object as it is held.
    pub fn answer_held(&self, core: &Core, kind: &Kind, code: u16, object: &Value, warnings: Vec<String>) -> Answer {
        if !self.is_plain() {
            return self.answer(core, kind, code, shown(core, kind, object), warnings);
        }
        let mut text = Vec::new();
        write_object(&at_version(core, kind, object), &[], &mut text);
        plain(code, text, warnings)
    }

    /// Answers with a list of objects as they are held.
    pub fn answer_held_list(
        &self,
        core: &Core,
        kind: &Kind,
        mut metadata: Value,
        objects: &[&Arc<Value>],
    ) -> Result<Answer, Refusal> {
        if !self.is_plain() {
            let shown = objects.iter().map(|object| shown(core, kind, object));
            return self.answer_list(core, kind, metadata, shown.collect());
        }
        if kind.custom {
            crate::object::set_default(&mut metadata, &["continue"], "");
        }
        let list =
            json!({"apiVersion": kind.api_version(), "kind": format!("{}List", kind.kind), "metadata": metadata});
        let mut text = list.to_string().into_bytes();
        text.pop();
        text.extend_from_slice(b",\"items\":[");
        // Items of lists of built-in kinds do not repeat their kind.
        let without: &[&str] = if kind.custom { &[] } else { &["apiVersion", "kind"] };
        for (index, object) in objects.iter().enumerate() {
            if index > 0 {
                text.push(b',');
            }
            write_object(&at_version(core, kind, object), without, &mut text);
        }
        text.extend_from_slice(b"]}");
        Ok(plain(200, text, Vec::new()))
    }

    /// Whether objects are written whole, as JSON.
    fn is_plain(&self) -> bool {
        self.shape == Shape::Whole && !self.yaml
    }

    /// Answers with a list.
    pub fn answer_list(
        &self,
        core: &Core,
        kind: &Kind,
        metadata: Value,
        objects: Vec<Value>,
    ) -> Result<Answer, Refusal> {
        let list = self.list(core, kind, metadata, objects)?;
        Ok(self.written(200, &list, Vec::new()))
    }

    /// Writes a value as the client can read it.
    pub fn written(&self, code: u16, value: &Value, warnings: Vec<String>) -> Answer {
        let mut answer = Answer::with_warnings(code, value, warnings);
        if let Answer::Full { content_type, body, .. } = &mut answer
            && self.yaml
        {
            *content_type = "application/yaml";
            *body = crate::yaml::from_json(value).into();
        }
        answer
    }

    /// Returns what is shown of one object.
    pub fn object(&self, core: &Core, kind: &Kind, object: Value) -> Result<Value, Refusal> {
        match self.shape {
            Shape::Whole => Ok(object),
            Shape::Metadata => Ok(self.metadata_only(&object)),
            Shape::MetadataList => {
                let found = go_type(kind, &kind.kind);
                Err(Refusal::not_acceptable(format!(
                    "you requested PartialObjectMetadataList, but the requested object is not a list ({found})"
                )))
            }
            Shape::Table => {
                let mut metadata = json!({});
                if let Some(version) = crate::object::at(&object, &["metadata", "resourceVersion"]) {
                    metadata["resourceVersion"] = version.clone();
                }
                self.table(core, kind, metadata, &[object])
            }
        }
    }

    /// Returns what an event of a watch shows of an object. Only the first table of a watch says what its columns are.
    pub fn event(&self, core: &Core, kind: &Kind, object: Value, is_first: bool) -> Value {
        if self.shape == Shape::Whole {
            return object;
        }
        let whole = object.clone();
        let mut shown = self.object(core, kind, object).unwrap_or(whole);
        if self.shape == Shape::Table && !is_first {
            shown["columnDefinitions"] = Value::Null;
        }
        shown
    }

    fn list(&self, core: &Core, kind: &Kind, metadata: Value, objects: Vec<Value>) -> Result<Value, Refusal> {
        match self.shape {
            Shape::Whole => {
                let mut metadata = metadata;
                // Lists of custom objects say that there are no more of them.
                if kind.custom {
                    crate::object::set_default(&mut metadata, &["continue"], "");
                }
                let items: Vec<Value> = objects.into_iter().map(|item| without_kind(kind, item)).collect();
                Ok(json!({
                    "kind": format!("{}List", kind.kind), "apiVersion": kind.api_version(), "metadata": metadata, "items": items,
                }))
            }
            Shape::Metadata => {
                let found = if kind.custom {
                    "*unstructured.UnstructuredList".to_owned()
                } else {
                    go_type(kind, &format!("{}List", kind.kind))
                };
                Err(Refusal::not_acceptable(format!(
                    "you requested PartialObjectMetadata, but the requested object is a list ({found})"
                )))
            }
            Shape::MetadataList => {
                let items: Vec<Value> = objects.iter().map(|object| self.metadata_only(object)).collect();
                // In this form, a list without items is null.
                let items = if items.is_empty() { Value::Null } else { items.into() };
                Ok(json!({
                    "kind": "PartialObjectMetadataList", "apiVersion": self.api_version, "metadata": metadata, "items": items,
                }))
            }
            Shape::Table => self.table(core, kind, metadata, &objects),
        }
    }

    fn table(&self, core: &Core, kind: &Kind, metadata: Value, objects: &[Value]) -> Result<Value, Refusal> {
        let include = match self.include.as_str() {
            "" | "Metadata" => Include::Metadata,
            "None" => Include::Nothing,
            "Object" => Include::Object,
            odd => {
                let detail = "must be 'Metadata', 'Object', 'None', or empty";
                let fault = FieldFault::invalid("includeObject", &json!(odd), detail);
                return Err(Refusal::bad_request(format!(
                    "Unable to convert to Table as requested: includeObject: {}",
                    fault.message
                )));
            }
        };
        let mut table = table(core, kind, objects, |object| match include {
            Include::Metadata => self.metadata_only(object),
            Include::Object => object.clone(),
            Include::Nothing => Value::Null,
        });
        table["metadata"] = metadata;
        table["apiVersion"] = self.api_version.clone().into();
        Ok(table)
    }

    fn metadata_only(&self, object: &Value) -> Value {
        let mut metadata = object.get("metadata").cloned().unwrap_or_else(|| json!({}));
        hide_annotations(object, &mut metadata);
        json!({"kind": "PartialObjectMetadata", "apiVersion": self.api_version, "metadata": metadata})
    }
}

/// Takes out the annotations that stand for fields which the real server's own type has.
fn hide_annotations(object: &Value, metadata: &mut Value) {
    let hidden: &[&str] = match crate::object::text(object, &["kind"]) {
        "DaemonSet" => &["deprecated.daemonset.template.generation"],
        "HorizontalPodAutoscaler" => &[
            "autoscaling.alpha.kubernetes.io/metrics",
            "autoscaling.alpha.kubernetes.io/current-metrics",
            "autoscaling.alpha.kubernetes.io/conditions",
        ],
        _ => return,
    };
    for name in hidden {
        crate::object::remove(metadata, &["annotations", name]);
    }
    let left = metadata.get("annotations").and_then(Value::as_object);
    if left.is_some_and(serde_json::Map::is_empty) {
        crate::object::remove(metadata, &["annotations"]);
    }
}

fn plain(code: u16, mut text: Vec<u8>, warnings: Vec<String>) -> Answer {
    text.push(b'\n');
    Answer::Full {
        code,
        content_type: "application/json",
        warnings,
        body: text.into(),
    }
}

/// Returns the name that the real server's own type has in Go.
fn go_type(kind: &Kind, name: &str) -> String {
    if kind.custom {
        return "*unstructured.Unstructured".into();
    }
    let package = match kind.group.as_str() {
        "" | "events.k8s.io" => "core",
        group => group.split('.').next().unwrap_or_default(),
    };
    format!("*{package}.{name}")
}

/// Items of lists of built-in kinds do not repeat their kind.
fn without_kind(kind: &Kind, mut item: Value) -> Value {
    if !kind.custom
        && let Value::Object(fields) = &mut item
    {
        fields.remove("kind");
        fields.remove("apiVersion");
    }
    item
}
