//! From what a client sends to an object as the server holds it.
//!
//! The real server reads objects into typed structs and writes them out again. That drops fields it does not know, nulls
//! and empty lists, and adds structs and values that are always there; the same happens here by the recorded structure.

use std::fmt;

use serde_json::{Map, Value};

use crate::object::json_kind;
use crate::quantity::Quantity;
use crate::write::empties::Emptied;
use kube_schema::{BuiltInSchema, Shape, Struct};

/// What was found beside the object.
#[derive(Debug, Default)]
pub(crate) struct Findings {
    /// Paths of fields that no struct has.
    pub unknown: Vec<String>,
    /// Whether a list or map outside the metadata was there, but empty, and so left out.
    pub empties: bool,
    /// Whether the object has empty lists that are written as null; see [`settle`].
    pub empty_lists: bool,
    /// The empty lists and maps that were left out, or are null.
    pub emptied: Vec<Emptied>,
    /// Whether nulls of custom objects stay where there can be none, to be refused: what was applied is not read again.
    pub keeps_nulls: bool,
}

/// Reads an object of a built-in kind.
///
/// # Errors
/// The text with which the real server's JSON decoder refuses a value of a wrong type.
pub(crate) fn decode(own: &Struct, object: Value, findings: &mut Findings) -> Result<Value, String> {
    Decoder {
        schema: BuiltInSchema::get(),
        findings,
        path: Vec::new(),
        go_type: "",
    }
    .read_struct(own, object)
}

/// Brings the metadata of a custom object into the form that all metadata has.
///
/// # Errors
/// The text with which the real server's JSON decoder refuses a value of a wrong type.
pub(crate) fn decode_metadata(metadata: &mut Value, findings: &mut Findings) -> Result<(), String> {
    let schema = BuiltInSchema::get();
    let Some(Shape::Struct(number)) = schema
        .of_kind("", "v1", "ConfigMap")
        .and_then(|own| own.fields.get("metadata"))
        .map(|field| field.shape.clone())
    else {
        return Ok(());
    };
    let Some(own) = schema.structure(number) else {
        return Ok(());
    };
    if !metadata.is_object() {
        let found = json_kind(metadata);
        return Err(format!(
            "json: cannot unmarshal {found} into Go value of type v1.ObjectMeta"
        ));
    }
    let mut own_findings = Findings::default();
    let mut decoder = Decoder {
        schema,
        findings: &mut own_findings,
        path: Vec::new(),
        go_type: "",
    };
    *metadata = decoder.read_struct(own, metadata.clone())?;
    let unknown = own_findings.unknown.iter().map(|path| format!("metadata.{path}"));
    findings.unknown.extend(unknown);
    Ok(())
}

/// Makes empty lists null that are written so. They are empty lists only until it is known who owns them.
pub(crate) fn settle(own: &Struct, object: &mut Value) {
    let Value::Object(fields) = object else { return };
    for (name, field) in &own.fields {
        let Some(value) = fields.get_mut(*name) else { continue };
        if field.null_when_empty && value.as_array().is_some_and(Vec::is_empty) {
            *value = Value::Null;
        }
        settle_shape(&field.shape, value);
    }
}

fn settle_shape(shape: &Shape, value: &mut Value) {
    match (shape, value) {
        (Shape::Struct(number), value) => {
            if let Some(own) = BuiltInSchema::get().structure(*number) {
                settle(own, value);
            }
        }
        (Shape::List(element, _), Value::Array(items)) => items.iter_mut().for_each(|item| settle_shape(element, item)),
        (Shape::Map { element, .. }, Value::Object(fields)) => {
            fields.values_mut().for_each(|field| settle_shape(element, field));
        }
        _ => {}
    }
}

