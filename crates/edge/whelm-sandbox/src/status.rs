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
        let detail = if detail.is_empty() {
            String::new()
        } else {
            format!(": {detail}")
        };
        let message = format!("Invalid value: {}{detail}", shown(value));
        FieldFault {
            reason: "FieldValueInvalid",
            field: field.into(),
            message,
        }
    }

    /// The value of a field, as it is shown in a form of its own, is not allowed.
    pub fn invalid_shown(field: impl Into<String>, shown: &str, detail: &str) -> Self {
        FieldFault {
            reason: "FieldValueInvalid",
            field: field.into(),
            message: if detail.is_empty() {
                format!("Invalid value: {shown}")
            } else {
                format!("Invalid value: {shown}: {detail}")
            },
        }
    }

    /// The value of a field takes more than so many bytes.
    pub fn too_long(field: impl Into<String>, bytes: usize) -> Self {
        FieldFault {
            reason: "FieldValueTooLong",
            field: field.into(),
            message: format!("Too long: may not be more than {bytes} bytes"),
        }
    }

    /// A list has more than so many items.
    pub fn too_many(field: impl Into<String>, count: usize, most: usize) -> Self {
        FieldFault {
            reason: "FieldValueTooMany",
            field: field.into(),
            message: format!("Too many: {count}: must have at most {most} items"),
        }
    }

    /// The value of a field is none of those that it may have. They come in the order of the alphabet.
    pub fn unsupported(field: impl Into<String>, value: &Value, supported: &[&str]) -> Self {
        let list: Vec<String> = supported.iter().map(|value| format!("{value:?}")).collect();
        FieldFault {
            reason: "FieldValueNotSupported",
            field: field.into(),
            message: format!(
                "Unsupported value: {}: supported values: {}",
                go_json(value),
                list.join(", ")
            ),
        }
    }

    /// The value of a field is there a second time.
    pub fn duplicate(field: impl Into<String>, value: &Value) -> Self {
        FieldFault {
            reason: "FieldValueDuplicate",
            field: field.into(),
            message: format!("Duplicate value: {}", shown(value)),
        }
    }

    /// What the value of a field names does not exist.
    pub fn not_found(field: impl Into<String>, value: &Value) -> Self {
        FieldFault {
            reason: "FieldValueNotFound",
            field: field.into(),
            message: format!("Not found: {}", shown(value)),
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

    /// A name that was generated is taken.
    pub(crate) fn no_unique_name(kind: &Kind, name: &str) -> Self {
        let mut refusal = Refusal::already_exists(kind, name);
        refusal.message += ", the server was not able to generate a unique name for the object";
        crate::object::set(&mut refusal.details, &["retryAfterSeconds"], 1);
        refusal
    }

    /// Some options of a request are not valid.
    pub(crate) fn invalid_options(options: &str, faults: &[FieldFault]) -> Self {
        let kind = Kind::of_options(options);
        Refusal::invalid(&kind, "", faults)
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

    /// Says whether nobody was asked: there is no such path, or not for this method.
    pub(crate) fn is_of_routing(&self) -> bool {
        self.reason == "MethodNotAllowed" || *self == Refusal::no_such_resource()
    }

    /// The type of a body is none of those that a path takes.
    pub(crate) fn unsupported_content() -> Self {
        Refusal {
            code: 415,
            reason: "UnsupportedMediaType",
            message: "415: Unsupported Media Type".into(),
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
            details: Value::Null,
        }
    }

    /// The client accepts no form that the answer can have.
    pub(crate) fn not_acceptable(message: impl Into<String>) -> Self {
        Refusal {
            code: 406,
            reason: "NotAcceptable",
            message: message.into(),
            details: Value::Null,
        }
    }

    /// A patch that does not fit its object.
    pub(crate) fn unprocessable() -> Self {
        Refusal {
            code: 422,
            reason: "Invalid",
            message: "the server rejected our request due to an error in our request".into(),
            details: json!({}),
        }
    }

    pub(crate) fn too_large(cause: &str) -> Self {
        Refusal {
            code: 413,
            reason: "RequestEntityTooLarge",
            message: format!("Request entity too large: {cause}"),
            details: Value::Null,
        }
    }

    /// The store has not come that far.
    pub(crate) fn version_too_large(asked: u64, current: u64) -> Self {
        let cause = json!({"reason": "ResourceVersionTooLarge", "message": "Too large resource version"});
        Refusal {
            code: 504,
            reason: "Timeout",
            message: format!("Timeout: Too large resource version: {asked}, current: {current}"),
            details: json!({"causes": [cause], "retryAfterSeconds": 1}),
        }
    }

    /// Nobody serves any of the types that the client accepts.
    pub(crate) fn no_representation(types: &str) -> Self {
        Refusal {
            code: 406,
            reason: "NotAcceptable",
            message: format!("406: Not Acceptable\n\nAvailable representations: {types}"),
            details: json!({}),
        }
    }

    /// A Pod cannot go now, since its budget for disruptions is spent.
    pub(crate) fn over_budget(cause: &str, retry_after: Option<u64>) -> Self {
        let mut details = json!({"causes": [{"reason": "DisruptionBudget", "message": cause}]});
        if let Some(seconds) = retry_after {
            details["retryAfterSeconds"] = seconds.into();
        }
        Refusal {
            code: 429,
            reason: "TooManyRequests",
            message: "Cannot evict pod as it would violate the pod's disruption budget.".into(),
            details,
        }
    }

    /// A Pod has more budgets for disruptions than one.
    pub(crate) fn many_budgets() -> Self {
        Refusal::internal(
            "This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.",
        )
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

    /// Some fields are not valid; in one place the real server names the resource instead of the kind.
    pub(crate) fn invalid_resource(kind: &Kind, name: &str, faults: &[FieldFault]) -> Self {
        let mut as_resource = kind.clone();
        as_resource.kind.clone_from(&kind.plural);
        Refusal::invalid(&as_resource, name, faults)
    }

    /// Some fields are not valid. The list must not be empty.
    pub(crate) fn invalid(kind: &Kind, name: &str, faults: &[FieldFault]) -> Self {
        let kind = &kind.held();
        let mut texts: Vec<String> = Vec::new();
        for fault in faults {
            let text = format!("{}: {}", fault.field, fault.message);
            // The message says a thing once, the causes as often as it was found.
            if !texts.contains(&text) {
                texts.push(text);
            }
        }
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

/// A value as Go prints it: texts quoted, everything else as JSON.
fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => go_value::strconv::quote(text.as_bytes()),
        other => go_json(other),
    }
}

/// JSON with the characters escaped that Go's encoder escapes for HTML.
pub(crate) fn go_json(value: &Value) -> String {
    value
        .to_string()
        .replace('<', "\\u003c")
        .replace('>', "\\u003e")
        .replace('&', "\\u0026")
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
