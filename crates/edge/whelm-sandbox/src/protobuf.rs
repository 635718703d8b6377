//! Protobuf bodies, as Go clients send them for the kinds that they know. Answers are JSON, which those clients accept as
//! well.
//!
//! Which number a field has is recorded from the `generated.proto` files of Kubernetes; what is in it, the structure of
//! the kinds tells.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde_json::{Map, Value, json};

use kube_schema::{BuiltInSchema, Shape, Struct};

/// What stands before every message.
const MAGIC: &[u8] = b"k8s\0";

/// How deep messages may nest.
const DEEPEST: usize = 64;

/// Reads a message as JSON; nothing when it is malformed or of a kind that is not known.
pub(crate) fn to_json(body: &[u8]) -> Option<Value> {
    let (mut api_version, mut kind, mut raw) = (String::new(), String::new(), &[][..]);
    for field in Fields(body.strip_prefix(MAGIC)?) {
        match field? {
            (1, Wire::Bytes(bytes)) => {
                for field in Fields(bytes) {
                    match field? {
                        (1, Wire::Bytes(bytes)) => api_version = text(bytes)?,
                        (2, Wire::Bytes(bytes)) => kind = text(bytes)?,
                        _ => {}
                    }
                }
            }
            (2, Wire::Bytes(bytes)) => raw = bytes,
            _ => {}
        }
    }
    let structure = structure_of(&api_version, &kind)?;
    let mut object = Map::new();
    Message::of(structure)?.read(raw, &mut object, DEEPEST)?;
    object.insert("kind".into(), kind.into());
    object.insert("apiVersion".into(), api_version.into());
    Some(Value::Object(object))
}

fn structure_of(api_version: &str, kind: &str) -> Option<&'static Struct> {
    let schema = BuiltInSchema::get();
    if kind == "DeleteOptions" {
        return schema.named("io.k8s.apimachinery.pkg.apis.meta.v1.DeleteOptions");
    }
    let (group, version) = api_version.split_once('/').unwrap_or(("", api_version));
    schema.of_kind(group, version, kind)
}

/// The fields of all messages: by the name of the struct, by the numbers on the way to them.
type Table = BTreeMap<&'static str, BTreeMap<Vec<u64>, &'static str>>;

fn table() -> &'static Table {
    static TABLE: OnceLock<Table> = OnceLock::new();
    TABLE.get_or_init(|| {
        let lines = include_str!("../data/protobuf.txt").lines();
        lines
            .map(|line| {
                let mut words = line.split(' ');
                let name = words.next().unwrap_or_default();
                (name, words.filter_map(read_field).collect())
            })
            .collect()
    })
}

fn read_field(word: &'static str) -> Option<(Vec<u64>, &'static str)> {
    let (numbers, name) = word.split_once(':')?;
    let numbers: Result<Vec<u64>, _> = numbers.split('.').map(str::parse).collect();
    Some((numbers.ok()?, name))
}

/// How a message of one struct is read.
struct Message {
    structure: &'static Struct,
    fields: &'static BTreeMap<Vec<u64>, &'static str>,
    /// The numbers on the way into an embedded struct.
    path: Vec<u64>,
}

impl Message {
    fn of(structure: &'static Struct) -> Option<Self> {
        Some(Message {
            structure,
            fields: table().get(structure.full_name)?,
            path: Vec::new(),
        })
    }

    fn read(&self, bytes: &[u8], object: &mut Map<String, Value>, depth: usize) -> Option<()> {
        let depth = depth.checked_sub(1)?;
        for field in Fields(bytes) {
            let (number, wire) = field?;
            let path = [self.path.as_slice(), &[number]].concat();
            if let Some(name) = self.fields.get(&path) {
                self.read_field(name, wire, object, depth)?;
            } else if let (Wire::Bytes(bytes), true) = (wire, self.leads_on(&path)) {
                let embedded = Message { path, ..*self };
                embedded.read(bytes, object, depth)?;
            }
        }
        Some(())
    }

    fn leads_on(&self, path: &[u64]) -> bool {
        let next = self.fields.range(path.to_vec()..).next();
        next.is_some_and(|(numbers, _)| numbers.starts_with(path))
    }

    fn read_field(&self, name: &str, wire: Wire<'_>, object: &mut Map<String, Value>, depth: usize) -> Option<()> {
        let Some(field) = self.structure.fields.get(name) else {
            return Some(());
        };
        match &field.shape {
            Shape::List(element, _) => {
                let item = value(element, wire, depth)?;
                let list = object.entry(name).or_insert_with(|| json!([]));
                list.as_array_mut()?.push(item);
            }
            Shape::Map { element, .. } if **element != Shape::Any => {
                let (key, value) = map_entry(element, wire, depth)?;
                let map = object.entry(name).or_insert_with(|| json!({}));
                map.as_object_mut()?.insert(key, value);
            }
            shape => {
                let value = value(shape, wire, depth)?;
                // Typed clients send zero values too, where their JSON would leave them out.
                if !(field.drops_zero && is_zero(&value)) {
                    object.insert(name.into(), value);
                }
            }
        }
        Some(())
    }
}

