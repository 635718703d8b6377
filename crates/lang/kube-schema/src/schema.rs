//! The structure of the built-in kinds: fields, types, defaults, and how lists are merged.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde_json::Value;
use structured_merge::{Atom, Field, ListRelationship, ListType, MapType, Scalar, Schema, TypeId};

/// The structure of all built-in kinds.
#[derive(Debug)]
pub struct BuiltInSchema {
    /// The part that merging needs.
    pub merge: Schema,
    structs: Vec<Struct>,
    /// The structs of kinds by group, version and name.
    kinds: BTreeMap<[&'static str; 3], usize>,
}

/// A struct and its fields.
#[derive(Debug)]
pub struct Struct {
    /// The last part of its name, such as `PodSpec`.
    pub name: &'static str,
    /// Its whole name, such as `io.k8s.api.core.v1.PodSpec`.
    pub full_name: &'static str,
    /// Its name in Go with its package, such as `v1.PodSpec`.
    pub go_name: String,
    /// Its type for merging.
    pub type_id: TypeId,
    /// Its fields by name.
    pub fields: BTreeMap<&'static str, StructField>,
    empty: OnceLock<Value>,
}

impl Struct {
    /// Returns an object of it with nothing but what is always there, which `make` makes at the first call.
    pub fn empty(&self, make: impl FnOnce(&Struct) -> Value) -> &Value {
        self.empty.get_or_init(|| make(self))
    }
}

/// A field of a struct.
#[derive(Debug)]
pub struct StructField {
    /// The shape of its value.
    pub shape: Shape,
    /// Whether it is never left out.
    pub required: bool,
    /// Whether a zero value is left out.
    pub drops_zero: bool,
    /// Whether an empty list is written as null.
    pub null_when_empty: bool,
    /// What it is when it is not given.
    pub default: Option<Value>,
    /// Whether a strategic patch merges its items.
    pub merges: bool,
    /// Whether a strategic patch says which of its fields stay.
    pub retains_keys: bool,
    /// Whether a strategic patch replaces it as a whole, though it is a map.
    pub replaces: bool,
    /// The field that tells items of a merged list apart.
    pub merge_key: &'static str,
    /// Its type in Go where that has a name of its own, such as `[]v1.KeyUsage`, else nothing.
    pub go_type: &'static str,
    /// The embedded structs in which Go has the field, joined by dots.
    pub embedded: &'static str,
}

/// The shape of a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shape {
    /// A text.
    String,
    /// A time with seconds.
    Time,
    /// A time with microseconds.
    MicroTime,
    /// Bytes, in base64.
    Bytes,
    /// A whole number of 32 bits.
    Int32,
    /// A whole number of 64 bits.
    Int64,
    /// A number.
    Double,
    /// A truth value.
    Bool,
    /// A quantity, such as `10Mi`.
    Quantity,
    /// A whole number or a text.
    IntOrString,
    /// Anything.
    Any,
    /// A struct, by its number.
    Struct(usize),
    /// A list, and how it is merged.
    List(Box<Shape>, ListRelationship),
    /// A map of texts.
    Map {
        /// The shape of its values.
        element: Box<Shape>,
        /// Whether it is merged as a whole.
        atomic: bool,
    },
}

impl BuiltInSchema {
    /// Returns the structure, read from the recorded table at the first call.
    pub fn get() -> &'static BuiltInSchema {
        static SCHEMA: OnceLock<BuiltInSchema> = OnceLock::new();
        SCHEMA.get_or_init(|| read_table(include_str!("../data/schema.txt")))
    }

    /// Returns the struct of a kind.
    pub fn of_kind(&self, group: &str, version: &str, kind: &str) -> Option<&Struct> {
        let number = self.kinds.get(&[group, version, kind])?;
        self.structs.get(*number)
    }

    /// Returns the Go type of a shape.
    pub fn go_type(&self, shape: &Shape) -> String {
        match shape {
            Shape::String | Shape::Bytes => "string".into(),
            Shape::Time => "v1.Time".into(),
            Shape::MicroTime => "v1.MicroTime".into(),
            Shape::Int32 => "int32".into(),
            Shape::Int64 => "int64".into(),
            Shape::Double => "float64".into(),
            Shape::Bool => "bool".into(),
            Shape::Quantity => "resource.Quantity".into(),
            Shape::IntOrString => "intstr.IntOrString".into(),
            Shape::Any => "interface {}".into(),
            Shape::Struct(number) => self
                .structure(*number)
                .map(|own| own.go_name.clone())
                .unwrap_or_default(),
            Shape::List(element, _) => format!("[]{}", self.go_type(element)),
            Shape::Map { element, .. } => format!("map[string]{}", self.go_type(element)),
        }
    }

    /// Returns the struct of a whole name.
    pub fn named(&self, full_name: &str) -> Option<&Struct> {
        self.structs.iter().find(|own| own.full_name == full_name)
    }

    /// Returns a struct by its number.
    pub fn structure(&self, number: usize) -> Option<&Struct> {
        self.structs.get(number)
    }
}

