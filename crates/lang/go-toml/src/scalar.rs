//! Strings, numbers and dates.
//!
//! Source: BurntSushi/toml 1.6.0, `lex.go` and `parse.go`.

use go_value::strconv::{NumErrorKind, parse_float, parse_int, quote};
use go_value::{Str, Value};

use crate::input::{Fault, Input, is_line_end, quoted};

type Read<T> = Result<T, Fault>;

/// Reads a string after its first quote, which was `mark`.
pub(crate) fn string(input: &mut Input<'_>, mark: char) -> Read<Str> {
    input.start_token();
    let start = input.mark();
    loop {
        let before = input.mark();
        match input.next()? {
            None => return Err(input.fault_at(None, format!("unexpected EOF; expected {}", delimiter(mark, 1)))),
            Some(rune) if is_line_end(rune) => return Err(input.fault_before("strings cannot contain newlines")),
            Some('\\') if mark == '"' => skip_escape(input)?,
            Some(rune) if rune == mark => {
                let after = input.mark();
                input.back_to(before);
                let text = input.since(start);
                input.back_to(after);
                return match mark {
                    '"' => unescape(input, text),
                    _ => Ok(text.into()),
                };
            }
            Some(_) => {}
        }
    }
}

/// The delimiter in the quotes that the library's messages put around it.
fn delimiter(mark: char, count: usize) -> String {
    let marks: String = std::iter::repeat_n(mark, count).collect();
    if mark == '"' || count == 3 {
        format!("'{marks}'").replace("'''''", "\"'''\"")
    } else {
        format!("\"{marks}\"")
    }
}

/// Reads a string after its first three quotes.
pub(crate) fn multiline(input: &mut Input<'_>, mark: char) -> Read<Str> {
    input.start_token();
    let start = input.mark();
    loop {
        let before = input.mark();
        match input.next()? {
            None => return Err(input.fault_at(None, format!("unexpected EOF; expected {}", delimiter(mark, 3)))),
            Some('\\') if mark == '"' => {
                if !input.peek()?.is_some_and(is_line_end) {
                    skip_escape(input)?;
                } else {
                    input.next()?;
                }
            }
            Some(rune) if rune == mark => {
                let (second, third) = (input.accept(mark)?, input.accept(mark)?);
                if !second || !third {
                    continue;
                }
                if input.peek()? == Some(mark) {
                    check_not_six(input, start, mark)?;
                    // The first of them belongs to the text.
                    input.back_to(before);
                    input.next()?;
                    continue;
                }
                let after = input.mark();
                input.back_to(before);
                let text = strip_first_line_end(input.since(start));
                input.back_to(after);
                return match mark {
                    '"' => unescape(input, &join_lines(text)),
                    _ => Ok(text.into()),
                };
            }
            Some(_) => {}
        }
    }
}

/// Five quotes are two of the text and three that end it; six are one too many.
fn check_not_six(input: &Input<'_>, start: crate::input::Mark, mark: char) -> Read<()> {
    let five: String = std::iter::repeat_n(mark, 5).collect();
    let text = input.since(start);
    let escaped = mark == '"' && text.ends_with(format!("\\{five}").as_bytes());
    if !text.ends_with(five.as_bytes()) || escaped {
        return Ok(());
    }
    Err(input.fault(match mark {
        '"' => "unexpected '\"\"\"\"\"\"'",
        _ => "unexpected \"''''''\"",
    }))
}

/// Reads what follows a backslash.
fn skip_escape(input: &mut Input<'_>) -> Read<()> {
    let found = input.next()?;
    let (digits, words) = match found {
        Some('e' | 'b' | 't' | 'n' | 'f' | 'r' | '"' | ' ' | '\t' | '\\') => return Ok(()),
        Some('x') => (2, "two hexadecimal digits after '\\x'"),
        Some('u') => (4, "four hexadecimal digits after '\\u'"),
        Some('U') => (8, "eight hexadecimal digits after '\\U'"),
        None => return Err(input.fault_before("invalid escape in string '\\\0'")),
        Some(other) => return Err(input.fault(format!("invalid escape in string '\\{other}'"))),
    };
    for _ in 0..digits {
        let digit = input.next()?;
        if !digit.is_some_and(|digit| digit.is_ascii_hexdigit()) {
            let seen = input.so_far();
            return Err(input.fault_at(digit, format!("expected {words}, but got {} instead", quote(&seen))));
        }
    }
    Ok(())
}

fn strip_first_line_end(text: &[u8]) -> &[u8] {
    text.strip_prefix(b"\n")
        .or_else(|| text.strip_prefix(b"\r\n"))
        .unwrap_or(text)
}