fn is_zero(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Bool(value) => !value,
        Value::Number(number) => number.as_f64() == Some(0.0),
        Value::String(text) => text.is_empty(),
        Value::Array(_) | Value::Object(_) => false,
    }
}

fn value(shape: &Shape, wire: Wire<'_>, depth: usize) -> Option<Value> {
    match (shape, wire) {
        (Shape::Int32 | Shape::Int64, Wire::Number(number)) => Some(json!(number.cast_signed())),
        (Shape::Bool, Wire::Number(number)) => Some(json!(number != 0)),
        (Shape::Double, Wire::Fixed(bytes)) => Some(json!(f64::from_le_bytes(bytes))),
        (Shape::String, Wire::Bytes(bytes)) => text(bytes).map(Value::from),
        (Shape::Bytes, Wire::Bytes(bytes)) => Some(json!(crate::base64::encode(bytes))),
        (Shape::Time, Wire::Bytes(bytes)) => time(bytes),
        (Shape::MicroTime, Wire::Bytes(bytes)) => micro_time(bytes),
        (Shape::Quantity, Wire::Bytes(bytes)) => {
            only_field(bytes, 1)?.map_or(Some(json!("0")), |own| text(own).map(Value::from))
        }
        (Shape::IntOrString, Wire::Bytes(bytes)) => int_or_string(bytes),
        (Shape::Any | Shape::Map { .. }, Wire::Bytes(bytes)) => {
            let raw = only_field(bytes, 1)?.unwrap_or(b"null");
            serde_json::from_slice(raw).ok()
        }
        (Shape::Struct(number), Wire::Bytes(bytes)) => {
            let mut object = Map::new();
            let structure = BuiltInSchema::get().structure(*number)?;
            Message::of(structure)?.read(bytes, &mut object, depth)?;
            Some(Value::Object(object))
        }
        // A list that is the value of a map is a message of its own.
        (Shape::List(element, _), Wire::Bytes(bytes)) => Fields(bytes)
            .map(|field| value(element, field?.1, depth))
            .collect::<Option<Vec<Value>>>()
            .map(Value::from),
        _ => None,
    }
}

fn time(bytes: &[u8]) -> Option<Value> {
    if bytes.is_empty() {
        return Some(Value::Null);
    }
    let (seconds, _) = moment(bytes)?;
    Some(json!(crate::time::rfc3339(seconds.checked_mul(1000)?)))
}

fn micro_time(bytes: &[u8]) -> Option<Value> {
    if bytes.is_empty() {
        return Some(Value::Null);
    }
    let (seconds, nanoseconds) = moment(bytes)?;
    let whole = crate::time::rfc3339(seconds.checked_mul(1000)?);
    let micros = nanoseconds.div_euclid(1000).clamp(0, 999_999);
    Some(json!(format!("{}.{micros:06}Z", whole.trim_end_matches('Z'))))
}

/// Returns the seconds and nanoseconds of a time.
fn moment(bytes: &[u8]) -> Option<(i64, i64)> {
    let (mut seconds, mut nanoseconds) = (0, 0);
    for field in Fields(bytes) {
        match field? {
            (1, Wire::Number(number)) => seconds = number.cast_signed(),
            (2, Wire::Number(number)) => nanoseconds = number.cast_signed(),
            _ => {}
        }
    }
    Some((seconds, nanoseconds))
}

fn int_or_string(bytes: &[u8]) -> Option<Value> {
    let (mut is_string, mut number, mut string) = (false, 0, String::new());
    for field in Fields(bytes) {
        match field? {
            (1, Wire::Number(kind)) => is_string = kind == 1,
            (2, Wire::Number(own)) => number = own.cast_signed(),
            (3, Wire::Bytes(own)) => string = text(own)?,
            _ => {}
        }
    }
    Some(if is_string { json!(string) } else { json!(number) })
}

/// Returns the bytes of a field; nothing inside when the message does not have it.
fn only_field(bytes: &[u8], wanted: u64) -> Option<Option<&[u8]>> {
    let mut found = None;
    for field in Fields(bytes) {
        if let (number, Wire::Bytes(own)) = field?
            && number == wanted
        {
            found = Some(own);
        }
    }
    Some(found)
}

fn map_entry(element: &Shape, wire: Wire<'_>, depth: usize) -> Option<(String, Value)> {
    let Wire::Bytes(bytes) = wire else { return None };
    let (mut key, mut content) = (String::new(), None);
    for field in Fields(bytes) {
        match field? {
            (1, Wire::Bytes(own)) => key = text(own)?,
            (2, wire) => content = Some(value(element, wire, depth)?),
            _ => {}
        }
    }
    // An empty value may be left out.
    let content = match content {
        Some(content) => content,
        None => value(element, Wire::Bytes(&[]), depth)?,
    };
    Some((key, content))
}

