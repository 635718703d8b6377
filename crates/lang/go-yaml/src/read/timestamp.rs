//! Which texts go-yaml takes for a date.

/// Tells whether `text` is a date, or a date and a time, in one of the four forms that go-yaml gives to `time.Parse`.
pub(crate) fn is_timestamp(text: &[u8]) -> bool {
    let [a, b, c, d, b'-', rest @ ..] = text else {
        return false;
    };
    if ![a, b, c, d].iter().all(|byte| byte.is_ascii_digit()) {
        return false;
    }
    let year = [a, b, c, d]
        .iter()
        .fold(0, |year, &&digit| year * 10 + u32::from(digit - b'0'));
    date(year, rest).is_some_and(|rest| match rest {
        [] => true,
        [b'T' | b't', rest @ ..] => clock(rest).is_some_and(is_zone),
        [b' ', ..] => {
            let spaces = rest.iter().take_while(|&&byte| byte == b' ').count();
            clock(&rest[spaces..]).is_some_and(<[u8]>::is_empty)
        }
        _ => false,
    })
}

/// Reads a number of one or two digits.
fn short_number(text: &[u8]) -> Option<(u32, &[u8])> {
    match text {
        [a @ b'0'..=b'9', b @ b'0'..=b'9', rest @ ..] => Some((u32::from(a - b'0') * 10 + u32::from(b - b'0'), rest)),
        [a @ b'0'..=b'9', rest @ ..] => Some((u32::from(a - b'0'), rest)),
        _ => None,
    }
}

fn date(year: u32, text: &[u8]) -> Option<&[u8]> {
    let (month, rest) = short_number(text)?;
    let (day, rest) = short_number(rest.strip_prefix(b"-")?)?;
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let days = match month {
        2 => 28 + u32::from(leap),
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return None,
    };
    (1..=days).contains(&day).then_some(rest)
}

/// Reads hours, minutes, seconds and perhaps a fraction.
fn clock(text: &[u8]) -> Option<&[u8]> {
    let (hour, rest) = short_number(text)?;
    let (minute, rest) = short_number(rest.strip_prefix(b":")?)?;
    let (second, rest) = short_number(rest.strip_prefix(b":")?)?;
    if hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    Some(match rest {
        [b'.' | b',', digits @ ..] if digits.first().is_some_and(u8::is_ascii_digit) => {
            &digits[digits.iter().take_while(|byte| byte.is_ascii_digit()).count()..]
        }
        _ => rest,
    })
}

fn is_zone(text: &[u8]) -> bool {
    match text {
        b"Z" => true,
        [b'+' | b'-', a, b, b':', c, d] => {
            let digits = [a, b, c, d].iter().all(|byte| byte.is_ascii_digit());
            digits && (a - b'0') * 10 + (b - b'0') <= 24 && (c - b'0') * 10 + (d - b'0') <= 60
        }
        _ => false,
    }
}
