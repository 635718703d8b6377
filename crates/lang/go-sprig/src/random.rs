//! Random text, numbers, UUIDs, and a host's address drawn by lot.
//!
//! Source: sprig 3.3.0, `strings.go`, `crypto.go`, `network.go`; goutils 1.1.1, `CryptoRandom`; xstrings 1.5.0, `Shuffle`.

use std::sync::Arc;

use go_text_template::{FuncError, FuncMap, Type, Value};
use go_value::{Str, utf8};

use crate::{Host, base64};

/// More bytes than this are not made at once, where Go would die of them.
const MAX_LENGTH: i64 = 1 << 28;

/// Adds the functions of this module.
pub(crate) fn add(functions: &mut FuncMap, host: &Arc<dyn Host>) {
    add_texts(functions, host);
    let bytes_host = host.clone();
    functions.add("randBytes", &[Type::Int], move |_, arguments| {
        let mut bytes = vec![0; length(&arguments[0]).map_err(FuncError::new)?];
        bytes_host.fill_random(&mut bytes);
        Ok(Value::from(base64::encode(&bytes)))
    });
    let int_host = host.clone();
    functions.add(
        "randInt",
        &[Type::Int, Type::Int],
        move |_, arguments| match arguments {
            [Value::Int(low), Value::Int(high)] => rand_int(&*int_host, *low, *high).map(Value::Int),
            _ => Err(FuncError::new("randInt wants two numbers")),
        },
    );
    let uuid_host = host.clone();
    functions.add("uuidv4", &[], move |_, _| Ok(Value::from(uuid_v4(&*uuid_host))));
    let shuffle_host = host.clone();
    functions.add("shuffle", &[Type::String], move |_, arguments| match &arguments[0] {
        Value::Str(text) => Ok(Value::Str(shuffle(&*shuffle_host, text))),
        other => Ok(other.clone()),
    });
    let dns_host = host.clone();
    functions.add("getHostByName", &[Type::String], move |_, arguments| {
        let name = match &arguments[0] {
            Value::Str(name) => name.to_string_lossy().into_owned(),
            _ => String::new(),
        };
        let addresses = dns_host.lookup_host(&name).unwrap_or_default();
        // No address is a panic in Go, whose text becomes the error.
        let index = below(&*dns_host, addresses.len() as u64)?;
        Ok(Value::from(addresses[index as usize].as_str()))
    });
}

/// Adds the functions that draw characters from an alphabet.
fn add_texts(functions: &mut FuncMap, host: &Arc<dyn Host>) {
    let letters = || (b'A'..=b'Z').chain(b'a'..=b'z');
    let alphabets: [(&'static str, Vec<u8>); 4] = [
        ("randAlpha", letters().collect()),
        ("randNumeric", (b'0'..=b'9').collect()),
        ("randAlphaNum", (b'0'..=b'9').chain(letters()).collect()),
        ("randAscii", (b' '..=b'~').collect()),
    ];
    for (name, alphabet) in alphabets {
        let host = host.clone();
        functions.add(name, &[Type::Int], move |_, arguments| {
            if matches!(arguments[0], Value::Int(count) if count < 0) {
                // sprig drops the error about a negative length.
                return Ok(Value::from(""));
            }
            let length = length(&arguments[0]).map_err(FuncError::new)?;
            Ok(Value::Str(rand_text(&*host, &alphabet, length)))
        });
    }
}

fn length(value: &Value) -> Result<usize, &'static str> {
    match value {
        Value::Int(length @ 0..=MAX_LENGTH) => Ok(*length as usize),
        _ => Err("runtime error: makeslice: len out of range"),
    }
}

/// Draws `length` characters, each of the alphabet as likely as any other.
fn rand_text(host: &dyn Host, alphabet: &[u8], length: usize) -> Str {
    // Bytes from here on would favour the first characters.
    let limit = 256 / alphabet.len() * alphabet.len();
    let mut text = Vec::with_capacity(length);
    let mut pool = [0; 64];
    while text.len() < length {
        host.fill_random(&mut pool);
        let drawn = pool.iter().map(|byte| usize::from(*byte)).filter(|byte| *byte < limit);
        text.extend(
            drawn
                .map(|byte| alphabet[byte % alphabet.len()])
                .take(length - text.len()),
        );
    }
    text.into()
}

/// Draws a number from 0 up to, not including, `bound`.
fn below(host: &dyn Host, bound: u64) -> Result<u64, FuncError> {
    if bound == 0 || bound > i64::MAX as u64 {
        return Err(FuncError::new("invalid argument to Intn"));
    }
    let limit = u64::MAX - u64::MAX % bound;
    loop {
        let mut bytes = [0; 8];
        host.fill_random(&mut bytes);
        let number = u64::from_le_bytes(bytes);
        if number < limit {
            return Ok(number % bound);
        }
    }
}

fn rand_int(host: &dyn Host, low: i64, high: i64) -> Result<i64, FuncError> {
    // A negative span becomes one too large.
    let drawn = below(host, high.wrapping_sub(low) as u64)?;
    Ok(low.wrapping_add(drawn as i64))
}

fn uuid_v4(host: &dyn Host) -> String {
    let mut bytes = [0; 16];
    host.fill_random(&mut bytes);
    bytes[6] = bytes[6] & 0x0f | 0x40;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let mut text = String::with_capacity(36);
    for (index, byte) in bytes.iter().enumerate() {
        if matches!(index, 4 | 6 | 8 | 10) {
            text.push('-');
        }
        text.push_str(&format!("{byte:02x}"));
    }
    text
}

fn shuffle(host: &dyn Host, text: &[u8]) -> Str {
    let mut runes: Vec<char> = utf8::runes(text).map(|(_, rune)| rune).collect();
    for last in (1..runes.len()).rev() {
        let other = below(host, last as u64 + 1).unwrap_or(0);
        runes.swap(last, other as usize);
    }
    runes.into_iter().collect::<String>().into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::FixedHost;

    #[test]
    fn texts_have_their_alphabet() {
        let host = FixedHost::new(0, 1);
        let text = rand_text(&host, b"abc", 1000);
        assert_eq!(text.len(), 1000);
        for letter in *b"abc" {
            let count = text.iter().filter(|byte| **byte == letter).count();
            assert!((250..420).contains(&count), "{count}");
        }
    }

    #[test]
    fn uuids_have_version_and_variant() {
        let text = uuid_v4(&FixedHost::new(0, 1));
        assert_eq!(text.len(), 36);
        assert_eq!(&text[14..15], "4");
        assert!(matches!(&text[19..20], "8" | "9" | "a" | "b"));
    }

    #[test]
    fn numbers_lie_between_their_bounds() {
        let host = FixedHost::new(0, 1);
        assert!((0..100).all(|_| (-3..4).contains(&rand_int(&host, -3, 4).unwrap())));
        assert_eq!(
            rand_int(&host, 4, 4).unwrap_err().to_string(),
            "invalid argument to Intn"
        );
    }

    #[test]
    fn shuffling_keeps_the_runes() {
        let mut runes: Vec<_> = shuffle(&FixedHost::new(0, 1), "añb".as_bytes())
            .to_string()
            .chars()
            .collect();
        runes.sort_unstable();
        assert_eq!(runes, ['a', 'b', 'ñ']);
    }
}
