//! Which failures pass by themselves, and how long it is worth to ask again.

use std::time::Duration;

use http::Method;
use whelm_net::ErrorKind;

use crate::Error;

/// How long the first pause is; each further one is twice as long.
const FIRST_PAUSE: Duration = Duration::from_millis(100);

/// How long a pause is at most.
const LONGEST_PAUSE: Duration = Duration::from_secs(2);

/// How many pauses a server gets that answers with an error of its own: a second and a half.
const PAUSES_FOR_ANSWERS: u32 = 4;

/// How many pauses a server gets that cannot be reached: 15 seconds, in which an API server starts anew.
const PAUSES_FOR_SILENCE: u32 = 11;

/// The pauses between the attempts of one request.
#[derive(Debug)]
pub(crate) struct Pauses {
    taken: u32,
    next: Duration,
}

impl Default for Pauses {
    fn default() -> Self {
        Pauses {
            taken: 0,
            next: FIRST_PAUSE,
        }
    }
}

impl Pauses {
    /// Returns how long to stay away before a request is sent again that failed so; `None` when that is not worth it.
    pub fn after(&mut self, failure: &Error, method: &Method) -> Option<Duration> {
        // What creates is not sent twice: it may have been carried out.
        if *method == Method::POST && failure.is_unsettled() {
            return None;
        }
        self.after_creation(failure)
    }

    /// As [`Pauses::after`], for the first request: a server that cannot be reached then is not there.
    pub fn after_knocking(&mut self, failure: &Error) -> Option<Duration> {
        match Passing::of(failure)? {
            Passing::NotSent => None,
            Passing::Broken | Passing::Answer => self.after_creation(failure),
        }
    }

    /// As [`Pauses::after`], for those who can tell what became of a creation.
    pub fn after_creation(&mut self, failure: &Error) -> Option<Duration> {
        let most = match Passing::of(failure)? {
            Passing::NotSent | Passing::Broken => PAUSES_FOR_SILENCE,
            Passing::Answer => PAUSES_FOR_ANSWERS,
        };
        if self.taken >= most {
            return None;
        }
        self.taken += 1;
        let pause = self.next;
        self.next = (pause * 2).min(LONGEST_PAUSE);
        Some(pause)
    }
}

/// A failure that passes by itself.
enum Passing {
    /// The server was not reached.
    NotSent,
    /// The connection broke, so nobody knows what became of the request.
    Broken,
    /// The server failed, or is not ready.
    Answer,
}

impl Passing {
    fn of(failure: &Error) -> Option<Self> {
        match failure {
            Error::Transport(error) => match error.kind() {
                ErrorKind::Connect => Some(Passing::NotSent),
                ErrorKind::Reset | ErrorKind::Timeout => Some(Passing::Broken),
                _ => None,
            },
            Error::Api(error) => matches!(error.code, 429 | 500 | 502 | 503 | 504).then_some(Passing::Answer),
            _ => None,
        }
    }
}

impl Error {
    /// Tells whether the request may have been carried out although it failed.
    pub fn is_unsettled(&self) -> bool {
        matches!(Passing::of(self), Some(Passing::Broken | Passing::Answer))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn broken(kind: ErrorKind) -> Error {
        Error::Transport(whelm_net::Error::new(kind, "EOF"))
    }

    fn pauses(failure: &Error, method: &Method) -> Vec<Duration> {
        let mut pauses = Pauses::default();
        std::iter::from_fn(|| pauses.after(failure, method)).collect()
    }

    fn answer(code: u16) -> Error {
        Error::Api(whelm_kube_api::ApiError::generic(
            code,
            b"",
            whelm_kube_api::Asked::default(),
        ))
    }

    #[test]
    fn a_server_that_starts_anew_gets_15_seconds() {
        let total: Duration = pauses(&broken(ErrorKind::Connect), &Method::POST).iter().sum();
        assert!((14..18).contains(&total.as_secs()), "{total:?}");
        assert_eq!(pauses(&broken(ErrorKind::Reset), &Method::PATCH).len(), 11);
    }

    #[test]
    fn a_server_that_fails_gets_a_second_and_a_half() {
        let total: Duration = pauses(&answer(503), &Method::GET).iter().sum();
        assert_eq!(total, Duration::from_millis(1500));
        assert!(pauses(&answer(422), &Method::GET).is_empty());
        assert!(pauses(&answer(409), &Method::PUT).is_empty());
    }

    #[test]
    fn what_creates_is_not_sent_twice() {
        assert!(pauses(&broken(ErrorKind::Reset), &Method::POST).is_empty());
        assert!(pauses(&answer(500), &Method::POST).is_empty());
        assert!(answer(500).is_unsettled() && !broken(ErrorKind::Connect).is_unsettled());
    }
}
