//! Functions of texts.

use std::cmp::Ordering;
use std::sync::Arc;

use go_regexp::Regexp;

use super::eval::{Fault, Machine, Outcome};
use super::functions::place;
use super::operators::shown;
use super::value::Cel;
use crate::validation::format;

/// Turns a value into a text.
pub(super) fn of_value<'a>(value: &Cel<'a>) -> Outcome<'a> {
    let text = match value {
        Cel::Text(_) => return Ok(value.clone()),
        Cel::Bytes(bytes) => String::from_utf8(bytes.to_vec()).map_err(|_| Fault::error("invalid UTF-8 in bytes"))?,
        Cel::Ip(address) => address.to_string(),
        Cel::Cidr(address, size) => format!("{address}/{size}"),
        Cel::Quantity(quantity) => quantity.to_string(),
        Cel::Int(_) | Cel::Uint(_) | Cel::Double(_) | Cel::Bool(_) | Cel::Duration(_) | Cel::Timestamp(_) => {
            shown(value)
        }
        _ => return Err(Fault::no_overload()),
    };
    Ok(Cel::text(text))
}

/// Says whether a text has a part that a regular expression matches.
pub(super) fn matches<'a>(machine: &mut Machine<'a>, arguments: &[Cel<'a>]) -> Outcome<'a> {
    let [Cel::Text(text), Cel::Text(pattern)] = arguments else {
        return Err(Fault::no_overload());
    };
    Ok(Cel::Bool(regexp(machine, text, pattern)?.is_match(text.as_bytes())))
}

fn regexp(machine: &mut Machine<'_>, text: &str, pattern: &str) -> Result<Regexp, Fault> {
    // Compiling costs more than looking at the text, and both together as much as their product at worst.
    machine.spend(1 + (pattern.len() as u64 + 4) * (text.len() as u64 / 10 + 4) / 4)?;
    Regexp::compile(pattern).map_err(|error| Fault::error(error.to_string()))
}

/// Applies a function of a text, if the name is one.
pub(super) fn method<'a>(machine: &mut Machine<'a>, name: &str, arguments: &[Cel<'a>]) -> Option<Outcome<'a>> {
    if let (Cel::List(items), "join") = (arguments.first()?, name) {
        return Some(join(items, arguments.get(1)));
    }
    if let [Cel::Format(format), Cel::Text(text)] = arguments {
        return (name == "validate").then(|| Ok(validate(format, text)));
    }
    let (Cel::Text(text), rest) = arguments.split_first()? else {
        return None;
    };
    let letters = || text.chars().collect::<Vec<char>>();
    Some(match (name, rest) {
        ("startsWith", [Cel::Text(part)]) => Ok(Cel::Bool(text.starts_with(&**part))),
        ("endsWith", [Cel::Text(part)]) => Ok(Cel::Bool(text.ends_with(&**part))),
        ("contains", [Cel::Text(part)]) => Ok(Cel::Bool(text.contains(&**part))),
        ("matches", _) => matches(machine, arguments),
        ("lowerAscii", []) => Ok(Cel::text(text.to_ascii_lowercase())),
        ("upperAscii", []) => Ok(Cel::text(text.to_ascii_uppercase())),
        ("trim", []) => Ok(Cel::text(text.trim())),
        ("reverse", []) => Ok(Cel::text(text.chars().rev().collect::<String>())),
        ("charAt", [Cel::Int(index)]) => char_at(&letters(), *index),
        ("indexOf", [Cel::Text(part)]) => Ok(find(&letters(), part, 0)),
        ("indexOf", [Cel::Text(part), Cel::Int(from)]) => Ok(find(&letters(), part, (*from).try_into().unwrap_or(0))),
        ("lastIndexOf", [Cel::Text(part)]) => Ok(place(text.rfind(&**part).map(|at| letters_before(text, at)))),
        ("substring", [Cel::Int(from)]) => substring(&letters(), *from, None),
        ("substring", [Cel::Int(from), Cel::Int(to)]) => substring(&letters(), *from, Some(*to)),
        ("replace", [Cel::Text(old), Cel::Text(new)]) => replace(machine, text, old, new, -1),
        ("replace", [Cel::Text(old), Cel::Text(new), Cel::Int(count)]) => replace(machine, text, old, new, *count),
        ("split", [Cel::Text(by)]) => Ok(split(text, by, -1)),
        ("split", [Cel::Text(by), Cel::Int(count)]) => Ok(split(text, by, *count)),
        ("find", [Cel::Text(pattern)]) => regexp(machine, text, pattern).map(|regexp| {
            let found = regexp.find(text.as_bytes()).and_then(|range| text.get(range));
            Cel::text(found.unwrap_or_default())
        }),
        ("findAll", [Cel::Text(pattern)]) => find_all(machine, text, pattern, -1),
        ("findAll", [Cel::Text(pattern), Cel::Int(limit)]) => find_all(machine, text, pattern, *limit),
        ("format", [Cel::List(values)]) => fill(text, values),
        _ => return None,
    })
}

fn letters_before(text: &str, at: usize) -> usize {
    text.get(..at).map_or(0, |before| before.chars().count())
}

fn join<'a>(items: &[Cel<'a>], separator: Option<&Cel<'a>>) -> Outcome<'a> {
    let separator = match separator {
        None => "",
        Some(Cel::Text(text)) => text,
        Some(_) => return Err(Fault::no_overload()),
    };
    let texts: Option<Vec<&str>> = items
        .iter()
        .map(|item| match item {
            Cel::Text(text) => Some(&**text),
            _ => None,
        })
        .collect();
    texts
        .map(|texts| Cel::text(texts.join(separator)))
        .ok_or_else(Fault::no_overload)
}

fn char_at<'a>(letters: &[char], index: i64) -> Outcome<'a> {
    match usize::try_from(index) {
        Ok(index) if index == letters.len() => Ok(Cel::text("")),
        Ok(index) if index < letters.len() => Ok(Cel::text(letters[index].to_string())),
        _ => Err(Fault::error(format!("index out of range: {index}"))),
    }
}

fn find<'a>(letters: &[char], part: &str, from: usize) -> Cel<'a> {
    let part: Vec<char> = part.chars().collect();
    let starts = from..=letters.len().saturating_sub(part.len());
    let mut starts = starts.filter(|start| start + part.len() <= letters.len());
    place(starts.find(|start| letters[*start..].starts_with(&part)))
}

fn substring<'a>(letters: &[char], from: i64, to: Option<i64>) -> Outcome<'a> {
    let bound = |index: i64| {
        let fits = usize::try_from(index).ok().filter(|index| *index <= letters.len());
        fits.ok_or_else(|| Fault::error(format!("index out of range: {index}")))
    };
    let (start, end) = (bound(from)?, to.map_or(Ok(letters.len()), bound)?);
    let part = letters.get(start..end);
    let wrong = || Fault::error(format!("invalid substring range. start: {start}, end: {end}"));
    part.map(|part| Cel::text(part.iter().collect::<String>()))
        .ok_or_else(wrong)
}

fn replace<'a>(machine: &mut Machine<'a>, text: &str, old: &str, new: &str, count: i64) -> Outcome<'a> {
    // What is replaced may become much longer; the work is paid before it is done.
    let times = text.len() as u64 / old.len().max(1) as u64 + 1;
    machine.spend(times.saturating_mul(new.len() as u64) / 10)?;
    Ok(Cel::text(match usize::try_from(count) {
        Ok(count) => text.replacen(old, new, count),
        Err(_) => text.replace(old, new),
    }))
}

