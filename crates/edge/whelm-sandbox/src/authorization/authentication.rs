//! Who a request comes from: its token, and whom its sender acts for.
//!
//! Source: `k8s.io/apiserver` v0.36.3, `pkg/endpoints/filters/impersonation`.

use std::collections::BTreeMap;

use http::HeaderMap;

use super::attributes::{Attributes, Place};
use super::user::{ANONYMOUS, AUTHENTICATED, UNAUTHENTICATED, User, service_account_groups, split_service_account};
use super::{authorize, token};
use crate::core::Core;
use crate::request::decode_percent;
use crate::status::Refusal;

const EXTRA: &str = "impersonate-extra-";
/// The group of what only tells about users.
const GROUP: &str = "authentication.k8s.io";

/// Returns who sends a request with these headers.
pub(super) fn sender(core: &Core, headers: &HeaderMap) -> Result<User, Refusal> {
    if core.authorization.is_none() {
        return Ok(User::administrator());
    }
    let Some(token) = bearer_token(headers) else {
        return Ok(User::anonymous());
    };
    owner(core, token).ok_or_else(|| Refusal {
        code: 401,
        reason: "Unauthorized",
        message: "Unauthorized".to_owned(),
        details: serde_json::Value::Null,
    })
}

/// Returns whose token it is.
pub(super) fn owner(core: &Core, token: &str) -> Option<User> {
    let known = core
        .authorization
        .as_ref()
        .and_then(|own| own.tokens.get(token))
        .cloned();
    known.or_else(|| token::authenticate(core, token))
}

fn bearer_token(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(http::header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.trim().split_once(' ')?;
    let token = token.trim();
    (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty()).then_some(token)
}

/// Returns the user whom the sender wants to act for, if the headers name one.
pub(super) fn wanted_user(headers: &HeaderMap) -> Result<Option<User>, Refusal> {
    let text = |name: &str| {
        headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    };
    let all = |name: &str| {
        let values = headers.get_all(name).iter();
        values
            .filter_map(|value| value.to_str().ok())
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    let mut extra: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (name, _) in headers {
        if let Some(key) = name.as_str().strip_prefix(EXTRA) {
            extra.insert(decode_percent(key, false), all(name.as_str()));
        }
    }
    let user = User {
        name: text("impersonate-user").to_owned(),
        uid: text("impersonate-uid").to_owned(),
        groups: all("impersonate-group"),
        extra,
    };
    if !user.name.is_empty() {
        return Ok(Some(user));
    }
    if user == User::default() {
        return Ok(None);
    }
    Err(Refusal::bad_request(format!(
        "requested {} without impersonating a user name",
        go_syntax(&user)
    )))
}

/// A user as Go's `%#v` prints one.
fn go_syntax(user: &User) -> String {
    let list = |values: &[String]| {
        let quoted: Vec<String> = values.iter().map(|value| format!("{value:?}")).collect();
        format!("[]string{{{}}}", quoted.join(", "))
    };
    let groups = if user.groups.is_empty() {
        "[]string(nil)".to_owned()
    } else {
        list(&user.groups)
    };
    let pairs = user
        .extra
        .iter()
        .map(|(key, values)| format!("{key:?}:{}", list(values)));
    let extra = if user.extra.is_empty() {
        "(nil)".to_owned()
    } else {
        format!("{{{}}}", pairs.collect::<Vec<_>>().join(", "))
    };
    let (name, uid) = (&user.name, &user.uid);
    format!("&user.DefaultInfo{{Name:{name:?}, UID:{uid:?}, Groups:{groups}, Extra:map[string][]string{extra}}}")
}

/// Returns the user whom the sender may act for in what a request wants to do.
pub(super) fn impersonate(core: &Core, sender: &User, wanted: User, attributes: &Attributes) -> Result<User, Refusal> {
    let legacy = may_be(core, sender, &wanted, "impersonate", "");
    if let Err(refusal) = legacy {
        constrained(core, sender, &wanted, attributes).unwrap_or(Err(refusal))?;
    }
    Ok(completed(wanted))
}

/// Asks for the rights that hold for one kind of user and one kind of request; nothing when there are none for this user.
fn constrained(core: &Core, sender: &User, wanted: &User, attributes: &Attributes) -> Option<Result<(), Refusal>> {
    let only_name = wanted.groups.is_empty() && wanted.uid.is_empty() && wanted.extra.is_empty();
    let mode = match split_service_account(&wanted.name) {
        Some(_) if only_name => "serviceaccount",
        Some(_) => return None,
        None if wanted.name.starts_with("system:node:") => return None,
        None => "user-info",
    };
    let on = Attributes {
        verb: format!("impersonate-on:{mode}:{}", attributes.verb),
        action: attributes.action.clone(),
    };
    let verb = format!("impersonate:{mode}");
    Some(authorize(core, sender, &on).and_then(|()| may_be(core, sender, wanted, &verb, GROUP)))
}

/// Asks whether somebody may take on each part of another user. `group` is the API group of users and groups.
fn may_be(core: &Core, sender: &User, wanted: &User, verb: &str, group: &str) -> Result<(), Refusal> {
    let may = |place: Place| authorize(core, sender, &Attributes::of_place(verb, place));
    let place = |group: &str, resource: &str, name: &str| Place {
        group: group.to_owned(),
        resource: resource.to_owned(),
        name: name.to_owned(),
        ..Place::default()
    };
    may(match split_service_account(&wanted.name) {
        Some((namespace, name)) => Place {
            namespace: namespace.to_owned(),
            ..place(group, "serviceaccounts", name)
        },
        None => place(group, "users", &wanted.name),
    })?;
    if !wanted.uid.is_empty() {
        may(place(GROUP, "uids", &wanted.uid))?;
    }
    for name in &wanted.groups {
        may(place(group, "groups", name))?;
    }
    for (key, values) in &wanted.extra {
        for value in values {
            may(Place {
                subresource: key.clone(),
                ..place(GROUP, "userextras", value)
            })?;
        }
    }
    Ok(())
}

/// Adds the groups that go with a user.
fn completed(mut user: User) -> User {
    if let (Some((namespace, _)), true) = (split_service_account(&user.name), user.groups.is_empty()) {
        user.groups = service_account_groups(namespace).to_vec();
    }
    let group = if user.name == ANONYMOUS {
        UNAUTHENTICATED
    } else {
        AUTHENTICATED
    };
    if !user.is_in(group) && !user.is_in(UNAUTHENTICATED) {
        user.groups.push(group.to_owned());
    }
    user
}
