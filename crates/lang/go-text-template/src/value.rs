//! The interpreter's values: Go's dynamic values with Go's aliasing.
//!
//! Maps are references, as in Go: a clone of a [`Map`] is the same map. Lists are immutable once built. Plain data comes in
//! by [`Value::thaw`] and leaves by [`Value::freeze`].

mod convert;
mod json;
mod table;
mod teardown;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt;
use std::rc::Rc;

use go_value::Str;
use table::Table;
use teardown::Entries;

/// A Go type, as far as templates can see one: in `%T`, `typeOf`, signatures and error texts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Type {
    /// `interface {}`
    Any,
    /// `bool`
    Bool,
    /// `int`
    Int,
    /// `int8`
    Int8,
    /// `int16`
    Int16,
    /// `int32`
    Int32,
    /// `int64`
    Int64,
    /// `uint`
    Uint,
    /// `uint8`
    Uint8,
    /// `uint16`
    Uint16,
    /// `uint32`
    Uint32,
    /// `uint64`
    Uint64,
    /// `float32`
    Float32,
    /// `float64`
    Float64,
    /// `string`
    String,
    /// `error`
    Error,
    /// `[]T`
    Slice(&'static Type),
    /// `map[string]T`
    Map(&'static Type),
    /// Any other type by its printed name, such as `time.Time` or `*common.Capabilities`.
    Named(&'static str),
}

impl Type {
    /// `[]interface {}`
    pub fn list() -> Type {
        Type::Slice(&Type::Any)
    }

    /// `map[string]interface {}`
    pub fn map() -> Type {
        Type::Map(&Type::Any)
    }

    /// `[]string`
    pub fn strings() -> Type {
        Type::Slice(&Type::String)
    }

    /// `[]uint8`
    pub fn bytes() -> Type {
        Type::Slice(&Type::Uint8)
    }
}

impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Type::Any => "interface {}",
            Type::Bool => "bool",
            Type::Int => "int",
            Type::Int8 => "int8",
            Type::Int16 => "int16",
            Type::Int32 => "int32",
            Type::Int64 => "int64",
            Type::Uint => "uint",
            Type::Uint8 => "uint8",
            Type::Uint16 => "uint16",
            Type::Uint32 => "uint32",
            Type::Uint64 => "uint64",
            Type::Float32 => "float32",
            Type::Float64 => "float64",
            Type::String => "string",
            Type::Error => "error",
            Type::Slice(element) => return write!(f, "[]{element}"),
            Type::Map(element) => return write!(f, "map[string]{element}"),
            Type::Named(name) => name,
        })
    }
}

/// Go's `reflect.Kind`, as far as templates can meet one; `Display` gives Go's word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names are Go's")]
pub enum Kind {
    Invalid,
    Bool,
    Int,
    Int8,
    Int16,
    Int32,
    Int64,
    Uint,
    Uint8,
    Uint16,
    Uint32,
    Uint64,
    Float32,
    Float64,
    String,
    Slice,
    Map,
    Struct,
    Ptr,
    Func,
    Complex128,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Kind::Invalid => "invalid",
            Kind::Bool => "bool",
            Kind::Int => "int",
            Kind::Int8 => "int8",
            Kind::Int16 => "int16",
            Kind::Int32 => "int32",
            Kind::Int64 => "int64",
            Kind::Uint => "uint",
            Kind::Uint8 => "uint8",
            Kind::Uint16 => "uint16",
            Kind::Uint32 => "uint32",
            Kind::Uint64 => "uint64",
            Kind::Float32 => "float32",
            Kind::Float64 => "float64",
            Kind::String => "string",
            Kind::Slice => "slice",
            Kind::Map => "map",
            Kind::Struct => "struct",
            Kind::Ptr => "ptr",
            Kind::Func => "func",
            Kind::Complex128 => "complex128",
        })
    }
}

/// A Go value at run time.
#[derive(Clone, Debug, Default)]
pub enum Value {
    /// A nil interface; also what a missing map key gives.
    #[default]
    Nil,
    /// `bool`
    Bool(bool),
    /// `int`, the type of literals, `len`, `int`, `atoi`, `.Release.Revision`.
    Int(i64),
    /// `int64`, the type of sprig's arithmetic and of `--set`.
    Int64(i64),
    /// Any other signed integer type, named or not (`int32`, `time.Duration`, `time.Month`).
    OtherInt(Type, i64),
    /// Any unsigned integer type.
    Uint(Type, u64),
    /// `float64`, the type of every number that was read from YAML or JSON.
    Float(f64),
    /// `string`
    Str(Str),
    /// `[]uint8`, kept whole: the content of a file.
    Bytes(Str),
    /// Any other slice.
    List(List),
    /// A map with string keys.
    Map(Map),
    /// Everything else: values with fields or methods.
    Object(Rc<dyn Object>),
}

