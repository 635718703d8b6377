//! The options of lists and watches.
//!
//! Source: `k8s.io/apimachinery` v0.36.3, `pkg/apis/meta/internalversion/validation`, and `k8s.io/apiserver` v0.36.3,
//! `pkg/storage/continue.go`.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use serde_json::{Value, json};

use crate::request::{Ask, Query};
use crate::status::{FieldFault, Refusal};

/// The one way to match versions that watches know.
const NOT_OLDER: &str = "NotOlderThan";

/// The options of a list or a watch beside its selectors.
#[derive(Debug, Clone)]
pub(crate) struct ListOptions {
    /// How many objects a page has at most, 0 when there is no limit.
    pub limit: usize,
    /// Where the list goes on.
    pub after: Option<Place>,
    /// How many objects came before that place.
    pub count: usize,
    /// How long a watch lasts, in seconds.
    pub timeout_seconds: Option<u64>,
    /// Whether a watch starts with everything there is, and says when that is over.
    pub initial_events: bool,
}

/// A namespace and a name.
pub(crate) type Place = (String, String);

/// Returns a flag, where it is given. Everything but these is true for Go's decoder.
fn flag(query: &Query, name: &str) -> Option<bool> {
    let text = query.get(name).to_lowercase();
    query.has(name).then_some(!matches!(text.as_str(), "false" | "0"))
}

/// Returns a number, where it is given.
fn number(query: &Query, name: &str) -> Result<Option<i64>, Refusal> {
    let text = query.get(name);
    if text.is_empty() {
        return Ok(None);
    }
    let unreadable = |_| Refusal::bad_request(format!("strconv.ParseInt: parsing {text:?}: invalid syntax"));
    text.parse().map(Some).map_err(unreadable)
}

/// Says whether a request for a collection is for a watch of it.
pub(crate) fn is_watch(query: &Query) -> bool {
    flag(query, "watch") == Some(true)
}

impl ListOptions {
    /// Reads the options of a list, or of a watch.
    ///
    /// # Errors
    /// They cannot be read, or do not go together.
    pub fn read(ask: &Ask, watch: bool) -> Result<Self, Refusal> {
        let query = &ask.query;
        let (limit, timeout) = (number(query, "limit")?, number(query, "timeoutSeconds")?);
        let initial_events = flag(query, "sendInitialEvents");
        let faults = if watch {
            watch_faults(query, initial_events.is_some())
        } else {
            list_faults(query, initial_events.is_some())
        };
        if !faults.is_empty() {
            return Err(Refusal::invalid_options("ListOptions", &faults));
        }
        Ok(ListOptions {
            limit: limit.and_then(|limit| usize::try_from(limit).ok()).unwrap_or(0),
            after: None,
            count: 0,
            timeout_seconds: timeout
                .and_then(|seconds| u64::try_from(seconds).ok())
                .filter(|&seconds| seconds > 0),
            initial_events: initial_events == Some(true),
        })
    }

    /// Reads where a list goes on, and which version of it is wanted.
    ///
    /// # Errors
    /// The version cannot be read or is yet to come, or the token is none.
    pub fn resume(mut self, ask: &Ask, namespace: &str, revision: u64) -> Result<Self, Refusal> {
        let (token, version) = (ask.query.get("continue"), ask.query.get("resourceVersion"));
        if !token.is_empty() {
            let found = start_of(token, namespace);
            let (place, count) =
                found.map_err(|error| Refusal::bad_request(format!("invalid continue token: {error}")))?;
            if !matches!(version, "" | "0") {
                return Err(Refusal::bad_request(
                    "specifying resource version is not allowed when using continue",
                ));
            }
            (self.after, self.count) = (Some(place), count);
        }
        if let Some(asked) = parse_version(version)
            .map_err(|error| Refusal::bad_request(format!("invalid resource version: {error}")))?
            && asked > revision
        {
            return Err(Refusal::version_too_large(asked, revision));
        }
        // What may come from the cache comes whole.
        if version == "0" && token.is_empty() {
            self.limit = 0;
        }
        Ok(self)
    }
}

/// Reads a version of the store.
///
/// # Errors
/// The text of a refusal.
pub(crate) fn parse_version(text: &str) -> Result<Option<u64>, String> {
    if text.is_empty() {
        return Ok(None);
    }
    text.parse().map(Some).map_err(|_| {
        let detail = format!("strconv.ParseUint: parsing {text:?}: invalid syntax");
        let fault = FieldFault::invalid("resourceVersion", &json!(text), &detail);
        format!("resourceVersion: {}", fault.message)
    })
}

