//! Whether a text is an address for mail or a URL, by the rules of the library that Helm asks.
//!
//! Source: govalidator (2023-03-01), `IsEmail`, `IsURL`, `IsRequestURL`.

use go_sprig::url_parts;

/// Letters beyond ASCII that addresses for mail may have.
fn is_foreign(letter: char) -> bool {
    matches!(letter, '\u{a0}'..='\u{d7ff}' | '\u{f900}'..='\u{fdcf}' | '\u{fdf0}'..='\u{ffef}')
}

/// Tells whether `text` looks like `name@example.com`.
pub(crate) fn is_email(text: &str) -> bool {
    let Some((local, domain)) = text.rsplit_once('@') else {
        return false;
    };
    (is_dot_atom(local) || is_quoted(local)) && is_mail_domain(domain)
}

fn is_dot_atom(local: &str) -> bool {
    let fits =
        |letter: char| letter.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~".contains(letter) || is_foreign(letter);
    local.split('.').all(|part| !part.is_empty() && part.chars().all(fits))
}

fn is_quoted(local: &str) -> bool {
    let inside = local.strip_prefix('"').and_then(|local| local.strip_suffix('"'));
    let fits = |letter: char| match letter {
        '"' | '\\' | '\0' | '\n' | '\r' => false,
        letter => letter.is_ascii() || is_foreign(letter),
    };
    inside.is_some_and(|inside| inside.chars().all(fits))
}

/// Names with dots between them, the last of which begins and ends with a letter.
fn is_mail_domain(domain: &str) -> bool {
    let domain = domain.strip_suffix('.').unwrap_or(domain);
    let Some((names, top)) = domain.rsplit_once('.') else {
        return false;
    };
    let letter = |letter: char| letter.is_ascii_alphabetic() || is_foreign(letter);
    let sign = |sign: char| letter(sign) || sign.is_ascii_digit();
    let inner = |text: &str, extra: &str| text.chars().all(|found| sign(found) || extra.contains(found));
    top.starts_with(letter)
        && top.ends_with(letter)
        && inner(top, "-_~")
        && names.starts_with(sign)
        && names.ends_with(sign)
        && inner(names, "-._~")
}

/// Tells whether `text` is an absolute URL or one with a scheme, as a request could have it.
pub(crate) fn is_request_url(text: &str) -> bool {
    let Ok(url) = url_parts(text.as_bytes(), false) else {
        return false;
    };
    !url.scheme.is_empty()
}

/// Tells whether `text` looks like the URL of a page, with or without its scheme.
pub(crate) fn is_url(text: &str) -> bool {
    if text.len() <= 3 || text.chars().count() >= 2083 || text.starts_with('.') {
        return false;
    }
    let with_scheme = match text.contains(':') && !text.contains("://") {
        true => format!("http://{text}"),
        false => text.to_owned(),
    };
    let Ok(url) = url_parts(with_scheme.as_bytes(), true) else {
        return false;
    };
    if url.host.starts_with(b".") || (url.host.is_empty() && !url.path.is_empty() && !url.path.contains(&b'.')) {
        return false;
    }
    looks_like_url(text)
}

fn looks_like_url(text: &str) -> bool {
    let schemes = ["ftp://", "tcp://", "udp://", "ws://", "wss://", "http://", "https://"];
    let rest = schemes
        .iter()
        .find_map(|scheme| text.strip_prefix(scheme))
        .unwrap_or(text);
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end);
    if path.contains(char::is_whitespace) || authority.contains(char::is_whitespace) {
        return false;
    }
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let (host, port) = match host.rsplit_once(':') {
        Some((name, port)) if !port.contains(']') => (name, Some(port)),
        _ => (host, None),
    };
    let is_port = |port: &str| (1..=5).contains(&port.len()) && port.bytes().all(|byte| byte.is_ascii_digit());
    port.is_none_or(is_port) && is_host(host)
}

fn is_host(host: &str) -> bool {
    if let Some(literal) = host.strip_prefix('[') {
        let literal = literal.strip_suffix(']');
        return literal.is_some_and(|literal| literal.parse::<std::net::Ipv6Addr>().is_ok());
    }
    let host = host.strip_suffix('.').unwrap_or(host);
    let sign = |letter: char| letter.is_ascii_alphanumeric() || ('\u{a1}'..='\u{ffff}').contains(&letter);
    let label = |label: &str| !label.is_empty() && label.chars().all(|letter| sign(letter) || "-_".contains(letter));
    host.starts_with(sign) && host.ends_with(sign) && host.split('.').all(label)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mail() {
        for text in [
            "a@b.io",
            "first.last+tag@sub.example.com",
            "ü@exämple.de",
            "\"a b\"@c.de",
            "a@b.c.",
        ] {
            assert!(is_email(text), "{text}");
        }
        for text in [
            "",
            "a",
            "a@b",
            "@b.io",
            "a..b@c.io",
            "a@b.1",
            "a b@c.io",
            "a@-b.io",
            "https://x.io",
        ] {
            assert!(!is_email(text), "{text}");
        }
    }

    #[test]
    fn urls() {
        for text in [
            "https://example.com/a b?c",
            "http://x",
            "/path",
            "mailto:a@b.io",
            "git@github.com:a/b",
        ] {
            let expected = !matches!(text, "/path" | "git@github.com:a/b");
            assert_eq!(is_request_url(text), expected, "{text}");
        }
        for text in [
            "https://example.com",
            "example.com",
            "localhost:8080",
            "http://[::1]:80/x",
            "ftp://a-b.c/d#e",
        ] {
            assert!(is_url(text), "{text}");
        }
        for text in [
            "abc",
            "http://",
            "http://-a.com",
            "a b.com",
            "https://a.com:123456",
            ".a.com",
            "/abcd",
        ] {
            assert!(!is_url(text), "{text}");
        }
    }
}
