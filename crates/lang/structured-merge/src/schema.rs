//! What the fields of a kind are, as far as merging needs to know.

use std::collections::BTreeMap;

use serde_json::Value;

/// The types of some kinds. Types refer to each other by [`TypeId`] and may be recursive.
#[derive(Debug, Clone)]
pub struct Schema {
    atoms: Vec<Atom>,
}

/// A type in its [`Schema`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TypeId(u32);

/// What a value of a type may be. More than one may be set: the value then decides.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Atom {
    /// It may be a scalar.
    pub scalar: Option<Scalar>,
    /// It may be a list.
    pub list: Option<ListType>,
    /// It may be a map or struct.
    pub map: Option<MapType>,
}

/// Which scalars are allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scalar {
    /// Whole or fractional numbers.
    Numeric,
    /// Strings.
    String,
    /// Booleans.
    Boolean,
    /// Any of them.
    Untyped,
}

/// A list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListType {
    /// The type of its items.
    pub element: TypeId,
    /// How it is merged.
    pub relationship: ListRelationship,
}

/// How a list is merged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ListRelationship {
    /// As a whole.
    Atomic,
    /// Item by item; equal scalars are one item.
    Set,
    /// Item by item; maps with equal values of these fields are one item.
    Map(Vec<String>),
}

/// A map or struct.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct MapType {
    /// The declared fields.
    pub fields: BTreeMap<String, Field>,
    /// The type of fields that are not declared; without one there may be none.
    pub element: Option<TypeId>,
    /// Whether it is merged as a whole.
    pub atomic: bool,
}

/// A declared field.
#[derive(Debug, Clone, PartialEq)]
pub struct Field {
    /// Its type.
    pub type_id: TypeId,
    /// The value of an absent field where it is a key of list items.
    pub default: Option<Value>,
}

impl MapType {
    /// Returns the type of a field, nothing when there may be no such field.
    #[must_use]
    pub fn type_of(&self, name: &str) -> Option<TypeId> {
        self.fields.get(name).map(|field| field.type_id).or(self.element)
    }
}

/// The one form that a type takes for a value.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Form<'a> {
    Map(&'a MapType),
    Scalar(Scalar),
    List(&'a ListType),
}

impl Form<'_> {
    pub(crate) fn same_form(self, other: Form<'_>) -> bool {
        std::mem::discriminant(&self) == std::mem::discriminant(&other)
    }
}

impl Default for Schema {
    fn default() -> Self {
        Schema::new()
    }
}

impl Schema {
    /// Anything: maps are granular, lists atomic.
    pub const DEDUCED: TypeId = TypeId(0);
    /// Anything, merged as a whole.
    pub const ATOMIC: TypeId = TypeId(1);
    /// Any scalar.
    pub const SCALAR: TypeId = TypeId(2);

    /// Returns a schema with the three types that everything may use.
    #[must_use]
    pub fn new() -> Self {
        let any_list = || {
            Some(ListType {
                element: Schema::ATOMIC,
                relationship: ListRelationship::Atomic,
            })
        };
        let any_map = |element: TypeId, atomic: bool| {
            Some(MapType {
                fields: BTreeMap::new(),
                element: Some(element),
                atomic,
            })
        };
        let scalar = Some(Scalar::Untyped);
        let deduced = Atom {
            scalar,
            list: any_list(),
            map: any_map(Schema::DEDUCED, false),
        };
        let atomic = Atom {
            scalar,
            list: any_list(),
            map: any_map(Schema::ATOMIC, true),
        };
        Schema {
            atoms: vec![
                deduced,
                atomic,
                Atom {
                    scalar,
                    list: None,
                    map: None,
                },
            ],
        }
    }

    /// Adds a type.
    pub fn add(&mut self, atom: Atom) -> TypeId {
        let id = TypeId(u32::try_from(self.atoms.len()).unwrap_or(u32::MAX));
        self.atoms.push(atom);
        id
    }

    /// Replaces a type, so that recursive ones can be built: [`Schema::add`] a default first.
    pub fn set(&mut self, type_id: TypeId, atom: Atom) {
        if let Some(place) = self.atoms.get_mut(type_id.0 as usize) {
            *place = atom;
        }
    }

    /// Returns a type; one of another schema is as good as [`Schema::DEDUCED`].
    #[must_use]
    pub fn atom(&self, type_id: TypeId) -> &Atom {
        self.atoms.get(type_id.0 as usize).unwrap_or(&self.atoms[0])
    }

    /// Returns the form that a value makes a type take; a value that fits none takes the first there is.
    pub(crate) fn form(&self, type_id: TypeId, value: Option<&Value>) -> Option<Form<'_>> {
        let atom = self.atom(type_id);
        let (map, list) = (atom.map.as_ref().map(Form::Map), atom.list.as_ref().map(Form::List));
        let scalar = atom.scalar.map(Form::Scalar);
        let fitting = match value {
            None | Some(Value::Null) => None,
            Some(Value::Array(_)) => list,
            Some(Value::Object(_)) => map,
            Some(_) => scalar,
        };
        fitting.or(map).or(scalar).or(list)
    }
}
