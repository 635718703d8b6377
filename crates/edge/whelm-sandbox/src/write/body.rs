//! Reading the objects that clients send.

use serde_json::Value;

use super::store::Write;
use crate::core::Core;
use crate::custom;
use crate::decode::{Findings, decode};
use crate::document::Document;
use crate::kinds::Kind;
use crate::object::{at, json_kind, set, text};
use crate::request::{Ask, FieldValidation};
use crate::status::Refusal;
use kube_schema::BuiltInSchema;

/// Reads the object in a body as the server holds objects of the kind.
pub(super) fn read_object(core: &Core, ask: &Ask, kind: &Kind, write: &mut Write) -> Result<Value, Refusal> {
    let mut document = ask.document(&kind.kind)?;
    if document.value.is_null() {
        document.value = Value::Object(serde_json::Map::new());
    }
    check_kind(core, ask, &mut document.value, kind)?;
    let findings = |error: String| {
        let (version, name) = (&kind.version, &kind.kind);
        Refusal::bad_request(format!(
            "{name} in version {version:?} cannot be handled as a {name}: {error}"
        ))
    };
    decode_document(core, kind, document, write).map_err(findings)
}

/// Reads the options of a deletion, whose errors are told as they are.
pub(crate) fn read_options(ask: &Ask) -> Result<Value, Refusal> {
    let document = ask.plain_document()?;
    let (version, name) = (text(&document.value, &["apiVersion"]), text(&document.value, &["kind"]));
    if let Some(fault) = head_fault(&document.value) {
        return Err(Refusal::bad_request(fault));
    }
    if !matches!(name, "" | "DeleteOptions") {
        return Err(Refusal::bad_request(unregistered(name, version)));
    }
    let Some(own) = BuiltInSchema::get().named("io.k8s.apimachinery.pkg.apis.meta.v1.DeleteOptions") else {
        return Ok(document.value);
    };
    decode(own, document.value, &mut Findings::default()).map_err(Refusal::bad_request)
}

/// Says why not even the kind of an object can be read.
fn head_fault(object: &Value) -> Option<String> {
    if !object.is_object() && !object.is_null() {
        let found = json_kind(object);
        return Some(format!(
            "couldn't get version/kind; json parse error: json: cannot unmarshal {found} into Go value of type struct {{ \
             APIVersion string \"json:\\\"apiVersion,omitempty\\\"\"; Kind string \"json:\\\"kind,omitempty\\\"\" }}"
        ));
    }
    ["apiVersion", "kind"].into_iter().find_map(|field| {
        let value = object.get(field).filter(|value| !value.is_string() && !value.is_null())?;
        Some(format!(
            "couldn't get version/kind; json parse error: json: cannot unmarshal {} into Go struct field .{field} of type string",
            json_kind(value)
        ))
    })
}

/// Checks `apiVersion` and `kind`, and fills in what is missing of a built-in kind.
fn check_kind(core: &Core, ask: &Ask, object: &mut Value, kind: &Kind) -> Result<(), Refusal> {
    if let Some(error) = head_fault(object) {
        return Err(ask.unrecognized(&kind.kind, &error));
    }
    let (given, name) = (
        text(object, &["apiVersion"]).to_owned(),
        text(object, &["kind"]).to_owned(),
    );
    if given.matches('/').count() > 1 {
        return Err(ask.unrecognized(&kind.kind, &format!("unexpected GroupVersion string: {given}")));
    }
    let expected = kind.api_version();
    if kind.custom {
        return check_custom_kind(ask, object, kind);
    }
    let is_other = |given: &str, own: &str| !given.is_empty() && given != own;
    if is_other(&given, &expected) || is_other(&name, &kind.kind) {
        let name = if name.is_empty() { &kind.kind } else { &name };
        let given = if given.is_empty() { &expected } else { &given };
        let version = given.rsplit('/').next().unwrap_or_default();
        let error = other_kind(core, kind, given, name);
        return Err(Refusal::bad_request(match error {
            OtherKind::Version => {
                format!("the API version in the data ({given}) does not match the expected API version ({expected})")
            }
            OtherKind::Error(error) => {
                format!(
                    "{name} in version {version:?} cannot be handled as a {}: {error}",
                    kind.kind
                )
            }
        }));
    }
    set(object, &["apiVersion"], expected);
    set(object, &["kind"], kind.kind.clone());
    Ok(())
}

/// Custom objects have to say what they are.
fn check_custom_kind(ask: &Ask, object: &Value, kind: &Kind) -> Result<(), Refusal> {
    let (given, name) = (text(object, &["apiVersion"]), text(object, &["kind"]));
    let expected = kind.api_version();
    if name.is_empty() {
        let body = match ask.media_type() {
            "application/yaml" => object.to_string(),
            _ => String::from_utf8_lossy(&ask.body).into_owned(),
        };
        return Err(ask.unrecognized(&kind.kind, &format!("Object 'Kind' is missing in '{body}'")));
    }
    if given != expected {
        return Err(Refusal::bad_request(format!(
            "the API version in the data ({given}) does not match the expected API version ({expected})"
        )));
    }
    check_type(kind, object)
}

