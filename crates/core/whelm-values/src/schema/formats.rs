//! The formats that strings can be asked to have.

use std::net::Ipv6Addr;

use go_value::strconv::{parse_int, quote_rune};

/// Checks a text against a format. A format that is not known is no rule.
///
/// # Errors
/// What is wrong, in the words of Helm's schema library.
pub(super) fn check(format: &str, text: &str) -> Result<(), String> {
    match format {
        "regex" => go_regexp::cached(text).map(|_| ()).map_err(|error| error.to_string()),
        "json-pointer" => json_pointer(text),
        "relative-json-pointer" => relative_json_pointer(text),
        "uuid" => uuid(text),
        "duration" => duration(text),
        "period" => period(text),
        "ipv4" => ipv4(text),
        "ipv6" => ipv6(text),
        "hostname" => hostname(text),
        "email" => email(text),
        "date" => date(text),
        "time" => time(text),
        "date-time" => date_time(text),
        "uri" | "iri" => uri(text, true),
        "uri-reference" | "iri-reference" if text.contains('\\') => fail("contains \\"),
        "uri-reference" | "iri-reference" => uri(text, false),
        "uri-template" => uri_template(text),
        "semver" => semver(text),
        _ => Ok(()),
    }
}

fn fail(message: &str) -> Result<(), String> {
    Err(message.to_owned())
}

fn json_pointer(text: &str) -> Result<(), String> {
    if text.is_empty() {
        return Ok(());
    }
    if !text.starts_with('/') {
        return fail("not starting with /");
    }
    let mut runes = text.chars().peekable();
    while let Some(rune) = runes.next() {
        if rune == '~' && !matches!(runes.peek(), Some('0' | '1')) {
            return fail("~ must be followed by 0 or 1");
        }
    }
    Ok(())
}

fn relative_json_pointer(text: &str) -> Result<(), String> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    if digits == 0 {
        return fail("must start with non-negative integer");
    }
    if digits > 1 && text.starts_with('0') {
        return fail("starts with zero");
    }
    match &text[digits..] {
        "#" => Ok(()),
        rest => json_pointer(rest),
    }
}

fn uuid(text: &str) -> Result<(), String> {
    let lengths = [8, 4, 4, 4, 12];
    let groups: Vec<&str> = text.split('-').collect();
    if groups.len() != lengths.len() {
        return fail("must have 5 elements");
    }
    for (index, (group, length)) in groups.iter().zip(lengths).enumerate() {
        if group.len() != length {
            return Err(format!("element {} must be {length} characters long", index + 1));
        }
        if let Some(rune) = group.chars().find(|rune| !rune.is_ascii_hexdigit()) {
            return Err(format!("non-hex character {}", quote_rune(rune)));
        }
    }
    Ok(())
}

fn duration(text: &str) -> Result<(), String> {
    let Some(text) = text.strip_prefix('P') else {
        return fail("must start with P");
    };
    if text.is_empty() {
        return fail("nothing after P");
    }
    if let Some(weeks) = text.strip_suffix('W') {
        if weeks.is_empty() {
            return fail("no number in week");
        }
        return if weeks.bytes().all(|byte| byte.is_ascii_digit()) {
            Ok(())
        } else {
            fail("invalid week")
        };
    }
    for (index, part) in text.split('T').enumerate() {
        match index {
            0 => duration_units(part, "YMD")?,
            _ if part.is_empty() => return fail("no time elements"),
            1 => duration_units(part, "HMS")?,
            _ => return fail("more than one T"),
        }
    }
    Ok(())
}

fn duration_units(mut text: &str, all: &str) -> Result<(), String> {
    let mut units = all;
    while !text.is_empty() {
        let digits = text.bytes().take_while(u8::is_ascii_digit).count();
        if digits == 0 {
            return fail("missing number");
        }
        text = &text[digits..];
        let Some(unit) = text.bytes().next().map(char::from) else {
            return fail("missing unit");
        };
        match units.find(unit) {
            Some(at) => units = &units[at + 1..],
            None if all.contains(unit) => return Err(format!("unit {} out of order", quote_rune(unit))),
            None => return Err(format!("invalid unit {}", quote_rune(unit))),
        }
        text = text.get(1..).unwrap_or_default();
    }
    Ok(())
}

fn period(text: &str) -> Result<(), String> {
    let Some((start, end)) = text.split_once('/') else {
        return fail("missing slash");
    };
    if start.starts_with('P') {
        duration(start).map_err(|error| format!("invalid start duration: {error}"))?;
        return date_time(end).map_err(|error| format!("invalid end date-time: {error}"));
    }
    date_time(start).map_err(|error| format!("invalid start date-time: {error}"))?;
    if end.starts_with('P') {
        return duration(end).map_err(|error| format!("invalid end duration: {error}"));
    }
    date_time(end).map_err(|error| format!("invalid end date-time: {error}"))
}

