//! Who sends a request, and whether they may: bearer tokens, impersonation and role-based access control.
//!
//! All of it is off until [`Core::with_rbac`](crate::Core::with_rbac) asks for it; everybody is an administrator before.

mod attributes;
mod authentication;
mod escalation;
mod path;
mod policy;
mod resolver;
mod review;
mod rules;
mod token;
mod user;

use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::Bytes;
use http::Request;

pub(crate) use escalation::check as check_escalation;
pub use path::token_path;
pub(crate) use path::with_header;
pub(crate) use policy::install as install_policy;
pub(crate) use review::answer as review;
pub(crate) use token::issue as issue_token;
pub use user::User;

use self::attributes::{Attributes, Place};
use crate::core::Core;
use crate::request::Ask;
use crate::status::Refusal;
use crate::write::Write;

/// The API group of roles and bindings.
pub(crate) const GROUP: &str = "rbac.authorization.k8s.io";

/// What a server knows about users that its objects do not say.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Authorization {
    /// The users by their bearer tokens.
    pub tokens: BTreeMap<String, User>,
}

/// Finds out who sends a request, and refuses what they may not do.
pub(crate) fn admit(core: &mut Core, request: &Request<Bytes>, ask: &mut Ask) -> Result<(), Refusal> {
    if core.authorization.is_some() {
        policy::ensure(core);
    }
    let sender = authentication::sender(core, request.headers())?;
    let wanted = authentication::wanted_user(request.headers())?;
    if core.authorization.is_none() && wanted.is_none() {
        return Ok(());
    }
    let attributes = Attributes::of_request(ask);
    let user = match wanted {
        Some(wanted) => authentication::impersonate(core, &sender, wanted, &attributes)?,
        None => sender,
    };
    authorize(core, &user, &attributes)?;
    ask.user = Arc::new(user);
    Ok(())
}

/// Checks that somebody whose request creates an object, though it may only change one, may create it, too.
pub(crate) fn check_right_to_create(core: &Core, write: &Write, namespace: &str, name: &str) -> Result<(), Refusal> {
    let Some(user) = write.caller.as_ref().filter(|_| write.upserts) else {
        return Ok(());
    };
    let place = Place {
        group: write.kind.group.clone(),
        resource: write.kind.plural.clone(),
        subresource: String::new(),
        namespace: namespace.to_owned(),
        name: name.to_owned(),
    };
    authorize(core, user, &Attributes::of_place("create", place))
}

/// Refuses what somebody may not do.
fn authorize(core: &Core, user: &User, attributes: &Attributes) -> Result<(), Refusal> {
    if core.authorization.is_none() {
        return Ok(());
    }
    let decision = resolver::decide(core, user, attributes);
    if decision.allowed {
        return Ok(());
    }
    Err(attributes.forbidden(user, &decision.reason))
}
