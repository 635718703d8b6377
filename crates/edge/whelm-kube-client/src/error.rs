//! What can go wrong between us and an API server.

use std::fmt;

use whelm_kube_api::{ApiError, NoMatch, Reason, kubeconfig};

/// A failed conversation with an API server. `Display` is what client-go prints.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Error {
    /// The server said no.
    Api(ApiError),
    /// The server could not be reached, or the connection broke.
    Transport(whelm_net::Error),
    /// The kubeconfig gives no cluster.
    Kubeconfig(kubeconfig::Error),
    /// A file or a credential program failed.
    Credentials(String),
    /// The server does not serve the kind.
    NoMatch(NoMatch),
    /// The answer could not be read.
    Answer(String),
    /// An object without a name was asked for: without it, all objects of its kind would be meant.
    Nameless,
}

impl Error {
    fn is(&self, reason: &Reason) -> bool {
        matches!(self, Error::Api(error) if error.reason == *reason)
    }

    /// Tells whether the object does not exist.
    pub fn is_not_found(&self) -> bool {
        self.is(&Reason::NotFound)
    }

    /// Tells whether the object exists already.
    pub fn is_already_exists(&self) -> bool {
        self.is(&Reason::AlreadyExists)
    }

    /// Tells whether somebody else changed the object or owns a field.
    pub fn is_conflict(&self) -> bool {
        self.is(&Reason::Conflict)
    }

    /// Tells whether another change crossed this one, to the object or to a quota that counts it: the same again is right for
    /// whoever does not depend on what the object was.
    pub fn is_crossing(&self) -> bool {
        let text = "the object has been modified; please apply your changes to the latest version";
        self.is_conflict() && matches!(self, Error::Api(error) if error.message.contains(text))
    }

    /// Tells whether the right to do so is missing.
    pub fn is_forbidden(&self) -> bool {
        self.is(&Reason::Forbidden)
    }

    /// Tells whether a list or watch began too far back.
    pub fn is_expired(&self) -> bool {
        self.is(&Reason::Expired)
    }

    /// Returns the HTTP status, if the server gave one.
    pub fn code(&self) -> Option<u16> {
        match self {
            Error::Api(error) => Some(error.code),
            _ => None,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Api(error) => error.fmt(formatter),
            Error::Transport(error) => error.fmt(formatter),
            Error::Kubeconfig(error) => error.fmt(formatter),
            Error::Credentials(text) | Error::Answer(text) => formatter.write_str(text),
            Error::NoMatch(error) => error.fmt(formatter),
            Error::Nameless => formatter.write_str("resource name may not be empty"),
        }
    }
}

impl std::error::Error for Error {}

impl From<ApiError> for Error {
    fn from(error: ApiError) -> Self {
        Error::Api(error)
    }
}

impl From<whelm_net::Error> for Error {
    fn from(error: whelm_net::Error) -> Self {
        Error::Transport(error)
    }
}

impl From<NoMatch> for Error {
    fn from(error: NoMatch) -> Self {
        Error::NoMatch(error)
    }
}
