//! Strings under their verbs.

use go_value::strconv::{can_backquote, quote, quote_to_ascii};
use go_value::utf8;

use super::printer::Printer;
use crate::value::Value;

impl Printer {
    pub(super) fn string(&mut self, text: &[u8], verb: char, value: &Value) {
        match verb {
            'v' if self.flags.sharp_v => self.quoted(text),
            'v' | 's' => self.format_string(text),
            'x' => self.hex_string(text, false),
            'X' => self.hex_string(text, true),
            'q' => self.quoted(text),
            _ => self.bad_verb(value, verb),
        }
    }

    /// As many runes as the precision allows.
    fn truncated<'t>(&self, text: &'t [u8]) -> &'t [u8] {
        let Some(precision) = self.flags.precision else {
            return text;
        };
        let end = utf8::runes(text).nth(precision).map_or(text.len(), |(at, _)| at);
        &text[..end]
    }

    pub(super) fn format_string(&mut self, text: &[u8]) {
        let text = self.truncated(text);
        self.pad(text);
    }

    pub(super) fn quoted(&mut self, text: &[u8]) {
        let text = self.truncated(text);
        if self.flags.sharp && can_backquote(text) {
            let mut quoted = Vec::with_capacity(text.len() + 2);
            quoted.push(b'`');
            quoted.extend_from_slice(text);
            quoted.push(b'`');
            self.pad(&quoted);
        } else if self.flags.plus {
            self.pad(quote_to_ascii(text).as_bytes());
        } else {
            self.pad(quote(text).as_bytes());
        }
    }

    pub(super) fn hex_string(&mut self, text: &[u8], upper: bool) {
        let digits: &[u8; 17] = if upper {
            b"0123456789ABCDEFX"
        } else {
            b"0123456789abcdefx"
        };
        let length = self.flags.precision.map_or(text.len(), |limit| limit.min(text.len()));
        let wanted = self.flags.width.unwrap_or(0);
        if length == 0 {
            return self.padding(wanted);
        }
        let (space, sharp) = (self.flags.space, self.flags.sharp);
        let mut width = 2 * length;
        if space {
            width = width * (1 + usize::from(sharp)) + length - 1;
        } else if sharp {
            width += 2;
        }
        let padding = wanted.saturating_sub(width);
        if !self.flags.minus {
            self.padding(padding);
        }
        for (at, byte) in text[..length].iter().enumerate() {
            if space && at > 0 {
                self.out.push(b' ');
            }
            if sharp && (space || at == 0) {
                self.out.extend_from_slice(&[b'0', digits[16]]);
            }
            let pair = [digits[usize::from(byte >> 4)], digits[usize::from(byte & 15)]];
            self.out.extend_from_slice(&pair);
        }
        if self.flags.minus {
            self.padding(padding);
        }
    }
}
