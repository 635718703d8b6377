//! Addresses, blocks of addresses and URLs.

use std::net::IpAddr;
use std::sync::Arc;

use super::eval::{Fault, Outcome};
use super::value::Cel;

/// A URL in its parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Url {
    scheme: String,
    host: String,
    path: String,
    query: String,
}

/// Reads an absolute URL, or a path that starts at the root.
pub(super) fn url(text: &str) -> Option<Url> {
    let text = text.split_once('#').map_or(text, |(before, _)| before);
    if text.bytes().any(|byte| byte < 0x20 || byte == 0x7f) {
        return None;
    }
    let (before, query) = text.split_once('?').unwrap_or((text, ""));
    let (scheme, rest) = match before.split_once(':') {
        Some((scheme, rest)) if is_scheme(scheme) => (scheme, rest),
        _ if before.starts_with('/') => ("", before),
        _ => return None,
    };
    let (authority, path) = match rest.strip_prefix("//") {
        Some(rest) => rest.find('/').map_or((rest, ""), |at| rest.split_at(at)),
        None => ("", rest),
    };
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let port_fits = port(host).bytes().all(|byte| byte.is_ascii_digit());
    let host_fits = !host.contains([' ', '"', '<', '>']);
    (port_fits && host_fits).then(|| Url {
        scheme: scheme.to_lowercase(),
        host: host.to_owned(),
        path: path.to_owned(),
        query: query.to_owned(),
    })
}

fn is_scheme(text: &str) -> bool {
    let mut bytes = text.bytes();
    bytes.next().is_some_and(|byte| byte.is_ascii_alphabetic())
        && bytes.all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.'))
}

fn port(host: &str) -> &str {
    let after_brackets = host.rsplit_once(']').map_or(host, |(_, rest)| rest);
    after_brackets.rsplit_once(':').map_or("", |(_, port)| port)
}

impl Url {
    fn host_name(&self) -> &str {
        let port = port(&self.host);
        let name = self
            .host
            .strip_suffix(port)
            .and_then(|name| name.strip_suffix(':'))
            .unwrap_or(&self.host);
        name.trim_start_matches('[').trim_end_matches(']')
    }

    fn escaped_path(&self) -> String {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~$&+,/:;=@%!*'()".contains(&byte);
        let escaped = |byte: u8| {
            if plain(byte) {
                char::from(byte).to_string()
            } else {
                format!("%{byte:02X}")
            }
        };
        self.path.bytes().map(escaped).collect()
    }

    fn query<'a>(&self) -> Cel<'a> {
        let mut pairs: Vec<(String, Vec<Cel<'a>>)> = Vec::new();
        for part in self.query.split('&').filter(|part| !part.is_empty()) {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            let decode = |text: &str| crate::request::decode_percent(text, true);
            let (name, value) = (decode(name), Cel::text(decode(value)));
            match pairs.iter_mut().find(|(own, _)| *own == name) {
                Some((_, values)) => values.push(value),
                None => pairs.push((name, vec![value])),
            }
        }
        let pairs = pairs
            .into_iter()
            .map(|(name, values)| (Cel::text(name), Cel::list(values)));
        Cel::Map(Arc::new(pairs.collect()))
    }
}

/// Reads an address; zones, and IPv4 addresses in the form of IPv6, are none.
fn ip(text: &str) -> Option<IpAddr> {
    let address: IpAddr = text.parse().ok()?;
    match address {
        IpAddr::V6(own) if own.to_ipv4_mapped().is_some() => None,
        _ => Some(address),
    }
}

fn cidr(text: &str) -> Option<(IpAddr, u8)> {
    let (address, size) = text.split_once('/')?;
    let address = ip(address)?;
    let is_number = size.bytes().all(|byte| byte.is_ascii_digit()) && (size == "0" || !size.starts_with('0'));
    let size: u8 = is_number.then(|| size.parse().ok()).flatten()?;
    (size <= width(address)).then_some((address, size))
}

fn width(address: IpAddr) -> u8 {
    if address.is_ipv4() { 32 } else { 128 }
}

/// Returns the first address of the block that an address is in.
fn masked(address: IpAddr, size: u8) -> IpAddr {
    match address {
        IpAddr::V4(own) => {
            let mask = u32::MAX.checked_shl(32 - u32::from(size)).unwrap_or(0);
            IpAddr::V4((u32::from(own) & mask).into())
        }
        IpAddr::V6(own) => {
            let mask = u128::MAX.checked_shl(128 - u32::from(size)).unwrap_or(0);
            IpAddr::V6((u128::from(own) & mask).into())
        }
    }
}

fn holds(block: (IpAddr, u8), address: IpAddr) -> bool {
    block.0.is_ipv4() == address.is_ipv4() && masked(block.0, block.1) == masked(address, block.1)
}

/// Applies a function of the network, if the name is one.
pub(super) fn function<'a>(name: &str, arguments: &[Cel<'a>]) -> Option<Outcome<'a>> {
    let [Cel::Text(text)] = arguments else { return None };
    let wrong = |what: &str| Fault::error(format!("{what} {text:?} parse error during conversion from string"));
    Some(match name {
        "ip" => ip(text).map(Cel::Ip).ok_or_else(|| wrong("IP Address")),
        "isIP" => Ok(Cel::Bool(ip(text).is_some())),
        "ip.isCanonical" => match ip(text) {
            Some(address) => Ok(Cel::Bool(address.to_string() == **text)),
            None => Err(wrong("IP Address")),
        },
        "cidr" => cidr(text)
            .map(|(address, size)| Cel::Cidr(address, size))
            .ok_or_else(|| Fault::error("network address parse error during conversion from string")),
        "isCIDR" => Ok(Cel::Bool(cidr(text).is_some())),
        "url" => url(text)
            .map(|url| Cel::Url(Arc::new(url)))
            .ok_or_else(|| Fault::error(format!("URL parse error during conversion from string: parse {text:?}"))),
        "isURL" => Ok(Cel::Bool(url(text).is_some())),
        _ => return None,
    })
}

