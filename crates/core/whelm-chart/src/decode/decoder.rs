//! What Go's `encoding/json` does with a value and a struct.

use std::collections::BTreeMap;

use go_value::Value;
use go_value::strconv::quote;

use super::{Generation, Source, View};
use crate::rfc3339;

/// A run of the JSON decoder: where it is and what went wrong first.
///
/// It goes on after a value of a wrong type and reports the first one; [`Decoder::finish`] gives that report.
pub struct Decoder {
    generation: Generation,
    /// Fields that there are not are an error.
    is_strict: bool,
    structure: &'static str,
    path: Vec<&'static str>,
    mismatch: Option<String>,
    fatal: Option<String>,
}

impl Decoder {
    /// Returns a decoder that passes over fields that there are not.
    pub fn new(generation: Generation) -> Self {
        Decoder {
            generation,
            is_strict: false,
            structure: "",
            path: Vec::new(),
            mismatch: None,
            fatal: None,
        }
    }

    /// Returns a decoder to which a field that there is not is an error.
    pub fn strict(generation: Generation) -> Self {
        Decoder {
            is_strict: true,
            ..Decoder::new(generation)
        }
    }

    /// Ends the run.
    ///
    /// # Errors
    /// The text of `encoding/json` for what ended the run early, or else for the first value that did not fit.
    pub fn finish(self) -> Result<(), String> {
        self.fatal.or(self.mismatch).map_or(Ok(()), Err)
    }

    /// Notes that a value of this kind does not fit, unless something before it did not.
    pub(super) fn mismatch(&mut self, kind: &str, go_type: &str) {
        if self.mismatch.is_some() {
            return;
        }
        self.mismatch = Some(if self.structure.is_empty() {
            format!("json: cannot unmarshal {kind} into Go value of type {go_type}")
        } else {
            let (structure, path) = (self.structure, self.path.join("."));
            format!("json: cannot unmarshal {kind} into Go struct field {structure}.{path} of type {go_type}")
        });
    }

    pub(super) fn type_name(&self, name: &str) -> String {
        format!("{}.{name}", self.generation.package())
    }

    /// Reads a struct: walks over the members of its object. `assign` gets each key in lower case and tells whether there is such a
    /// field.
    pub fn object<S: Source, T>(
        &mut self,
        value: &S,
        structure: &'static str,
        go_type: &str,
        target: &mut T,
        assign: impl Fn(&mut Self, &str, &S, &mut T) -> bool,
    ) {
        let members = match value.view() {
            View::Null => return,
            View::Object(members) => members,
            other => return self.mismatch(other.kind(), go_type),
        };
        let outer = std::mem::replace(&mut self.structure, structure);
        for (key, value) in members {
            if self.fatal.is_some() {
                break;
            }
            let is_known = assign(self, &fold(key), value, target);
            if !is_known && self.is_strict && self.mismatch.is_none() {
                self.mismatch = Some(format!("json: unknown field {}", quote(key)));
            }
        }
        self.structure = outer;
    }

    /// Reads a field; true, for a field that there is.
    pub fn field(&mut self, name: &'static str, decode: impl FnOnce(&mut Self)) -> bool {
        self.path.push(name);
        decode(self);
        self.path.pop();
        true
    }

    /// Looks for a field in an embedded struct, whose name shows in the texts of errors.
    pub fn embedded(&mut self, name: &'static str, decode: impl FnOnce(&mut Self) -> bool) -> bool {
        self.path.push(name);
        let is_known = decode(self);
        self.path.pop();
        is_known
    }

    /// Reads a string.
    pub fn string<S: Source>(&mut self, value: &S, target: &mut String) {
        match value.view() {
            View::Null => {}
            View::String(text) => *target = text.to_string_lossy().into_owned(),
            other => self.mismatch(other.kind(), "string"),
        }
    }

    /// Reads a bool.
    pub fn bool<S: Source>(&mut self, value: &S, target: &mut bool) {
        match value.view() {
            View::Null => {}
            View::Bool(value) => *target = value,
            other => self.mismatch(other.kind(), "bool"),
        }
    }

