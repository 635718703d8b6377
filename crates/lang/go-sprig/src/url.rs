//! `urlParse` and `urlJoin`. Source of truth: Go 1.26, `net/url`.

use go_text_template::{FuncMap, Map, Type, Value};
use go_value::strconv::quote;
use go_value::utf8::to_string_lossy;

use crate::address::{Family, parse_address};
use crate::arguments::{Result, map, nil_pointer, panic, text, text_value};

/// Adds the functions of this module.
pub(crate) fn add(functions: &mut FuncMap) {
    functions.add("urlParse", &[Type::String], |_, a| match parse(text(a, 0)) {
        Ok(url) => Ok(url.into_dict()),
        Err(error) => panic(format!("unable to parse url: {error}")),
    });
    functions.add("urlJoin", &[Type::map()], |_, a| {
        text_value(from_dict(&map(a, 0))?.join())
    });
}

/// A URL taken apart; its parts are decoded, but the query is not.
#[derive(Debug, Default)]
struct Url {
    scheme: Vec<u8>,
    opaque: Vec<u8>,
    user: Option<User>,
    host: Vec<u8>,
    path: Vec<u8>,
    query: Vec<u8>,
    fragment: Vec<u8>,
}

#[derive(Debug)]
struct User {
    name: Vec<u8>,
    password: Option<Vec<u8>>,
}

impl User {
    fn join(&self) -> Vec<u8> {
        let name = escape(&self.name, Part::User);
        match &self.password {
            Some(password) => [&name[..], b":", &escape(password, Part::User)].concat(),
            None => name,
        }
    }
}

impl Url {
    fn into_dict(self) -> Value {
        let hostname = hostname(&self.host).to_vec();
        let userinfo = self.user.map_or_else(Vec::new, |user| user.join());
        let entries = [
            ("scheme", self.scheme),
            ("host", self.host),
            ("hostname", hostname),
            ("path", self.path),
            ("query", self.query),
            ("opaque", self.opaque),
            ("fragment", self.fragment),
            ("userinfo", userinfo),
        ];
        Value::map(entries.map(|(key, value)| (key.into(), Value::Str(value.into()))))
    }

    fn join(&self) -> Vec<u8> {
        let mut out = Vec::new();
        if !self.scheme.is_empty() {
            out.extend_from_slice(&self.scheme);
            out.push(b':');
        }
        if self.opaque.is_empty() {
            self.join_hierarchy(&mut out);
        } else {
            out.extend_from_slice(&self.opaque);
        }
        if !self.query.is_empty() {
            out.push(b'?');
            out.extend_from_slice(&self.query);
        }
        if !self.fragment.is_empty() {
            out.push(b'#');
            out.extend(escape(&self.fragment, Part::Fragment));
        }
        out
    }

    fn join_hierarchy(&self, out: &mut Vec<u8>) {
        let has_authority = !self.host.is_empty() || self.user.is_some();
        if has_authority || !self.scheme.is_empty() && !self.path.is_empty() {
            out.extend_from_slice(b"//");
        }
        if let Some(user) = &self.user {
            out.extend(user.join());
            out.push(b'@');
        }
        out.extend(escape(&self.host, Part::Host));
        let path = match &self.path[..] {
            b"*" => b"*".to_vec(),
            path => escape(path, Part::Path),
        };
        if !path.is_empty() && path[0] != b'/' && !self.host.is_empty() {
            out.push(b'/');
        }
        // A colon in the first segment would make it a scheme.
        if out.is_empty() && first_segment(&path).contains(&b':') {
            out.extend_from_slice(b"./");
        }
        out.extend(path);
    }
}

fn from_dict(dict: &Map) -> Result<Url> {
    let mut url = Url {
        scheme: entry(dict, "scheme")?,
        host: entry(dict, "host")?,
        path: entry(dict, "path")?,
        query: entry(dict, "query")?,
        opaque: entry(dict, "opaque")?,
        fragment: entry(dict, "fragment")?,
        user: None,
    };
    let userinfo = entry(dict, "userinfo")?;
    if !userinfo.is_empty() {
        match parse(&[b"proto://", &userinfo[..], b"@host"].concat()) {
            Ok(parsed) => url.user = parsed.user,
            Err(error) => return panic(format!("unable to parse userinfo in dict: {error}")),
        }
    }
    Ok(url)
}

fn entry(dict: &Map, key: &str) -> Result<Vec<u8>> {
    match dict.get(key) {
        None => Ok(Vec::new()),
        Some(Value::Str(text)) => Ok(text.to_vec()),
        Some(Value::Nil) => nil_pointer(),
        Some(other) => {
            let kind = other.kind();
            panic(format!(
                "unable to parse {key} key, must be of type string, but {kind} found"
            ))
        }
    }
}

