//! The time in a lock file.

/// Reads a time as Go's `time.Time` reads it from JSON, and writes it as Go writes it into JSON.
///
/// # Errors
/// Go's text for a time that is not RFC 3339.
pub(crate) fn normalise(text: &str) -> Result<String, String> {
    let bad = |rest: &str, element: &str| {
        format!("parsing time \"{text}\" as \"2006-01-02T15:04:05Z07:00\": cannot parse \"{rest}\" as \"{element}\"")
    };
    let out_of_range = |what: &str| format!("parsing time \"{text}\": {what} out of range");
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
        let digits = rest
            .get(..width)
            .filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()));
        let Some(digits) = digits else {
            return Err(bad(rest, element));
        };
        *number = digits.parse().unwrap_or(0);
        rest = &rest[width..];
        match rest.strip_prefix(separator) {
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
    let mut fraction = "";
    if let Some(after) = rest.strip_prefix('.') {
        let width = after.bytes().take_while(u8::is_ascii_digit).count();
        if width == 0 {
            return Err(bad(rest, "Z07:00"));
        }
        fraction = after[..width.min(9)].trim_end_matches('0');
        rest = &after[width..];
    }
    let zone = zone(rest).ok_or_else(|| bad(rest, "Z07:00"))?;
    let seconds = &text[..19];
    let dot = if fraction.is_empty() { "" } else { "." };
    Ok(format!("{seconds}{dot}{fraction}{zone}"))
}

/// Reads `Z` or `+01:30`; a zone without an offset is written `Z`.
fn zone(text: &str) -> Option<&str> {
    if text == "Z" {
        return Some(text);
    }
    let bytes = text.as_bytes();
    let [b'+' | b'-', h1, h2, b':', m1, m2] = bytes else {
        return None;
    };
    if ![h1, h2, m1, m2].iter().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let hours = u32::from(h1 - b'0') * 10 + u32::from(h2 - b'0');
    let minutes = u32::from(m1 - b'0') * 10 + u32::from(m2 - b'0');
    match (hours, minutes) {
        (0, 0) => Some("Z"),
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
    use super::normalise;

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
    }
}
