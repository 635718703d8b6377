//! What goes wrong on the way to the server and back, when asked for.

use serde_json::{Value, json};
use whelm_net::{Error, ErrorKind, Request};

use crate::object::{at, int, items, text};
use crate::scenario::{matches, only};
use crate::script::millis;

/// What happens to one request.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Fault {
    /// How long the request takes before anything else happens, in milliseconds.
    pub latency: u64,
    pub trouble: Trouble,
}

/// What goes wrong with a request.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) enum Trouble {
    #[default]
    None,
    /// It is refused with a status, and not carried out.
    Status {
        code: u16,
        retry_after: Option<i64>,
        message: String,
    },
    /// The connection breaks.
    Cut(Cut),
    /// The server forgets what has changed, so that all watches have to start anew.
    ExpireWatches,
    /// All connections break, and none can be made for a time in milliseconds.
    Restart { down: i64 },
}

/// When a connection breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cut {
    /// Before the request arrives.
    Before,
    /// After it was carried out, before the answer.
    After,
    /// In the middle of the answer.
    Within,
}

/// A rule for some requests.
#[derive(Debug, Clone)]
pub(crate) struct FaultRule {
    method: String,
    path: String,
    user_agent: String,
    /// The numbers of the requests that are hit, of those that match, from 1; empty for all.
    at: Vec<i64>,
    /// Of how many requests that match the last one is hit.
    every: i64,
    /// How often a request is hit, in millionths.
    chance: u64,
    /// How many are hit at most.
    times: i64,
    fault: Fault,
    seen: i64,
    hit: i64,
}

const FIELDS: &[&str] = &[
    "match",
    "at",
    "every",
    "chance",
    "times",
    "latency",
    "status",
    "retry-after",
    "message",
    "cut",
    "expire-watches",
    "restart",
];

impl FaultRule {
    pub fn read(rule: &Value) -> Result<Self, String> {
        only(rule, FIELDS, "a fault")?;
        let matched = rule.get("match").cloned().unwrap_or_else(|| json!({}));
        only(&matched, &["method", "path", "user-agent"], "match")?;
        let part = |field| text(&matched, &[field]).to_owned();
        let chance = at(rule, &["chance"]).map_or(Some(1.0), Value::as_f64);
        let chance = chance
            .filter(|chance| (0.0..=1.0).contains(chance))
            .ok_or("chance is a number from 0 to 1")?;
        Ok(FaultRule {
            method: part("method"),
            path: part("path"),
            user_agent: part("user-agent"),
            at: items(rule, &["at"]).iter().filter_map(Value::as_i64).collect(),
            every: int(rule, &["every"]).unwrap_or(1).max(1),
            chance: millionths(chance),
            times: int(rule, &["times"]).unwrap_or(i64::MAX),
            fault: Fault {
                latency: u64::try_from(time(rule, "latency")?.unwrap_or(0)).unwrap_or(0),
                trouble: read_trouble(rule)?,
            },
            seen: 0,
            hit: 0,
        })
    }

    fn selects(&self, request: &Request) -> bool {
        let fits = |pattern: &str, text: &str| pattern.is_empty() || matches(pattern, text);
        let agent = request.headers().get(http::header::USER_AGENT);
        let agent = agent.and_then(|agent| agent.to_str().ok()).unwrap_or_default();
        fits(&self.method, request.method().as_str())
            && fits(&self.path, request.uri().path())
            && fits(&self.user_agent, agent)
    }

    /// Counts a request, and says whether it is hit.
    fn hits(&mut self, request: &Request, random: u64) -> bool {
        if self.hit >= self.times || !self.selects(request) {
            return false;
        }
        self.seen = self.seen.saturating_add(1);
        let is_chosen = if self.at.is_empty() {
            self.seen % self.every == 0
        } else {
            self.at.contains(&self.seen)
        };
        let is_hit = is_chosen && random % 1_000_000 < self.chance;
        self.hit += i64::from(is_hit);
        is_hit
    }
}

/// Turns a share into millionths.
fn millionths(share: f64) -> u64 {
    let mut count = 0_u32;
    let mut step = 1_u32 << 19;
    // There is no lossless conversion from a float; this finds the number without one.
    while step > 0 {
        let next = count + step;
        if f64::from(next) <= share * 1_000_000.0 {
            count = next;
        }
        step >>= 1;
    }
    u64::from(count)
}

fn time(rule: &Value, field: &str) -> Result<Option<i64>, String> {
    let Some(given) = rule.get(field) else { return Ok(None) };
    let time = given.as_str().and_then(millis);
    time.map(Some)
        .ok_or_else(|| format!("{field} is no time such as 200ms or 1m30s"))
}

