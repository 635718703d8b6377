//! Custom resources: what a CustomResourceDefinition says about its kind.

mod form;
mod junctors;
mod scale;
mod validate;

pub(crate) use form::{decode, make_whole, shown, store};

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Map, Value, json};
use structured_merge::{Atom, Field, ListRelationship, ListType, MapType, Scalar, Schema, TypeId};

use crate::core::Core;
use crate::kinds::{Kind, Subresource};
use crate::object::{at, items, text};
use crate::rules::Rules;

/// What keeps a definition until its objects are gone.
pub(crate) const CLEANUP: &str = "customresourcecleanup.apiextensions.k8s.io";

/// A definition that is served.
#[derive(Debug, Clone)]
pub(crate) struct Definition {
    /// The structural schema of each version.
    versions: BTreeMap<String, VersionSchema>,
    /// The version at which its objects are stored.
    storage: String,
}

#[derive(Debug, Clone)]
struct VersionSchema {
    /// What the definition says of the version beside its schema.
    own: Value,
    open_api: Value,
    merge: Schema,
    root: TypeId,
    rules: Arc<Rules>,
}

impl Definition {
    /// Reads a definition.
    pub fn read(object: &Value) -> Self {
        let versions = items(object, &["spec", "versions"]).iter().map(|version| {
            let open_api = at(version, &["schema", "openAPIV3Schema"])
                .cloned()
                .unwrap_or_else(|| json!({}));
            let mut merge = Schema::new();
            let root = merge_root(&mut merge, &open_api);
            (
                text(version, &["name"]).to_owned(),
                VersionSchema {
                    own: json!({"subresources": version.get("subresources")}),
                    rules: Arc::new(Rules::read(&open_api)),
                    open_api,
                    merge,
                    root,
                },
            )
        });
        let mut stored = items(object, &["spec", "versions"]).iter();
        let stored = stored.find(|version| version.get("storage") == Some(&Value::Bool(true)));
        Definition {
            versions: versions.collect(),
            storage: stored
                .map(|version| text(version, &["name"]).to_owned())
                .unwrap_or_default(),
        }
    }

    /// Returns the type of a version's objects for merging.
    pub fn merge_type(&self, version: &str) -> Option<(&Schema, TypeId)> {
        self.versions.get(version).map(|version| (&version.merge, version.root))
    }

    /// Returns the rules of a version.
    pub fn rules(&self, version: &str) -> Option<&Rules> {
        self.versions.get(version).map(|version| version.rules.as_ref())
    }

    /// Returns the version at which objects are stored, and its schema.
    pub fn storage(&self) -> Option<(&str, &Value)> {
        let version = self.versions.get(&self.storage)?;
        Some((&self.storage, &version.open_api))
    }

    /// Returns the schema of a version.
    pub fn open_api(&self, version: &str) -> Option<&Value> {
        self.versions.get(version).map(|version| &version.open_api)
    }
}

/// Returns the kinds that a definition makes the server serve, one per served version.
pub(crate) fn kinds_of(definition: &Value) -> Vec<Kind> {
    let names = |field: &str| text(definition, &["spec", "names", field]).to_owned();
    let list = |field: &str| {
        let own = items(definition, &["spec", "names", field]).iter();
        own.filter_map(Value::as_str).map(str::to_owned).collect::<Vec<_>>()
    };
    let group = text(definition, &["spec", "group"]);
    let served = items(definition, &["spec", "versions"])
        .iter()
        .filter(|version| version.get("served") == Some(&Value::Bool(true)));
    let mut kinds: Vec<Kind> = served
        .map(|version| {
            let own_version = text(version, &["name"]).to_owned();
            let status = at(version, &["subresources", "status"]).is_some();
            let scale = at(version, &["subresources", "scale"]).is_some();
            let verbs: Vec<String> = ["get", "patch", "update"].map(str::to_owned).to_vec();
            let subresource = |name: &str, group: &str, version: &str, kind: &str| Subresource {
                name: name.to_owned(),
                group: group.to_owned(),
                version: version.to_owned(),
                kind: kind.to_owned(),
                verbs: verbs.clone(),
            };
            let mut subresources = Vec::new();
            if status {
                subresources.push(subresource("status", group, &own_version, &names("kind")));
            }
            if scale {
                subresources.push(subresource("scale", "autoscaling", "v1", "Scale"));
            }
            Kind {
                group: group.to_owned(),
                version: own_version,
                plural: names("plural"),
                singular: if names("singular").is_empty() {
                    names("kind").to_lowercase()
                } else {
                    names("singular")
                },
                kind: names("kind"),
                namespaced: text(definition, &["spec", "scope"]) == "Namespaced",
                short_names: list("shortNames"),
                categories: list("categories"),
                verbs: [
                    "delete",
                    "deletecollection",
                    "get",
                    "list",
                    "patch",
                    "create",
                    "update",
                    "watch",
                ]
                .map(str::to_owned)
                .to_vec(),
                subresources,
                storage_hash: String::new(),
                custom: true,
            }
        })
        .collect();
    kinds.sort_by_key(|kind| version_rank(&kind.version));
    kinds
}

