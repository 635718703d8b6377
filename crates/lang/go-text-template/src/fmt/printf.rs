//! Format strings.

use go_value::utf8;

use super::printer::{Flags, Printer};
use crate::value::Value;

/// Widths and precisions above this are errors.
const TOO_LARGE: i64 = 1_000_000;

/// Prints `values` by `format`.
pub(super) fn print(printer: &mut Printer, format: &[u8], values: &[Value]) {
    let mut scan = Scan {
        printer,
        format,
        values,
        at: 0,
        argument: 0,
        reordered: false,
        good_index: true,
        after_index: false,
    };
    scan.run();
    if !scan.reordered && scan.argument < values.len() {
        extra(scan.printer, &values[scan.argument..]);
    }
}

/// The walk over a format string.
struct Scan<'a> {
    printer: &'a mut Printer,
    format: &'a [u8],
    values: &'a [Value],
    at: usize,
    argument: usize,
    /// Whether an argument index was used.
    reordered: bool,
    /// Whether the index of the current verb is a good one.
    good_index: bool,
    /// Whether the last thing read was an index.
    after_index: bool,
}

impl Scan<'_> {
    fn run(&mut self) {
        while self.at < self.format.len() {
            let rest = &self.format[self.at..];
            let length = memchr::memchr(b'%', rest).unwrap_or(rest.len());
            self.printer.out.extend_from_slice(&rest[..length]);
            self.at += length;
            if self.at >= self.format.len() {
                break;
            }
            self.at += 1;
            self.good_index = true;
            if !self.verb() {
                break;
            }
        }
    }

    fn peek(&self) -> Option<u8> {
        self.format.get(self.at).copied()
    }

    /// One verb with its flags; false when the format ends before the verb.
    fn verb(&mut self) -> bool {
        self.flags();
        if let Some(byte @ b'a'..=b'z') = self.peek()
            && self.argument < self.values.len()
        {
            self.at += 1;
            self.print_value(byte as char);
            return true;
        }
        self.index();
        self.width();
        self.precision();
        if !self.after_index {
            self.index();
        }
        let Some((verb, size)) = utf8::decode(&self.format[self.at.min(self.format.len())..]) else {
            self.printer.out.extend_from_slice(b"%!(NOVERB)");
            return false;
        };
        self.at += size;
        if verb == '%' {
            self.printer.out.push(b'%');
        } else if !self.good_index {
            self.complain(verb, b"(BADINDEX)");
        } else if self.argument >= self.values.len() {
            self.complain(verb, b"(MISSING)");
        } else {
            self.print_value(verb);
        }
        true
    }

    fn complain(&mut self, verb: char, problem: &[u8]) {
        self.printer.out.extend_from_slice(b"%!");
        self.printer.push_char(verb);
        self.printer.out.extend_from_slice(problem);
    }

    fn print_value(&mut self, verb: char) {
        if matches!(verb, 'v' | 'w') {
            let flags = &mut self.printer.flags;
            flags.sharp_v = std::mem::replace(&mut flags.sharp, false);
            flags.plus_v = std::mem::replace(&mut flags.plus, false);
        }
        self.printer.print_argument(&self.values[self.argument], verb);
        self.argument += 1;
    }

    fn flags(&mut self) {
        let mut flags = Flags::default();
        while let Some(byte) = self.peek() {
            match byte {
                b'#' => flags.sharp = true,
                b'0' => flags.zero = true,
                b'+' => flags.plus = true,
                b'-' => flags.minus = true,
                b' ' => flags.space = true,
                _ => break,
            }
            self.at += 1;
        }
        self.printer.flags = flags;
    }

    /// An argument index such as `[2]`.
    fn index(&mut self) {
        self.after_index = false;
        if self.peek() != Some(b'[') {
            return;
        }
        self.reordered = true;
        let rest = &self.format[self.at..];
        let Some(end) = memchr::memchr(b']', rest).filter(|_| rest.len() >= 3) else {
            self.good_index = false;
            self.at += 1;
            return;
        };
        self.at += end + 1;
        let index = match number(&rest[1..end]) {
            Some((number, length)) if length == end - 1 => number - 1,
            _ => {
                self.good_index = false;
                return;
            }
        };
        self.after_index = true;
        match usize::try_from(index) {
            Ok(index) if index < self.values.len() => self.argument = index,
            _ => self.good_index = false,
        }
    }

    /// A number from the arguments, for `*`.
    fn star(&mut self) -> Option<i64> {
        let value = self.values.get(self.argument)?;
        self.argument += 1;
        let number = match value {
            Value::Int(int) | Value::Int64(int) | Value::OtherInt(_, int) => *int,
            Value::Uint(_, uint) => i64::try_from(*uint).ok()?,
            _ => return None,
        };
        (-TOO_LARGE..=TOO_LARGE).contains(&number).then_some(number)
    }

    /// A number from the format.
    fn number(&mut self) -> Option<usize> {
        let rest = &self.format[self.at.min(self.format.len())..];
        match number(rest) {
            Some((number, length)) => {
                self.at += length;
                usize::try_from(number).ok()
            }
            None => {
                if rest.first().is_some_and(u8::is_ascii_digit) {
                    // The number is too large; Go gives up on the whole format.
                    self.at = self.format.len();
                }
                None
            }
        }
    }

    fn width(&mut self) {
        if self.peek() == Some(b'*') {
            self.at += 1;
            let width = self.star();
            let flags = &mut self.printer.flags;
            flags.width = width.map(|width| width.unsigned_abs() as usize);
            if width.is_some_and(|width| width < 0) {
                flags.minus = true;
                flags.zero = false;
            }
            if width.is_none() {
                self.printer.out.extend_from_slice(b"%!(BADWIDTH)");
            }
            self.after_index = false;
            return;
        }
        let width = self.number();
        self.printer.flags.width = width;
        if self.after_index && width.is_some() {
            self.good_index = false;
        }
    }

    fn precision(&mut self) {
        if self.at + 1 >= self.format.len() || self.peek() != Some(b'.') {
            return;
        }
        self.at += 1;
        if self.after_index {
            self.good_index = false;
        }
        self.index();
        if self.peek() == Some(b'*') {
            self.at += 1;
            let precision = self.star().and_then(|precision| usize::try_from(precision).ok());
            self.printer.flags.precision = precision;
            if precision.is_none() {
                self.printer.out.extend_from_slice(b"%!(BADPREC)");
            }
            self.after_index = false;
            return;
        }
        self.printer.flags.precision = Some(self.number().unwrap_or(0));
    }
}

/// Decimal digits at the start: the number and how many there are. `None` when there are none or the number is too large.
fn number(text: &[u8]) -> Option<(i64, usize)> {
    let mut number = 0;
    let mut length = 0;
    for byte in text.iter().take_while(|byte| byte.is_ascii_digit()) {
        if number > TOO_LARGE {
            return None;
        }
        number = number * 10 + i64::from(byte - b'0');
        length += 1;
    }
    (length > 0).then_some((number, length))
}

/// Reports the arguments that no verb used.
fn extra(printer: &mut Printer, values: &[Value]) {
    printer.flags = Flags::default();
    printer.out.extend_from_slice(b"%!(EXTRA ");
    for (at, value) in values.iter().enumerate() {
        if at > 0 {
            printer.out.extend_from_slice(b", ");
        }
        match value.type_() {
            None => printer.out.extend_from_slice(b"<nil>"),
            Some(type_) => {
                printer.out.extend_from_slice(type_.to_string().as_bytes());
                printer.out.push(b'=');
                printer.print_argument(value, 'v');
            }
        }
    }
    printer.out.push(b')');
}