fn split<'a>(text: &str, by: &str, count: i64) -> Cel<'a> {
    let parts: Vec<String> = match (by, usize::try_from(count)) {
        (_, Ok(0)) => Vec::new(),
        ("", _) => text.chars().map(String::from).collect(),
        (by, Ok(count)) => text.splitn(count, by).map(str::to_owned).collect(),
        (by, Err(_)) => text.split(by).map(str::to_owned).collect(),
    };
    Cel::list(parts.into_iter().map(Cel::text).collect())
}

fn find_all<'a>(machine: &mut Machine<'a>, text: &str, pattern: &str, limit: i64) -> Outcome<'a> {
    let found = regexp(machine, text, pattern)?.find_all(text.as_bytes(), limit);
    let parts = found.into_iter().filter_map(|range| text.get(range)).map(Cel::text);
    Ok(Cel::list(parts.collect()))
}

/// Fills values into the places of a text that `%s` and others mark.
fn fill<'a>(text: &str, values: &[Cel<'a>]) -> Outcome<'a> {
    let mut filled = String::new();
    let mut values = values.iter();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('%') {
        filled.push_str(before);
        if let Some(after) = after.strip_prefix('%') {
            filled.push('%');
            rest = after;
            continue;
        }
        let digits = after
            .strip_prefix('.')
            .map(|more| more.bytes().take_while(u8::is_ascii_digit).count());
        let precision = digits.and_then(|digits| after.get(1..=digits)?.parse::<usize>().ok());
        let after = after.get(digits.map_or(0, |digits| digits + 1)..).unwrap_or_default();
        let verb = after
            .chars()
            .next()
            .ok_or_else(|| Fault::error("unexpected end of string"))?;
        let value = values.next().ok_or_else(|| Fault::error("index 0 out of range"))?;
        filled.push_str(&clause(verb, precision.map(|precision| precision.min(100)), value)?);
        rest = after.get(verb.len_utf8()..).unwrap_or_default();
    }
    filled.push_str(rest);
    Ok(Cel::text(filled))
}