/// A slice: a type and immutable elements. A clone shares the elements.
#[derive(Clone, Debug)]
pub struct List {
    /// The type of the slice itself, such as `[]interface {}` or `[]string`.
    pub type_: Type,
    /// Whether it is Go's nil slice: empty, but `null` in JSON.
    pub nil: bool,
    /// The elements.
    pub items: Rc<Vec<Value>>,
}

impl List {
    /// Returns a `[]interface {}`.
    pub fn new(items: Vec<Value>) -> List {
        List {
            type_: Type::list(),
            nil: false,
            items: Rc::new(items),
        }
    }

    /// Returns a `[]string`.
    pub fn strings(items: impl IntoIterator<Item = impl Into<Str>>) -> List {
        let items = items.into_iter().map(|item| Value::Str(item.into())).collect();
        List {
            type_: Type::strings(),
            nil: false,
            items: Rc::new(items),
        }
    }
}

/// A map with string keys, by reference: a clone is the same map.
#[derive(Clone, Debug)]
pub struct Map {
    /// The type of the map itself, such as `map[string]interface {}`; named map types print their name.
    pub type_: Type,
    /// Whether it is Go's nil map: empty, but `null` in JSON.
    pub nil: bool,
    entries: Rc<Entries>,
    /// The methods of a named map type.
    methods: Option<&'static Methods>,
}

/// The methods of a named map type.
#[derive(Debug)]
pub struct Methods(pub &'static [Method]);

/// A method of a named map type, such as `Table` of `common.Values`.
#[derive(Debug)]
pub struct Method {
    /// Its name.
    pub name: &'static str,
    /// The types of its parameters.
    pub parameters: &'static [Type],
    /// What it does with the map and the arguments.
    pub body: fn(&Map, &[Value]) -> Result<Value, crate::FuncError>,
}

impl Method {
    pub(crate) fn signature(&self) -> Signature {
        Signature {
            parameters: self.parameters.to_vec(),
            variadic: None,
        }
    }
}

impl Map {
    /// Returns a `map[string]interface {}`.
    pub fn new(entries: BTreeMap<Str, Value>) -> Map {
        Map::of_table(Type::map(), entries.into())
    }

    /// Returns a map of the type `type_`.
    pub fn with_type(type_: Type, entries: BTreeMap<Str, Value>) -> Map {
        Map::of_table(type_, entries.into())
    }

    fn of_table(type_: Type, entries: Table) -> Map {
        Map {
            type_,
            nil: false,
            entries: Rc::new(Entries(RefCell::new(entries))),
            methods: None,
        }
    }

    /// Returns the same map under a type with methods.
    pub fn with_methods(&self, type_: Type, methods: &'static Methods) -> Map {
        let mut map = self.clone();
        map.type_ = type_;
        map.methods = Some(methods);
        map
    }

    /// Returns the same map under another type without methods.
    pub fn as_type(&self, type_: Type) -> Map {
        let mut map = self.clone();
        map.type_ = type_;
        map.methods = None;
        map
    }

    pub(crate) fn method(&self, name: &[u8]) -> Option<&'static Method> {
        self.methods?.0.iter().find(|method| method.name.as_bytes() == name)
    }

    /// Returns the entry `key`.
    pub fn get(&self, key: impl AsRef<[u8]>) -> Option<Value> {
        self.entries.0.borrow().get(key.as_ref()).cloned()
    }

    /// Tells whether there is an entry `key`.
    pub fn contains(&self, key: impl AsRef<[u8]>) -> bool {
        self.entries.0.borrow().get(key.as_ref()).is_some()
    }

    /// Sets the entry `key`; every holder of this map sees it.
    pub fn insert(&self, key: impl Into<Str>, value: Value) {
        self.entries.0.borrow_mut().insert(key.into(), value);
    }

    /// Removes the entry `key`; every holder of this map sees it.
    pub fn remove(&self, key: impl AsRef<[u8]>) -> Option<Value> {
        self.entries.0.borrow_mut().remove(key.as_ref())
    }

    /// Returns the number of entries.
    pub fn len(&self) -> usize {
        self.entries.0.borrow().len()
    }

    /// Tells whether there are no entries.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Returns the keys in byte order.
    pub fn keys(&self) -> Vec<Str> {
        self.with(|entries| entries.iter().map(|(key, _)| key.clone()).collect())
    }

    /// Returns the entries in byte order of their keys, as they are now.
    pub fn entries(&self) -> Vec<(Str, Value)> {
        self.entries
            .0
            .borrow()
            .iter()
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect()
    }

    /// Calls `read` with the entries; `read` must not change this map.
    #[inline]
    pub(crate) fn with<T>(&self, read: impl FnOnce(&Table) -> T) -> T {
        read(&self.entries.0.borrow())
    }

    pub(crate) fn address(&self) -> usize {
        Rc::as_ptr(&self.entries).cast::<u8>() as usize
    }

    /// Tells whether both are the same map.
    pub fn is(&self, other: &Map) -> bool {
        Rc::ptr_eq(&self.entries, &other.entries)
    }
}

