//! Failures of the database, in words.

use std::error::Error as _;
use std::io;

use tokio_postgres::{Error, error::SqlState};

/// Says what the server says as lib/pq does, and everything else with its causes.
pub(super) fn text(error: &Error) -> String {
    if let Some(found) = error.as_db_error() {
        return format!("pq: {} ({})", found.message(), found.code().code());
    }
    if let Some(found) = cause::<io::Error>(error) {
        return reason(found);
    }
    let mut text = format!("pq: {error}");
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(&format!(": {error}"));
        cause = error.source();
    }
    text
}

/// Says why a server could not be reached, and what would mend it.
pub(super) fn reaching(error: &Error) -> String {
    let text = text(error);
    let advice = match error.code() {
        Some(code) if *code == SqlState::INVALID_PASSWORD || *code == SqlState::INVALID_AUTHORIZATION_SPECIFICATION => {
            "check the user and the password of the connection string, and what the server's pg_hba.conf lets in"
        }
        Some(code) if *code == SqlState::INVALID_CATALOG_NAME => {
            "check the database of the connection string, or create it"
        }
        Some(_) => return text,
        None if cause::<rustls::Error>(error).is_some() => "check sslmode and sslrootcert of the connection string",
        None if cause::<io::Error>(error).is_some() => {
            "check that the server runs, and the host and the port of the connection string"
        }
        None => return text,
    };
    format!("{text}; {advice}")
}

/// Tells whether encryption failed, when neither the server nor the network is to blame.
pub(super) fn is_of_tls(error: &Error) -> bool {
    error.as_db_error().is_none() && error.source().is_some() && cause::<io::Error>(error).is_none()
}

fn cause<T: std::error::Error + 'static>(error: &Error) -> Option<&T> {
    let mut cause = error.source();
    while let Some(error) = cause {
        if let Some(found) = error.downcast_ref::<T>() {
            return Some(found);
        }
        // An error of the network may hold one of TLS.
        let held = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        if let Some(found) = held.and_then(|held| held.downcast_ref::<T>()) {
            return Some(found);
        }
        cause = error.source();
    }
    None
}

/// Returns the reason without the number that the standard library puts behind it.
fn reason(error: &io::Error) -> String {
    let text = error.to_string();
    let short = text.split_once(" (os error").map_or(text.as_str(), |(short, _)| short);
    let mut letters = short.chars();
    letters
        .next()
        .map(|first| first.to_lowercase().chain(letters).collect())
        .unwrap_or_default()
}