/// What Go's `url.Parse` makes of a text, as far as checks of addresses need it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UrlParts {
    /// The scheme in lower case, empty without one.
    pub scheme: Vec<u8>,
    /// The host with its port.
    pub host: Vec<u8>,
    /// The decoded path.
    pub path: Vec<u8>,
    /// Whether what follows the scheme is neither a host nor an absolute path.
    pub is_opaque: bool,
}

/// Takes a URL apart; with `has_fragment` what follows `#` is left out first, as `url.Parse` does and `url.ParseRequestURI`
/// does not.
///
/// # Errors
/// Go's text of what is wrong, without the URL.
pub fn url_parts(raw: &[u8], has_fragment: bool) -> std::result::Result<UrlParts, String> {
    let raw = if has_fragment { cut(raw, b'#').0 } else { raw };
    let url = parse_before_fragment(raw)?;
    Ok(UrlParts {
        is_opaque: !url.opaque.is_empty(),
        scheme: url.scheme,
        host: url.host,
        path: url.path,
    })
}

/// Parses a URL; the error is Go's text.
fn parse(raw: &[u8]) -> std::result::Result<Url, String> {
    let (before, fragment) = cut(raw, b'#');
    let complain = |url: &[u8], error: String| format!("parse {}: {error}", quote(url));
    let mut url = parse_before_fragment(before).map_err(|error| complain(before, error))?;
    if let Some(fragment) = fragment {
        url.fragment = unescape(fragment, Part::Fragment).map_err(|error| complain(raw, error))?;
    }
    Ok(url)
}

fn parse_before_fragment(raw: &[u8]) -> std::result::Result<Url, String> {
    if raw.iter().any(|byte| *byte < b' ' || *byte == 0x7f) {
        return Err("net/url: invalid control character in URL".into());
    }
    let mut url = Url::default();
    if raw == b"*" {
        url.path = b"*".to_vec();
        return Ok(url);
    }
    let (scheme, rest) = split_scheme(raw)?;
    url.scheme = scheme.to_ascii_lowercase();
    let (mut rest, query) = cut(rest, b'?');
    url.query = query.unwrap_or_default().to_vec();
    if !rest.starts_with(b"/") {
        if !url.scheme.is_empty() {
            url.opaque = rest.to_vec();
            return Ok(url);
        }
        if first_segment(rest).contains(&b':') {
            return Err("first path segment in URL cannot contain colon".into());
        }
    }
    if rest.starts_with(b"//") && (!url.scheme.is_empty() || !rest.starts_with(b"///")) {
        let authority = first_segment(&rest[2..]);
        rest = &rest[2 + authority.len()..];
        (url.user, url.host) = parse_authority(&url.scheme, authority)?;
    }
    url.path = unescape(rest, Part::Path)?;
    Ok(url)
}

fn cut(text: &[u8], at: u8) -> (&[u8], Option<&[u8]>) {
    match text.iter().position(|byte| *byte == at) {
        Some(place) => (&text[..place], Some(&text[place + 1..])),
        None => (text, None),
    }
}

fn first_segment(path: &[u8]) -> &[u8] {
    cut(path, b'/').0
}

fn split_scheme(raw: &[u8]) -> std::result::Result<(&[u8], &[u8]), String> {
    for (index, byte) in raw.iter().enumerate() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' => {}
            b'0'..=b'9' | b'+' | b'-' | b'.' if index > 0 => {}
            b':' if index == 0 => return Err("missing protocol scheme".into()),
            b':' => return Ok((&raw[..index], &raw[index + 1..])),
            _ => break,
        }
    }
    Ok((b"", raw))
}

fn parse_authority(scheme: &[u8], authority: &[u8]) -> std::result::Result<(Option<User>, Vec<u8>), String> {
    let at = authority.iter().rposition(|byte| *byte == b'@');
    let host = parse_host(scheme, &authority[at.map_or(0, |at| at + 1)..])?;
    let Some(at) = at else {
        return Ok((None, host));
    };
    let userinfo = &authority[..at];
    let valid = |byte: &u8| byte.is_ascii_alphanumeric() || b"-._:~!$&'()*+,;=%@".contains(byte);
    if !userinfo.iter().all(valid) {
        return Err("net/url: invalid userinfo".into());
    }
    let (name, password) = cut(userinfo, b':');
    let name = unescape(name, Part::User)?;
    let password = password.map(|password| unescape(password, Part::User)).transpose()?;
    Ok((Some(User { name, password }), host))
}