/// Reads a time, and writes it as the server writes all times.
///
/// # Errors
/// The text of Go's parser.
fn read_time(text: &str, precise: bool) -> Result<Value, String> {
    const SECONDS: &[u8] = b"2006-01-02T15:04:05Z07:00";
    const MICROSECONDS: &[u8] = b"2006-01-02T15:04:05.000000Z07:00";
    let layout = if precise { MICROSECONDS } else { SECONDS };
    let utc = go_time::Location::utc();
    let time = go_time::Time::parse(layout, text.as_bytes(), &utc).map_err(|error| error.to_string())?;
    if time.is_zero() {
        return Ok(Value::Null);
    }
    let shown = time.in_location(&utc).format(layout);
    Ok(String::from_utf8_lossy(&shown).into_owned().into())
}

/// Returns an object of a kind with nothing but what is always there.
pub(crate) fn empty_object(own: &Struct) -> Value {
    decode(own, Value::Object(Map::new()), &mut Findings::default()).unwrap_or_default()
}

/// Says what a strategic patch finds wrong with the type of a value: it is read in another way than JSON.
pub(crate) fn misfit(own: &Struct, object: &Value) -> Option<String> {
    let fields = object.as_object()?;
    own.fields
        .iter()
        .find_map(|(name, field)| misfit_of(&field.shape, fields.get(*name)?))
}

fn misfit_of(shape: &Shape, value: &Value) -> Option<String> {
    let found = match value {
        Value::Null => return None,
        Value::Bool(_) => "bool",
        Value::Number(number) if number.is_f64() => "float64",
        Value::Number(_) => "int64",
        Value::String(_) => "string",
        Value::Array(_) => "slice",
        Value::Object(_) => "map",
    };
    let schema = BuiltInSchema::get();
    let unrecognized = |wanted: &str| Some(format!("unrecognized type: {wanted}"));
    match (shape, value) {
        (Shape::Struct(number), Value::Object(_)) => misfit(schema.structure(*number)?, value),
        (Shape::Struct(_), _) => Some(format!("cannot restore struct from: {found}")),
        (Shape::List(element, _), Value::Array(items)) => items.iter().find_map(|item| misfit_of(element, item)),
        (Shape::List(..), _) => Some(format!("cannot restore slice from {found}")),
        (Shape::Map { element, .. }, Value::Object(fields)) => {
            fields.values().find_map(|field| misfit_of(element, field))
        }
        (Shape::Map { .. }, _) => Some(format!("cannot restore map from {found}")),
        (Shape::String, Value::Number(_)) => Some(format!("cannot convert {found} to string")),
        (Shape::String, Value::Bool(_) | Value::Array(_) | Value::Object(_)) => unrecognized("string"),
        (Shape::Bool, Value::Bool(_)) => None,
        (Shape::Bool, _) => unrecognized("bool"),
        (Shape::Int32, Value::Number(_)) | (Shape::Int64, Value::Number(_)) => None,
        (Shape::Int32, _) => unrecognized("int32"),
        (Shape::Int64, _) => unrecognized("int64"),
        (Shape::IntOrString, Value::Bool(_) | Value::Array(_) | Value::Object(_)) => {
            let found = match value {
                Value::Array(_) => "array",
                Value::Object(_) => "object",
                _ => "bool",
            };
            Some(format!("json: cannot unmarshal {found} into Go value of type int32"))
        }
        (Shape::Time | Shape::MicroTime, Value::String(text)) => read_time(text, *shape == Shape::MicroTime).err(),
        (Shape::Time | Shape::MicroTime, _) => Some(format!(
            "json: cannot unmarshal {} into Go value of type string",
            json_kind(value)
        )),
        (Shape::Bytes, Value::String(text)) => crate::base64::first_fault(text)
            .map(|place| format!("error decoding from json: illegal base64 data at input byte {place}")),
        (Shape::Bytes, Value::Array(items)) if !items.is_empty() => unrecognized("uint8"),
        _ => None,
    }
}

struct Decoder<'a> {
    schema: &'static BuiltInSchema,
    findings: &'a mut Findings,
    path: Vec<Step>,
    /// The Go type of the field that is read, where it has a name of its own.
    go_type: &'static str,
}

/// A step of the way to a value.
#[derive(Debug, PartialEq, Eq)]
enum Step {
    /// A field, and the embedded structs in which Go has it.
    Field(&'static str, &'static str),
    Item(usize),
    Entry(String),
}