fn read_table(table: &'static str) -> BuiltInSchema {
    let mut merge = Schema::new();
    let mut structs: Vec<Struct> = Vec::new();
    let mut atomic_structs = Vec::new();
    let mut kinds = BTreeMap::new();
    for line in table.lines() {
        if let Some(head) = line.strip_prefix("# ") {
            let mut words = head.split(' ').skip(1);
            atomic_structs.push(words.next() == Some("!"));
            let full_name = words.next().unwrap_or_default();
            let mut parts = full_name.rsplit('.');
            let (name, package) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
            structs.push(Struct {
                name,
                full_name,
                go_name: format!("{package}.{name}"),
                type_id: merge.add(Atom::default()),
                fields: BTreeMap::new(),
                empty: OnceLock::new(),
            });
        } else if let Some(kind) = line.strip_prefix("= ") {
            if let Some((name, number)) = kind.rsplit_once(' ')
                && let [group, version, kind] = name.split('/').collect::<Vec<_>>()[..]
            {
                kinds.insert([group, version, kind], number.parse().unwrap_or(usize::MAX));
            }
        } else if let (Some((name, field)), Some(last)) = (read_field(line), structs.last_mut()) {
            last.fields.insert(name, field);
        }
    }
    read_go_types(&mut structs, include_str!("../data/go_types.txt"));
    let type_ids: Vec<TypeId> = structs.iter().map(|own| own.type_id).collect();
    let mut builder = MergeTypes {
        schema: merge,
        struct_types: type_ids,
        known: Vec::new(),
    };
    for (own, atomic) in structs.iter().zip(atomic_structs) {
        let fields = own.fields.iter().map(|(name, field)| {
            let type_id = builder.type_of(&field.shape);
            (
                (*name).to_owned(),
                Field {
                    type_id,
                    default: field.default.clone().filter(|value| !value.is_object()),
                },
            )
        });
        let map = MapType {
            fields: fields.collect(),
            element: None,
            atomic,
        };
        builder.schema.set(
            own.type_id,
            Atom {
                map: Some(map),
                ..Atom::default()
            },
        );
    }
    BuiltInSchema {
        merge: builder.schema,
        structs,
        kinds,
    }
}

/// Says whether a time has microseconds, which the recorded table does not tell.
fn is_precise(name: &str) -> bool {
    matches!(
        name.trim_start_matches(['*', '-', '+']),
        "eventTime" | "lastObservedTime" | "acquireTime" | "renewTime"
    )
}

fn read_field(line: &'static str) -> Option<(&'static str, StructField)> {
    let mut columns = line.split('\t');
    let name = columns.next()?;
    let shape = match read_shape(columns.next()?)?.0 {
        Shape::Time if is_precise(name) => Shape::MicroTime,
        shape => shape,
    };
    let default = columns
        .next()
        .filter(|text| !text.is_empty())
        .and_then(|text| serde_json::from_str(text).ok());
    let (strategy, merge_key) = columns
        .next()
        .map_or(("", ""), |patch| patch.split_once(':').unwrap_or((patch, "")));
    let mark = name.chars().next().filter(|first| matches!(first, '*' | '-' | '+'));
    let name = name.trim_start_matches(['*', '-', '+']);
    let (required, drops_zero) = (mark == Some('*'), mark == Some('-'));
    let null_when_empty = mark == Some('+');
    let has = |wanted: &str| strategy.split(',').any(|part| part == wanted);
    let (merges, retains_keys, replaces) = (has("merge"), has("retainKeys"), has("replace"));
    Some((
        name,
        StructField {
            shape,
            required,
            drops_zero,
            null_when_empty,
            default,
            merges,
            retains_keys,
            replaces,
            merge_key,
            go_type: "",
            embedded: "",
        },
    ))
}