/// A value with fields or methods: `.Files`, `.Capabilities`, a time, a parsed version.
pub trait Object: fmt::Debug {
    /// The Go type, as `%T` prints it.
    fn type_(&self) -> Type;

    /// The kind that `kindOf`, `range`, `len`, `index` and truth see.
    fn kind(&self) -> Kind;

    /// The map or list below a named map or slice type, for `range`, `len`, `index`, truth, `toYaml` and `%v`.
    fn underlying(&self) -> Option<Value> {
        None
    }

    /// The keys of a named map type in order, where they cost less than the elements: `range` asks for nothing else when its body
    /// cannot see the element.
    fn keys(&self) -> Option<Vec<Str>> {
        None
    }

    /// An exported field of a struct.
    fn field(&self, _name: &str) -> Option<Value> {
        None
    }

    /// The parameter and result types of a method, `None` when there is no such method.
    fn method(&self, _name: &str) -> Option<Signature> {
        None
    }

    /// Calls a method that [`Object::method`] announced; the arguments were checked against its signature.
    ///
    /// # Errors
    /// What the method's Go counterpart returns as its error.
    fn call(&self, name: &str, _arguments: &[Value]) -> Result<Value, crate::FuncError> {
        Err(crate::FuncError::new(format!("no method {name}")))
    }

    /// Whether the type is one of Go's errors.
    fn is_error(&self) -> bool {
        false
    }

    /// The fields of a struct in order, for printing with `%v` where there is no text.
    fn fields(&self) -> Vec<(&'static str, Value)> {
        Vec::new()
    }

    /// What `String()` or `Error()` gives, when the type has one of them: `%v` and `%s` print this.
    fn text(&self) -> Option<Str> {
        None
    }

    /// What an action such as `{{ .Capabilities.KubeVersion }}` prints for a field of a struct behind a pointer, where Go finds
    /// `String()` also when only the pointer type has it. Functions get a copy and print that by [`Object::text`].
    fn addressed_text(&self) -> Option<Str> {
        self.text()
    }

    /// The plain data that Go's `encoding/json` makes of it.
    ///
    /// # Errors
    /// Why it has no JSON form.
    fn to_plain(&self) -> Result<go_value::Value, String>;

    /// The fields of a struct as `encoding/json` names and orders them; `None` for everything that is no struct.
    fn json_fields(&self) -> Option<Vec<(&'static str, Value)>> {
        None
    }

    /// Whether `reflect.DeepEqual` and `eq` call both equal; the default compares addresses.
    fn equals(&self, _other: &dyn Object) -> bool {
        false
    }

    /// Access to the concrete type.
    fn as_any(&self) -> &dyn std::any::Any;
}

/// The types of a function's or method's parameters and result.
#[derive(Clone, Debug, PartialEq)]
pub struct Signature {
    /// The types of the fixed parameters.
    pub parameters: Vec<Type>,
    /// The element type of a variadic last parameter.
    pub variadic: Option<Type>,
}

impl Value {
    /// Returns a `[]interface {}`.
    pub fn list(items: Vec<Value>) -> Value {
        Value::List(List::new(items))
    }

    /// Returns a fresh `map[string]interface {}`.
    pub fn map(entries: impl IntoIterator<Item = (Str, Value)>) -> Value {
        Value::Map(Map::of_table(Type::map(), entries.into_iter().collect()))
    }

    /// Makes a run-time value of plain data; maps become fresh ones.
    pub fn thaw(plain: &go_value::Value) -> Value {
        match plain {
            go_value::Value::Nil => Value::Nil,
            go_value::Value::Bool(value) => Value::Bool(*value),
            go_value::Value::Int(value) => Value::Int64(*value),
            go_value::Value::Uint(value) => Value::Uint(Type::Uint64, *value),
            go_value::Value::Float(value) => Value::Float(*value),
            go_value::Value::Str(text) => Value::Str(text.clone()),
            go_value::Value::List(items) => Value::list(items.iter().map(Value::thaw).collect()),
            go_value::Value::Map(map) => Value::map(map.iter().map(|(key, value)| (key.clone(), Value::thaw(value)))),
        }
    }

    /// The type as `%T` prints it; `None` for nil.
    pub fn type_(&self) -> Option<Type> {
        Some(match self {
            Value::Nil => return None,
            Value::Bool(_) => Type::Bool,
            Value::Int(_) => Type::Int,
            Value::Int64(_) => Type::Int64,
            Value::OtherInt(type_, _) | Value::Uint(type_, _) => *type_,
            Value::Float(_) => Type::Float64,
            Value::Str(_) => Type::String,
            Value::Bytes(_) => Type::bytes(),
            Value::List(list) => list.type_,
            Value::Map(map) => map.type_,
            Value::Object(object) => object.type_(),
        })
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Value::Str(text.into())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Value::Str(text.into())
    }
}

impl From<Str> for Value {
    fn from(text: Str) -> Self {
        Value::Str(text)
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Value::Bool(value)
    }
}

impl From<f64> for Value {
    fn from(value: f64) -> Self {
        Value::Float(value)
    }
}