fn ipv4(text: &str) -> Result<(), String> {
    let groups: Vec<&str> = text.split('.').collect();
    if groups.len() != 4 {
        return fail("expected four decimals");
    }
    for group in groups {
        if group.len() > 1 && group.starts_with('0') {
            return fail("leading zeros");
        }
        let number = parse_int(group.as_bytes(), 10, 64).map_err(|mut error| {
            error.function = "Atoi";
            error.to_string()
        })?;
        if !(0..=255).contains(&number) {
            return fail("decimal must be between 0 and 255");
        }
    }
    Ok(())
}

fn ipv6(text: &str) -> Result<(), String> {
    if !text.contains(':') {
        return fail("missing colon");
    }
    let (address, zone) = text
        .split_once('%')
        .map_or((text, None), |(address, zone)| (address, Some(zone)));
    if address.parse::<Ipv6Addr>().is_err() {
        let text = go_value::strconv::quote(text.as_bytes());
        return Err(format!("ParseAddr({text}): unable to parse IP"));
    }
    match zone {
        Some(_) => fail("zone id is not a part of ipv6 address"),
        None => Ok(()),
    }
}

fn hostname(text: &str) -> Result<(), String> {
    let text = text.strip_suffix('.').unwrap_or(text);
    if text.len() > 253 {
        return fail("more than 253 characters long");
    }
    for label in text.split('.') {
        if !(1..=63).contains(&label.len()) {
            return fail("label must be 1 to 63 characters long");
        }
        if label.starts_with('-') {
            return fail("label starts with hyphen");
        }
        if label.ends_with('-') {
            return fail("label ends with hyphen");
        }
        only(label, |rune| rune.is_ascii_alphanumeric() || rune == '-', "")?;
    }
    Ok(())
}

/// Refuses the first character that is not allowed.
fn only(text: &str, allowed: impl Fn(char) -> bool, place: &str) -> Result<(), String> {
    match text.chars().find(|rune| !allowed(*rune)) {
        Some(rune) => Err(format!("invalid character {}{place}", quote_rune(rune))),
        None => Ok(()),
    }
}

fn email(text: &str) -> Result<(), String> {
    if text.len() > 254 {
        return fail("more than 255 characters long");
    }
    let Some((local, domain)) = text.rsplit_once('@') else {
        return fail("missing @");
    };
    if local.len() > 64 {
        return fail("local part more than 64 characters long");
    }
    if local.len() > 1 && local.starts_with('"') && local.ends_with('"') {
        if local[1..local.len() - 1].contains(['\\', '"']) {
            return fail("backslash and quote are not allowed within quoted local part");
        }
    } else {
        plain_local_part(local)?;
    }
    if let Some(address) = domain.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        return match address.strip_prefix("IPv6:") {
            Some(address) => ipv6(address).map_err(|error| format!("invalid ipv6 address: {error}")),
            None => ipv4(address).map_err(|error| format!("invalid ipv4 address: {error}")),
        };
    }
    hostname(domain).map_err(|error| format!("invalid domain: {error}"))
}

fn plain_local_part(local: &str) -> Result<(), String> {
    if local.starts_with('.') {
        return fail("starts with dot");
    }
    if local.ends_with('.') {
        return fail("ends with dot");
    }
    if local.contains("..") {
        return fail("consecutive dots");
    }
    only(
        local,
        |rune| rune.is_ascii_alphanumeric() || ".!#$%&'*+-/=?^_`{|}~".contains(rune),
        "",
    )
}

/// A date, with the errors of Go's `time.Parse`.
fn date(text: &str) -> Result<(), String> {
    const LAYOUT: &str = "2006-01-02";
    let quoted = go_value::strconv::quote(text.as_bytes());
    let mut rest = text;
    let mut numbers = [0_u32; 3];
    for (number, (width, element, separator)) in
        numbers
            .iter_mut()
            .zip([(4, "2006", "-"), (2, "01", "-"), (2, "02", "")])
    {
        let bad = |rest: &str, element: &str| {
            let rest = go_value::strconv::quote(rest.as_bytes());
            Err(format!(
                "parsing time {quoted} as \"{LAYOUT}\": cannot parse {rest} as \"{element}\""
            ))
        };
        let digits = rest
            .get(..width)
            .filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()));
        let Some(digits) = digits else {
            return bad(rest, element);
        };
        *number = digits.parse().unwrap_or(0);
        let Some(after) = rest[width..].strip_prefix(separator) else {
            return bad(&rest[width..], separator);
        };
        rest = after;
    }
    let [year, month, day] = numbers;
    if !(1..=12).contains(&month) {
        return Err(format!("parsing time {quoted}: month out of range"));
    }
    if !rest.is_empty() {
        let rest = go_value::strconv::quote(rest.as_bytes());
        return Err(format!("parsing time {quoted}: extra text: {rest}"));
    }
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let days = match month {
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        _ => 31,
    };
    if !(1..=days).contains(&day) {
        return Err(format!("parsing time {quoted}: day out of range"));
    }
    Ok(())
}

