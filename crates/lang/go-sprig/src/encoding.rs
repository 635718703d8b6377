//! Base64, base32 and checksums. The arithmetic of base64 is in [`crate::base64`].

use std::fmt::Write;

use go_text_template::{FuncMap, Type};
use sha2::Digest;

use crate::arguments::{text, text_value};
use crate::base64;

/// Adds the functions of this module.
pub(crate) fn add(functions: &mut FuncMap) {
    functions.add("b64enc", &[Type::String], |_, a| text_value(base64::encode(text(a, 0))));
    // An error is the result.
    functions.add("b64dec", &[Type::String], |_, a| match base64::decode(text(a, 0)) {
        Ok(bytes) => text_value(bytes),
        Err(error) => text_value(error.to_string()),
    });
    functions.add("b32enc", &[Type::String], |_, a| text_value(base32_encode(text(a, 0))));
    functions.add("b32dec", &[Type::String], |_, a| match base32_decode(text(a, 0)) {
        Ok(bytes) => text_value(bytes),
        Err(offset) => text_value(format!("illegal base32 data at input byte {offset}")),
    });
    functions.add("sha1sum", &[Type::String], |_, a| {
        text_value(hex(&sha1::Sha1::digest(text(a, 0))))
    });
    functions.add("sha256sum", &[Type::String], |_, a| {
        text_value(hex(&sha2::Sha256::digest(text(a, 0))))
    });
    functions.add("sha512sum", &[Type::String], |_, a| {
        text_value(hex(&sha2::Sha512::digest(text(a, 0))))
    });
    functions.add("adler32sum", &[Type::String], |_, a| {
        text_value(adler32(text(a, 0)).to_string())
    });
}

fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .fold(String::with_capacity(bytes.len() * 2), |mut hex, byte| {
            let _ = write!(hex, "{byte:02x}");
            hex
        })
}

fn adler32(bytes: &[u8]) -> u32 {
    const MODULUS: u32 = 65521;
    let (mut low, mut high) = (1_u32, 0_u32);
    // So many bytes cannot overflow the sums.
    for chunk in bytes.chunks(5552) {
        for byte in chunk {
            low += u32::from(*byte);
            high += low;
        }
        low %= MODULUS;
        high %= MODULUS;
    }
    high << 16 | low
}

const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

fn is_line_break(byte: u8) -> bool {
    matches!(byte, b'\r' | b'\n')
}

fn base32_encode(bytes: &[u8]) -> String {
    let mut encoded = String::with_capacity(bytes.len().div_ceil(5) * 8);
    for group in bytes.chunks(5) {
        let bits = (0..5).fold(0_u64, |bits, index| {
            bits << 8 | u64::from(group.get(index).copied().unwrap_or(0))
        });
        let used = (group.len() * 8).div_ceil(5);
        for place in 0..8 {
            let digit = BASE32[(bits >> (35 - 5 * place) & 31) as usize];
            encoded.push(if place < used { char::from(digit) } else { '=' });
        }
    }
    encoded
}

fn base32_digit(byte: u8) -> Option<u64> {
    Some(u64::from(match byte {
        b'A'..=b'Z' => byte - b'A',
        b'2'..=b'7' => byte - b'2' + 26,
        _ => return None,
    }))
}

/// Decodes as Go's `base32.StdEncoding`, which first takes line breaks out.
///
/// # Errors
/// The offset that Go names, which does not count the line breaks.
fn base32_decode(text: &[u8]) -> Result<Vec<u8>, usize> {
    let text: Vec<u8> = text.iter().copied().filter(|byte| !is_line_break(*byte)).collect();
    let mut decoded = Vec::with_capacity(text.len() / 8 * 5);
    let mut at = 0;
    while at < text.len() {
        let mut bits = 0_u64;
        let mut digits = 0;
        let mut end = false;
        while digits < 8 && !end {
            let Some(byte) = text.get(at) else {
                return Err(at - digits);
            };
            at += 1;
            if *byte == b'=' && digits >= 2 && text.len() - at < 8 {
                base32_padding(&text, at, digits)?;
                end = true;
            } else {
                bits |= base32_digit(*byte).ok_or(at - 1)? << (35 - 5 * digits);
                digits += 1;
            }
        }
        decoded.extend_from_slice(&bits.to_be_bytes()[3..3 + digits * 5 / 8]);
        if end {
            break;
        }
    }
    Ok(decoded)
}

/// Checks the padding after `digits` digits and one `=`; `at` is the offset after that.
fn base32_padding(text: &[u8], at: usize, digits: usize) -> Result<(), usize> {
    let left = text.len() - at;
    if left + digits < 7 {
        return Err(text.len());
    }
    for offset in 0..7 - digits {
        if text.get(at + offset).is_some_and(|byte| *byte != b'=') {
            return Err(at + offset - 1);
        }
    }
    if matches!(digits, 1 | 3 | 6) {
        Err(at - 1)
    } else {
        Ok(())
    }
}