fn list_faults(query: &Query, sends_events: bool) -> Vec<FieldFault> {
    let mut faults = Vec::new();
    let (matching, version) = (query.get("resourceVersionMatch"), query.get("resourceVersion"));
    let mut forbid = |detail: &str| faults.push(FieldFault::forbidden("resourceVersionMatch", detail));
    if !matching.is_empty() {
        if version.is_empty() {
            forbid("resourceVersionMatch is forbidden unless resourceVersion is provided");
        }
        if !query.get("continue").is_empty() {
            forbid("resourceVersionMatch is forbidden when continue is provided");
        }
        if !matches!(matching, "Exact" | NOT_OLDER) {
            let supported = ["Exact", NOT_OLDER, ""];
            let value = json!(matching);
            faults.push(FieldFault::unsupported("resourceVersionMatch", &value, &supported));
        }
        if matching == "Exact" && version == "0" {
            let detail = "resourceVersionMatch \"exact\" is forbidden for resourceVersion \"0\"";
            faults.push(FieldFault::forbidden("resourceVersionMatch", detail));
        }
    }
    if sends_events {
        let detail = "sendInitialEvents is forbidden for list";
        faults.push(FieldFault::forbidden("sendInitialEvents", detail));
    }
    faults
}

fn watch_faults(query: &Query, sends_events: bool) -> Vec<FieldFault> {
    let mut faults = Vec::new();
    let matching = query.get("resourceVersionMatch");
    let mut forbid = |detail: &str| faults.push(FieldFault::forbidden("resourceVersionMatch", detail));
    if sends_events && matching != NOT_OLDER {
        forbid("sendInitialEvents requires setting resourceVersionMatch to NotOlderThan");
    }
    if matching.is_empty() {
        return faults;
    }
    if !sends_events {
        forbid("resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided");
    }
    if matching != NOT_OLDER {
        let value = json!(matching);
        faults.push(FieldFault::unsupported("resourceVersionMatch", &value, &[NOT_OLDER]));
    }
    if !query.get("continue").is_empty() {
        let detail = "resourceVersionMatch is forbidden when continue is provided";
        faults.push(FieldFault::forbidden("resourceVersionMatch", detail));
    }
    faults
}

/// Returns the token with which a list goes on after an object, the last of `count`.
pub(crate) fn token_after(namespaced_list: bool, (namespace, name): &Place, count: usize, revision: u64) -> String {
    let start = if namespaced_list || namespace.is_empty() {
        format!("{name}\0")
    } else {
        format!("{namespace}/{name}\0")
    };
    let token = json!({"v": "meta.k8s.io/v1", "rv": revision, "start": start, "count": count});
    URL_SAFE_NO_PAD.encode(token.to_string())
}

/// Reads what Go reads: bits that are left over may be anything.
const TOLERANT: GeneralPurpose = GeneralPurpose::new(
    &base64::alphabet::URL_SAFE,
    GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::RequireNone),
);

/// Returns the last object before the place at which a list goes on, and how many there are up to it.
fn start_of(token: &str, namespace: &str) -> Result<(Place, usize), String> {
    let invalid = |error: String| format!("continue key is not valid: {error}");
    let bytes = TOLERANT.decode(token).map_err(|error| {
        let place = match error {
            base64::DecodeError::InvalidByte(place, _) | base64::DecodeError::InvalidLastSymbol(place, _) => place,
            _ => token.len() / 4 * 4,
        };
        invalid(format!("illegal base64 data at input byte {place}"))
    })?;
    let read: Value = crate::document::parse(&bytes).map_err(invalid)?.value;
    let start = read.get("start").and_then(Value::as_str).unwrap_or_default();
    if start.is_empty() {
        return Err(invalid("encoded start key is empty (version meta.k8s.io/v1)".into()));
    }
    let start = start.trim_end_matches('\0');
    let (namespace, name) = start.split_once('/').unwrap_or((namespace, start));
    let count = read.get("count").and_then(Value::as_u64).unwrap_or(0);
    let place = (namespace.to_owned(), name.to_owned());
    Ok((place, usize::try_from(count).unwrap_or(usize::MAX)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_lead_on() {
        let place = ("ns".to_owned(), "a".to_owned());
        assert_eq!(start_of(&token_after(true, &place, 7, 5), "ns"), Ok((place.clone(), 7)));
        assert_eq!(start_of(&token_after(false, &place, 7, 5), ""), Ok((place, 7)));
        assert_eq!(
            start_of("x", ""),
            Err("continue key is not valid: illegal base64 data at input byte 0".into())
        );
    }

    #[test]
    fn options_have_to_go_together() {
        let faults = |query: &str| list_faults(&Query::parse(query), false).len();
        assert_eq!(faults("resourceVersion=5&resourceVersionMatch=Exact"), 0);
        assert_eq!(faults("resourceVersionMatch=Exact"), 1);
        assert_eq!(faults("resourceVersion=0&resourceVersionMatch=Exact"), 1);
        assert_eq!(
            watch_faults(&Query::parse("resourceVersionMatch=Exact"), false).len(),
            2
        );
    }
}