fn text(bytes: &[u8]) -> Option<String> {
    std::str::from_utf8(bytes).ok().map(str::to_owned)
}

/// The content of a field as it is on the wire.
#[derive(Clone, Copy)]
enum Wire<'a> {
    Number(u64),
    Fixed([u8; 8]),
    Bytes(&'a [u8]),
}

/// The fields of a message, in their order; nothing for what is malformed.
struct Fields<'a>(&'a [u8]);

impl<'a> Iterator for Fields<'a> {
    type Item = Option<(u64, Wire<'a>)>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.0.is_empty() {
            return None;
        }
        let field = self.field();
        if field.is_none() {
            self.0 = &[];
        }
        Some(field)
    }
}

impl<'a> Fields<'a> {
    fn field(&mut self) -> Option<(u64, Wire<'a>)> {
        let tag = self.varint()?;
        let wire = match tag & 7 {
            0 => Wire::Number(self.varint()?),
            1 => Wire::Fixed(self.take(8)?.try_into().ok()?),
            2 => {
                let length = self.varint()?;
                Wire::Bytes(self.take(length)?)
            }
            5 => Wire::Bytes(self.take(4)?),
            _ => return None,
        };
        Some((tag >> 3, wire))
    }

    fn varint(&mut self) -> Option<u64> {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let (&first, rest) = self.0.split_first()?;
            self.0 = rest;
            number |= u64::from(first & 0x7f) << shift;
            if first < 0x80 {
                return Some(number);
            }
        }
        None
    }

    fn take(&mut self, count: u64) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(usize::try_from(count).ok()?)?;
        self.0 = rest;
        Some(taken)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(number: u8, content: &[u8]) -> Vec<u8> {
        let mut bytes = vec![number << 3 | 2, u8::try_from(content.len()).unwrap()];
        bytes.extend(content);
        bytes
    }

    #[test]
    fn reads_a_secret() {
        let metadata = [
            message(1, b"s"),
            message(2, b""),
            message(11, &[message(1, b"k"), message(2, b"v")].concat()),
        ]
        .concat();
        let data = [message(1, b"key"), message(2, b"foo")].concat();
        let secret = [message(1, &metadata), message(2, &data), message(3, b"Opaque")].concat();
        let kind = [message(1, b"v1"), message(2, b"Secret")].concat();
        let body = [MAGIC.to_vec(), message(1, &kind), message(2, &secret)].concat();
        assert_eq!(
            to_json(&body),
            Some(json!({
                "apiVersion": "v1", "kind": "Secret", "metadata": {"name": "s", "labels": {"k": "v"}},
                "data": {"key": "Zm9v"}, "type": "Opaque",
            })),
        );
        for end in 0..body.len() {
            let _ = to_json(&body[..end]);
        }
    }

    #[test]
    fn reads_embedded_structs_and_special_types() {
        let port = [
            message(1, b"http"),
            vec![3 << 3, 80],
            message(4, &[8, 1, 26, 3, b'w', b'e', b'b']),
        ]
        .concat();
        let service = message(2, &message(1, &port));
        let kind = [message(1, b"v1"), message(2, b"Service")].concat();
        let body = [MAGIC.to_vec(), message(1, &kind), message(2, &service)].concat();
        assert_eq!(
            to_json(&body).unwrap()["spec"],
            json!({"ports": [{"name": "http", "port": 80, "targetPort": "web"}]})
        );
        let volume = [message(1, b"v"), message(2, &message(6, &message(1, b"s")))].concat();
        let template = message(2, &message(2, &message(1, &volume)));
        let kind = [message(1, b"v1"), message(2, b"PodTemplate")].concat();
        let body = [MAGIC.to_vec(), message(1, &kind), message(2, &template)].concat();
        assert_eq!(
            to_json(&body).unwrap()["template"]["spec"]["volumes"],
            json!([{"name": "v", "secret": {"secretName": "s"}}])
        );
    }

    /// A message of any length.
    fn long_message(number: u64, content: &[u8]) -> Vec<u8> {
        let mut bytes = Vec::new();
        for mut part in [number << 3 | 2, content.len() as u64] {
            while part >= 0x80 {
                bytes.push((part & 0x7f) as u8 | 0x80);
                part >>= 7;
            }
            bytes.push(part as u8);
        }
        bytes.extend(content);
        bytes
    }

    #[test]
    fn nesting_has_an_end() {
        let definition = |depth: usize| {
            let schema = (0..depth).fold(Vec::new(), |inner, _| long_message(28, &inner));
            let version = long_message(4, &long_message(1, &schema));
            let kind = [
                message(1, b"apiextensions.k8s.io/v1"),
                message(2, b"CustomResourceDefinition"),
            ]
            .concat();
            let definition = long_message(2, &long_message(2, &long_message(7, &version)));
            [MAGIC.to_vec(), message(1, &kind), definition].concat()
        };
        assert!(to_json(&definition(10)).is_some());
        assert!(to_json(&definition(2_000)).is_none());
    }
}