fn clause(verb: char, precision: Option<usize>, value: &Cel<'_>) -> Result<String, Fault> {
    let places = precision.unwrap_or(6);
    let wrong = || {
        let type_name = value.type_name();
        Fault::error(format!(
            "error during formatting: %{verb} clause can't be used on {type_name}"
        ))
    };
    Ok(match (verb, value) {
        ('s', value) => in_text(value, false),
        ('d', Cel::Int(value)) => value.to_string(),
        ('d', Cel::Uint(value)) => value.to_string(),
        ('b', Cel::Int(value)) => format!("{value:b}"),
        ('b', Cel::Bool(value)) => u8::from(*value).to_string(),
        ('o', Cel::Int(value)) => format!("{value:o}"),
        ('x', Cel::Int(value)) => format!("{value:x}"),
        ('X', Cel::Int(value)) => format!("{value:X}"),
        ('x', Cel::Text(text)) => text.bytes().map(|byte| format!("{byte:02x}")).collect(),
        ('X', Cel::Text(text)) => text.bytes().map(|byte| format!("{byte:02X}")).collect(),
        ('f', value) => format!("{:.places$}", value.as_double().ok_or_else(wrong)?),
        ('e', value) => format!("{:.places$e}", value.as_double().ok_or_else(wrong)?),
        _ => return Err(wrong()),
    })
}

/// A value as `%s` shows it, inside of others with quotes.
fn in_text(value: &Cel<'_>, quoted: bool) -> String {
    match value {
        Cel::Text(text) if quoted => format!("{text:?}"),
        Cel::Null => "null".to_owned(),
        Cel::List(items) => {
            let items: Vec<String> = items.iter().map(|item| in_text(item, true)).collect();
            format!("[{}]", items.join(", "))
        }
        Cel::Map(_) | Cel::Object(..) => {
            let pairs = value.pairs().unwrap_or_default();
            let mut texts: Vec<String> = pairs
                .iter()
                .map(|(key, value)| format!("{}:{}", in_text(key, true), in_text(value, true)))
                .collect();
            texts.sort();
            format!("{{{}}}", texts.join(", "))
        }
        Cel::Type(name) => (*name).to_owned(),
        other => shown(other),
    }
}

