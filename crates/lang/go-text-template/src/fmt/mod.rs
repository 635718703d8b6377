//! Go's `fmt` for template values: `Sprint`, `Sprintln`, `Sprintf` and what `%v` prints.
//!
//! ```
//! use go_text_template::{Value, fmt};
//!
//! let text = fmt::sprintf("%-5s|%05.1f|%q", &[Value::from("ab"), Value::Float(3.14159), Value::from("x")]);
//! assert_eq!(text, "ab   |003.1|\"x\"");
//! assert_eq!(fmt::sprintf("%d", &[Value::from("x")]), "%!d(string=x)");
//! ```

mod integer;
mod named;
mod number;
mod printer;
mod printf;
mod text;

use go_value::Str;

use crate::value::Value;
use printer::Printer;

/// Go's `fmt.Sprint`: a space between two operands when neither is a string.
pub fn sprint(values: &[Value]) -> Str {
    let mut printer = Printer::default();
    let mut string_before = true;
    for value in values {
        let is_string = matches!(value, Value::Str(_));
        if !is_string && !string_before {
            printer.out.push(b' ');
        }
        printer.print_argument(value, 'v');
        string_before = is_string;
    }
    printer.out.into()
}

/// What `html` and its like print: as [`sprint`], but with nil and pointers as actions print them.
pub(crate) fn sprint_as_action(values: &[Value]) -> Str {
    let mut printer = Printer {
        indirect: true,
        ..Printer::default()
    };
    let mut string_before = true;
    for value in values {
        let is_string = matches!(value, Value::Str(_) | Value::Nil);
        if !is_string && !string_before {
            printer.out.push(b' ');
        }
        match value {
            Value::Nil => printer.out.extend_from_slice(b"<no value>"),
            _ => printer.print_argument(value, 'v'),
        }
        string_before = is_string;
    }
    printer.out.into()
}

/// Go's `fmt.Sprintln`: a space between all operands, and a newline.
pub fn sprintln(values: &[Value]) -> Str {
    let mut printer = Printer::default();
    for (at, value) in values.iter().enumerate() {
        if at > 0 {
            printer.out.push(b' ');
        }
        printer.print_argument(value, 'v');
    }
    printer.out.push(b'\n');
    printer.out.into()
}

/// Go's `fmt.Sprintf`.
pub fn sprintf(format: impl AsRef<[u8]>, values: &[Value]) -> Str {
    let mut printer = Printer::default();
    printf::print(&mut printer, format.as_ref(), values);
    printer.out.into()
}

/// Go's `fmt.Sprintf("%v", value)`.
pub fn value_string(value: &Value) -> Str {
    match value {
        Value::Str(text) => text.clone(),
        _ => verb_string('v', value),
    }
}

/// Writes a value as `%v` prints it.
pub fn write_value(out: &mut Vec<u8>, value: &Value) {
    let mut printer = Printer::default();
    std::mem::swap(&mut printer.out, out);
    printer.print_argument(value, 'v');
    std::mem::swap(&mut printer.out, out);
}

/// Writes a value as a template's action prints it: what a pointer points to, and `String()` of the pointer's type too.
pub(crate) fn write_action_value(out: &mut Vec<u8>, value: &Value) {
    match value {
        Value::Object(object) => match object.addressed_text() {
            Some(text) => out.extend_from_slice(&text),
            None => write_pointed(out, value),
        },
        _ => write_value(out, value),
    }
}

/// What `%v` prints of what the value is or points to.
pub(crate) fn pointed_string(value: &Value) -> Str {
    let mut out = Vec::new();
    write_pointed(&mut out, value);
    out.into()
}

fn write_pointed(out: &mut Vec<u8>, value: &Value) {
    let mut printer = Printer {
        out: std::mem::take(out),
        indirect: true,
        ..Printer::default()
    };
    printer.print_argument(value, 'v');
    *out = printer.out;
}

/// A value under a single verb without flags.
pub(crate) fn verb_string(verb: char, value: &Value) -> Str {
    let mut printer = Printer::default();
    printer.print_argument(value, verb);
    printer.out.into()
}
