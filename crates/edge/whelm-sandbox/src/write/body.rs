//! Reading the objects that clients send.

use serde_json::Value;

use super::store::Write;
use crate::core::Core;
use crate::custom;
use crate::decode::{Findings, decode};
use crate::kinds::Kind;
use crate::object::text;
use crate::request::{Ask, FieldValidation};
use crate::schema::BuiltInSchema;
use crate::status::Refusal;

/// Reads the object in a body as the server holds objects of the kind.
pub(super) fn read_object(core: &Core, ask: &Ask, kind: &Kind, write: &mut Write) -> Result<Value, Refusal> {
    let mut object = ask.json_body()?;
    if !object.is_object() {
        return Err(Refusal::bad_request(
            "the object provided is unrecognized (must be of type Object): couldn't get version/kind",
        ));
    }
    check_kind(&mut object, kind)?;
    decode_object(core, kind, object, write)
}

/// Checks `apiVersion` and `kind`, and fills in what is missing of a built-in kind.
fn check_kind(object: &mut Value, kind: &Kind) -> Result<(), Refusal> {
    let (api_version, name) = (
        text(object, &["apiVersion"]).to_owned(),
        text(object, &["kind"]).to_owned(),
    );
    let expected = kind.api_version();
    let is_other = |given: &str, own: &str| !given.is_empty() && given != own;
    if is_other(&api_version, &expected) || is_other(&name, &kind.kind) {
        let name = if name.is_empty() { &kind.kind } else { &name };
        let given = if api_version.is_empty() {
            &expected
        } else {
            &api_version
        };
        let version = given.rsplit('/').next().unwrap_or_default();
        return Err(Refusal::bad_request(format!(
            "{name} in version {version:?} cannot be handled as a {}: no kind {name:?} is registered for version {given:?} \
             in scheme \"pkg/runtime/scheme.go:111\"",
            kind.kind,
        )));
    }
    crate::object::set(object, &["apiVersion"], expected);
    crate::object::set(object, &["kind"], kind.kind.clone());
    Ok(())
}

/// Brings an object into the form in which the server holds it, and reports what does not belong there.
pub(super) fn decode_object(core: &Core, kind: &Kind, object: Value, write: &mut Write) -> Result<Value, Refusal> {
    let mut findings = Findings::default();
    let object = match BuiltInSchema::get().of_kind(&kind.group, &kind.version, &kind.kind) {
        Some(own) if !kind.custom => decode(own, object, &mut findings).map_err(|error| {
            let (version, name) = (&kind.version, &kind.kind);
            Refusal::bad_request(format!(
                "{name} in version {version:?} cannot be handled as a {name}: {error}"
            ))
        })?,
        _ => custom::decode(core, kind, object, &mut findings),
    };
    report_unknown(kind, &findings.unknown, write)?;
    Ok(object)
}

fn report_unknown(kind: &Kind, unknown: &[String], write: &mut Write) -> Result<(), Refusal> {
    let texts: Vec<String> = unknown.iter().map(|path| format!("unknown field {path:?}")).collect();
    match write.validation {
        _ if texts.is_empty() => Ok(()),
        FieldValidation::Ignore => Ok(()),
        FieldValidation::Warn => {
            write.warnings.extend(texts);
            Ok(())
        }
        FieldValidation::Strict => {
            let (version, name, list) = (&kind.version, &kind.kind, texts.join(", "));
            Err(Refusal::bad_request(format!(
                "{name} in version {version:?} cannot be handled as a {name}: strict decoding error: {list}"
            )))
        }
    }
}
