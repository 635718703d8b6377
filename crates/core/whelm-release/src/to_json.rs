//! A release as JSON, key by key as Go writes it.

use go_value::{
    Str, Value,
    json::{Escape, write_string, write_value},
};

use crate::{Hook, HookExecution, Info, Release, Time, chart_json};

/// Writes the JSON of a release on one line, with `<`, `>` and `&` escaped.
///
/// # Errors
/// A number in the values is NaN or infinite: `json: unsupported value: NaN`.
///
/// Source: Helm 4.3.1, `pkg/release/v1/{release,info,hook}.go`.
pub fn to_json(release: &Release) -> Result<String, go_value::json::Error> {
    let mut out = String::new();
    let mut object = Object::begin(&mut out);
    object.text_unless_empty("name", release.name.as_bytes());
    write_info(&release.info, object.key("info"))?;
    if let Some(chart) = &release.chart {
        chart_json::write(chart, object.key("chart"))?;
    }
    if let Some(config) = release.config.as_deref().filter(|config| !config.is_empty()) {
        chart_json::write_map(config, object.key("config"))?;
    }
    object.text_unless_empty("manifest", release.manifest.as_bytes());
    if !release.hooks.is_empty() {
        list(object.key("hooks"), &release.hooks, write_hook);
    }
    object.number_unless_zero("version", release.version);
    object.text_unless_empty("namespace", release.namespace.as_bytes());
    object.text_unless_empty("apply_method", release.apply_method.as_bytes());
    object.end();
    Ok(out)
}

fn write_info(info: &Info, out: &mut String) -> Result<(), go_value::json::Error> {
    let mut object = Object::begin(out);
    object.time("first_deployed", info.first_deployed);
    object.time("last_deployed", info.last_deployed);
    object.time("deleted", info.deleted);
    object.text_unless_empty("description", info.description.as_bytes());
    object.text_unless_empty("status", info.status.as_str().as_bytes());
    object.number_unless_zero("rollback_revision", info.rollback_revision);
    object.text_unless_empty("notes", info.notes.as_bytes());
    if let Some(resources) = info.resources.as_ref().filter(|resources| !resources.is_empty()) {
        chart_json::write_map(resources, object.key("resources"))?;
    }
    object.end();
    Ok(())
}

fn write_hook(hook: &Hook, out: &mut String) {
    let mut object = Object::begin(out);
    object.text_unless_empty("name", hook.name.as_bytes());
    object.text_unless_empty("kind", hook.kind.as_bytes());
    object.text_unless_empty("path", hook.path.as_bytes());
    object.text_unless_empty("manifest", hook.manifest.as_bytes());
    let events: Vec<&str> = hook.events.iter().map(crate::HookEvent::as_str).collect();
    object.texts_unless_empty("events", &events);
    write_execution(&hook.last_run, object.key("last_run"));
    object.number_unless_zero("weight", hook.weight);
    object.texts_unless_empty("delete_policies", &hook.delete_policies);
    object.texts_unless_empty("output_log_policies", &hook.output_log_policies);
    object.end();
}

fn write_execution(execution: &HookExecution, out: &mut String) {
    let mut object = Object::begin(out);
    object.time("started_at", execution.started_at);
    object.time("completed_at", execution.completed_at);
    object.text("phase", execution.phase.as_str().as_bytes());
    object.end();
}

/// Writes `[…]`.
pub(crate) fn list<T>(out: &mut String, items: &[T], mut write: impl FnMut(&T, &mut String)) {
    out.push('[');
    for (at, item) in items.iter().enumerate() {
        if at > 0 {
            out.push(',');
        }
        write(item, out);
    }
    out.push(']');
}

/// Writes the members of an object.
pub(crate) struct Object<'a> {
    out: &'a mut String,
    first: bool,
}

impl<'a> Object<'a> {
    pub(crate) fn begin(out: &'a mut String) -> Self {
        out.push('{');
        Object { out, first: true }
    }

    pub(crate) fn end(self) {
        self.out.push('}');
    }

    /// Writes `"key":` and returns where the value goes.
    pub(crate) fn key(&mut self, key: &str) -> &mut String {
        if !self.first {
            self.out.push(',');
        }
        self.first = false;
        write_string(self.out, key.as_bytes(), Escape::Html);
        self.out.push(':');
        self.out
    }

    pub(crate) fn text(&mut self, key: &str, text: &[u8]) {
        write_string(self.key(key), text, Escape::Html);
    }

    pub(crate) fn text_unless_empty(&mut self, key: &str, text: &[u8]) {
        if !text.is_empty() {
            self.text(key, text);
        }
    }

    pub(crate) fn texts_unless_empty<T: AsRef<str>>(&mut self, key: &str, texts: &[T]) {
        if !texts.is_empty() {
            list(self.key(key), texts, |text, out| {
                write_string(out, text.as_ref().as_bytes(), Escape::Html)
            });
        }
    }

    pub(crate) fn number_unless_zero(&mut self, key: &str, number: i64) {
        if number != 0 {
            let text = number.to_string();
            self.key(key).push_str(&text);
        }
    }

    pub(crate) fn time(&mut self, key: &str, time: Option<Time>) {
        if let Some(time) = time {
            self.text(key, time.rfc3339_nano().as_bytes());
        }
    }

    pub(crate) fn value(&mut self, key: &str, value: &Value) -> Result<(), go_value::json::Error> {
        write_value(self.key(key), value, Escape::Html)
    }

    /// Writes bytes in base64, and `null` for none.
    pub(crate) fn bytes(&mut self, key: &str, bytes: Option<&Str>) {
        use base64::{Engine as _, engine::general_purpose::STANDARD};
        let out = self.key(key);
        match bytes {
            None => out.push_str("null"),
            Some(bytes) => {
                out.push('"');
                STANDARD.encode_string(bytes.as_bytes(), out);
                out.push('"');
            }
        }
    }
}