/// Returns the format of texts that has a name.
pub(super) fn format_named(name: &str) -> Option<&'static str> {
    const FORMATS: [&str; 13] = [
        "dns1123Label",
        "dns1123Subdomain",
        "dns1035Label",
        "qualifiedName",
        "dns1123LabelPrefix",
        "dns1123SubdomainPrefix",
        "dns1035LabelPrefix",
        "labelValue",
        "uri",
        "uuid",
        "byte",
        "date",
        "datetime",
    ];
    FORMATS.into_iter().find(|own| *own == name)
}

/// Returns what is wrong with a text, if something is.
fn validate<'a>(name: &str, text: &str) -> Cel<'a> {
    use base64::Engine as _;
    let faults: Vec<String> = match name.strip_suffix("Prefix").unwrap_or(name) {
        "dns1123Label" => format::label(text),
        "dns1123Subdomain" => format::subdomain(text),
        "dns1035Label" => format::label_1035(text),
        "qualifiedName" => format::label_key(text),
        "labelValue" => format::label_value(text),
        other => {
            let fits = match other {
                "uri" => super::network::url(text).is_some(),
                "uuid" => is_uuid(text),
                "byte" => base64::engine::general_purpose::STANDARD.decode(text).is_ok(),
                _ => super::time::read_timestamp(text).is_some(),
            };
            if fits {
                Vec::new()
            } else {
                vec![format!("invalid {other}")]
            }
        }
    };
    if faults.is_empty() {
        return Cel::Optional(None);
    }
    Cel::some(Cel::list(faults.into_iter().map(Cel::text).collect()))
}

fn is_uuid(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let lengths: Vec<usize> = parts.iter().map(|part| part.len()).collect();
    lengths == [8, 4, 4, 4, 12]
        && parts
            .iter()
            .all(|part| part.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

/// Reads a semantic version.
pub(super) fn version<'a>(text: &str) -> Option<Cel<'a>> {
    let core = text.split_once('+').map_or(text, |(core, _)| core);
    let (numbers, pre) = core.split_once('-').map_or((core, ""), |(numbers, pre)| (numbers, pre));
    let parts: Vec<&str> = numbers.split('.').collect();
    let number = |part: &&str| {
        let fits = part.bytes().all(|byte| byte.is_ascii_digit()) && (part.len() == 1 || !part.starts_with('0'));
        fits.then(|| part.parse::<u64>().ok()).flatten()
    };
    let numbers: Vec<u64> = parts.iter().map(number).collect::<Option<_>>()?;
    let numbers: [u64; 3] = numbers.try_into().ok()?;
    Some(Cel::Version(Arc::new(numbers), pre.into()))
}

/// Orders what follows the numbers of versions: nothing is last.
pub(super) fn order_pre_release(left: &str, right: &str) -> Ordering {
    match (left.is_empty(), right.is_empty()) {
        (true, true) => return Ordering::Equal,
        (true, false) => return Ordering::Greater,
        (false, true) => return Ordering::Less,
        _ => {}
    }
    let parts = |text: &str| text.split('.').map(str::to_owned).collect::<Vec<_>>();
    let (own, others) = (parts(left), parts(right));
    for (own, other) in own.iter().zip(&others) {
        let order = match (own.parse::<u64>(), other.parse::<u64>()) {
            (Ok(own), Ok(other)) => own.cmp(&other),
            (Ok(_), Err(_)) => Ordering::Less,
            (Err(_), Ok(_)) => Ordering::Greater,
            _ => own.cmp(other),
        };
        if order.is_ne() {
            return order;
        }
    }
    own.len().cmp(&others.len())
}
