//! Reviews: questions about who somebody is and what they may do.

use serde_json::{Value, json};

use super::attributes::{Action, Attributes};
use super::resolver::{Decision, decide, rules_of};
use super::user::User;
use crate::core::{Answer, Core, Target};
use crate::kinds::Kind;
use crate::object::{at, items, set, text};
use crate::request::Ask;
use crate::status::{FieldFault, Refusal};
use crate::write::{Write, read_body};

/// Answers a review.
pub(crate) fn answer(core: &mut Core, ask: &Ask, target: &Target) -> Result<Answer, Refusal> {
    let kind = &target.kind;
    let (mut object, warnings) = read_body(core, ask, target, kind)?;
    if kind.namespaced {
        set(&mut object, &["metadata", "namespace"], target.namespace.clone());
    }
    let review = match kind.kind.as_str() {
        "SelfSubjectRulesReview" => rules_review(core, ask, &object)?,
        "SelfSubjectReview" => json!({
            "metadata": {"creationTimestamp": core.timestamp()}, "status": {"userInfo": ask.user.to_json()},
        }),
        _ => {
            let status = match kind.kind.as_str() {
                "TokenReview" => token_status(core, &object)?,
                _ => access_status(core, ask, kind, &object)?,
            };
            object = Write::of(ask, target).owned(core, object);
            set(&mut object, &["status"], status);
            object
        }
    };
    let mut review = review;
    set(&mut review, &["kind"], kind.kind.clone());
    set(&mut review, &["apiVersion"], kind.api_version());
    Ok(Answer::with_warnings(201, &review, warnings))
}

fn access_status(core: &Core, ask: &Ask, kind: &Kind, object: &Value) -> Result<Value, Refusal> {
    let nothing = json!({});
    let spec = at(object, &["spec"]).unwrap_or(&nothing);
    let is_self = kind.kind == "SelfSubjectAccessReview";
    let mut faults = Vec::new();
    let attributes = Attributes::of_review(spec);
    if attributes.is_none() {
        faults.push(wrong_attributes(spec));
    }
    if !is_self && text(spec, &["user"]).is_empty() && items(spec, &["groups"]).is_empty() {
        let detail = "at least one of user or group must be specified";
        faults.push(FieldFault::invalid("spec.user", &json!(""), detail));
    }
    if kind.kind == "LocalSubjectAccessReview" {
        faults.extend(
            attributes
                .as_ref()
                .and_then(|own| other_namespace(own, crate::object::namespace(object))),
        );
    }
    let Some(attributes) = attributes.filter(|_| faults.is_empty()) else {
        let group = Kind {
            group: kind.group.clone(),
            ..Kind::nameless()
        };
        return Err(Refusal::invalid(&group, "", &faults));
    };
    let decision = if core.authorization.is_none() {
        Decision {
            allowed: true,
            reason: String::new(),
        }
    } else if is_self {
        decide(core, &ask.user, &attributes)
    } else {
        decide(core, &subject(spec), &attributes)
    };
    let mut status = json!({"allowed": decision.allowed});
    if !decision.reason.is_empty() {
        set(&mut status, &["reason"], decision.reason);
    }
    Ok(status)
}

fn wrong_attributes(spec: &Value) -> FieldFault {
    match spec.get("nonResourceAttributes").filter(|own| own.is_object()) {
        Some(own) => FieldFault::invalid(
            "spec.nonResourceAttributes",
            own,
            "cannot be specified in combination with resourceAttributes",
        ),
        None => FieldFault::invalid(
            "spec.resourceAttributes",
            &Value::Null,
            "exactly one of nonResourceAttributes or resourceAttributes must be specified",
        ),
    }
}

/// A local review can only ask about its own namespace.
fn other_namespace(attributes: &Attributes, namespace: &str) -> Option<FieldFault> {
    match &attributes.action {
        Action::Path(path) => Some(FieldFault::invalid(
            "spec.nonResourceAttributes",
            &json!({"path": path, "verb": attributes.verb}),
            "disallowed on this kind of request",
        )),
        Action::Resource(place) if place.namespace != namespace => Some(FieldFault::invalid(
            "spec.resourceAttributes.namespace",
            &json!(place.namespace),
            "must match metadata.namespace",
        )),
        Action::Resource(_) => None,
    }
}

/// Returns the user that a review names.
fn subject(spec: &Value) -> User {
    let texts = |values: &[Value]| values.iter().filter_map(Value::as_str).map(str::to_owned).collect();
    let extra = at(spec, &["extra"]).and_then(Value::as_object).into_iter().flatten();
    User {
        name: text(spec, &["user"]).to_owned(),
        uid: text(spec, &["uid"]).to_owned(),
        groups: texts(items(spec, &["groups"])),
        extra: extra
            .map(|(key, values)| (key.clone(), texts(items(values, &[]))))
            .collect(),
    }
}

fn rules_review(core: &Core, ask: &Ask, object: &Value) -> Result<Value, Refusal> {
    let namespace = text(object, &["spec", "namespace"]);
    if namespace.is_empty() {
        return Err(Refusal::bad_request("no namespace on request"));
    }
    let mut status = if core.authorization.is_none() {
        json!({
            "resourceRules": [{"verbs": ["*"], "apiGroups": ["*"], "resources": ["*"]}],
            "nonResourceRules": [{"verbs": ["*"], "nonResourceURLs": ["*"]}],
        })
    } else {
        own_rules(core, &ask.user, namespace)
    };
    set(&mut status, &["incomplete"], false);
    Ok(json!({"metadata": {}, "spec": {}, "status": status}))
}

fn own_rules(core: &Core, user: &User, namespace: &str) -> Value {
    let (rules, errors) = rules_of(core, user, namespace);
    let (mut of_resources, mut of_paths) = (Vec::new(), Vec::new());
    for rule in rules {
        if !rule.resources.is_empty() {
            let mut own = json!({"verbs": rule.verbs, "apiGroups": rule.groups, "resources": rule.resources});
            if !rule.names.is_empty() {
                set(&mut own, &["resourceNames"], rule.names.clone());
            }
            of_resources.push(own);
        }
        if !rule.urls.is_empty() {
            of_paths.push(json!({"verbs": rule.verbs, "nonResourceURLs": rule.urls}));
        }
    }
    let mut status = json!({"resourceRules": of_resources, "nonResourceRules": of_paths});
    let texts: Vec<String> = errors.iter().map(super::resolver::NoRole::of_cache).collect();
    match texts.as_slice() {
        [] => {}
        [only] => set(&mut status, &["evaluationError"], only.clone()),
        several => set(&mut status, &["evaluationError"], format!("[{}]", several.join(", "))),
    }
    status
}

fn token_status(core: &Core, object: &Value) -> Result<Value, Refusal> {
    let token = text(object, &["spec", "token"]);
    if token.is_empty() {
        return Err(Refusal::bad_request(
            "token is required for TokenReview in authentication",
        ));
    }
    let user = super::authentication::owner(core, token);
    Ok(match user {
        Some(user) => json!({
            "authenticated": true, "user": user.to_json(), "audiences": ["https://kubernetes.default.svc"],
        }),
        None => json!({"user": {}, "error": "invalid bearer token"}),
    })
}