/// Orders versions as Kubernetes does: stable before beta before alpha, newer before older, then other names.
pub(crate) fn version_rank(version: &str) -> (u8, i64, i64, String) {
    let parsed = || {
        let rest = version.strip_prefix('v')?;
        let digits = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        let major: i64 = rest.get(..digits)?.parse().ok()?;
        let rest = rest.get(digits..)?;
        let (stage, minor) = match rest {
            "" => (0, "0"),
            _ => rest
                .strip_prefix("beta")
                .map(|minor| (1, minor))
                .or_else(|| Some((2, rest.strip_prefix("alpha")?)))?,
        };
        Some((stage, -major, -minor.parse::<i64>().ok()?, String::new()))
    };
    parsed().unwrap_or_else(|| (3, 0, 0, version.to_owned()))
}

/// Says what is wrong with a value of a schema.
pub(crate) fn value_faults(schema: &Value, value: &Value) -> Vec<crate::status::FieldFault> {
    validate::part(schema, value, "")
}

/// Says what is wrong with a custom object, or with its status alone when a request changes only that.
pub(crate) fn faults(core: &Core, kind: &Kind, subresource: &str, object: &Value) -> Vec<crate::status::FieldFault> {
    let definition = core.definitions.get(&kind.resource()).filter(|_| kind.custom);
    let Some(version) = definition.and_then(|definition| definition.versions.get(&kind.version)) else {
        return Vec::new();
    };
    let mut faults = Vec::new();
    if subresource == "status" {
        let parts = (at(&version.open_api, &["properties", "status"]), object.get("status"));
        if let (Some(schema), Some(status)) = parts {
            faults.extend(validate::part(schema, status, "status"));
            validate::duplicates(schema, status, "status", &mut faults);
        }
    } else {
        faults.extend(validate::faults(&version.open_api, object));
        validate::duplicates(&version.open_api, object, "", &mut faults);
        faults.extend(scale::wanted(&version.own, object));
    }
    faults.extend(scale::present(&version.own, object));
    faults
}

/// Says whether an object fits the versions at which its owners name its fields.
pub(crate) fn fits_owners(core: &Core, kind: &Kind, live: &Value, object: &Value) -> bool {
    let Some(definition) = core.definitions.get(&kind.resource()).filter(|_| kind.custom) else {
        return true;
    };
    let mut owners = items(live, &["metadata", "managedFields"]).iter();
    let mut plain = object.clone();
    crate::object::remove(&mut plain, &["metadata", "managedFields"]);
    owners.all(|owner| {
        let version = text(owner, &["apiVersion"]).rsplit('/').next().unwrap_or_default();
        let other = definition.merge_type(version).filter(|_| version != kind.version);
        other.is_none_or(|(schema, root)| {
            structured_merge::validate(schema, root, &plain, structured_merge::Duplicates::Allowed).is_ok()
        })
    })
}

fn keeps_unknown(schema: &Value) -> bool {
    schema.get("x-kubernetes-preserve-unknown-fields") == Some(&Value::Bool(true))
}

/// Makes the type of a version's objects: what the schema says, with the fields that all objects have.
fn merge_root(schema: &mut Schema, open_api: &Value) -> TypeId {
    let metadata = object_meta(schema);
    let string = schema.add(Atom {
        scalar: Some(Scalar::String),
        ..Atom::default()
    });
    let mut map = map_type(schema, open_api, 0);
    for (name, type_id) in [("apiVersion", string), ("kind", string), ("metadata", metadata)] {
        map.fields.insert(name.to_owned(), Field { type_id, default: None });
    }
    schema.add(Atom {
        map: Some(map),
        ..Atom::default()
    })
}