    /// Reads a time into RFC 3339. A Go time reads itself: what it does not like ends the whole run.
    pub fn time<S: Source>(&mut self, value: &S, target: &mut String) {
        match value.view() {
            View::Null => {}
            View::String(_) => match rfc3339::normalise(&value.raw()) {
                Ok(time) => *target = time,
                Err(error) => self.fatal = Some(error),
            },
            _ => self.fatal = Some("Time.UnmarshalJSON: input is not a JSON string".to_owned()),
        }
    }

    /// Reads a map, of the given Go type, whose values are fresh each time.
    pub fn map<S: Source, T: Default>(
        &mut self,
        value: &S,
        go_type: &str,
        target: &mut Option<BTreeMap<String, T>>,
        decode: impl Fn(&mut Self, &S, &mut T),
    ) {
        let members = match value.view() {
            View::Null => return *target = None,
            View::Object(members) => members,
            other => return self.mismatch(other.kind(), go_type),
        };
        let target = target.get_or_insert_default();
        for (key, value) in members {
            if self.fatal.is_some() {
                break;
            }
            let mut item = T::default();
            decode(self, value, &mut item);
            target.insert(key.to_string_lossy().into_owned(), item);
        }
    }

    /// Reads a map of strings.
    pub fn string_map<S: Source>(&mut self, value: &S, target: &mut Option<BTreeMap<String, String>>) {
        self.map(value, "map[string]string", target, |this, value, target| {
            this.string(value, target)
        });
    }

    /// Reads a map of anything, only to see whether it can be read.
    pub fn any_map<S: Source>(&mut self, value: &S) {
        match value.view() {
            View::Null => {}
            View::Object(members) => members.for_each(|(_, value)| drop(self.any(value))),
            other => self.mismatch(other.kind(), "map[string]interface {}"),
        }
    }

    pub(super) fn any_list<S: Source>(&mut self, value: &S, target: &mut Option<Vec<Value>>) {
        match value.view() {
            View::Null => *target = None,
            View::List(items) => *target = Some(items.iter().map(|item| self.any(item)).collect()),
            other => self.mismatch(other.kind(), "[]interface {}"),
        }
    }

    fn any<S: Source>(&mut self, value: &S) -> Value {
        value.to_value(&mut |number| self.mismatch(&format!("number {}", number.to_string_lossy()), "float64"))
    }

    /// Reads a list of strings.
    pub fn strings<S: Source>(&mut self, value: &S, target: &mut Option<Vec<String>>) {
        self.list(value, "[]string", target, |this, value, target| {
            this.string(value, target)
        });
    }

    /// Reads a list of pointers, of the given Go type: `null` empties an item, anything else is read into what is there.
    pub fn pointers<S: Source, T: Default>(
        &mut self,
        value: &S,
        go_type: &str,
        target: &mut Option<Vec<Option<T>>>,
        decode: impl Fn(&mut Self, &S, &mut T),
    ) {
        self.list(value, go_type, target, |this, value, item| match value.view() {
            View::Null => *item = None,
            _ => decode(this, value, item.get_or_insert_default()),
        });
    }

    fn list<S: Source, T: Default>(
        &mut self,
        value: &S,
        go_type: &str,
        target: &mut Option<Vec<T>>,
        decode: impl Fn(&mut Self, &S, &mut T),
    ) {
        let items = match value.view() {
            View::Null => return *target = None,
            View::List(items) => items,
            other => return self.mismatch(other.kind(), go_type),
        };
        let target = target.get_or_insert_default();
        target.resize_with(items.len(), T::default);
        for (value, item) in items.iter().zip(target) {
            if self.fatal.is_some() {
                break;
            }
            decode(self, value, item);
        }
    }
}

/// Folds the case of a key as `encoding/json` does; the two letters outside ASCII that fold into it are `ſ` and the
/// Kelvin sign.
pub(super) fn fold(key: &[u8]) -> String {
    let folded = |rune: char| match rune {
        '\u{17f}' => 's',
        '\u{212a}' => 'k',
        rune => rune.to_ascii_lowercase(),
    };
    go_value::utf8::runes(key).map(|(_, rune)| folded(rune)).collect()
}
