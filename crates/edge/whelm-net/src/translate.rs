//! What failed in the HTTP client, in Go's words.

use std::{error::Error as StdError, io};

use crate::{Error, ErrorKind};

/// Says what `error` means in Go's words, without the `Get "url": ` before it. `host` and `port` name the server,
/// `verified` is the name that its certificate had to have.
pub(crate) async fn translate(error: &reqwest::Error, host: &str, verified: &str, port: u16) -> Error {
    match classify(error, host, verified) {
        Found::Whole(error) => error,
        Found::Dial(words) => Error::new(
            ErrorKind::Connect,
            format!("dial tcp {}: {words}", address(host, port).await),
        ),
    }
}

/// What the chain of causes says.
enum Found {
    /// A finished error.
    Whole(Error),
    /// Dialling failed so; the address is still to be said.
    Dial(&'static str),
}

fn classify(error: &reqwest::Error, host: &str, verified: &str) -> Found {
    let mut cause: Option<&(dyn StdError + 'static)> = Some(error);
    let mut last = error.to_string();
    while let Some(current) = cause {
        if let Some(tls) = current.downcast_ref::<rustls::Error>() {
            return Found::Whole(Error::new(ErrorKind::Tls, tls_text(tls, verified)));
        }
        if let Some(io_error) = current.downcast_ref::<io::Error>() {
            if let Some(tls) = tls_inside(io_error) {
                return Found::Whole(Error::new(ErrorKind::Tls, tls_text(tls, verified)));
            }
            if let Some(found) = classify_io(io_error) {
                return found;
            }
        }
        last = current.to_string();
        cause = current.source();
    }
    if last.contains("lookup address") || last.contains("dns error") {
        let text = format!("dial tcp: lookup {host}{}: no such host", resolver());
        return Found::Whole(Error::new(ErrorKind::Connect, text));
    }
    if error.is_timeout() {
        return Found::Whole(Error::new(ErrorKind::Timeout, "context deadline exceeded"));
    }
    let kind = if error.is_connect() {
        ErrorKind::Connect
    } else {
        ErrorKind::Other
    };
    Found::Whole(Error::new(kind, last))
}

/// Says which resolver was asked, as Go does.
fn resolver() -> String {
    let configuration = std::fs::read_to_string("/etc/resolv.conf").unwrap_or_default();
    let server = configuration.lines().find_map(|line| line.strip_prefix("nameserver"));
    match server.map(str::trim) {
        Some(server) if server.contains(':') => format!(" on [{server}]:53"),
        Some(server) if !server.is_empty() => format!(" on {server}:53"),
        _ => String::new(),
    }
}

/// Looks for a TLS error in an IO error, which may be wrapped in further ones; their `source` leaves it out.
fn tls_inside(error: &io::Error) -> Option<&rustls::Error> {
    let mut error = error;
    loop {
        let inner = error.get_ref()?;
        if let Some(tls) = inner.downcast_ref::<rustls::Error>() {
            return Some(tls);
        }
        error = inner.downcast_ref::<io::Error>()?;
    }
}

fn classify_io(error: &io::Error) -> Option<Found> {
    match error.kind() {
        io::ErrorKind::ConnectionRefused => Some(Found::Dial("connect: connection refused")),
        io::ErrorKind::NetworkUnreachable => Some(Found::Dial("connect: network is unreachable")),
        io::ErrorKind::HostUnreachable => Some(Found::Dial("connect: no route to host")),
        io::ErrorKind::TimedOut => Some(Found::Dial("i/o timeout")),
        io::ErrorKind::ConnectionReset => Some(Found::Whole(Error::new(
            ErrorKind::Reset,
            "read: connection reset by peer",
        ))),
        io::ErrorKind::UnexpectedEof => Some(Found::Whole(Error::new(ErrorKind::Reset, "EOF"))),
        _ => None,
    }
}

/// Returns the address that Go would have dialled last: IPv4 first, as its resolver orders them for a dual stack.
async fn address(host: &str, port: u16) -> String {
    let bare = host.trim_start_matches('[').trim_end_matches(']').to_owned();
    match tokio::net::lookup_host((bare, port)).await {
        Ok(found) => {
            let mut all: Vec<_> = found.collect();
            all.sort_by_key(std::net::SocketAddr::is_ipv6);
            all.first()
                .map_or_else(|| format!("{host}:{port}"), ToString::to_string)
        }
        Err(_) => format!("{host}:{port}"),
    }
}

fn tls_text(error: &rustls::Error, host: &str) -> String {
    use rustls::{CertificateError, Error as Tls};
    const FAILED: &str = "tls: failed to verify certificate: x509: ";
    match error {
        Tls::InvalidCertificate(CertificateError::UnknownIssuer) => {
            format!("{FAILED}certificate signed by unknown authority")
        }
        Tls::InvalidCertificate(CertificateError::Expired | CertificateError::ExpiredContext { .. }) => {
            format!("{FAILED}certificate has expired or is not yet valid")
        }
        Tls::InvalidCertificate(CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. }) => {
            format!("{FAILED}certificate has expired or is not yet valid")
        }
        Tls::InvalidCertificate(CertificateError::NotValidForName) => {
            format!("{FAILED}certificate is not valid for any names, but wanted to match {host}")
        }
        Tls::InvalidCertificate(CertificateError::NotValidForNameContext { presented, .. }) => {
            // As Go: a host name is compared with the names of the certificate, an address with its addresses.
            let wanted = if host.parse::<std::net::IpAddr>().is_ok() {
                "IpAddress"
            } else {
                "DnsName"
            };
            let names: Vec<_> = presented
                .iter()
                .filter(|name| name.starts_with(wanted))
                .map(|name| bare_name(name))
                .collect();
            format!("{FAILED}certificate is valid for {}, not {host}", names.join(", "))
        }
        Tls::AlertReceived(alert) => format!("remote error: tls: {alert:?}"),
        Tls::InvalidMessage(_) => "tls: first record does not look like a TLS handshake".to_owned(),
        other => format!("tls: {other}"),
    }
}

/// Takes `kubernetes` out of `DnsName("kubernetes")`, the form in which rustls lists names.
fn bare_name(listed: &str) -> &str {
    listed
        .split_once('(')
        .map_or(listed, |(_, rest)| rest.trim_end_matches(')'))
        .trim_matches('"')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tls_errors_are_found_in_wrapped_io_errors() {
        let inner = io::Error::new(io::ErrorKind::InvalidData, rustls::Error::NoCertificatesPresented);
        assert!(tls_inside(&io::Error::other(inner)).is_some());
        assert!(tls_inside(&io::Error::from(io::ErrorKind::NotFound)).is_none());
    }

    #[test]
    fn names_are_listed_as_go_lists_them() {
        assert_eq!(bare_name("DnsName(\"kubernetes\")"), "kubernetes");
        assert_eq!(bare_name("IpAddress(10.0.0.1)"), "10.0.0.1");
    }
}
