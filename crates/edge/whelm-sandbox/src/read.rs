//! Getting and listing objects.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Value, json};
use structured_merge::unpack_owners;
use whelm_kube_api::selector::Selector;

use crate::core::{Answer, Core, Target};
use crate::form::Form;
use crate::kinds::Kind;
use crate::list_options::{ListOptions, parse_version, token_after};
use crate::object::{at, labels, name, namespace, text};
use crate::request::Ask;
use crate::status::Refusal;
use crate::store::Key;

/// Which objects a request is about.
#[derive(Debug, Clone)]
pub(crate) struct Filter {
    labels: Selector,
    fields: Vec<(String, String, bool)>,
}

impl Filter {
    pub fn read(ask: &Ask, kind: &Kind) -> Result<Self, Refusal> {
        let labels =
            Selector::parse(ask.query.get("labelSelector")).map_err(|error| Refusal::bad_request(error.to_string()))?;
        let fields = crate::selectable::parse(ask.query.get("fieldSelector")).map_err(Refusal::bad_request)?;
        for (field, ..) in &fields {
            crate::selectable::check(kind, field)?;
        }
        Ok(Filter { labels, fields })
    }

    /// Says whether it leaves out nothing.
    pub fn is_empty(&self) -> bool {
        self.labels.is_empty() && self.fields.is_empty()
    }

    pub fn matches(&self, object: &Value) -> bool {
        let labels_match = self.labels.is_empty() || self.labels.matches(&labels(object));
        labels_match
            && self
                .fields
                .iter()
                .all(|(field, value, equal)| (field_text(object, field) == *value) == *equal)
    }
}

fn field_text(object: &Value, field: &str) -> String {
    let path: Vec<&str> = field.split('.').collect();
    match at(object, &path) {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Null) | None => String::new(),
        Some(other) => other.to_string(),
    }
}

/// Returns an object as one version of its kind shows it.
pub(crate) fn shown(core: &Core, kind: &Kind, object: &Value) -> Value {
    let mut shown = at_version(core, kind, object).into_owned();
    unpack_owners(&mut shown);
    shown
}

/// Returns an object at the version of a kind, with its owners as they are held.
pub(crate) fn at_version<'a>(core: &Core, kind: &Kind, object: &'a Value) -> Cow<'a, Value> {
    let (name, api_version) = (kind.kind.as_str(), kind.api_version());
    let is_at_it = text(object, &["apiVersion"]) == api_version && text(object, &["kind"]) == name;
    let other = crate::custom::shown(core, kind, object).or_else(|| crate::convert::converted(kind, object));
    if other.is_none() && is_at_it {
        return Cow::Borrowed(object);
    }
    let mut object = other.unwrap_or_else(|| object.clone());
    crate::object::set(&mut object, &["kind"], name);
    crate::object::set(&mut object, &["apiVersion"], api_version);
    Cow::Owned(object)
}

pub(crate) fn find(core: &Core, target: &Target) -> Result<Arc<Value>, Refusal> {
    let key = Key::new(&target.kind.resource(), &target.namespace, &target.name);
    core.store
        .get(&key)
        .cloned()
        .ok_or_else(|| Refusal::not_found(&target.kind, &target.name))
}

pub(crate) fn get(core: &Core, ask: &Ask, target: &Target) -> Result<Answer, Refusal> {
    let form = Form::of(ask)?;
    let version = parse_version(ask.query.get("resourceVersion")).map_err(Refusal::internal)?;
    if let Some(asked) = version.filter(|&asked| asked > core.store.revision()) {
        return Err(Refusal::version_too_large(asked, core.store.revision()));
    }
    let object = find(core, target)?;
    if target.subresource == "scale" {
        let shown = shown(core, &target.kind, &object);
        crate::write::check_wanted(core, &target.kind, &shown)?;
        let scale = crate::write::scale_of(core, &target.kind, &shown);
        return Ok(form.answer(core, &Kind::scale(), 200, scale, Vec::new()));
    }
    Ok(form.answer_held(core, &target.kind, 200, &object, Vec::new()))
}

/// Lists a collection, page by page when the client sets a limit.
pub(crate) fn list(core: &Core, ask: &Ask, target: &Target) -> Result<Answer, Refusal> {
    let form = Form::of(ask)?;
    let options = ListOptions::read(ask, false)?;
    let filter = Filter::read(ask, &target.kind)?;
    let kind = &target.kind;
    let options = options.resume(ask, &target.namespace, core.store.revision())?;
    let limit = if options.limit == 0 { usize::MAX } else { options.limit };
    let resource = kind.resource();
    let mut objects = core.store.list_after(&resource, &target.namespace, options.after);
    let matching = objects.by_ref().filter(|object| filter.matches(object));
    let page: Vec<&Arc<Value>> = matching.take(limit).collect();
    let mut metadata: BTreeMap<&str, Value> = BTreeMap::new();
    metadata.insert("resourceVersion", core.store.revision().to_string().into());
    // There may be more as soon as there are others, whether or not the client wants them.
    if objects.next().is_some()
        && let Some(last) = page.last()
    {
        let place = (namespace(last).to_owned(), name(last).to_owned());
        let count = options.count.saturating_add(page.len());
        let token = token_after(!target.namespace.is_empty(), &place, count, core.store.revision());
        metadata.insert("continue", token.into());
        // With a selector, nobody counts.
        if filter.is_empty() {
            let all = core.store.count(&resource, &target.namespace);
            metadata.insert("remainingItemCount", all.saturating_sub(count).into());
        }
    }
    form.answer_held_list(core, kind, json!(metadata), &page)
}