fn time(text: &str) -> Result<(), String> {
    if text.len() < 9 {
        return fail("less than 9 characters long");
    }
    let bytes = text.as_bytes();
    if bytes[2] != b':' || bytes[5] != b':' {
        return fail("missing colon in correct place");
    }
    let [hour, minute, second] = numbers(&bytes[..8], "hour/min/sec")?;
    if hour > 23 || minute > 59 || second > 60 {
        return fail("hour/min/sec out of range");
    }
    let mut rest = &bytes[8..];
    if let Some(fraction) = rest.strip_prefix(b".") {
        let digits = fraction.iter().take_while(|byte| byte.is_ascii_digit()).count();
        if digits == 0 {
            return fail("no digits in second fraction");
        }
        rest = &fraction[digits..];
    }
    let (hour, minute) = if matches!(rest, b"z" | b"Z") {
        (hour, minute)
    } else {
        in_utc(hour, minute, rest)?
    };
    if second >= 60 && (hour != 23 || minute != 59) {
        return fail("invalid leap second");
    }
    Ok(())
}

/// Takes an offset such as `+01:30` off a time of the day.
fn in_utc(hour: i64, minute: i64, offset: &[u8]) -> Result<(i64, i64), String> {
    if offset.len() != 6 {
        return Err("offset must be 6 characters long".to_owned());
    }
    let sign = match offset[0] {
        b'+' => -1,
        b'-' => 1,
        _ => return Err("offset must begin with plus/minus".to_owned()),
    };
    if offset[3] != b':' {
        return Err("missing colon in offset in correct place".to_owned());
    }
    let [hours, minutes] = numbers(&offset[1..], "hour/min in offset")?;
    if hours > 23 || minutes > 59 {
        return Err("hour/min in offset out of range".to_owned());
    }
    let mut time = hour * 60 + minute + sign * (hours * 60 + minutes);
    if time < 0 {
        time += 24 * 60;
    }
    Ok((time / 60, time % 60))
}

fn numbers<const N: usize>(text: &[u8], what: &str) -> Result<[i64; N], String> {
    let mut found = [0; N];
    for (number, part) in found.iter_mut().zip(text.splitn(N, |byte| *byte == b':')) {
        *number = parse_int(part, 10, 64).map_err(|_| format!("invalid {what}"))?;
        if *number < 0 {
            return Err(format!("non-positive {what}"));
        }
    }
    Ok(found)
}

fn date_time(text: &str) -> Result<(), String> {
    if text.len() < 20 {
        return fail("less than 20 characters long");
    }
    if !matches!(text.as_bytes()[10], b't' | b'T') {
        return fail("11th character must be t or T");
    }
    let (day, clock) = (text.get(..10).unwrap_or(text), text.get(11..).unwrap_or_default());
    date(day).map_err(|error| format!("invalid date element: {error}"))?;
    time(clock).map_err(|error| format!("invalid time element: {error}"))
}

/// A URL, as far as Go's `url.Parse` would refuse one.
fn uri(text: &str, absolute: bool) -> Result<(), String> {
    let quoted = || go_value::strconv::quote(text.as_bytes());
    if text.bytes().any(|byte| byte < 0x20 || byte == 0x7f) {
        return Err(format!("parse {}: net/url: invalid control character in URL", quoted()));
    }
    let before = text.split('#').next().unwrap_or(text);
    let scheme_end = before.find([':', '/', '?']).filter(|at| before.as_bytes()[*at] == b':');
    let is_scheme = |scheme: &str| {
        scheme.starts_with(|rune: char| rune.is_ascii_alphabetic())
            && scheme
                .chars()
                .all(|rune| rune.is_ascii_alphanumeric() || "+-.".contains(rune))
    };
    match scheme_end {
        Some(0) => return Err(format!("parse {}: missing protocol scheme", quoted())),
        Some(end) if is_scheme(&before[..end]) => authority(&before[end + 1..], &quoted())?,
        Some(_) => {
            return Err(format!(
                "parse {}: first path segment in URL cannot contain colon",
                quoted()
            ));
        }
        None => authority(before, &quoted())?,
    }
    if let Some(escape) = bad_escape(text) {
        let escape = go_value::strconv::quote(escape.as_bytes());
        return Err(format!("parse {}: invalid URL escape {escape}", quoted()));
    }
    if absolute && scheme_end.is_none() {
        return fail("relative url");
    }
    Ok(())
}

