//! What the server answers when it refuses: `Status` objects in the words of the real one.
//!
//! Source: `k8s.io/apimachinery` v0.36.3, `pkg/api/errors` and `pkg/util/validation/field`.

use serde_json::{Map, Value, json};

use crate::kinds::Kind;

/// A refusal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The HTTP status code.
    pub code: u16,
    /// The machine-readable reason, such as `NotFound`; may be empty.
    pub reason: &'static str,
    /// The sentence for people.
    pub message: String,
    /// `details` of the status, null when there are none.
    pub details: Value,
}

/// One field that is not valid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldFault {
    /// The reason, such as `FieldValueRequired`.
    pub reason: &'static str,
    /// The path, such as `spec.selector`.
    pub field: String,
    /// What is wrong, such as `Required value`.
    pub message: String,
}

impl FieldFault {
    /// The value of a field is missing.
    pub fn required(field: impl Into<String>, detail: &str) -> Self {
        let suffix = if detail.is_empty() {
            String::new()
        } else {
            format!(": {detail}")
        };
        FieldFault {
            reason: "FieldValueRequired",
            field: field.into(),
            message: format!("Required value{suffix}"),
        }
    }

    /// The value of a field is not allowed.
    pub fn invalid(field: impl Into<String>, value: &Value, detail: &str) -> Self {
        let message = format!("Invalid value: {value}: {detail}");
        FieldFault {
            reason: "FieldValueInvalid",
            field: field.into(),
            message,
        }
    }

    /// A field may not be set or changed.
    pub fn forbidden(field: impl Into<String>, detail: &str) -> Self {
        FieldFault {
            reason: "FieldValueForbidden",
            field: field.into(),
            message: format!("Forbidden: {detail}"),
        }
    }
}

impl Refusal {
    /// Returns the `Status` object.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let mut status = json!({
            "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure", "message": self.message,
            "code": self.code,
        });
        if let Value::Object(fields) = &mut status {
            if !self.reason.is_empty() {
                fields.insert("reason".into(), self.reason.into());
            }
            if !self.details.is_null() {
                fields.insert("details".into(), self.details.clone());
            }
        }
        status
    }

    pub(crate) fn not_found(kind: &Kind, name: &str) -> Self {
        let message = format!("{} {name:?} not found", kind.group_resource());
        Refusal {
            code: 404,
            reason: "NotFound",
            message,
            details: resource_details(kind, name),
        }
    }

    pub(crate) fn already_exists(kind: &Kind, name: &str) -> Self {
        let message = format!("{} {name:?} already exists", kind.group_resource());
        Refusal {
            code: 409,
            reason: "AlreadyExists",
            message,
            details: resource_details(kind, name),
        }
    }

    pub(crate) fn conflict(kind: &Kind, name: &str, cause: &str) -> Self {
        let message = format!(
            "Operation cannot be fulfilled on {} {name:?}: {cause}",
            kind.group_resource()
        );
        Refusal {
            code: 409,
            reason: "Conflict",
            message,
            details: resource_details(kind, name),
        }
    }

    pub(crate) fn modified(kind: &Kind, name: &str) -> Self {
        let cause = "the object has been modified; please apply your changes to the latest version and try again";
        Refusal::conflict(kind, name, cause)
    }

    pub(crate) fn forbidden(kind: &Kind, name: &str, cause: &str) -> Self {
        let message = format!("{} {name:?} is forbidden: {cause}", kind.group_resource());
        Refusal {
            code: 403,
            reason: "Forbidden",
            message,
            details: resource_details(kind, name),
        }
    }

    pub(crate) fn namespace_not_found(namespace: &str) -> Self {
        Refusal {
            code: 404,
            reason: "NotFound",
            message: format!("namespaces {namespace:?} not found"),
            details: json!({"name": namespace, "kind": "namespaces"}),
        }
    }

    pub(crate) fn namespace_terminating(kind: &Kind, name: &str, namespace: &str) -> Self {
        let cause = format!("unable to create new content in namespace {namespace} because it is being terminated");
        let mut refusal = Refusal::forbidden(kind, name, &cause);
        if let Value::Object(details) = &mut refusal.details {
            let message = format!("namespace {namespace} is being terminated");
            let causes = json!([{"reason": "NamespaceTerminating", "message": message, "field": "metadata.namespace"}]);
            details.insert("causes".into(), causes);
        }
        refusal
    }

    pub(crate) fn bad_request(message: impl Into<String>) -> Self {
        Refusal {
            code: 400,
            reason: "BadRequest",
            message: message.into(),
            details: Value::Null,
        }
    }

    pub(crate) fn internal(message: impl Into<String>) -> Self {
        Refusal {
            code: 500,
            reason: "",
            message: message.into(),
            details: Value::Null,
        }
    }

    pub(crate) fn method_not_allowed() -> Self {
        let message = "the server does not allow this method on the requested resource".into();
        Refusal {
            code: 405,
            reason: "MethodNotAllowed",
            message,
            details: json!({}),
        }
    }

    pub(crate) fn no_such_resource() -> Self {
        let message = "the server could not find the requested resource".into();
        Refusal {
            code: 404,
            reason: "NotFound",
            message,
            details: json!({}),
        }
    }

    pub(crate) fn unsupported_media_type(accepted: &str) -> Self {
        let message =
            format!("the body of the request was in an unknown format - accepted media types include: {accepted}");
        Refusal {
            code: 415,
            reason: "UnsupportedMediaType",
            message,
            details: json!({}),
        }
    }

    pub(crate) fn expired(asked: u64, oldest: u64) -> Self {
        let message = format!("too old resource version: {asked} ({oldest})");
        Refusal {
            code: 410,
            reason: "Expired",
            message,
            details: Value::Null,
        }
    }

    pub(crate) fn apply_conflict(message: String, causes: Vec<Value>) -> Self {
        Refusal {
            code: 409,
            reason: "Conflict",
            message,
            details: json!({"causes": causes}),
        }
    }

    /// Some fields are not valid. The list must not be empty.
    pub(crate) fn invalid(kind: &Kind, name: &str, faults: &[FieldFault]) -> Self {
        let texts: Vec<String> = faults
            .iter()
            .map(|fault| format!("{}: {}", fault.field, fault.message))
            .collect();
        let list = match texts.as_slice() {
            [only] => only.clone(),
            _ => format!("[{}]", texts.join(", ")),
        };
        let causes: Vec<Value> = faults
            .iter()
            .map(|fault| json!({"reason": fault.reason, "message": fault.message, "field": fault.field}))
            .collect();
        let mut details = Map::new();
        for (key, value) in [("name", name), ("group", &kind.group), ("kind", &kind.kind)] {
            if !value.is_empty() {
                details.insert(key.into(), value.into());
            }
        }
        details.insert("causes".into(), causes.into());
        let message = format!("{} {name:?} is invalid: {list}", kind.group_kind());
        Refusal {
            code: 422,
            reason: "Invalid",
            message,
            details: Value::Object(details),
        }
    }
}

/// Returns `details` that name a resource and an object.
pub(crate) fn resource_details(kind: &Kind, name: &str) -> Value {
    let mut details = Map::new();
    for (key, value) in [("name", name), ("group", &kind.group), ("kind", &kind.plural)] {
        if !value.is_empty() {
            details.insert(key.into(), value.into());
        }
    }
    Value::Object(details)
}