/// Adds what the schema does not tell of Go's types.
fn read_go_types(structs: &mut [Struct], table: &'static str) {
    let places: BTreeMap<&str, usize> = structs
        .iter()
        .enumerate()
        .map(|(place, own)| (own.full_name, place))
        .collect();
    for line in table.lines() {
        let mut columns = line.split('\t');
        let mut next = || columns.next().unwrap_or_default();
        let (own, name, go_type, embedded) = (next(), next(), next(), next());
        let own = places.get(own).and_then(|&place| structs.get_mut(place));
        if let Some(field) = own.and_then(|own| own.fields.get_mut(name)) {
            (field.go_type, field.embedded) = (go_type, embedded);
        }
    }
}

/// Reads a shape and returns what follows it.
fn read_shape(text: &str) -> Option<(Shape, &str)> {
    let (first, rest) = (text.chars().next()?, text.get(1..)?);
    let simple = match first {
        's' => Shape::String,
        't' => Shape::Time,
        'y' => Shape::Bytes,
        'i' => Shape::Int32,
        'l' => Shape::Int64,
        'd' => Shape::Double,
        'b' => Shape::Bool,
        'q' => Shape::Quantity,
        'x' => Shape::IntOrString,
        '~' => Shape::Any,
        '@' => Shape::Struct(rest.parse().ok()?),
        '{' => {
            let (atomic, rest) = rest.strip_prefix('!').map_or((false, rest), |rest| (true, rest));
            let element = Box::new(read_shape(rest)?.0);
            Shape::Map { element, atomic }
        }
        '[' => {
            let (relationship, rest) = read_relationship(rest)?;
            Shape::List(Box::new(read_shape(rest)?.0), relationship)
        }
        _ => return None,
    };
    Some((simple, rest))
}

fn read_relationship(text: &str) -> Option<(ListRelationship, &str)> {
    if let Some(rest) = text.strip_prefix('=') {
        return Some((ListRelationship::Set, rest));
    }
    let Some(rest) = text.strip_prefix('(') else {
        return Some((ListRelationship::Atomic, text));
    };
    let (keys, rest) = rest.split_once(')')?;
    Some((
        ListRelationship::Map(keys.split(',').map(str::to_owned).collect()),
        rest,
    ))
}

/// Makes types for merging out of shapes, one per distinct shape.
struct MergeTypes {
    schema: Schema,
    struct_types: Vec<TypeId>,
    known: Vec<(Shape, TypeId)>,
}

impl MergeTypes {
    fn type_of(&mut self, shape: &Shape) -> TypeId {
        match shape {
            Shape::Any => return Schema::DEDUCED,
            Shape::Quantity | Shape::Time | Shape::MicroTime => return Schema::SCALAR,
            // Nothing says that it is a scalar, so that others are refused only when they are read.
            Shape::IntOrString => return Schema::DEDUCED,
            // An object of which nothing is known, such as the data of a ControllerRevision.
            Shape::Map { element, .. } if **element == Shape::Any => return Schema::ATOMIC,
            Shape::Struct(number) => return self.struct_types.get(*number).copied().unwrap_or(Schema::DEDUCED),
            _ => {}
        }
        if let Some((_, known)) = self.known.iter().find(|(other, _)| other == shape) {
            return *known;
        }
        let scalar = |scalar: Scalar| Atom {
            scalar: Some(scalar),
            ..Atom::default()
        };
        let atom = match shape {
            Shape::Int32 | Shape::Int64 | Shape::Double => scalar(Scalar::Numeric),
            Shape::Bool => scalar(Scalar::Boolean),
            Shape::List(element, relationship) => {
                let list = ListType {
                    element: self.type_of(element),
                    relationship: relationship.clone(),
                };
                Atom {
                    list: Some(list),
                    ..Atom::default()
                }
            }
            Shape::Map { element, atomic } => {
                let map = MapType {
                    element: Some(self.type_of(element)),
                    atomic: *atomic,
                    ..MapType::default()
                };
                Atom {
                    map: Some(map),
                    ..Atom::default()
                }
            }
            _ => scalar(Scalar::String),
        };
        let type_id = self.schema.add(atom);
        self.known.push((shape.clone(), type_id));
        type_id
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_recorded_table() {
        let schema = BuiltInSchema::get();
        let deployment = schema.of_kind("apps", "v1", "Deployment").unwrap();
        assert_eq!(deployment.name, "Deployment");
        assert_eq!(deployment.fields["spec"].default, Some(serde_json::json!({})));
        let Shape::Struct(spec) = deployment.fields["spec"].shape else {
            panic!("spec is a struct")
        };
        let spec = schema.structure(spec).unwrap();
        assert!(spec.fields["selector"].required);
        assert_eq!(spec.fields["replicas"].shape, Shape::Int32);
    }
}
