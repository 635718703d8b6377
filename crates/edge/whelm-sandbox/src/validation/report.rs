//! Collecting what is wrong with an object.

use serde_json::{Value, json};

use super::format::Findings;
use crate::status::FieldFault;

/// The faults of an object so far.
#[derive(Debug, Default)]
pub(super) struct Report(pub Vec<FieldFault>);

impl Report {
    pub fn required(&mut self, field: &str, detail: &str) {
        self.0.push(FieldFault::required(field, detail));
    }

    pub fn invalid(&mut self, field: &str, value: &Value, detail: &str) {
        self.0.push(FieldFault::invalid(field, value, detail));
    }

    pub fn forbidden(&mut self, field: &str, detail: &str) {
        self.0.push(FieldFault::forbidden(field, detail));
    }

    /// A text that is none of those that it may be; with nothing, it is missing.
    pub fn one_of(&mut self, field: &str, text: &str, supported: &[&str]) {
        if !supported.contains(&text) {
            self.0.push(FieldFault::unsupported(field, &json!(text), supported));
        }
    }

    pub fn duplicate(&mut self, field: &str, value: &Value) {
        self.0.push(FieldFault::duplicate(field, value));
    }

    pub fn too_long(&mut self, field: &str, bytes: usize) {
        self.0.push(FieldFault::too_long(field, bytes));
    }

    pub fn not_found(&mut self, field: &str, value: &Value) {
        self.0.push(FieldFault::not_found(field, value));
    }

    /// One fault for each finding about a value.
    pub fn findings(&mut self, field: &str, value: &Value, findings: Findings) {
        for finding in findings {
            self.invalid(field, value, &finding);
        }
    }

    /// A text that must be there and have a form.
    pub fn named(&mut self, field: &str, text: &str, form: impl Fn(&str) -> Findings) {
        if text.is_empty() {
            self.required(field, "");
        } else {
            self.findings(field, &json!(text), form(text));
        }
    }

    /// A number that is not below zero.
    pub fn not_negative(&mut self, field: &str, number: Option<i64>) {
        if let Some(number) = number.filter(|&number| number < 0) {
            self.invalid(field, &json!(number), "must be greater than or equal to 0");
        }
    }

    /// A list with more than so many items.
    pub fn too_many(&mut self, field: &str, count: usize, most: usize) {
        self.0.push(FieldFault::too_many(field, count, most));
    }

    /// A text of more than so many bytes.
    pub fn not_longer(&mut self, field: &str, text: &str, most: usize) {
        if text.len() > most {
            self.0.push(FieldFault::too_long(field, most));
        }
    }

    /// A value that is none of those that it may be.
    pub fn unsupported(&mut self, field: &str, value: &Value, supported: &[&str]) {
        self.0.push(FieldFault::unsupported(field, value, supported));
    }

    /// A text with a form, unless it is empty.
    pub fn formed(&mut self, field: &str, text: &str, form: impl Fn(&str) -> Findings) {
        if !text.is_empty() {
            self.findings(field, &json!(text), form(text));
        }
    }

    /// A domain and a path, such as `example.com/controller`.
    pub fn domain_path(&mut self, field: &str, text: &str) {
        if text.is_empty() {
            self.required(field, "");
            return;
        }
        let parts = text.split_once('/');
        let Some((domain, path)) = parts.filter(|(domain, path)| !domain.is_empty() && !path.is_empty()) else {
            let detail = "must be a domain-prefixed path (such as \"acme.io/foo\")";
            self.invalid(field, &json!(text), detail);
            return;
        };
        self.findings(field, &json!(domain), super::format::subdomain(domain));
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"/-._~%!$&'()*+,;=:".contains(&byte);
        if !path.bytes().all(fits) {
            let form = r"[A-Za-z0-9/\-._~%!$&'()*+,;=:]+";
            let detail = format!("Invalid path (regex used for validation is '{form}')");
            self.invalid(field, &json!(path), &detail);
        }
    }

    /// The name of a driver, which must be there.
    pub fn driver(&mut self, field: &str, name: &str) {
        if name.is_empty() {
            self.required(field, "");
            return;
        }
        self.not_longer(field, name, 63);
        let findings = super::format::subdomain(&name.to_lowercase());
        self.findings(field, &json!(name), findings);
    }

    /// A value that is shown in the form in which the real server holds it.
    pub fn invalid_as(&mut self, field: &str, form: &str, value: Option<&Value>, detail: &str) {
        let shown = crate::internal::shown(form, value);
        self.0.push(FieldFault::invalid_shown(field, &shown, detail));
    }

    /// A value that is none of those that it may be, as the real server holds it.
    pub fn unsupported_as(&mut self, field: &str, form: &str, value: Option<&Value>, supported: &[&str]) {
        let shown = crate::internal::shown(form, value);
        self.unsupported_shown(field, &shown, supported);
    }

    /// A value, shown so, that is none of those that it may be.
    pub fn unsupported_shown(&mut self, field: &str, shown: &str, supported: &[&str]) {
        let mut fault = FieldFault::unsupported(field, &Value::Null, supported);
        fault.message = fault.message.replacen("null", shown, 1);
        self.0.push(fault);
    }

    /// A value that is there a second time, as the real server holds it.
    pub fn duplicate_as(&mut self, field: &str, form: &str, value: &Value) {
        let shown = crate::internal::shown(form, Some(value));
        self.0.push(FieldFault {
            reason: "FieldValueDuplicate",
            field: field.into(),
            message: format!("Duplicate value: {shown}"),
        });
    }

    /// A field of a form that cannot change.
    pub fn fixed_as(&mut self, field: &str, form: &str, before: Option<&Value>, after: Option<&Value>) {
        if before != after {
            self.invalid_as(field, form, after, "field is immutable");
        }
    }

    /// Something that may not change so, with how it does.
    pub fn forbidden_change(&mut self, field: &str, detail: &str, form: &str, values: [Option<&Value>; 2]) {
        let [before, after] = values.map(|value| crate::internal::lines(form, value));
        let difference = crate::difference::unified(&before, &after);
        self.forbidden(field, &format!("{detail}\n{difference}"));
    }

    /// A field that cannot change.
    pub fn fixed(&mut self, field: &str, before: Option<&Value>, after: Option<&Value>) {
        if before != after {
            self.invalid(field, after.unwrap_or(&Value::Null), "field is immutable");
        }
    }
}
