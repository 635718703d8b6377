//! Values under a verb.

use go_value::utf8;

use super::named;
use crate::builtins::Complex;
use crate::value::{Kind, List, Map, Object, Type, Value};

/// How deep a value is printed; what is deeper is most likely a map that contains itself.
const MAX_DEPTH: usize = 10_000;

/// From so many bytes on nothing more is printed; whoever asked sees the length.
const MAX_BYTES: usize = 1 << 29;

/// The flags of one verb.
#[derive(Clone, Copy, Default)]
pub(super) struct Flags {
    pub(super) width: Option<usize>,
    pub(super) precision: Option<usize>,
    pub(super) minus: bool,
    pub(super) plus: bool,
    pub(super) sharp: bool,
    pub(super) space: bool,
    pub(super) zero: bool,
    /// `%+v`
    pub(super) plus_v: bool,
    /// `%#v`
    pub(super) sharp_v: bool,
}

/// Prints into a buffer.
#[derive(Default)]
pub(super) struct Printer {
    pub(super) out: Vec<u8>,
    pub(super) flags: Flags,
    /// Whether to print what a pointer points to instead of the pointer.
    pub(super) indirect: bool,
    /// Whether a bad verb is being reported: then values print without their methods.
    pub(super) erroring: bool,
    /// The maps that are being printed, outermost first.
    pub(super) maps: Vec<Map>,
    pub(super) depth: usize,
}

impl Printer {
    /// Prints an argument of its own.
    pub(super) fn print_argument(&mut self, value: &Value, verb: char) {
        if self.is_full() {
            return;
        }
        match (value, verb) {
            (Value::Nil, 'T' | 'v') => self.pad(b"<nil>"),
            (Value::Nil, _) => self.bad_verb(value, verb),
            (_, 'T') => {
                let type_ = value.type_().unwrap_or(Type::Any).to_string();
                self.format_string(type_.as_bytes());
            }
            (_, 'p') => self.pointer(value, verb),
            (Value::Bytes(bytes), _) => self.bytes(bytes, verb, "[]byte"),
            (Value::List(list), _) if list.type_ == Type::bytes() => {
                let bytes = list_bytes(list);
                if list.nil && self.flags.sharp_v && matches!(verb, 'v' | 'd') {
                    self.out.extend_from_slice(b"[]byte(nil)");
                } else {
                    self.bytes(&bytes, verb, "[]byte");
                }
            }
            _ => self.print_value(value, verb, 0),
        }
    }

    /// Prints a value by its kind.
    fn print_value(&mut self, value: &Value, verb: char, depth: usize) {
        match value {
            // Only an element can be nil here: a nil interface.
            Value::Nil if self.flags.sharp_v => self.out.extend_from_slice(b"interface {}(nil)"),
            Value::Nil => self.out.extend_from_slice(b"<nil>"),
            Value::Bool(truth) => match verb {
                't' | 'v' => self.pad(if *truth { b"true" } else { b"false" }),
                _ => self.bad_verb(value, verb),
            },
            Value::Int(int) | Value::Int64(int) => self.int(*int, verb, value),
            Value::OtherInt(type_, int) => match named::text(*type_, *int) {
                Some(text) if self.takes_text(verb) => self.string(text.as_bytes(), verb, value),
                _ => self.int(*int, verb, value),
            },
            Value::Uint(_, uint) => self.uint(*uint, verb, value),
            Value::Float(float) => self.float(*float, verb, value),
            Value::Str(text) => self.string(text, verb, value),
            Value::Bytes(bytes) => self.bytes(bytes, verb, "[]uint8"),
            Value::List(list) => self.list(list, verb, depth, value),
            Value::Map(map) => self.map(map, verb, depth, value),
            Value::Object(object) => self.object(object.as_ref(), verb, depth, value),
        }
    }

    fn is_full(&self) -> bool {
        self.out.len() > MAX_BYTES
    }

    fn takes_text(&self, verb: char) -> bool {
        !self.erroring && !self.flags.sharp_v && matches!(verb, 'v' | 's' | 'x' | 'X' | 'q')
    }

