//! The structure of kinds as OpenAPI schemas.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};
use structured_merge::ListRelationship;

use super::gvk;
use crate::core::Core;
use crate::kinds::Kind;
use kube_schema::{BuiltInSchema, Shape, Struct, StructField};

const FIELDS: &str = "io.k8s.apimachinery.pkg.apis.meta.v1.FieldsV1";
const INT_OR_STRING: &str = "io.k8s.apimachinery.pkg.util.intstr.IntOrString";
const METADATA: &str = "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta";
const QUANTITY: &str = "io.k8s.apimachinery.pkg.api.resource.Quantity";
const RAW: &str = "io.k8s.apimachinery.pkg.runtime.RawExtension";
const MICRO_TIME: &str = "io.k8s.apimachinery.pkg.apis.meta.v1.MicroTime";
const TIME: &str = "io.k8s.apimachinery.pkg.apis.meta.v1.Time";

/// Lists that are written as null when they are empty are required, but for these.
const OPTIONAL: &[(&str, &str)] = &[
    ("AllocatedDeviceStatus", "conditions"),
    ("CSINodeDriver", "topologyKeys"),
    ("ClusterRole", "rules"),
    ("ContainerImage", "names"),
    ("CustomResourceDefinitionStatus", "conditions"),
    ("CustomResourceDefinitionStatus", "storedVersions"),
    ("DeviceClaim", "requests"),
    ("EndpointSlice", "endpoints"),
    ("EndpointSlice", "ports"),
    ("HorizontalPodAutoscalerStatus", "currentMetrics"),
    ("ProjectedVolumeSource", "sources"),
    ("ResourcePolicyRule", "namespaces"),
    ("Role", "rules"),
    ("TokenRequestSpec", "audiences"),
];

fn is_optional(structure: &Struct, field: &str) -> bool {
    OPTIONAL.contains(&(structure.name, field))
}

/// The two versions of OpenAPI that clients ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dialect {
    V2,
    V3,
}

/// Returns how one schema refers to another.
pub(super) fn reference(dialect: Dialect, name: &str) -> String {
    match dialect {
        Dialect::V2 => format!("#/definitions/{name}"),
        Dialect::V3 => format!("#/components/schemas/{name}"),
    }
}

/// Returns the name of a kind's schema.
pub(super) fn name_of(kind: &Kind) -> String {
    kind.structure().map_or_else(
        || {
            let mut group: Vec<&str> = kind.group.split('.').collect();
            group.reverse();
            format!("{}.{}.{}", group.join("."), kind.version, kind.kind)
        },
        |own| own.full_name.to_owned(),
    )
}

/// The schemas of a document, which grow with those that others refer to.
pub(super) struct Schemas {
    dialect: Dialect,
    schemas: Map<String, Value>,
    /// What is referred to and not there yet.
    wanted: BTreeSet<String>,
}

impl Schemas {
    pub fn new(dialect: Dialect) -> Self {
        Schemas {
            dialect,
            schemas: Map::new(),
            wanted: BTreeSet::new(),
        }
    }

    /// Adds the schema of a kind.
    pub fn add_kind(&mut self, core: &Core, kind: &Kind) {
        let name = name_of(kind);
        let definition = core.definitions.get(&kind.resource());
        let custom = definition.and_then(|definition| definition.open_api(&kind.version));
        let mut schema = match (BuiltInSchema::get().named(&name), custom) {
            (Some(structure), _) => self.structure(structure),
            (None, Some(custom)) => self.custom(custom),
            (None, None) => json!({"type": "object", "x-kubernetes-preserve-unknown-fields": true}),
        };
        // More than one kind may share a schema, as events of both groups do.
        let known = self
            .schemas
            .get(&name)
            .and_then(|known| known.get("x-kubernetes-group-version-kind"));
        let mut kinds = known.and_then(Value::as_array).cloned().unwrap_or_default();
        kinds.push(gvk(kind));
        crate::object::set(&mut schema, &["x-kubernetes-group-version-kind"], kinds);
        self.schemas.insert(name, schema);
    }

    /// Returns all schemas, with those that they refer to.
    pub fn finish(mut self) -> Map<String, Value> {
        while let Some(name) = self.wanted.pop_first() {
            if self.schemas.contains_key(&name) {
                continue;
            }
            let schema = match name.as_str() {
                INT_OR_STRING | QUANTITY => self.either(&name),
                FIELDS | RAW => json!({"type": "object"}),
                TIME | MICRO_TIME => json!({"format": "date-time", "type": "string"}),
                _ => match BuiltInSchema::get().named(&name) {
                    Some(structure) => self.structure(structure),
                    None => json!({"type": "object"}),
                },
            };
            self.schemas.insert(name, schema);
        }
        self.schemas
    }