/// Drops backslashes at line ends and the blank space after them.
fn join_lines(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut at = 0;
    while at < text.len() {
        if text[at] != b'\\' {
            out.push(text[at]);
            at += 1;
            continue;
        }
        let blank = text[at + 1..]
            .iter()
            .take_while(|byte| b" \t\r\n".contains(byte))
            .count();
        if text[at + 1..at + 1 + blank].contains(&b'\n') {
            at += 1 + blank;
            continue;
        }
        out.push(b'\\');
        out.extend(text.get(at + 1).filter(|byte| **byte == b'\\'));
        at += if text.get(at + 1) == Some(&b'\\') { 2 } else { 1 };
    }
    out
}

/// Replaces the escapes, which were checked before.
fn unescape(input: &Input<'_>, text: &[u8]) -> Read<Str> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((byte, tail)) = rest.split_first() {
        if *byte != b'\\' {
            out.push(*byte);
            rest = tail;
            continue;
        }
        let Some((code, tail)) = tail.split_first() else { break };
        let digits = match code {
            b'x' => 2,
            b'u' => 4,
            b'U' => 8,
            _ => 0,
        };
        let (number, tail) = tail.split_at_checked(digits).unwrap_or((&[], tail));
        rest = tail;
        out.extend_from_slice(match code {
            b'b' => b"\x08",
            b't' => b"\t",
            b'n' => b"\n",
            b'f' => b"\x0c",
            b'r' => b"\r",
            b'e' => b"\x1b",
            b'"' => b"\"",
            b'\\' => b"\\",
            b'x' | b'u' | b'U' => {
                let number = String::from_utf8_lossy(number);
                let rune = u32::from_str_radix(&number, 16).ok().and_then(char::from_u32);
                let Some(rune) = rune else {
                    let message = format!("Escaped character '\\u{number}' is not valid UTF-8.");
                    return Err(input.fault(message));
                };
                out.extend_from_slice(rune.encode_utf8(&mut [0; 4]).as_bytes());
                continue;
            }
            other => return Err(input.fault(format!("invalid escape: '\\{}'", char::from(*other)))),
        });
    }
    Ok(out.into())
}

