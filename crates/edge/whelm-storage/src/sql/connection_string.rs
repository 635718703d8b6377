//! Connection strings, as `key=value` pairs or as a URL.
//!
//! Source: lib/pq 1.12.3, `connector.go`.

use std::collections::BTreeMap;
use std::iter::Peekable;
use std::str::Chars;

/// Reads the settings that a connection string gives.
///
/// # Errors
/// lib/pq's texts; a URL that cannot be read is not repeated, because of its password.
pub(super) fn pairs(text: &str) -> Result<BTreeMap<String, String>, String> {
    match text.split_once("://") {
        Some(("postgres" | "postgresql", rest)) => url(rest),
        _ => key_values(text),
    }
}

type Text<'a> = Peekable<Chars<'a>>;

fn key_values(text: &str) -> Result<BTreeMap<String, String>, String> {
    let mut found = BTreeMap::new();
    let mut text = text.chars().peekable();
    loop {
        skip_spaces(&mut text);
        if text.peek().is_none() {
            return Ok(found);
        }
        let mut key = String::new();
        while let Some(letter) = text.next_if(|letter| !letter.is_whitespace() && *letter != '=') {
            key.push(letter);
        }
        skip_spaces(&mut text);
        if text.next() != Some('=') {
            return Err(format!("missing \"=\" after {key:?} in connection info string"));
        }
        skip_spaces(&mut text);
        let value = match text.next_if_eq(&'\'') {
            Some(_) => quoted(&mut text)?,
            None => plain(&mut text)?,
        };
        found.insert(key, value);
    }
}

fn skip_spaces(text: &mut Text<'_>) {
    while text.next_if(|letter| letter.is_whitespace()).is_some() {}
}

fn plain(text: &mut Text<'_>) -> Result<String, String> {
    let mut value = String::new();
    while let Some(letter) = text.next_if(|letter| !letter.is_whitespace()) {
        value.push(match letter {
            '\\' => text.next().ok_or("missing character after backslash")?,
            letter => letter,
        });
    }
    Ok(value)
}

fn quoted(text: &mut Text<'_>) -> Result<String, String> {
    let unterminated = "unterminated quoted string literal in connection string";
    let mut value = String::new();
    loop {
        match text.next().ok_or(unterminated)? {
            '\'' => return Ok(value),
            '\\' => value.push(text.next().ok_or(unterminated)?),
            letter => value.push(letter),
        }
    }
}

/// Reads what follows the scheme: `[user[:password]@][host][:port][/database][?key=value&…]`.
fn url(rest: &str) -> Result<BTreeMap<String, String>, String> {
    let rest = rest.split_once('#').map_or(rest, |(before, _)| before);
    let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
    let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
    let (user, host) = authority.rsplit_once('@').unwrap_or(("", authority));
    let mut found = BTreeMap::new();
    let mut add = |key: &str, value: String| {
        // What is empty is not given at all.
        if !value.is_empty() {
            found.entry(key.to_owned()).or_insert(value);
        }
    };
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        add(&unescaped(key, Plus::Space)?, unescaped(value, Plus::Space)?);
    }
    let (name, password) = user.split_once(':').unwrap_or((user, ""));
    add("user", unescaped(name, Plus::Plus)?);
    add("password", unescaped(password, Plus::Plus)?);
    let (host, port) = host_and_port(host)?;
    add("host", unescaped(host, Plus::Plus)?);
    add("port", port.to_owned());
    add("dbname", unescaped(path, Plus::Plus)?);
    Ok(found)
}

/// Parts `host:port`; the address of IPv6 in brackets loses them.
fn host_and_port(text: &str) -> Result<(&str, &str), String> {
    let (host, port) = match text.strip_prefix('[') {
        Some(rest) => {
            let (host, port) = rest.split_once(']').ok_or("missing ']' in host")?;
            (host, port.strip_prefix(':').unwrap_or(port))
        }
        None => text.rsplit_once(':').unwrap_or((text, "")),
    };
    if port.bytes().all(|byte| byte.is_ascii_digit()) {
        Ok((host, port))
    } else {
        Err("invalid port after host".to_owned())
    }
}

/// What a plus sign stands for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Plus {
    Plus,
    Space,
}

fn unescaped(text: &str, plus: Plus) -> Result<String, String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'%' => {
                let digits = [rest.next(), rest.next()].map(|digit| digit.and_then(hexadecimal));
                let [Some(high), Some(low)] = digits else {
                    return Err("invalid URL escape in connection string".to_owned());
                };
                high << 4 | low
            }
            b'+' if plus == Plus::Space => b' ',
            byte => byte,
        });
    }
    String::from_utf8(bytes).map_err(|_| "connection string is no UTF-8".to_owned())
}

fn hexadecimal(digit: u8) -> Option<u8> {
    char::from(digit)
        .to_digit(16)
        .and_then(|digit| u8::try_from(digit).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        match pairs(text) {
            Ok(pairs) => pairs.iter().map(|(key, value)| format!("{key}=[{value}]")).collect(),
            Err(error) => error,
        }
    }

    /// L-004: what lib/pq reads out of a connection string.
    #[test]
    fn l_004_connection_strings() {
        for (text, expected) in [
            ("", ""),
            ("  host = a\tport= 1 ", "host=[a]port=[1]"),
            (r"user='it\'s  me' password=a\ b\\", r"password=[a b\]user=[it's  me]"),
            ("user='' dbname=", "dbname=[]user=[]"),
            ("user", "missing \"=\" after \"user\" in connection info string"),
            ("a b=c", "missing \"=\" after \"a\" in connection info string"),
            ("a='b", "unterminated quoted string literal in connection string"),
            ("a=b\\", "missing character after backslash"),
            (
                "postgres://u:p%40+@h:1/d?sslmode=disable&search_path=a+b&x=",
                "dbname=[d]host=[h]password=[p@+]port=[1]search_path=[a b]sslmode=[disable]user=[u]",
            ),
            ("postgresql://[::1]:2", "host=[::1]port=[2]"),
            ("postgresql:///d?host=/run", "dbname=[d]host=[/run]"),
            ("postgres://a,b/d?port=1,2", "dbname=[d]host=[a,b]port=[1,2]"),
            ("postgres://u:secret@h:x/d", "invalid port after host"),
            ("postgres://u:%zz@h", "invalid URL escape in connection string"),
            (
                "mysql://h",
                "missing \"=\" after \"mysql://h\" in connection info string",
            ),
        ] {
            assert_eq!(shown(text), expected, "{text}");
        }
    }

    /// Whatever is written, it is read or refused.
    #[test]
    fn l_004_strings_of_strangers() {
        let letters = ['=', '\'', '\\', ' ', 'a', '%', '@', ':', '/', '?', '[', ']', '&'];
        let mut texts = vec![String::new()];
        for _ in 0..4 {
            let longer = |text: &String| letters.map(|letter| format!("{text}{letter}"));
            texts = texts.iter().flat_map(longer).collect();
            for text in &texts {
                let _ = (pairs(text), pairs(&format!("postgres://{text}")));
            }
        }
    }
}