impl fmt::Display for Step {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Step::Field(name, _) => write!(formatter, ".{name}"),
            Step::Item(index) => write!(formatter, "[{index}]"),
            Step::Entry(name) => write!(formatter, "[{name}]"),
        }
    }
}

impl Step {
    fn is_field(&self, name: &str) -> bool {
        matches!(self, Step::Field(own, _) if *own == name)
    }
}

impl Decoder<'_> {
    fn read_struct(&mut self, own: &Struct, value: Value) -> Result<Value, String> {
        let Value::Object(fields) = value else {
            return Err(self.mismatch(&value, own.name, &own.go_name));
        };
        // Both sides are sorted by name.
        let mut fields = fields.into_iter().peekable();
        let mut unknown = Vec::new();
        let mut read = Map::new();
        for (name, field) in &own.fields {
            unknown.extend(std::iter::from_fn(|| {
                fields.next_if(|(given, _)| given.as_str() < *name)
            }));
            let value = match fields.next_if(|(given, _)| given == name) {
                None | Some((_, Value::Null)) => field.default.clone(),
                Some((_, value)) => Some(value),
            };
            let Some(value) = value else {
                // A list that is never left out is null when it is empty.
                if field.null_when_empty {
                    read.insert((*name).to_owned(), Value::Null);
                }
                continue;
            };
            self.path.push(Step::Field(name, field.embedded));
            let outer = std::mem::replace(&mut self.go_type, field.go_type);
            let value = self.read(&field.shape, value, own.name)?;
            self.go_type = outer;
            self.path.pop();
            // One that is never left out is null when it is empty, but not before its owner is known.
            self.findings.empty_lists |= field.null_when_empty && value.as_array().is_some_and(Vec::is_empty);
            let kept = field.required || field.null_when_empty || !is_dropped(&field.shape, &value);
            if !kept && !value.is_null() && self.path.first().is_none_or(|first| !first.is_field("metadata")) {
                self.findings.empties = true;
            }
            if let (false, Some(is_list)) = (kept && !field.null_when_empty, emptiness(&value)) {
                let path: String = self.path.iter().map(Step::to_string).collect();
                let field = format!("{path}.{name}").trim_start_matches('.').to_owned();
                self.findings.emptied.push(Emptied { field, is_list });
            }
            if kept && !(field.drops_zero && is_zero(&value)) {
                read.insert((*name).to_owned(), value);
            }
        }
        unknown.extend(fields);
        for (name, _) in unknown {
            let path: String = self.path.iter().map(Step::to_string).collect();
            let path = format!("{path}.{name}");
            self.findings.unknown.push(path.trim_start_matches('.').to_owned());
        }
        Ok(Value::Object(read))
    }

    fn read(&mut self, shape: &Shape, value: Value, owner: &str) -> Result<Value, String> {
        if value.is_null() {
            return Ok(value);
        }
        match shape {
            Shape::Any => Ok(value),
            Shape::Struct(number) => match self.schema.structure(*number) {
                Some(own) if value.is_object() => self.read_struct(own, value),
                Some(own) => Err(self.mismatch(&value, owner, &own.go_name)),
                None => Ok(value),
            },
            Shape::List(element, _) => {
                let Value::Array(list) = value else {
                    return Err(self.mismatch(&value, owner, &self.schema.go_type(shape)));
                };
                let mut read = Vec::with_capacity(list.len());
                for (index, item) in list.into_iter().enumerate() {
                    self.path.push(Step::Item(index));
                    // A null item is read as an empty one.
                    let item = if item.is_null() { zero(element) } else { item };
                    read.push(self.read(element, item, owner)?);
                    self.path.pop();
                }
                Ok(Value::Array(read))
            }
            Shape::Map { element, .. } if **element == Shape::Any && self.takes_anything() => Ok(value),
            Shape::Map { element, .. } => {
                let Value::Object(fields) = value else {
                    return Err(self.mismatch(&value, owner, &self.schema.go_type(shape)));
                };
                if **element == Shape::Any {
                    return Ok(Value::Object(fields));
                }
                let mut read = Map::new();
                for (name, item) in fields {
                    let item = if item.is_null() { zero(element) } else { item };
                    self.path.push(Step::Entry(name.clone()));
                    read.insert(name, self.read(element, item, owner)?);
                    self.path.pop();
                }
                Ok(Value::Object(read))
            }
            scalar => self.read_scalar(scalar, value, owner),
        }
    }

    fn read_scalar(&self, shape: &Shape, value: Value, owner: &str) -> Result<Value, String> {
        if let (Shape::Bytes, Value::String(text)) = (shape, &value)
            && let Some(place) = crate::base64::first_fault(text)
        {
            return Err(format!("illegal base64 data at input byte {place}"));
        }
        if let (Shape::Bytes, Value::Array(items)) = (shape, &value) {
            return self.read_bytes(items, owner);
        }
        if let (Shape::Time | Shape::MicroTime, Value::String(text)) = (shape, &value) {
            return read_time(text, *shape == Shape::MicroTime);
        }
        let (fits, go_type) = match shape {
            Shape::String | Shape::Time | Shape::MicroTime => (value.is_string(), "string"),
            Shape::Bytes => (value.is_string(), "[]uint8"),
            Shape::Int32 => (
                value.as_i64().is_some_and(|number| i32::try_from(number).is_ok()),
                "int32",
            ),
            Shape::Int64 => (value.as_i64().is_some(), "int64"),
            Shape::Double => (value.is_number(), "float64"),
            Shape::Bool => (value.is_boolean(), "bool"),
            Shape::Quantity => return self.read_quantity(value),
            _ => (value.is_string() || value.as_i64().is_some(), "int32"),
        };
        if fits {
            Ok(value)
        } else {
            Err(self.mismatch(&value, owner, go_type))
        }
    }

    /// Bytes may be written as a list of numbers, and are kept as text.
    fn read_bytes(&self, items: &[Value], owner: &str) -> Result<Value, String> {
        let byte = |item: &Value| {
            if item.is_null() {
                return Ok(0);
            }
            let byte = item.as_u64().and_then(|number| u8::try_from(number).ok());
            byte.ok_or_else(|| self.mismatch(item, owner, "uint8"))
        };
        let bytes: Vec<u8> = items.iter().map(byte).collect::<Result<_, _>>()?;
        Ok(Value::String(crate::base64::encode(&bytes)))
    }

    /// Quantities may be written as numbers, and are kept as text, in the one form that they have.
    fn read_quantity(&self, value: Value) -> Result<Value, String> {
        let text = match value {
            Value::String(text) => text,
            other => other.to_string(),
        };
        let quantity = Quantity::parse(&text)?;
        Ok(Value::String(quantity.to_string()))
    }

    fn mismatch(&self, value: &Value, owner: &str, go_type: &str) -> String {
        let is_number = ["int", "uint", "float"].iter().any(|start| go_type.starts_with(start));
        let found = match value {
            Value::Number(number) if is_number => format!("number {number}"),
            other => json_kind(other).to_owned(),
        };
        let go_type = self.own_go_type().unwrap_or(go_type);
        let path = self.go_path();
        format!("json: cannot unmarshal {found} into Go struct field {owner}.{path} of type {go_type}")
    }

    /// Returns the Go type of what is read, where it has a name of its own.
    fn own_go_type(&self) -> Option<&'static str> {
        let inner = self
            .path
            .iter()
            .rev()
            .take_while(|step| !matches!(step, Step::Field(..)));
        let own = inner.into_iter().try_fold(self.go_type, |outer, step| match step {
            Step::Item(_) => outer.strip_prefix("[]"),
            _ => outer.strip_prefix("map[string]"),
        });
        own.filter(|own| !own.is_empty())
    }

    /// Says whether the last field is one whose JSON is kept as it is, whatever it is.
    fn takes_anything(&self) -> bool {
        let fields = ["data", "fieldsV1", "parameters"];
        fields
            .iter()
            .any(|name| self.path.last().is_some_and(|last| last.is_field(name)))
    }

    /// The path as Go's decoder names it: without the indices of lists, with embedded structs.
    fn go_path(&self) -> String {
        let mut names = Vec::with_capacity(self.path.len());
        for step in &self.path {
            if let Step::Field(name, embedded) = step {
                names.extend(Some(*embedded).filter(|embedded| !embedded.is_empty()));
                names.push(name);
            }
        }
        names.join(".")
    }
}