    /// Reports a verb that the value does not have.
    pub(super) fn bad_verb(&mut self, value: &Value, verb: char) {
        self.erroring = true;
        self.out.extend_from_slice(b"%!");
        self.push_char(verb);
        self.out.push(b'(');
        match value.type_() {
            Some(type_) => {
                self.out.extend_from_slice(type_.to_string().as_bytes());
                self.out.push(b'=');
                self.print_argument_nested(value);
            }
            None => self.out.extend_from_slice(b"<nil>"),
        }
        self.out.push(b')');
        self.erroring = false;
    }

    fn print_argument_nested(&mut self, value: &Value) {
        self.depth += 1;
        if self.depth <= MAX_DEPTH {
            self.print_argument(value, 'v');
        }
        self.depth -= 1;
    }

    pub(super) fn push_char(&mut self, rune: char) {
        let mut buffer = [0; 4];
        self.out.extend_from_slice(rune.encode_utf8(&mut buffer).as_bytes());
    }

    fn separator(&mut self, at: usize) {
        if at > 0 {
            let separator: &[u8] = if self.flags.sharp_v { b", " } else { b" " };
            self.out.extend_from_slice(separator);
        }
    }

    /// Prints an element, unless it is too deep.
    fn element(&mut self, value: &Value, verb: char, depth: usize) {
        if depth >= MAX_DEPTH {
            self.out.extend_from_slice(b"%!v(DEPTH)");
            return;
        }
        if self.is_full() {
            return;
        }
        stacker::maybe_grow(crate::RED_ZONE, crate::STACK_SEGMENT, || {
            self.print_value(value, verb, depth + 1);
        });
    }

    fn list(&mut self, list: &List, verb: char, depth: usize, value: &Value) {
        if verb == 'w' {
            return self.bad_verb(value, verb);
        }
        if list.type_ == Type::bytes() && matches!(verb, 's' | 'q' | 'x' | 'X') {
            return self.bytes(&list_bytes(list), verb, "[]uint8");
        }
        if self.flags.sharp_v {
            self.out.extend_from_slice(list.type_.to_string().as_bytes());
            if list.nil {
                self.out.extend_from_slice(b"(nil)");
                return;
            }
        }
        self.out.push(if self.flags.sharp_v { b'{' } else { b'[' });
        for (at, item) in list.items.iter().enumerate() {
            self.separator(at);
            self.element(item, verb, depth);
        }
        self.out.push(if self.flags.sharp_v { b'}' } else { b']' });
    }

    fn map(&mut self, map: &Map, verb: char, depth: usize, value: &Value) {
        if verb == 'w' {
            return self.bad_verb(value, verb);
        }
        if self.maps.iter().any(|outer| outer.is(map)) {
            // Go prints such a map until its stack is full, and dies.
            self.out.extend_from_slice(b"%!v(CYCLE)");
            return;
        }
        if self.flags.sharp_v {
            self.out.extend_from_slice(map.type_.to_string().as_bytes());
            if map.nil {
                self.out.extend_from_slice(b"(nil)");
                return;
            }
            self.out.push(b'{');
        } else {
            self.out.extend_from_slice(b"map[");
        }
        self.maps.push(map.clone());
        map.with(|entries| {
            for (at, (key, value)) in entries.iter().enumerate() {
                self.separator(at);
                self.string(key, verb, &Value::Str(key.clone()));
                self.out.push(b':');
                self.element(value, verb, depth);
            }
        });
        self.maps.pop();
        self.out.push(if self.flags.sharp_v { b'}' } else { b']' });
    }

    fn object(&mut self, object: &dyn Object, verb: char, depth: usize, value: &Value) {
        if verb == 'w' {
            return self.bad_verb(value, verb);
        }
        if let Some(complex) = object.as_any().downcast_ref::<Complex>() {
            return self.complex(*complex, verb, value);
        }
        if self.takes_text(verb)
            && let Some(text) = object.text()
        {
            return self.string(&text, verb, value);
        }
        match object.underlying() {
            Some(inner) if !matches!(inner, Value::Object(_)) => self.element(&inner, verb, depth),
            _ if matches!(object.kind(), Kind::Func) => self.pointer(value, verb),
            _ => self.structure(object, verb, depth),
        }
    }