fn read_trouble(rule: &Value) -> Result<Trouble, String> {
    if let Some(status) = rule.get("status") {
        let code = status
            .as_u64()
            .and_then(|code| u16::try_from(code).ok())
            .filter(|code| (400..600).contains(code));
        return Ok(Trouble::Status {
            code: code.ok_or("status is a number from 400 to 599")?,
            retry_after: int(rule, &["retry-after"]),
            message: text(rule, &["message"]).to_owned(),
        });
    }
    if at(rule, &["expire-watches"]) == Some(&Value::Bool(true)) {
        return Ok(Trouble::ExpireWatches);
    }
    if let Some(down) = time(rule, "restart")? {
        return Ok(Trouble::Restart { down });
    }
    match text(rule, &["cut"]) {
        "" => Ok(Trouble::None),
        "before" => Ok(Trouble::Cut(Cut::Before)),
        "after" => Ok(Trouble::Cut(Cut::After)),
        "within" => Ok(Trouble::Cut(Cut::Within)),
        other => Err(format!("a connection is cut before, after or within, not {other:?}")),
    }
}

/// The rules of a cluster and how far they have come.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    rules: Vec<FaultRule>,
    random: u64,
    /// Until when there is no server, in milliseconds since the Unix epoch.
    down_until: i64,
}

impl Faults {
    pub fn new(rules: Vec<FaultRule>, seed: u64) -> Self {
        Faults {
            rules,
            random: seed,
            down_until: i64::MIN,
        }
    }

    /// Returns what happens to a request: what the first rule says that hits it.
    pub fn next(&mut self, request: &Request, now: i64) -> Fault {
        if now < self.down_until {
            return Fault {
                latency: 0,
                trouble: Trouble::Cut(Cut::Before),
            };
        }
        for rule in &mut self.rules {
            self.random = self
                .random
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            if rule.hits(request, self.random >> 33) {
                if let Trouble::Restart { down } = rule.fault.trouble {
                    self.down_until = now.saturating_add(down);
                }
                return rule.fault.clone();
            }
        }
        Fault::default()
    }
}

/// Returns what a client is told when its connection breaks.
pub(crate) fn broken() -> Error {
    Error::new(ErrorKind::Reset, "read: connection reset by peer")
}

/// Returns the body of a refusal.
pub(crate) fn status(code: u16, retry_after: Option<i64>, message: &str) -> Value {
    let (reason, words) = match code {
        401 => ("Unauthorized", "Unauthorized"),
        403 => ("Forbidden", "forbidden: a fault that was asked for"),
        404 => ("NotFound", "the server could not find the requested resource"),
        409 => (
            "Conflict",
            "the object has been modified; please apply your changes to the latest version and try again",
        ),
        410 => ("Expired", "The resourceVersion for the provided watch is too old."),
        429 => (
            "TooManyRequests",
            "the server has received too many requests and has asked us to try again later",
        ),
        503 => (
            "ServiceUnavailable",
            "the server is currently unable to handle the request",
        ),
        504 => (
            "Timeout",
            "the server was unable to return a response in the time allotted",
        ),
        _ => (
            "InternalError",
            "an error on the server has prevented the request from succeeding",
        ),
    };
    let message = if message.is_empty() { words } else { message };
    let mut status = json!({
        "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure", "message": message, "reason": reason,
        "code": code,
    });
    if let Some(seconds) = retry_after {
        crate::object::set(&mut status, &["details", "retryAfterSeconds"], seconds);
    }
    status
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytes::Bytes;

    fn faults(rule: Value) -> Faults {
        Faults::new(vec![FaultRule::read(&rule).unwrap()], 1)
    }

    fn hits(faults: &mut Faults, count: usize) -> Vec<usize> {
        let request = http::Request::get("/api/v1/pods").body(Bytes::new()).unwrap();
        (1..=count)
            .filter(|_| faults.next(&request, 0) != Fault::default())
            .collect()
    }

    #[test]
    fn rules_choose_requests() {
        assert_eq!(hits(&mut faults(json!({"status": 500, "at": [2, 5]})), 6), [2, 5]);
        assert_eq!(hits(&mut faults(json!({"status": 500, "every": 3})), 7), [3, 6]);
        assert_eq!(hits(&mut faults(json!({"status": 500, "times": 2})), 7), [1, 2]);
        assert_eq!(
            hits(&mut faults(json!({"status": 500, "match": {"method": "POST"}})), 7),
            [0; 0]
        );
        assert_eq!(
            hits(&mut faults(json!({"status": 500, "match": {"path": "/apis/*"}})), 7),
            [0; 0]
        );
        let some = hits(&mut faults(json!({"status": 500, "chance": 0.5})), 1000).len();
        assert!((400..600).contains(&some), "{some}");
        assert_eq!(hits(&mut faults(json!({"status": 500, "chance": 0})), 100), [0; 0]);
        assert_eq!((millionths(1.0), millionths(0.25)), (1_000_000, 250_000));
    }

    #[test]
    fn mistakes_are_named() {
        let error = |rule: Value| FaultRule::read(&rule).unwrap_err();
        assert_eq!(error(json!({"status": 200})), "status is a number from 400 to 599");
        assert_eq!(
            error(json!({"latency": 5})),
            "latency is no time such as 200ms or 1m30s"
        );
        assert!(error(json!({"cut": "x"})).starts_with("a connection is cut"));
        assert!(error(json!({"chance": 2})).starts_with("chance"));
        assert!(error(json!({"stat": 2})).starts_with("a fault has no field"));
    }
}
