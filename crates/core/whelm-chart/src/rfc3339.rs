//! The time in a lock file.

/// Reads a time as Go's `time.Time` reads it from JSON, and writes it as Go writes it into JSON.
///
/// # Errors
/// Go's text for a time that is not RFC 3339.
pub(crate) fn normalise(text: &[u8]) -> Result<String, String> {
    let bad = |rest: &[u8], element: &str| {
        let (text, rest) = (quoted(text), quoted(rest));
        format!("parsing time {text} as \"2006-01-02T15:04:05Z07:00\": cannot parse {rest} as \"{element}\"")
    };
    let out_of_range = |what: &str| format!("parsing time {}: {what} out of range", quoted(text));
    let mut rest = text;
    let mut numbers = [0u32; 6];
    const PARTS: [(usize, &str, &str); 6] = [
        (4, "2006", "-"),
        (2, "01", "-"),
        (2, "02", "T"),
        (2, "15", ":"),
        (2, "04", ":"),
        (2, "05", ""),
    ];
    for (number, (width, element, separator)) in numbers.iter_mut().zip(PARTS) {
        let digits = rest.get(..width).filter(|digits| digits.iter().all(u8::is_ascii_digit));
        let Some(digits) = digits else {
            return Err(bad(rest, element));
        };
        *number = digits
            .iter()
            .fold(0, |number, digit| number * 10 + u32::from(digit - b'0'));
        rest = &rest[width..];
        match rest.strip_prefix(separator.as_bytes()) {
            Some(after) => rest = after,
            None => return Err(bad(rest, separator)),
        }
    }
    let [year, month, day, hour, minute, second] = numbers;
    for (bad, what) in [
        (!(1..=12).contains(&month), "month"),
        (hour > 23, "hour"),
        (minute > 59, "minute"),
        (second > 59, "second"),
        (day < 1 || day > days_in(year, month), "day"),
    ] {
        if bad {
            return Err(out_of_range(what));
        }
    }
    let mut fraction = &b""[..];
    if let Some(after) = rest.strip_prefix(b".") {
        let width = after.iter().take_while(|byte| byte.is_ascii_digit()).count();
        if width == 0 {
            return Err(bad(rest, "Z07:00"));
        }
        fraction = &after[..width.min(9)];
        while let Some(shorter) = fraction.strip_suffix(b"0") {
            fraction = shorter;
        }
        rest = &after[width..];
    }
    let zone = zone(rest).ok_or_else(|| bad(rest, "Z07:00"))?;
    let dot = if fraction.is_empty() { &b""[..] } else { b"." };
    let parts = [&text[..19], dot, fraction, zone].concat();
    Ok(String::from_utf8_lossy(&parts).into_owned())
}

/// Quotes a text as Go's `time` does.
fn quoted(text: &[u8]) -> String {
    let mut out = String::from("\"");
    for byte in text {
        match byte {
            b'"' | b'\\' => out.extend(['\\', char::from(*byte)]),
            b' '..=0x7f => out.push(char::from(*byte)),
            _ => out.push_str(&format!("\\x{byte:02x}")),
        }
    }
    out.push('"');
    out
}

/// Reads `Z` or `+01:30`; a zone without an offset is written `Z`.
fn zone(text: &[u8]) -> Option<&[u8]> {
    if text == b"Z" {
        return Some(text);
    }
    let [b'+' | b'-', h1, h2, b':', m1, m2] = text else {
        return None;
    };
    if ![h1, h2, m1, m2].iter().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let hours = u32::from(h1 - b'0') * 10 + u32::from(h2 - b'0');
    let minutes = u32::from(m1 - b'0') * 10 + u32::from(m2 - b'0');
    match (hours, minutes) {
        (0, 0) => Some(b"Z"),
        (0..=23, 0..=59) => Some(text),
        _ => None,
    }
}

fn days_in(year: u32, month: u32) -> u32 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => 29,
        2 => 28,
        _ => 31,
    }
}

#[cfg(test)]
mod tests {
    fn normalise(text: &str) -> Result<String, String> {
        super::normalise(text.as_bytes())
    }

    #[test]
    fn times_are_written_as_go_writes_them() {
        assert_eq!(normalise("2020-01-01T00:00:00Z").unwrap(), "2020-01-01T00:00:00Z");
        assert_eq!(
            normalise("2020-01-01T00:00:00.1200+02:00").unwrap(),
            "2020-01-01T00:00:00.12+02:00"
        );
        assert_eq!(
            normalise("abc").unwrap_err(),
            "parsing time \"abc\" as \"2006-01-02T15:04:05Z07:00\": cannot parse \"abc\" as \"2006\""
        );
        assert_eq!(
            normalise("2020\u{e9}\\").unwrap_err(),
            "parsing time \"2020\\xc3\\xa9\\\\\" as \"2006-01-02T15:04:05Z07:00\": cannot parse \"\\xc3\\xa9\\\\\" as \"-\""
        );
    }
}
