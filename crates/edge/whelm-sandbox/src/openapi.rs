//! The OpenAPI documents that clients ask for before they write.
//!
//! They say which requests there are and that those check fields, and give the names of kinds. They do not describe the
//! fields: the server itself checks those.

use serde_json::{Map, Value, json};

use crate::core::{Answer, Core};
use crate::discovery::group_versions;
use crate::kinds::{Kind, api_version};
use crate::request::Ask;
use crate::status::Refusal;

/// Answers `/openapi/v3` and the documents below it.
pub(crate) fn answer(core: &Core, ask: &Ask) -> Result<Answer, Refusal> {
    match ask.path().as_slice() {
        ["openapi", "v3"] => {
            let paths: Map<String, Value> = group_versions(core)
                .into_keys()
                .map(|(group, version)| {
                    let path = if group.is_empty() {
                        format!("api/{version}")
                    } else {
                        format!("apis/{group}/{version}")
                    };
                    let url = json!({"serverRelativeURL": format!("/openapi/v3/{path}")});
                    (path, url)
                })
                .collect();
            Ok(Answer::json(200, &json!({"paths": paths})))
        }
        ["openapi", "v3", "api", version] => document(core, "", version),
        ["openapi", "v3", "apis", group, version] => document(core, group, version),
        _ => Ok(Answer::text(404, "404 page not found\n")),
    }
}

fn document(core: &Core, group: &str, version: &str) -> Result<Answer, Refusal> {
    let kinds = core
        .kinds
        .all()
        .filter(|kind| kind.group == group && kind.version == version);
    let (mut paths, mut schemas) = (Map::new(), Map::new());
    for kind in kinds {
        add_paths(kind, &mut paths);
        let name = format!(
            "{}.{}.{}",
            if group.is_empty() { "core" } else { group },
            version,
            kind.kind
        );
        schemas.insert(name, json!({
            "type": "object", "x-kubernetes-preserve-unknown-fields": true, "x-kubernetes-group-version-kind": [gvk(kind)],
        }));
    }
    if paths.is_empty() {
        return Err(Refusal::no_such_resource());
    }
    let info = json!({"title": "Kubernetes", "version": "v1.36.3"});
    let document = json!({"openapi": "3.0.0", "info": info, "paths": paths, "components": {"schemas": schemas}});
    Ok(Answer::json(200, &document))
}

fn gvk(kind: &Kind) -> Value {
    json!({"group": kind.group, "version": kind.version, "kind": kind.kind})
}

fn add_paths(kind: &Kind, paths: &mut Map<String, Value>) {
    let prefix = if kind.group.is_empty() { "/api/" } else { "/apis/" };
    let namespace = if kind.namespaced { "namespaces/{namespace}/" } else { "" };
    let collection = format!(
        "{prefix}{}/{namespace}{}",
        api_version(&kind.group, &kind.version),
        kind.plural
    );
    let parameters: Vec<Value> = ["dryRun", "fieldManager", "fieldValidation"]
        .map(|name| json!({"name": name, "in": "query", "schema": {"type": "string", "uniqueItems": true}}))
        .to_vec();
    let operation = |action: &str| {
        json!({
            "parameters": parameters, "x-kubernetes-action": action, "x-kubernetes-group-version-kind": gvk(kind),
            "responses": {"200": {"description": "OK"}},
        })
    };
    paths.insert(
        collection.clone(),
        json!({"post": operation("post"), "get": operation("list")}),
    );
    paths.insert(format!("{collection}/{{name}}"), json!({
        "get": operation("get"), "put": operation("put"), "patch": operation("patch"), "delete": operation("delete"),
    }));
}