    /// A custom schema says nothing of what all objects have.
    fn custom(&mut self, schema: &Value) -> Value {
        let mut schema = schema.clone();
        for field in ["apiVersion", "kind"] {
            crate::object::set(&mut schema, &["properties", field], json!({"type": "string"}));
        }
        let metadata = self.refer(METADATA);
        crate::object::set(&mut schema, &["properties", "metadata"], metadata);
        schema
    }

    fn structure(&mut self, structure: &Struct) -> Value {
        let mut schema = json!({"type": "object"});
        let required: Vec<&str> = structure
            .fields
            .iter()
            .filter(|(name, field)| field.required || (field.null_when_empty && !is_optional(structure, name)))
            .map(|(name, _)| *name)
            .collect();
        if !required.is_empty() {
            crate::object::set(&mut schema, &["required"], required);
        }
        let properties: Map<String, Value> = structure
            .fields
            .iter()
            .map(|(name, field)| {
                let schema = if *name == "fieldsV1" {
                    self.refer(FIELDS)
                } else {
                    self.field(field)
                };
                ((*name).to_owned(), schema)
            })
            .collect();
        if !properties.is_empty() {
            crate::object::set(&mut schema, &["properties"], properties);
        }
        schema
    }

    fn field(&mut self, field: &StructField) -> Value {
        let mut schema = self.shape(&field.shape);
        if let Some(default) = &field.default {
            crate::object::set(&mut schema, &["default"], default.clone());
        }
        if field.merges {
            crate::object::set(&mut schema, &["x-kubernetes-patch-strategy"], "merge");
        }
        if !field.merge_key.is_empty() {
            crate::object::set(&mut schema, &["x-kubernetes-patch-merge-key"], field.merge_key);
        }
        schema
    }

    fn shape(&mut self, shape: &Shape) -> Value {
        match shape {
            Shape::String => json!({"type": "string"}),
            Shape::Bytes => json!({"format": "byte", "type": "string"}),
            Shape::Int32 => json!({"format": "int32", "type": "integer"}),
            Shape::Int64 => json!({"format": "int64", "type": "integer"}),
            Shape::Double => json!({"format": "double", "type": "number"}),
            Shape::Bool => json!({"type": "boolean"}),
            Shape::Any => json!({"type": "object"}),
            Shape::Time => self.refer(TIME),
            Shape::MicroTime => self.refer(MICRO_TIME),
            Shape::Quantity => self.refer(QUANTITY),
            Shape::IntOrString => self.refer(INT_OR_STRING),
            Shape::Struct(number) => {
                let structure = BuiltInSchema::get().structure(*number);
                structure.map_or_else(|| json!({"type": "object"}), |own| self.refer(own.full_name))
            }
            Shape::List(element, relationship) => {
                let mut schema = json!({"type": "array", "items": self.shape(element)});
                let kind = match relationship {
                    ListRelationship::Atomic => "atomic",
                    ListRelationship::Set => "set",
                    ListRelationship::Map(keys) => {
                        crate::object::set(&mut schema, &["x-kubernetes-list-map-keys"], keys.clone());
                        "map"
                    }
                };
                crate::object::set(&mut schema, &["x-kubernetes-list-type"], kind);
                schema
            }
            Shape::Map { element, .. } if **element == Shape::Any => self.refer(RAW),
            Shape::Map { element, atomic } => {
                let mut schema = json!({"type": "object", "additionalProperties": self.shape(element)});
                if *atomic {
                    crate::object::set(&mut schema, &["x-kubernetes-map-type"], "atomic");
                }
                schema
            }
        }
    }

    /// Types that may be a text or a number. The second version of OpenAPI has no words for that.
    fn either(&self, name: &str) -> Value {
        match (self.dialect, name) {
            (Dialect::V3, QUANTITY) => json!({"oneOf": [{"type": "string"}, {"type": "number"}]}),
            (Dialect::V3, _) => json!({"format": "int-or-string", "oneOf": [{"type": "integer"}, {"type": "string"}]}),
            (Dialect::V2, QUANTITY) => json!({"type": "string"}),
            (Dialect::V2, _) => json!({"format": "int-or-string", "type": "string"}),
        }
    }

    /// Refers to another schema. The third version of OpenAPI allows nothing beside a reference.
    fn refer(&mut self, name: &str) -> Value {
        self.wanted.insert(name.to_owned());
        let reference = json!({"$ref": reference(self.dialect, name)});
        match self.dialect {
            Dialect::V2 => reference,
            Dialect::V3 => json!({"allOf": [reference]}),
        }
    }
}
