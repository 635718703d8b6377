//! The OpenAPI documents that clients ask for: which requests there are, and the structure of the kinds.
//!
//! They have no prose: what Kubernetes says about a field is not part of the recorded structure. Descriptions in
//! CustomResourceDefinitions are kept.

mod brief;
mod paths;
mod schemas;

use serde_json::{Map, Value, json};

use crate::core::{Answer, Core};
use crate::discovery::group_versions;
use crate::kinds::{Kind, Resource};
use crate::object::{int, uid};
use crate::request::Ask;
use crate::status::Refusal;
use crate::store::Key;
use schemas::{Dialect, Schemas};

/// Answers `/openapi/v2`, `/openapi/v3` and the documents below it.
pub(crate) fn answer(core: &Core, ask: &Ask) -> Result<Answer, Refusal> {
    match ask.path().as_slice() {
        ["openapi", "v2"] if accepts_json(&ask.accept) => Ok(Answer::json(200, &whole(core))),
        ["openapi", "v2"] => Ok(Answer::Full {
            code: 200,
            content_type: brief::MEDIA_TYPE,
            warnings: Vec::new(),
            body: brief::document(core).into(),
        }),
        ["openapi", "v3"] => Ok(Answer::json(200, &index(core))),
        ["openapi", "v3", "api", version] => document(core, "", version),
        ["openapi", "v3", "apis", group, version] => document(core, group, version),
        _ => Ok(Answer::no_page()),
    }
}

/// Go clients want the second version of the document in protobuf.
fn accepts_json(accept: &str) -> bool {
    !accept.contains("protobuf")
}

/// Lists the documents. Their addresses change with what is in them, so that clients can keep them.
fn index(core: &Core) -> Value {
    let paths: Map<String, Value> = group_versions(core)
        .into_keys()
        .map(|(group, version)| {
            let path = if group.is_empty() {
                format!("api/{version}")
            } else {
                format!("apis/{group}/{version}")
            };
            let hash = hash(core, &group, &version);
            let url = json!({"serverRelativeURL": format!("/openapi/v3/{path}?hash={hash:016X}")});
            (path, url)
        })
        .collect();
    json!({"paths": paths})
}

/// Returns a number that changes with a document: those of built-in groups change with the program only.
fn hash(core: &Core, group: &str, version: &str) -> u64 {
    let mut text = format!("{group}/{version} {}", env!("CARGO_PKG_VERSION"));
    let definitions = Resource::new("apiextensions.k8s.io", "customresourcedefinitions");
    for resource in core.definitions.keys().filter(|resource| resource.group == group) {
        let key = Key::new(&definitions, "", &format!("{}.{group}", resource.plural));
        if let Some(definition) = core.store.get(&key) {
            let generation = int(definition, &["metadata", "generation"]).unwrap_or(0);
            text += &format!(" {} {generation}", uid(definition));
        }
    }
    text.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

fn kinds_of<'a>(core: &'a Core, group: &'a str, version: &'a str) -> impl Iterator<Item = &'a Kind> {
    let all = core.kinds.all().map(AsRef::as_ref);
    all.filter(move |kind| kind.group == group && kind.version == version)
}

/// Returns the document of one version of a group.
fn document(core: &Core, group: &str, version: &str) -> Result<Answer, Refusal> {
    let mut paths = Map::new();
    let mut schemas = Schemas::new(Dialect::V3);
    for kind in kinds_of(core, group, version) {
        paths::add(kind, Dialect::V3, &schemas::name_of(kind), &mut paths);
        schemas.add_kind(core, kind);
    }
    if paths.is_empty() {
        return Err(Refusal::no_such_resource());
    }
    let document = json!({
        "openapi": "3.0.0", "info": info(), "paths": paths, "components": {"schemas": schemas.finish()},
    });
    Ok(Answer::json(200, &document))
}

/// Returns the one document of the second version of OpenAPI.
fn whole(core: &Core) -> Value {
    let mut paths = Map::new();
    let mut schemas = Schemas::new(Dialect::V2);
    for kind in core.kinds.all() {
        paths::add(kind, Dialect::V2, &schemas::name_of(kind), &mut paths);
        schemas.add_kind(core, kind);
    }
    json!({"swagger": "2.0", "info": info(), "paths": paths, "definitions": schemas.finish()})
}

fn info() -> Value {
    json!({"title": "Kubernetes", "version": "v1.36.3"})
}

fn gvk(kind: &Kind) -> Value {
    json!({"group": kind.group, "version": kind.version, "kind": kind.kind})
}
