//! IP addresses as Go's `net/netip` reads them, for its error texts.

use go_value::strconv::quote;

/// The version of an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Family {
    V4,
    V6,
}

/// What is wrong, and the rest of the text where it is, if Go names it.
type Fault<'a> = (&'static str, &'a [u8]);

/// Checks an address; the error is Go's text.
pub(crate) fn parse_address(text: &[u8]) -> Result<Family, String> {
    let found = match text.iter().find(|byte| matches!(byte, b'.' | b':' | b'%')) {
        Some(b'.') => check_v4(text).map(|()| Family::V4),
        Some(b':') => check_v6(text).map(|()| Family::V6),
        Some(_) => Err(("missing IPv6 address", &[][..])),
        None => Err(("unable to parse IP", &[][..])),
    };
    found.map_err(|(message, at)| {
        let at = if at.is_empty() {
            String::new()
        } else {
            format!(" (at {})", quote(at))
        };
        format!("ParseAddr({}): {message}{at}", quote(text))
    })
}

fn check_v4(text: &[u8]) -> Result<(), Fault<'_>> {
    let mut value = 0;
    let mut digits = 0;
    let mut fields = 0;
    for (index, byte) in text.iter().enumerate() {
        match byte {
            b'0'..=b'9' => {
                if digits == 1 && value == 0 {
                    return Err(("IPv4 field has octet with leading zero", b""));
                }
                value = value * 10 + u32::from(byte - b'0');
                digits += 1;
                if value > 255 {
                    return Err(("IPv4 field has value >255", b""));
                }
            }
            b'.' => {
                if index == 0 || index + 1 == text.len() || text[index - 1] == b'.' {
                    return Err(("IPv4 field must have at least one digit", &text[index..]));
                }
                if fields == 3 {
                    return Err(("IPv4 address too long", b""));
                }
                fields += 1;
                (value, digits) = (0, 0);
            }
            _ => return Err(("unexpected character", &text[index..])),
        }
    }
    if fields < 3 {
        Err(("IPv4 address too short", b""))
    } else {
        Ok(())
    }
}

fn check_v6(text: &[u8]) -> Result<(), Fault<'_>> {
    let mut rest = text;
    if let Some(percent) = text.iter().position(|byte| *byte == b'%') {
        if percent + 1 == text.len() {
            return Err(("zone must be a non-empty string", b""));
        }
        rest = &text[..percent];
    }
    let mut ellipsis = false;
    if let [b':', b':', after @ ..] = rest {
        ellipsis = true;
        rest = after;
        if rest.is_empty() {
            return Ok(());
        }
    }
    let mut bytes = 0;
    while bytes < 16 {
        let digits = hex_group(rest)?;
        if rest.get(digits) == Some(&b'.') {
            check_embedded_v4(rest, bytes, ellipsis)?;
            rest = b"";
            bytes += 4;
            break;
        }
        bytes += 2;
        rest = &rest[digits..];
        match rest {
            [] => break,
            [b':'] => return Err(("colon must be followed by more characters", rest)),
            [b':', after @ ..] => rest = after,
            _ => return Err(("unexpected character, want colon", rest)),
        }
        if let [b':', after @ ..] = rest {
            if ellipsis {
                return Err(("multiple :: in address", rest));
            }
            ellipsis = true;
            rest = after;
            if rest.is_empty() {
                break;
            }
        }
    }
    if !rest.is_empty() {
        return Err(("trailing garbage after address", rest));
    }
    match (bytes < 16, ellipsis) {
        (true, false) => Err(("address string too short", b"")),
        (false, true) => Err(("the :: must expand to at least one field of zeros", b"")),
        _ => Ok(()),
    }
}

/// The number of digits of a group of up to four.
fn hex_group(rest: &[u8]) -> Result<usize, Fault<'_>> {
    match rest.iter().take_while(|byte| byte.is_ascii_hexdigit()).count() {
        0 => Err(("each colon-separated field must have at least one digit", rest)),
        digits @ 1..=4 => Ok(digits),
        _ => Err(("each group must have 4 or less digits", rest)),
    }
}

fn check_embedded_v4(rest: &[u8], bytes: usize, ellipsis: bool) -> Result<(), Fault<'_>> {
    if !ellipsis && bytes != 12 {
        return Err((
            "embedded IPv4 address must replace the final 2 fields of the address",
            rest,
        ));
    }
    if bytes + 4 > 16 {
        return Err((
            "too many hex fields to fit an embedded IPv4 at the end of the address",
            rest,
        ));
    }
    check_v4(rest)
}
