//! Integers under their verbs.

use go_value::strconv::{is_print, quote_rune, quote_rune_to_ascii};

use super::printer::Printer;
use crate::value::Value;

const LOWER: &[u8; 17] = b"0123456789abcdefx";
const UPPER: &[u8; 17] = b"0123456789ABCDEFX";

impl Printer {
    pub(super) fn int(&mut self, int: i64, verb: char, value: &Value) {
        self.integer(int as u64, int < 0, true, verb, value);
    }

    pub(super) fn uint(&mut self, uint: u64, verb: char, value: &Value) {
        self.integer(uint, false, false, verb, value);
    }

    /// `bits` are those of the number, a negative one in two's complement.
    fn integer(&mut self, bits: u64, negative: bool, signed: bool, verb: char, value: &Value) {
        match verb {
            'v' if self.flags.sharp_v && !signed => self.hexadecimal(bits, true),
            'v' | 'd' => self.digits(bits, negative, 10, verb, LOWER),
            'b' => self.digits(bits, negative, 2, verb, LOWER),
            'o' | 'O' => self.digits(bits, negative, 8, verb, LOWER),
            'x' => self.digits(bits, negative, 16, verb, LOWER),
            'X' => self.digits(bits, negative, 16, verb, UPPER),
            'c' => {
                let rune = rune(bits);
                self.pad(rune.encode_utf8(&mut [0; 4]).as_bytes());
            }
            'q' => {
                let rune = rune(bits);
                let quoted = if self.flags.plus {
                    quote_rune_to_ascii(rune)
                } else {
                    quote_rune(rune)
                };
                self.pad(quoted.as_bytes());
            }
            'U' => self.unicode(bits),
            _ => self.bad_verb(value, verb),
        }
    }

    /// Hexadecimal digits, with or without `0x`.
    pub(super) fn hexadecimal(&mut self, bits: u64, prefix: bool) {
        let sharp = std::mem::replace(&mut self.flags.sharp, prefix);
        self.digits(bits, false, 16, 'v', LOWER);
        self.flags.sharp = sharp;
    }

    fn digits(&mut self, bits: u64, negative: bool, base: u64, verb: char, digits: &[u8; 17]) {
        let flags = self.flags;
        let mut number = if negative { bits.wrapping_neg() } else { bits };
        if flags.width.is_none()
            && flags.precision.is_none()
            && !flags.sharp
            && !flags.plus
            && !flags.space
            && base == 10
        {
            if negative {
                self.out.push(b'-');
            }
            return self.decimal(number);
        }
        let mut least = 0;
        if let Some(precision) = flags.precision {
            least = precision;
            if precision == 0 && number == 0 {
                let zero = std::mem::replace(&mut self.flags.zero, false);
                self.padding(flags.width.unwrap_or(0));
                self.flags.zero = zero;
                return;
            }
        } else if let (true, false, Some(width)) = (flags.zero, flags.minus, flags.width) {
            let sign = usize::from(negative || flags.plus || flags.space);
            least = width.saturating_sub(sign);
        }
        // The digits come out last first.
        let mut reversed = Vec::with_capacity(least.max(64) + 3);
        loop {
            reversed.push(digits[(number % base) as usize]);
            number /= base;
            if number == 0 {
                break;
            }
        }
        if reversed.len() < least {
            reversed.resize(least, b'0');
        }
        if flags.sharp {
            match base {
                2 => reversed.extend_from_slice(b"b0"),
                8 if reversed.last() != Some(&b'0') => reversed.push(b'0'),
                16 => reversed.extend_from_slice(&[digits[16], b'0']),
                _ => {}
            }
        }
        if verb == 'O' {
            reversed.extend_from_slice(b"o0");
        }
        if negative {
            reversed.push(b'-');
        } else if flags.plus {
            reversed.push(b'+');
        } else if flags.space {
            reversed.push(b' ');
        }
        reversed.reverse();
        self.pad_spaces(&reversed);
    }

    fn decimal(&mut self, mut number: u64) {
        let mut buffer = [0; 20];
        let mut at = buffer.len();
        loop {
            at -= 1;
            buffer[at] = b'0' + (number % 10) as u8;
            number /= 10;
            if number == 0 {
                break;
            }
        }
        self.out.extend_from_slice(&buffer[at..]);
    }

    /// `U+0041`, with `#` also the character.
    fn unicode(&mut self, bits: u64) {
        let least = self.flags.precision.unwrap_or(4).max(4);
        let digits = format!("{bits:X}");
        let mut text = "U+".to_owned();
        text.extend(std::iter::repeat_n('0', least.saturating_sub(digits.len())));
        text.push_str(&digits);
        let rune = u32::try_from(bits).ok().and_then(char::from_u32);
        if let Some(rune) = rune.filter(|rune| self.flags.sharp && is_print(*rune)) {
            text.push_str(" '");
            text.push(rune);
            text.push('\'');
        }
        self.pad_spaces(text.as_bytes());
    }
}

fn rune(bits: u64) -> char {
    let rune = u32::try_from(bits).ok().and_then(char::from_u32);
    rune.unwrap_or(char::REPLACEMENT_CHARACTER)
}