    fn structure(&mut self, object: &dyn Object, verb: char, depth: usize) {
        let type_ = object.type_().to_string();
        let pointer = type_.strip_prefix('*');
        if pointer.is_some() && depth > 0 {
            self.out.extend_from_slice(b"0xc000000000");
            return;
        }
        if pointer.is_some() && !self.indirect {
            self.out.push(b'&');
        }
        if self.flags.sharp_v {
            self.out.extend_from_slice(pointer.unwrap_or(&type_).as_bytes());
        }
        self.out.push(b'{');
        for (at, (name, value)) in object.fields().iter().enumerate() {
            self.separator(at);
            if self.flags.plus_v || self.flags.sharp_v {
                self.out.extend_from_slice(name.as_bytes());
                self.out.push(b':');
            }
            self.element(value, verb, depth);
        }
        self.out.push(b'}');
    }

    fn bytes(&mut self, bytes: &[u8], verb: char, type_: &str) {
        match verb {
            'v' | 'd' if self.flags.sharp_v => {
                self.out.extend_from_slice(type_.as_bytes());
                self.out.push(b'{');
                for (at, byte) in bytes.iter().enumerate() {
                    self.separator(at);
                    self.hexadecimal(u64::from(*byte), true);
                }
                self.out.push(b'}');
            }
            's' => self.format_string(bytes),
            'x' => self.hex_string(bytes, false),
            'X' => self.hex_string(bytes, true),
            'q' => self.quoted(bytes),
            _ => {
                let (open, close): (&[u8], u8) = match self.flags.sharp_v {
                    true => (b"[]uint8{", b'}'),
                    false => (b"[", b']'),
                };
                self.out.extend_from_slice(open);
                for (at, byte) in bytes.iter().enumerate() {
                    self.separator(at);
                    self.uint(u64::from(*byte), verb, &Value::Uint(Type::Uint8, u64::from(*byte)));
                }
                self.out.push(close);
            }
        }
    }

    /// The address of a map, list or object. Go's addresses differ from run to run.
    fn pointer(&mut self, value: &Value, verb: char) {
        let address = match value {
            Value::List(list) if list.nil => 0,
            Value::List(list) => std::rc::Rc::as_ptr(&list.items) as usize,
            Value::Bytes(bytes) => bytes.as_ptr() as usize,
            Value::Map(map) if map.nil => 0,
            Value::Map(map) => map.address(),
            Value::Object(object) if matches!(object.kind(), Kind::Ptr | Kind::Map | Kind::Slice | Kind::Func) => {
                std::rc::Rc::as_ptr(object).cast::<u8>() as usize
            }
            _ => return self.bad_verb(value, verb),
        };
        self.hexadecimal(address as u64, !self.flags.sharp);
    }

    /// Writes `text` padded to the width.
    pub(super) fn pad(&mut self, text: &[u8]) {
        let Some(width) = self.flags.width.filter(|width| *width > 0) else {
            self.out.extend_from_slice(text);
            return;
        };
        let padding = width.saturating_sub(utf8::rune_count(text));
        if self.flags.minus {
            self.out.extend_from_slice(text);
            self.padding(padding);
        } else {
            self.padding(padding);
            self.out.extend_from_slice(text);
        }
    }

    /// Writes `count` spaces, or zeros for the zero flag.
    pub(super) fn padding(&mut self, count: usize) {
        let byte = if self.flags.zero && !self.flags.minus {
            b'0'
        } else {
            b' '
        };
        self.out.resize(self.out.len() + count, byte);
    }

    /// Writes `text` padded, never with zeros.
    pub(super) fn pad_spaces(&mut self, text: &[u8]) {
        let zero = std::mem::replace(&mut self.flags.zero, false);
        self.pad(text);
        self.flags.zero = zero;
    }
}

fn list_bytes(list: &List) -> Vec<u8> {
    list.items
        .iter()
        .map(|item| match item {
            Value::Uint(_, byte) => *byte as u8,
            _ => 0,
        })
        .collect()
}
