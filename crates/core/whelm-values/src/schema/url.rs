//! URLs of schemas, fragments, and pointers into JSON.

use std::borrow::Cow;

use super::json::Json;

/// Cuts a reference at its `#`.
pub(super) fn split(reference: &str) -> (&str, &str) {
    reference.split_once('#').unwrap_or((reference, ""))
}

/// Undoes percent encoding; `None` when it is wrong.
pub(super) fn decode(text: &str) -> Option<String> {
    if !text.contains('%') {
        return Some(text.to_owned());
    }
    let mut out = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        if byte != b'%' {
            out.push(byte);
            continue;
        }
        let mut digit = || char::from(bytes.next()?).to_digit(16);
        out.push((digit()? * 16 + digit()?) as u8);
    }
    String::from_utf8(out).ok()
}

/// Encodes a pointer for the fragment of a URL, as Go's `url.PathEscape` does with each part.
pub(super) fn encode(pointer: &str) -> String {
    let mut out = String::with_capacity(pointer.len());
    for byte in pointer.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => out.push(char::from(byte)),
            b'-' | b'_' | b'.' | b'~' | b'$' | b'&' | b'+' | b':' | b'=' | b'@' | b'/' => out.push(char::from(byte)),
            byte => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

/// Adds a part to a pointer.
pub(super) fn push(pointer: &str, part: &str) -> String {
    let mut out = String::with_capacity(pointer.len() + part.len() + 1);
    out.push_str(pointer);
    out.push('/');
    match part.contains(['~', '/']) {
        true => out.push_str(&escape(part)),
        false => out.push_str(part),
    }
    out
}

pub(super) fn escape(part: &str) -> String {
    part.replace('~', "~0").replace('/', "~1")
}

/// Follows a pointer. The error says whether the pointer itself is wrong.
pub(super) fn lookup<'a, J: Json<'a>>(document: J, pointer: &str) -> Result<J, LookupError> {
    let mut found = document;
    for part in pointer.split('/').skip(1) {
        let part = unescape(part).ok_or(LookupError::Invalid)?;
        let next = match found.items() {
            Some(mut items) => part.parse::<usize>().ok().and_then(|index| items.nth(index)),
            None => found.member(part.as_bytes()),
        };
        found = next.ok_or(LookupError::NotFound)?;
    }
    Ok(found)
}

/// Why a pointer leads nowhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LookupError {
    Invalid,
    NotFound,
}

fn unescape(part: &str) -> Option<Cow<'_, str>> {
    if !part.contains('~') {
        return Some(Cow::Borrowed(part));
    }
    let mut out = String::with_capacity(part.len());
    let mut runes = part.chars();
    while let Some(rune) = runes.next() {
        match rune {
            '~' => out.push(match runes.next()? {
                '0' => '~',
                '1' => '/',
                _ => return None,
            }),
            rune => out.push(rune),
        }
    }
    Some(Cow::Owned(out))
}

/// Returns the scheme of a URL, if it has one.
pub(super) fn scheme(url: &str) -> Option<&str> {
    let (scheme, _) = url.split_once(':')?;
    let first = scheme.bytes().next()?;
    let letters = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.');
    (first.is_ascii_alphabetic() && scheme.bytes().all(letters)).then_some(scheme)
}

/// Resolves a reference without its fragment against a base, as Go's `URL.ResolveReference` does.
pub(super) fn join(base: &str, reference: &str) -> String {
    if scheme(reference).is_some() {
        return clean(reference);
    }
    let Some(scheme) = scheme(base) else {
        return reference.to_owned();
    };
    let after = &base[scheme.len() + 1..];
    if reference.is_empty() || !after.starts_with("//") {
        // A base such as `urn:x` has no parts that a reference could replace.
        return if reference.is_empty() || !after.starts_with('/') {
            base.to_owned()
        } else {
            reference.to_owned()
        };
    }
    if let Some(rest) = reference.strip_prefix("//") {
        return clean(&format!("{scheme}://{rest}"));
    }
    let host_end = after[2..].find('/').map_or(after.len(), |at| at + 2);
    let (host, path) = after.split_at(host_end);
    let path = path.split('?').next().unwrap_or(path);
    let joined = match reference {
        reference if reference.starts_with('/') => reference.to_owned(),
        reference if reference.starts_with('?') => format!("{path}{reference}"),
        reference => format!("{}/{reference}", path.rsplit_once('/').map_or("", |(folder, _)| folder)),
    };
    format!("{scheme}:{host}{}", without_dots(&joined))
}

fn clean(url: &str) -> String {
    let Some(scheme) = scheme(url) else {
        return url.to_owned();
    };
    let after = &url[scheme.len() + 1..];
    let Some(rest) = after.strip_prefix("//") else {
        return url.to_owned();
    };
    let host_end = rest.find('/').unwrap_or(rest.len());
    let (host, path) = rest.split_at(host_end);
    let path = if path.is_empty() {
        String::new()
    } else {
        without_dots(path)
    };
    format!("{}://{host}{path}", scheme.to_ascii_lowercase())
}

/// Takes `.` and `..` out of a path.
fn without_dots(path: &str) -> String {
    let (path, query) = path
        .split_once('?')
        .map_or((path, None), |(path, query)| (path, Some(query)));
    let mut parts: Vec<&str> = Vec::new();
    let all: Vec<&str> = path.split('/').skip(1).collect();
    for (index, part) in all.iter().enumerate() {
        let last = index + 1 == all.len();
        match *part {
            "." if last => parts.push(""),
            "." => {}
            ".." => {
                parts.pop();
                if last {
                    parts.push("");
                }
            }
            part => parts.push(part),
        }
    }
    let query = query.map(|query| format!("?{query}")).unwrap_or_default();
    format!("/{}{query}", parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_resolved() {
        for (base, reference, url) in [
            ("file:///values.schema.json", "other.json", "file:///other.json"),
            ("file:///values.schema.json", "", "file:///values.schema.json"),
            ("http://h/a/b", "../c", "http://h/c"),
            ("http://h/a/b", "/c/./d", "http://h/c/d"),
            ("http://h", "c", "http://h/c"),
            ("urn:x", "", "urn:x"),
            ("http://h/a", "urn:y", "urn:y"),
            ("http://h/a", "https://i/j/../k", "https://i/k"),
        ] {
            assert_eq!(join(base, reference), url, "{base} {reference}");
        }
    }
}