/// Applies a function of an address, a block or a URL, if the name is one.
pub(super) fn method<'a>(name: &str, arguments: &[Cel<'a>]) -> Option<Outcome<'a>> {
    let value = match arguments {
        [Cel::Ip(address)] => of_ip(name, *address)?,
        [Cel::Url(url)] => of_url(name, url)?,
        [Cel::Cidr(address, size), rest @ ..] => return of_cidr(name, (*address, *size), rest),
        _ => return None,
    };
    Some(Ok(value))
}

fn of_ip<'a>(name: &str, address: IpAddr) -> Option<Cel<'a>> {
    let is_link_local = |multicast: bool| match (address, multicast) {
        (IpAddr::V4(own), false) => own.is_link_local(),
        (IpAddr::V4(own), true) => own.octets().starts_with(&[224, 0, 0]),
        (IpAddr::V6(own), false) => own.segments()[0] & 0xffc0 == 0xfe80,
        (IpAddr::V6(own), true) => own.segments()[0] & 0xff0f == 0xff02,
    };
    Some(match name {
        "family" => Cel::Int(if address.is_ipv4() { 4 } else { 6 }),
        "isUnspecified" => Cel::Bool(address.is_unspecified()),
        "isLoopback" => Cel::Bool(address.is_loopback()),
        "isLinkLocalUnicast" => Cel::Bool(is_link_local(false)),
        "isLinkLocalMulticast" => Cel::Bool(is_link_local(true)),
        "isGlobalUnicast" => {
            let is_broadcast = matches!(address, IpAddr::V4(own) if own.is_broadcast());
            let is_other = address.is_unspecified() || address.is_loopback() || address.is_multicast();
            Cel::Bool(!is_broadcast && !is_other && !is_link_local(false))
        }
        _ => return None,
    })
}

fn of_url<'a>(name: &str, url: &Url) -> Option<Cel<'a>> {
    Some(match name {
        "getScheme" => Cel::text(&url.scheme),
        "getHost" => Cel::text(&url.host),
        "getHostname" => Cel::text(url.host_name()),
        "getPort" => Cel::text(port(&url.host)),
        "getEscapedPath" => Cel::text(url.escaped_path()),
        "getQuery" => url.query(),
        _ => return None,
    })
}

fn of_cidr<'a>(name: &str, block: (IpAddr, u8), rest: &[Cel<'a>]) -> Option<Outcome<'a>> {
    let fault = || Fault::error("network address parse error during conversion from string");
    Some(Ok(match (name, rest) {
        ("ip", []) => Cel::Ip(block.0),
        ("masked", []) => Cel::Cidr(masked(block.0, block.1), block.1),
        ("prefixLength", []) => Cel::Int(block.1.into()),
        ("containsIP", [Cel::Ip(address)]) => Cel::Bool(holds(block, *address)),
        ("containsIP", [Cel::Text(text)]) => match ip(text) {
            Some(address) => Cel::Bool(holds(block, address)),
            None => return Some(Err(fault())),
        },
        ("containsCIDR", [other]) => {
            let other = match other {
                Cel::Cidr(address, size) => Some((*address, *size)),
                Cel::Text(text) => cidr(text),
                _ => return None,
            };
            match other {
                Some((address, size)) => Cel::Bool(size >= block.1 && holds(block, address)),
                None => return Some(Err(fault())),
            }
        }
        _ => return None,
    }))
}
