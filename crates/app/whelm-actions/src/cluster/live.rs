//! Looking objects up before a plan is made.

use std::collections::BTreeMap;

use futures_util::{StreamExt, stream};
use serde_json::Value;
use whelm_kube_api::{
    object,
    request::{Form, ListOptions},
};
use whelm_kube_client::Client;
use whelm_plan::{Live, LiveObjects, Object};

use super::CONCURRENCY;

/// How many objects a page of a list has.
const PAGE: u32 = 250;

/// What is wanted of objects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// All of them.
    Whole,
    /// Whether they exist, and whose they are: their metadata, without the owners of fields.
    Marks,
}

impl Wanted {
    fn form(self) -> Form {
        match self {
            Wanted::Whole => Form::Object,
            Wanted::Marks => Form::Metadata,
        }
    }

    /// Leaves what is wanted of an object.
    fn of(self, mut object: Value) -> Value {
        if let (Wanted::Marks, Some(fields)) = (self, object.as_object_mut()) {
            fields.retain(|name, _| matches!(name.as_str(), "apiVersion" | "kind" | "metadata"));
            let metadata = fields.get_mut("metadata").and_then(Value::as_object_mut);
            metadata.and_then(|metadata| metadata.remove("managedFields"));
        }
        object
    }
}

/// Reads objects, many at once. Objects whose name the server makes up are not looked up.
///
/// Many objects of a kind in a namespace are found in a list, where that is allowed and does not have far more than those.
pub(crate) async fn look_up(
    client: &Client,
    objects: impl IntoIterator<Item = &Object>,
    wanted: Wanted,
) -> LiveObjects {
    let mut live = LiveObjects::default();
    let mut single = Vec::new();
    for group in groups(objects) {
        if group.len() > CONCURRENCY {
            single.extend(listed(client, group, wanted, &mut live).await);
        } else {
            single.extend(group);
        }
    }
    let mut read = stream::iter(single)
        .map(|object| async move { (object.key(), find(client, object, wanted).await) })
        .buffer_unordered(CONCURRENCY);
    while let Some((key, found)) = read.next().await {
        live.insert(key, found);
    }
    live
}

/// Parts objects by kind and namespace.
fn groups<'a>(objects: impl IntoIterator<Item = &'a Object>) -> impl Iterator<Item = Vec<&'a Object>> {
    let mut groups: BTreeMap<(String, &str), Vec<&Object>> = BTreeMap::new();
    for object in objects.into_iter().filter(|object| !object.name.is_empty()) {
        let group = groups.entry((object.mapping.gvk.to_string(), &object.namespace));
        group.or_default().push(object);
    }
    groups.into_values()
}

async fn find(client: &Client, object: &Object, wanted: Wanted) -> Live {
    match client.find(&object.mapping, &object.namespace, &object.name).await {
        Ok(Some(value)) => Live::Present(Box::new(wanted.of(value))),
        Ok(None) => Live::Absent,
        Err(error) if error.is_forbidden() => Live::Forbidden(error.to_string()),
        Err(error) => Live::Unknown(error.to_string()),
    }
}

/// Finds objects of one kind and namespace in a list, and returns those of which it is still not known whether they exist: the
/// list could not be read, or is too long.
async fn listed<'a>(
    client: &Client,
    objects: Vec<&'a Object>,
    wanted: Wanted,
    live: &mut LiveObjects,
) -> Vec<&'a Object> {
    let Some(&first) = objects.first() else {
        return objects;
    };
    let most = objects.len() * 2;
    let mut missing: BTreeMap<&str, &Object> = objects.into_iter().map(|object| (&*object.name, object)).collect();
    let mut options = ListOptions {
        fields: fields(first).to_owned(),
        limit: PAGE,
        ..ListOptions::default()
    };
    let mut seen = 0;
    while seen <= most && !missing.is_empty() {
        let page = client.list_page(&first.mapping, &first.namespace, &options, wanted.form());
        let Ok(mut page) = page.await else { break };
        if let Some(Value::Array(items)) = page.get_mut("items").map(Value::take) {
            seen += items.len();
            for item in items {
                if let Some(object) = missing.remove(object::name(&item)) {
                    live.insert(
                        object.key(),
                        Live::Present(Box::new(wanted.of(as_single(item, object)))),
                    );
                }
            }
        }
        let next = page.pointer("/metadata/continue").and_then(Value::as_str);
        options.continue_token = next.unwrap_or_default().to_owned();
        if options.continue_token.is_empty() {
            let absent = std::mem::take(&mut missing).into_values();
            absent.for_each(|object| live.insert(object.key(), Live::Absent));
        }
    }
    missing.into_values().collect()
}

/// Leaves the records of releases out of a list of Secrets: each may be a mebibyte.
fn fields(object: &Object) -> &'static str {
    let gvk = &object.mapping.gvk;
    if gvk.group.is_empty() && gvk.kind == "Secret" {
        "type!=helm.sh/release.v1"
    } else {
        ""
    }
}

/// Returns an object of a list as it is when it is read alone: with its kind.
fn as_single(mut item: Value, object: &Object) -> Value {
    if let Some(map) = item.as_object_mut() {
        map.insert("apiVersion".to_owned(), object.mapping.gvk.api_version().into());
        map.insert("kind".to_owned(), object.mapping.gvk.kind.clone().into());
    }
    item
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use serde_json::json;
    use whelm_kube_api::{Gvk, Mapping};
    use whelm_sandbox::{Sandbox, Scenario};

    use super::*;

    fn config_map(number: usize) -> Object {
        let name = format!("c{number}");
        Object {
            mapping: Mapping {
                gvk: Gvk::new("v1", "ConfigMap"),
                resource: "configmaps".to_owned(),
                namespaced: true,
            },
            namespace: "default".to_owned(),
            value: json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}}),
            name,
        }
    }

    /// Lists find the same as reading one by one does, and where lists are forbidden it is that which is done.
    #[tokio::test]
    async fn many_objects() {
        let sandbox = Sandbox::with_seed(7);
        let client = Client::over(Arc::new(sandbox.clone()), "http://sandbox", "default");
        let objects: Vec<Object> = (0..600).map(config_map).collect();
        for object in objects.iter().step_by(2) {
            super::super::write::create_one(&client, object).await.unwrap();
        }
        // All, which takes two pages; so few that the list is too long.
        for some in [&objects[..], &objects[..30]] {
            for wanted in [Wanted::Whole, Wanted::Marks] {
                let mut single = LiveObjects::default();
                for object in some {
                    single.insert(object.key(), find(&client, object, wanted).await);
                }
                assert_eq!(look_up(&client, some, wanted).await, single);
            }
        }
        let forbidden = "faults:\n- {match: {method: GET, path: '*/configmaps'}, status: 403}\n";
        sandbox
            .set_scenario(Scenario::read(forbidden.as_bytes()).unwrap())
            .unwrap();
        let live = look_up(&client, &objects, Wanted::Whole).await;
        assert!(matches!(live.get(&objects[0].key()), Live::Present(_)));
        assert_eq!(*live.get(&objects[1].key()), Live::Absent);
    }
}