/// Checks the host of what follows a scheme.
fn authority(rest: &str, quoted: &str) -> Result<(), String> {
    let Some(rest) = rest.strip_prefix("//") else {
        return Ok(());
    };
    let host = rest.split(['/', '?']).next().unwrap_or(rest);
    let host = host.rsplit_once('@').map_or(host, |(_, host)| host);
    if let Some(address) = host.strip_prefix('[') {
        let Some((address, port)) = address.split_once(']') else {
            return Err(format!("parse {quoted}: missing ']' in host"));
        };
        check_port(port, quoted)?;
        return ipv6(address).map_err(|error| format!("invalid ipv6 address: {error}"));
    }
    if let Some(rune) = host.chars().find(|rune| " \"<>\\^`{|}".contains(*rune)) {
        let rune = go_value::strconv::quote(rune.to_string().as_bytes());
        return Err(format!("parse {quoted}: invalid character {rune} in host name"));
    }
    match host.rsplit_once(':') {
        Some((_, port)) => check_port(&format!(":{port}"), quoted),
        None => Ok(()),
    }
}

fn check_port(port: &str, quoted: &str) -> Result<(), String> {
    if port.is_empty()
        || port
            .strip_prefix(':')
            .is_some_and(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()))
    {
        return Ok(());
    }
    let port = go_value::strconv::quote(port.as_bytes());
    Err(format!("parse {quoted}: invalid port {port} after host"))
}

/// Finds a percent sign that two hexadecimal digits do not follow. Queries are not looked at.
fn bad_escape(text: &str) -> Option<String> {
    let path = text.split('?').next().unwrap_or(text);
    for (at, _) in path.match_indices('%') {
        let escape: String = path[at..].chars().take(3).collect();
        if escape.len() < 3 || !escape[1..].bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Some(escape);
        }
    }
    None
}

fn uri_template(text: &str) -> Result<(), String> {
    uri(text, false)?;
    let path = text.split(['?', '#']).next().unwrap_or(text);
    for part in path.split('/') {
        let mut open = false;
        for rune in part.chars().filter(|rune| matches!(rune, '{' | '}')) {
            if (rune == '{') == open {
                return fail("nested curly braces");
            }
            open = !open;
        }
        if open {
            return fail("no matching closing brace");
        }
    }
    Ok(())
}

fn semver(text: &str) -> Result<(), String> {
    let identifier = |rune: char| rune.is_ascii_alphanumeric() || rune == '-';
    let (text, build) = text
        .split_once('+')
        .map_or((text, None), |(text, build)| (text, Some(build)));
    if build == Some("") {
        return fail("build is empty");
    }
    for part in build.into_iter().flat_map(|build| build.split('.')) {
        if part.is_empty() {
            return fail("build identifier is empty");
        }
        only(part, identifier, " in build identifier")?;
    }
    let (core, pre) = text
        .split_once('-')
        .map_or((text, None), |(core, pre)| (core, Some(pre)));
    for part in pre.into_iter().flat_map(|pre| pre.split('.')) {
        if part.is_empty() {
            return fail("pre-release identifier is empty");
        }
        only(part, identifier, " in pre-release identifier")?;
        if part.len() > 1 && part.starts_with('0') && part.bytes().all(|byte| byte.is_ascii_digit()) {
            return fail("pre-release numeric identifier starts with zero");
        }
    }
    let numbers: Vec<&str> = core.split('.').collect();
    if numbers.len() != 3 {
        return fail("versionCore must have 3 numbers separated by dot");
    }
    for (number, name) in numbers.iter().zip(["major", "minor", "patch"]) {
        if number.is_empty() {
            return Err(format!("{name} is empty"));
        }
        if number.len() > 1 && number.starts_with('0') {
            return Err(format!("{name} starts with zero"));
        }
        if let Some(rune) = number.chars().find(|rune| !rune.is_ascii_digit()) {
            return Err(format!("invalid character {} in {name}", quote_rune(rune)));
        }
    }
    Ok(())
}