fn zero(shape: &Shape) -> Value {
    match shape {
        Shape::String | Shape::Time | Shape::MicroTime | Shape::Bytes => Value::String(String::new()),
        Shape::Quantity => "0".into(),
        Shape::Int32 | Shape::Int64 | Shape::Double | Shape::IntOrString => 0.into(),
        Shape::Bool => false.into(),
        Shape::List(..) => Value::Array(Vec::new()),
        Shape::Any => Value::Null,
        Shape::Map { .. } | Shape::Struct(_) => Value::Object(Map::new()),
    }
}

fn is_zero(value: &Value) -> bool {
    match value {
        Value::Bool(truth) => !truth,
        Value::Number(number) => number.as_f64() == Some(0.0),
        Value::String(text) => text.is_empty(),
        _ => false,
    }
}

/// Says of an empty list or map whether it is a list.
fn emptiness(value: &Value) -> Option<bool> {
    match value {
        Value::Array(items) => items.is_empty().then_some(true),
        Value::Object(fields) => fields.is_empty().then_some(false),
        _ => None,
    }
}

/// Says whether an optional field with this value is as good as absent.
fn is_dropped(shape: &Shape, value: &Value) -> bool {
    match (shape, value) {
        (_, Value::Null) => true,
        (Shape::List(..), Value::Array(items)) => items.is_empty(),
        (Shape::Map { element, .. }, Value::Object(fields)) => fields.is_empty() && **element != Shape::Any,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn deployment(object: Value) -> Result<(Value, Vec<String>), String> {
        let own = BuiltInSchema::get().of_kind("apps", "v1", "Deployment").unwrap();
        let mut findings = Findings::default();
        decode(own, object, &mut findings).map(|object| (object, findings.unknown))
    }

    #[test]
    fn adds_and_drops_what_typed_objects_do() {
        let (object, unknown) = deployment(json!({
            "metadata": {"name": "web", "labels": {}, "odd": 1},
            "spec": {"selector": {"matchLabels": {"a": "b"}}, "template": {"spec": {
                "containers": [{"name": "c", "env": [], "ports": [{"containerPort": 80}], "x": 1}], "volumes": null,
            }}},
        }))
        .unwrap();
        assert_eq!(
            object,
            json!({
                "metadata": {"name": "web"}, "status": {},
                "spec": {"selector": {"matchLabels": {"a": "b"}}, "strategy": {}, "template": {"metadata": {}, "spec": {
                    "containers": [{"name": "c", "ports": [{"containerPort": 80, "protocol": "TCP"}], "resources": {}}],
                }}},
            }),
        );
        assert_eq!(unknown, ["metadata.odd", "spec.template.spec.containers[0].x"]);
    }

    #[test]
    fn refuses_wrong_types() {
        let error = deployment(json!({"spec": {"replicas": "x"}})).unwrap_err();
        assert_eq!(
            error,
            "json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32",
        );
        let pod = |spec| deployment(json!({"spec": {"template": {"spec": spec}}})).unwrap_err();
        assert_eq!(
            pod(json!({"tolerations": [{"operator": []}]})),
            "json: cannot unmarshal array into Go struct field Toleration.spec.template.spec.tolerations.operator of type \
             v1.TolerationOperator",
        );
        assert_eq!(
            pod(json!({"volumes": [{"emptyDir": 1}]})),
            "json: cannot unmarshal number into Go struct field Volume.spec.template.spec.volumes.VolumeSource.emptyDir of \
             type v1.EmptyDirVolumeSource",
        );
    }
}