fn parse_host(scheme: &[u8], host: &[u8]) -> std::result::Result<Vec<u8>, String> {
    match host.iter().rposition(|byte| *byte == b'[') {
        Some(0) => return parse_literal(host),
        Some(_) => return Err("invalid IP-literal".into()),
        None => {}
    }
    let colon = |byte: &u8| *byte == b':';
    let first = host.iter().position(colon);
    // Only in these schemes may a host have no more than one colon.
    let strict = matches!(scheme, b"http" | b"https");
    let port = if strict { first } else { host.iter().rposition(colon) };
    if let Some(port) = port {
        check_port(&host[port..])?;
    }
    unescape(host, Part::Host)
}

/// Parses `[address]:port`.
fn parse_literal(host: &[u8]) -> std::result::Result<Vec<u8>, String> {
    let Some(close) = host.iter().rposition(|byte| *byte == b']') else {
        return Err("missing ']' in host".into());
    };
    let port = &host[close + 1..];
    check_port(port)?;
    let name = &host[1..close];
    let name = match crate::strings::find(name, b"%25") {
        Some(zone) => [
            unescape(&name[..zone], Part::Host)?,
            unescape(&name[zone..], Part::Zone)?,
        ]
        .concat(),
        None => unescape(name, Part::Host)?,
    };
    match parse_address(&name) {
        Ok(Family::V6) => Ok([b"[", &name[..], b"]", port].concat()),
        Ok(Family::V4) => Err("invalid IP-literal".into()),
        Err(error) => Err(format!("invalid host: {error}")),
    }
}

fn is_port(port: &[u8]) -> bool {
    match port {
        [] => true,
        [b':', digits @ ..] => digits.iter().all(u8::is_ascii_digit),
        _ => false,
    }
}

fn check_port(port: &[u8]) -> std::result::Result<(), String> {
    match is_port(port) {
        true => Ok(()),
        false => Err(format!("invalid port {} after host", quote(port))),
    }
}

/// The host without its port and brackets.
fn hostname(host: &[u8]) -> &[u8] {
    let host = match host.iter().rposition(|byte| *byte == b':') {
        Some(colon) if is_port(&host[colon..]) => &host[..colon],
        _ => host,
    };
    match host {
        [b'[', name @ .., b']'] => name,
        _ => host,
    }
}

/// The part of a URL that is escaped.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Path,
    Host,
    Zone,
    User,
    Fragment,
}

impl Part {
    /// Tells whether the byte stands for itself.
    fn keeps(self, byte: u8) -> bool {
        let marks: &[u8] = match self {
            Part::Path => b"$&+,/:;=@",
            Part::Host | Part::Zone => b"!\"$&'()*+,:;<=>[]",
            Part::User => b"$&+,;=",
            Part::Fragment => b"!$&()*+,/:;=?@",
        };
        byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) || marks.contains(&byte)
    }
}

fn escape(text: &[u8], part: Part) -> Vec<u8> {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    let mut escaped = Vec::with_capacity(text.len());
    for byte in text {
        if part.keeps(*byte) {
            escaped.push(*byte);
        } else {
            let digit = |bits: u8| DIGITS[usize::from(bits)];
            escaped.extend([b'%', digit(byte >> 4), digit(byte & 15)]);
        }
    }
    escaped
}

fn unescape(text: &[u8], part: Part) -> std::result::Result<Vec<u8>, String> {
    let in_host = matches!(part, Part::Host | Part::Zone);
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    let bad = |escape: &[u8]| Err(format!("invalid URL escape {}", quote(escape)));
    while let Some((first, after)) = rest.split_first() {
        if *first != b'%' {
            if in_host && first.is_ascii() && !part.keeps(*first) {
                return Err(format!("invalid character {} in host name", quote(&[*first])));
            }
            out.push(*first);
            rest = after;
            continue;
        }
        let escape = &rest[..rest.len().min(3)];
        let Some(byte) = escaped_byte(escape) else {
            return bad(escape);
        };
        let percent = byte == b'%';
        // In a host only bytes that are not ASCII may be escaped; in a zone, those that could stand for themselves.
        if part == Part::Host && byte < 0x80 && !percent {
            return bad(escape);
        }
        if part == Part::Zone && !percent && byte != b' ' && !Part::Host.keeps(byte) {
            return bad(escape);
        }
        out.push(byte);
        rest = &rest[3..];
    }
    Ok(out)
}

fn escaped_byte(escape: &[u8]) -> Option<u8> {
    let [b'%', high, low] = escape else {
        return None;
    };
    let digits = to_string_lossy(&[*high, *low]).into_owned();
    if !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return None;
    }
    u8::from_str_radix(&digits, 16).ok()
}