/// The name of a number's base in messages, and its digits.
type Base = (&'static str, fn(char) -> bool);

/// Reads a number or a date that starts with a digit.
pub(crate) fn number_or_date(input: &mut Input<'_>) -> Read<Value> {
    let start = input.mark();
    if input.accept('0')? {
        let based: Option<Base> = match input.peek()? {
            Some('b') => Some(("a binary", |digit| matches!(digit, '0' | '1'))),
            Some('o') => Some(("an octal", |digit| matches!(digit, '0'..='7'))),
            Some('x') => Some(("a hexadecimal", |digit| digit.is_ascii_hexdigit())),
            _ => None,
        };
        if let Some((name, is_digit)) = based {
            input.next()?;
            let first = input.peek()?;
            if !first.is_some_and(is_digit) {
                let seen = String::from_utf8_lossy(input.since(start)).into_owned();
                let message = format!("not {name} number: '{seen}{}'", first.unwrap_or('\0'));
                return Err(input.fault(message));
            }
            input.skip(|digit| is_digit(digit) || digit == '_')?;
            return integer(input, input.since(start));
        }
        // Dates start with two digits.
        if !input.peek()?.is_some_and(|digit| digit.is_ascii_digit()) {
            return decimal(input, start);
        }
    }
    input.skip(|digit| digit.is_ascii_digit())?;
    match input.peek()? {
        Some('-' | ':') => {
            input.skip(|rune| rune.is_ascii_digit() || "-:Tt .Zz+".contains(rune))?;
            date(input, input.since(start))
        }
        _ => decimal(input, start),
    }
}

/// Reads a number after its sign.
pub(crate) fn signed_number(input: &mut Input<'_>, start: crate::input::Mark) -> Read<Value> {
    let found = input.next()?;
    match found {
        Some('i' | 'n') => {
            let word = if found == Some('i') { ['n', 'f'] } else { ['a', 'n'] };
            for letter in word {
                if !input.accept(letter)? {
                    let seen = String::from_utf8_lossy(input.since(start)).into_owned();
                    return Err(input.fault(format!("invalid float: '{seen}'")));
                }
            }
            float(input, input.since(start))
        }
        Some('0') if matches!(input.peek()?, Some('b' | 'o' | 'x')) => {
            let base = input.peek()?.unwrap_or('\0');
            let seen = String::from_utf8_lossy(input.since(start)).into_owned();
            Err(input.fault(format!("cannot use sign with non-decimal numbers: '{seen}{base}'")))
        }
        Some('.') => Err(input.fault("floats must start with a digit, not '.'")),
        Some(digit) if digit.is_ascii_digit() => decimal(input, start),
        other => Err(input.fault_at(other, format!("expected a digit but got {}", quoted(other)))),
    }
}

fn decimal(input: &mut Input<'_>, start: crate::input::Mark) -> Read<Value> {
    input.skip(|digit| digit.is_ascii_digit() || digit == '_')?;
    if matches!(input.peek()?, Some('.' | 'e' | 'E')) {
        input.skip(|rune| rune.is_ascii_digit() || "_.-+eE".contains(rune))?;
        return float(input, input.since(start));
    }
    integer(input, input.since(start))
}

fn integer(input: &Input<'_>, text: &[u8]) -> Read<Value> {
    if !underscores_fit(text) {
        let message = format!(
            "Invalid integer {}: underscores must be surrounded by digits",
            quote(text)
        );
        return Err(input.fault(message));
    }
    if has_leading_zero(text) {
        let message = format!("Invalid integer {}: cannot have leading zeroes", quote(text));
        return Err(input.fault(message));
    }
    match parse_int(text, 0, 64) {
        Ok(number) => Ok(Value::Int(number)),
        Err(error) if error.kind == NumErrorKind::Range => {
            let text = String::from_utf8_lossy(text);
            Err(input.fault(format!("{text} is out of range for int64")))
        }
        Err(_) => Err(input.fault(format!("Invalid integer {}", quote(text)))),
    }
}

pub(crate) fn float(input: &Input<'_>, text: &[u8]) -> Read<Value> {
    let invalid = |why: &str| Err(input.fault(format!("Invalid float {}: {why}", quote(text))));
    let mut parts = text
        .split(|byte| matches!(byte, b'.' | b'e' | b'E'))
        .filter(|part| !part.is_empty());
    let first = parts.clone().next();
    // "inf" and "nan" have no digits that could surround anything.
    let is_word = text.ends_with(b"inf") || text.ends_with(b"nan");
    if !is_word && !parts.all(underscores_fit) {
        return invalid("underscores must be surrounded by digits");
    }
    if first.is_some_and(has_leading_zero) {
        return invalid("cannot have leading zeroes");
    }
    let follows_point = |pair: &[u8]| pair[0] != b'.' || pair[1].is_ascii_digit();
    if text.ends_with(b".") || !text.windows(2).all(follows_point) {
        return invalid("'.' must be followed by one or more digits");
    }
    let plain: Vec<u8> = text.iter().copied().filter(|byte| *byte != b'_').collect();
    match &*plain {
        b"+nan" | b"nan" => return Ok(Value::Float(f64::NAN)),
        b"-nan" => return Ok(Value::Float(-f64::NAN)),
        _ => {}
    }
    match parse_float(&plain) {
        Ok(number) => Ok(Value::Float(number)),
        Err(error) if error.kind == NumErrorKind::Range => {
            let text = String::from_utf8_lossy(text);
            Err(input.fault(format!("{text} is out of range for float64")))
        }
        Err(_) => Err(input.fault(format!("Invalid float value: {}", quote(text)))),
    }
}

fn underscores_fit(text: &[u8]) -> bool {
    let mut accept = false;
    for byte in text {
        if *byte == b'_' && !accept {
            return false;
        }
        accept = byte.is_ascii_hexdigit();
    }
    accept
}

fn has_leading_zero(text: &[u8]) -> bool {
    match text {
        [b'0', second, ..] => !matches!(second, b'b' | b'o' | b'x'),
        [b'-' | b'+', b'0', _, ..] => true,
        _ => false,
    }
}

/// A date, a time or both; comes as the text that Go's JSON gives to it where the local zone is UTC.
fn date(input: &Input<'_>, text: &[u8]) -> Read<Value> {
    let text = String::from_utf8_lossy(text.trim_ascii()).into_owned();
    let text = text.replace('z', "Z").replace(['t', ' '], "T");
    let layouts = [
        "2006-01-02T15:04:05.999999999Z07:00",
        "2006-01-02T15:04:05.999999999",
        "2006-01-02",
        "15:04:05.999999999",
        "2006-01-02T15:04Z07:00",
        "2006-01-02T15:04",
        "15:04",
    ];
    let utc = go_time::Location::utc();
    for layout in layouts {
        let Ok(time) = go_time::Time::parse(layout.as_bytes(), text.as_bytes(), &utc) else {
            continue;
        };
        if lacks_leading_zero(text.as_bytes(), layout.as_bytes()) {
            break;
        }
        if let Ok(text) = time.to_rfc3339() {
            return Ok(Value::from(text));
        }
    }
    Err(input.fault(format!("invalid datetime: {}", quote(text.as_bytes()))))
}

/// Go's layouts take numbers with one digit where TOML wants two.
fn lacks_leading_zero(text: &[u8], layout: &[u8]) -> bool {
    layout
        .iter()
        .zip(text)
        .take_while(|(expected, _)| !matches!(expected, b'.' | b'Z'))
        .any(|(expected, found)| !expected.is_ascii_digit() && expected != found)
}