/// The part of `ObjectMeta` in which lists are merged.
fn object_meta(schema: &mut Schema) -> TypeId {
    let string = schema.add(Atom {
        scalar: Some(Scalar::String),
        ..Atom::default()
    });
    let strings = schema.add(Atom {
        map: Some(MapType {
            element: Some(string),
            ..MapType::default()
        }),
        ..Atom::default()
    });
    let list = |element, relationship| Atom {
        list: Some(ListType { element, relationship }),
        ..Atom::default()
    };
    let finalizers = schema.add(list(string, ListRelationship::Set));
    let owner = schema.add(Atom {
        map: Some(MapType {
            element: Some(Schema::SCALAR),
            atomic: true,
            ..MapType::default()
        }),
        ..Atom::default()
    });
    let owners = schema.add(list(owner, ListRelationship::Map(vec!["uid".into()])));
    let number = schema.add(Atom {
        scalar: Some(Scalar::Numeric),
        ..Atom::default()
    });
    let fields = [
        ("name", string),
        ("generateName", string),
        ("namespace", string),
        ("selfLink", string),
        ("uid", string),
        ("resourceVersion", string),
        ("creationTimestamp", string),
        ("deletionTimestamp", string),
        ("generation", number),
        ("deletionGracePeriodSeconds", number),
        ("labels", strings),
        ("annotations", strings),
        ("finalizers", finalizers),
        ("ownerReferences", owners),
    ];
    let fields = fields.map(|(name, type_id)| (name.to_owned(), Field { type_id, default: None }));
    schema.add(Atom {
        map: Some(MapType {
            fields: fields.into(),
            ..MapType::default()
        }),
        ..Atom::default()
    })
}

/// How deep a schema may nest; what lies deeper is merged by its values.
const MAX_DEPTH: usize = 100;

fn map_type(schema: &mut Schema, open_api: &Value, depth: usize) -> MapType {
    let mut fields = BTreeMap::new();
    for (name, own) in open_api
        .get("properties")
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
    {
        let type_id = merge_type(schema, own, depth + 1);
        fields.insert(
            name.clone(),
            Field {
                type_id,
                default: own.get("default").cloned(),
            },
        );
    }
    let additional = open_api.get("additionalProperties");
    let element = match additional {
        Some(own @ Value::Object(_)) => Some(merge_type(schema, own, depth + 1)),
        Some(Value::Bool(true)) => Some(Schema::DEDUCED),
        _ if keeps_unknown(open_api) => Some(Schema::DEDUCED),
        _ => None,
    };
    let atomic = text(open_api, &["x-kubernetes-map-type"]) == "atomic";
    MapType {
        fields,
        element,
        atomic,
    }
}

fn merge_type(schema: &mut Schema, open_api: &Value, depth: usize) -> TypeId {
    if depth > MAX_DEPTH {
        return Schema::DEDUCED;
    }
    if open_api.get("x-kubernetes-int-or-string") == Some(&Value::Bool(true)) {
        return Schema::DEDUCED;
    }
    let atom = match text(open_api, &["type"]) {
        "string" => Atom {
            scalar: Some(Scalar::String),
            ..Atom::default()
        },
        "integer" | "number" => Atom {
            scalar: Some(Scalar::Numeric),
            ..Atom::default()
        },
        "boolean" => Atom {
            scalar: Some(Scalar::Boolean),
            ..Atom::default()
        },
        "array" => {
            let nothing = Value::Object(Map::new());
            let element = merge_type(schema, open_api.get("items").unwrap_or(&nothing), depth + 1);
            let keys = || {
                items(open_api, &["x-kubernetes-list-map-keys"])
                    .iter()
                    .filter_map(Value::as_str)
            };
            let relationship = match text(open_api, &["x-kubernetes-list-type"]) {
                "map" => ListRelationship::Map(keys().map(str::to_owned).collect()),
                "set" => ListRelationship::Set,
                _ => ListRelationship::Atomic,
            };
            Atom {
                list: Some(ListType { element, relationship }),
                ..Atom::default()
            }
        }
        "object" => Atom {
            map: Some(map_type(schema, open_api, depth)),
            ..Atom::default()
        },
        _ => return Schema::DEDUCED,
    };
    schema.add(atom)
}
