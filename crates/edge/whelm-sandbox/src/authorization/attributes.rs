//! What a request wants to do, as rules see it.
//!
//! Source: `k8s.io/apiserver` v0.36.3, `pkg/endpoints/request/requestinfo.go` and `pkg/endpoints/handlers/responsewriters`.

use http::Method;
use serde_json::{Map, Value, json};

use super::user::User;
use crate::object::text;
use crate::request::Ask;
use crate::status::Refusal;

/// What somebody wants to do.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Attributes {
    pub verb: String,
    pub action: Action,
}

/// What it is done to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Action {
    Resource(Place),
    /// A path that is no resource.
    Path(String),
}

impl Default for Action {
    fn default() -> Self {
        Action::Path(String::new())
    }
}

/// A resource, one object of it, or a part of one. What does not apply is empty.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Place {
    pub group: String,
    pub resource: String,
    pub subresource: String,
    pub namespace: String,
    pub name: String,
}

impl Attributes {
    pub fn of_place(verb: &str, place: Place) -> Self {
        Attributes {
            verb: verb.to_owned(),
            action: Action::Resource(place),
        }
    }

    /// Returns what a request wants to do.
    pub fn of_request(ask: &Ask) -> Self {
        let path = ask.path();
        let (group, rest) = match path.as_slice() {
            ["api", _, rest @ ..] if !rest.is_empty() => ("", rest),
            ["apis", group, _, rest @ ..] if !rest.is_empty() => (*group, rest),
            _ => {
                return Attributes {
                    verb: ask.method.as_str().to_lowercase(),
                    action: Action::Path(ask.full_path.clone()),
                };
            }
        };
        let (namespace, rest) = match rest {
            ["namespaces", namespace, "status" | "finalize", ..] | ["namespaces", namespace] => (*namespace, rest),
            ["namespaces", namespace, rest @ ..] => (*namespace, rest),
            _ => ("", rest),
        };
        let part = |index: usize| rest.get(index).copied().unwrap_or_default().to_owned();
        let mut place = Place {
            group: group.to_owned(),
            namespace: namespace.to_owned(),
            resource: part(0),
            name: part(1),
            subresource: part(2),
        };
        let verb = verb(ask, &place);
        if place.name.is_empty() && matches!(verb, "list" | "watch" | "deletecollection") {
            place.name = selected_name(ask).to_owned();
        }
        Attributes::of_place(verb, place)
    }

    /// Returns what the specification of an access review asks about; nothing when it names neither or both.
    pub fn of_review(spec: &Value) -> Option<Self> {
        let given = |field: &str| spec.get(field).filter(|value| value.is_object());
        match (given("resourceAttributes"), given("nonResourceAttributes")) {
            (Some(own), None) => {
                let field = |name: &str| text(own, &[name]).to_owned();
                let place = Place {
                    group: field("group"),
                    resource: field("resource"),
                    subresource: field("subresource"),
                    namespace: field("namespace"),
                    name: field("name"),
                };
                Some(Attributes::of_place(&field("verb"), place))
            }
            (None, Some(own)) => Some(Attributes {
                verb: text(own, &["verb"]).to_owned(),
                action: Action::Path(text(own, &["path"]).to_owned()),
            }),
            _ => None,
        }
    }

    pub fn namespace(&self) -> &str {
        match &self.action {
            Action::Resource(place) => &place.namespace,
            Action::Path(_) => "",
        }
    }

    /// Refuses what a user may not do.
    pub fn forbidden(&self, user: &User, reason: &str) -> Refusal {
        let reason = if reason.is_empty() {
            String::new()
        } else {
            format!(": {reason}")
        };
        let (name, verb) = (&user.name, &self.verb);
        match &self.action {
            Action::Path(path) => refusal(
                "",
                &json!({}),
                &format!("User {name:?} cannot {verb} path {path:?}"),
                &reason,
            ),
            Action::Resource(place) => {
                let scope = match place.namespace.as_str() {
                    "" => "at the cluster scope".to_owned(),
                    namespace => format!("in the namespace {namespace:?}"),
                };
                let (resource, group) = (combined(&place.resource, &place.subresource), &place.group);
                let cause = format!("User {name:?} cannot {verb} resource {resource:?} in API group {group:?} {scope}");
                refusal(&place.subject(), &place.details(), &cause, &reason)
            }
        }
    }
}

impl Place {
    /// Returns what an error is about: `pods`, `deployments.apps "web"`.
    fn subject(&self) -> String {
        let resource = match self.group.as_str() {
            "" => self.resource.clone(),
            group => format!("{}.{group}", self.resource),
        };
        match self.name.as_str() {
            "" => resource,
            name => format!("{resource} {name:?}"),
        }
    }

    fn details(&self) -> Value {
        let fields = [("name", &self.name), ("group", &self.group), ("kind", &self.resource)];
        let given = fields.into_iter().filter(|(_, value)| !value.is_empty());
        Value::Object(
            given
                .map(|(name, value)| (name.to_owned(), value.clone().into()))
                .collect::<Map<_, _>>(),
        )
    }
}

fn refusal(subject: &str, details: &Value, cause: &str, reason: &str) -> Refusal {
    // As the real server does, so that no browser takes the text for markup.
    let cause = cause.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let subject = if subject.is_empty() {
        String::new()
    } else {
        format!("{subject} is ")
    };
    Refusal {
        code: 403,
        reason: "Forbidden",
        message: format!("{subject}forbidden: {cause}{reason}"),
        details: details.clone(),
    }
}

/// Joins a resource and a subresource as rules name them.
pub(super) fn combined(resource: &str, subresource: &str) -> String {
    if subresource.is_empty() {
        resource.to_owned()
    } else {
        format!("{resource}/{subresource}")
    }
}

fn verb(ask: &Ask, place: &Place) -> &'static str {
    match ask.method {
        Method::POST => "create",
        Method::PUT => "update",
        Method::PATCH => "patch",
        Method::DELETE if place.name.is_empty() => "deletecollection",
        Method::DELETE => "delete",
        Method::GET | Method::HEAD if !place.name.is_empty() => "get",
        Method::GET | Method::HEAD if ask.query.is_true("watch") => "watch",
        Method::GET | Method::HEAD => "list",
        _ => "",
    }
}

/// Returns the one name that a field selector leaves, empty when it leaves more.
fn selected_name(ask: &Ask) -> &str {
    let name = ask.query.get("fieldSelector").split(',').find_map(|part| {
        let (field, value) = part.split_once("==").or_else(|| part.split_once('='))?;
        (field == "metadata.name").then_some(value)
    });
    name.filter(|name| !matches!(*name, "." | "..") && !name.contains(['/', '%']))
        .unwrap_or_default()
}
