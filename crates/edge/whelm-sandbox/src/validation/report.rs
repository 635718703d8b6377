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

    /// A field that cannot change.
    pub fn fixed(&mut self, field: &str, before: Option<&Value>, after: Option<&Value>) {
        if before != after {
            self.invalid(field, after.unwrap_or(&Value::Null), "field is immutable");
        }
    }
}