/// Refuses a custom object that is not of its kind.
pub(super) fn check_type(kind: &Kind, object: &Value) -> Result<(), Refusal> {
    let mut faults = Vec::new();
    for (field, wanted) in [("kind", kind.kind.clone()), ("apiVersion", kind.api_version())] {
        let given = text(object, &[field]);
        if given != wanted {
            let detail = format!("must be {wanted}");
            faults.push(crate::status::FieldFault::invalid(field, &Value::from(given), &detail));
        }
    }
    if faults.is_empty() {
        return Ok(());
    }
    let given = Kind {
        kind: text(object, &["kind"]).to_owned(),
        ..kind.clone()
    };
    Err(Refusal::invalid(&given, crate::object::name(object), &faults))
}

/// What is wrong with an object that is not of the kind that was expected.
pub(super) enum OtherKind {
    /// It is one at another version.
    Version,
    /// It is something else.
    Error(String),
}

/// Says what the real server makes of another kind.
pub(super) fn other_kind(core: &Core, kind: &Kind, given: &str, name: &str) -> OtherKind {
    let known = |own: &Kind| own.api_version() == given && own.kind == name && !own.custom;
    let general = matches!(name, "Status" | "DeleteOptions" | "List")
        || name
            .strip_suffix("List")
            .is_some_and(|item| core.kinds.all().any(|own| known_as(own, given, item)));
    let same_group =
        given.rsplit_once('/').map_or("", |(group, _)| group) == kind.group || given == "extensions/v1beta1";
    let older = matches!(
        given,
        "apps/v1beta1" | "apps/v1beta2" | "extensions/v1beta1" | "batch/v1beta1" | "policy/v1beta1"
    );
    if older && same_group && name == kind.kind {
        return OtherKind::Version;
    }
    if core.kinds.all().any(|own| known(own)) || (general && given == kind.api_version()) {
        let version = given.rsplit('/').next().unwrap_or_default();
        let package = if kind.group.is_empty() {
            "core"
        } else {
            kind.group.split('.').next().unwrap_or_default()
        };
        return OtherKind::Error(format!(
            "converting ({version}.{name}) to ({package}.{}): unknown conversion",
            kind.kind
        ));
    }
    OtherKind::Error(unregistered(name, given))
}

/// Says that a version has no such kind.
pub(super) fn unregistered(kind: &str, api_version: &str) -> String {
    format!("no kind {kind:?} is registered for version {api_version:?} in scheme \"pkg/runtime/scheme.go:111\"")
}

fn known_as(kind: &Kind, api_version: &str, name: &str) -> bool {
    kind.api_version() == api_version && kind.kind == name
}

/// Brings an object into the form in which the server holds it, and reports what does not belong there.
///
/// # Errors
/// The decoder's text.
pub(super) fn decode_document(
    core: &Core,
    kind: &Kind,
    mut document: Document,
    write: &mut Write,
) -> Result<Value, String> {
    let mut findings = Findings {
        keeps_nulls: write.keeps_nulls,
        ..Findings::default()
    };
    let value = std::mem::take(&mut document.value);
    // An empty list asks for all owners to be forgotten.
    let forgets =
        at(&value, &["metadata", "managedFields"]).is_some_and(|owners| owners.as_array().is_some_and(Vec::is_empty));
    let mut object = match kind.structure() {
        Some(own) => decode(own, value, &mut findings)?,
        None => custom::decode(core, kind, value, &mut findings)?,
    };
    write.empties = findings.empties;
    write.emptied = std::mem::take(&mut findings.emptied);
    write.empty_lists = findings.empty_lists;
    if forgets && !kind.custom {
        set(&mut object, &["metadata", "managedFields"], Vec::<Value>::new());
    }
    let mut unknown: Vec<(usize, Vec<Part<'_>>, String)> = findings
        .unknown
        .iter()
        .map(|path| (document.place(path), parts(path), format!("unknown field {path:?}")))
        .chain(document.duplicates.iter().map(|path| {
            let text = format!("duplicate field {path:?}");
            (document.place(path), parts(path), text)
        }))
        .collect();
    unknown.sort();
    let mut texts = std::mem::take(&mut write.strict);
    texts.extend(Some(document.yaml_fault.clone()).filter(|fault| !fault.is_empty()));
    texts.extend(unknown.into_iter().map(|(.., text)| text));
    report(texts, write)?;
    Ok(object)
}

/// A step of a path: the index of an item, or the name of a field.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Part<'a> {
    Index(usize),
    Name(&'a str),
}

/// Splits a path, so that what was made here can be sorted as it would be written.
fn parts(path: &str) -> Vec<Part<'_>> {
    let steps = path.split(['.', '[', ']']).filter(|step| !step.is_empty());
    steps
        .map(|step| step.parse().map_or(Part::Name(step), Part::Index))
        .collect()
}

/// Returns the lines of a text without the head that go-yaml gives it.
pub(super) fn lines(text: &str) -> Vec<String> {
    let lines = text.lines().filter(|line| *line != "yaml: unmarshal errors:");
    lines.map(|line| line.trim().to_owned()).collect()
}

/// Tells the client what does not belong into its object, as strictly as it wants.
fn report(texts: Vec<String>, write: &mut Write) -> Result<(), String> {
    match write.validation {
        _ if texts.is_empty() => Ok(()),
        FieldValidation::Ignore => Ok(()),
        FieldValidation::Warn => {
            write.warnings.extend(texts.iter().flat_map(|text| lines(text)));
            Ok(())
        }
        FieldValidation::Strict => Err(format!("strict decoding error: {}", texts.join(", "))),
    }
}
