//! Requests as data.
//!
//! Every function returns a request whose URI is a path with its query; the client puts the server in front.

use bytes::Bytes;
use http::{Method, Request, header};
use serde_json::{Value, json};

use crate::Mapping;

/// Who owns the fields we set, as Helm calls itself.
pub const FIELD_MANAGER: &str = "helm";

/// How strictly the server reads fields.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FieldValidation {
    /// Unknown and double fields are an error.
    #[default]
    Strict,
    /// They are a warning.
    Warn,
    /// They are dropped.
    Ignore,
    /// As the server does when nobody says anything.
    Usual,
}

impl FieldValidation {
    /// Returns the word for the query.
    pub fn as_str(self) -> &'static str {
        match self {
            FieldValidation::Strict => "Strict",
            FieldValidation::Warn => "Warn",
            FieldValidation::Ignore => "Ignore",
            FieldValidation::Usual => "",
        }
    }
}

/// How to write.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct WriteOptions {
    /// Ask for everything but the writing.
    pub dry_run: bool,
    /// Take over fields that others own (apply only).
    pub force: bool,
    /// How strictly fields are read.
    pub validation: FieldValidation,
    /// Who owns the fields that are written.
    pub manager: Manager,
}

/// The name under which fields are owned.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Manager {
    /// The name for what belongs to releases.
    #[default]
    Helm,
    /// None is given, so that the server takes the program's in `User-Agent`: Helm writes release records so.
    Program,
}

/// What happens to the objects that a deleted one owns.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Propagation {
    /// They are deleted afterwards.
    #[default]
    Background,
    /// They are deleted first.
    Foreground,
    /// They stay.
    Orphan,
}

impl Propagation {
    /// Returns Kubernetes' word.
    pub fn as_str(self) -> &'static str {
        match self {
            Propagation::Background => "Background",
            Propagation::Foreground => "Foreground",
            Propagation::Orphan => "Orphan",
        }
    }
}

/// What to list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListOptions {
    /// A label selector; empty selects all.
    pub labels: String,
    /// A field selector; empty selects all.
    pub fields: String,
    /// How many items a page has at most; 0 means all.
    pub limit: u32,
    /// Where the page before this one ended.
    pub continue_token: String,
    /// As of which version; empty means the newest.
    pub resource_version: String,
}

/// What costs the server least: it has protocol buffers of the kinds that it knows by heart.
const CHEAPEST: &str = "application/vnd.kubernetes.protobuf,application/json";

/// The form in which objects are wanted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Form {
    /// The objects.
    #[default]
    Object,
    /// Secrets and ConfigMaps as [`DataObject`](crate::DataObject) reads them: as protocol buffers, where the server has them, which
    /// takes it a third of the time. What they hold is compressed already: the server need not do so once more, which takes it
    /// longer than the rest of the answer.
    Data,
    /// `metadata` only; for lists.
    Metadata,
    /// `metadata` only, as [`DataObject`](crate::DataObject) reads it; for lists.
    DataMetadata,
    /// The table that the server prints, with the objects in its rows.
    Table,
}

impl Form {
    /// Returns a request for something in this form.
    fn request(self, uri: String) -> Request<Bytes> {
        let mut request = build(Method::GET, uri, self.accept(), None, Bytes::new());
        if self == Form::Data {
            let plain = header::HeaderValue::from_static("identity");
            request.headers_mut().insert(header::ACCEPT_ENCODING, plain);
        }
        request
    }

    fn accept(self) -> &'static str {
        match self {
            Form::Object => "application/json",
            Form::Data => CHEAPEST,
            Form::Metadata => "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json",
            Form::DataMetadata => {
                "application/vnd.kubernetes.protobuf;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,\
                 application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json"
            }
            Form::Table => {
                "application/json;as=Table;v=v1;g=meta.k8s.io,application/json;as=Table;v=v1beta1;g=meta.k8s.io,\
                 application/json"
            }
        }
    }
}

/// Returns the path of a collection, or of one object.
pub fn path(mapping: &Mapping, namespace: &str, name: Option<&str>) -> String {
    let mut path = if mapping.gvk.group.is_empty() {
        format!("/api/{}", segment(&mapping.gvk.version))
    } else {
        format!(
            "/apis/{}/{}",
            segment(&mapping.gvk.group),
            segment(&mapping.gvk.version)
        )
    };
    if mapping.namespaced && !namespace.is_empty() {
        path.push_str("/namespaces/");
        path.push_str(&segment(namespace));
    }
    path.push('/');
    path.push_str(&segment(&mapping.resource));
    if let Some(name) = name {
        path.push('/');
        path.push_str(&segment(name));
    }
    path
}

/// Asks for any path.
pub fn raw(path: &str, accept: &str) -> Request<Bytes> {
    build(Method::GET, path.to_owned(), accept, None, Bytes::new())
}

/// Asks for one object.
pub fn get(mapping: &Mapping, namespace: &str, name: &str) -> Request<Bytes> {
    get_as(mapping, namespace, name, Form::Object)
}

/// Asks for one object in a form.
pub fn get_as(mapping: &Mapping, namespace: &str, name: &str, form: Form) -> Request<Bytes> {
    let mut uri = path(mapping, namespace, Some(name));
    if form == Form::Table {
        uri.push_str("?includeObject=Object");
    }
    form.request(uri)
}

/// Asks for the objects of a kind; an empty namespace means all of them.
pub fn list(mapping: &Mapping, namespace: &str, options: &ListOptions, form: Form) -> Request<Bytes> {
    let mut query = list_query(options);
    if form == Form::Table {
        query.push(("includeObject", "Object".to_owned()));
    }
    form.request(with_query(path(mapping, namespace, None), &query))
}

/// Asks for the changes of the objects of a kind from a version on.
pub fn watch(mapping: &Mapping, namespace: &str, options: &ListOptions, timeout_seconds: u32) -> Request<Bytes> {
    let mut query = list_query(options);
    query.push(("watch", "true".to_owned()));
    query.push(("allowWatchBookmarks", "true".to_owned()));
    query.push(("timeoutSeconds", timeout_seconds.to_string()));
    build(
        Method::GET,
        with_query(path(mapping, namespace, None), &query),
        "application/json",
        None,
        Bytes::new(),
    )
}

fn list_query(options: &ListOptions) -> Vec<(&'static str, String)> {
    let mut query = Vec::new();
    for (key, value) in [
        ("labelSelector", &options.labels),
        ("fieldSelector", &options.fields),
        ("continue", &options.continue_token),
        ("resourceVersion", &options.resource_version),
    ] {
        if !value.is_empty() {
            query.push((key, value.clone()));
        }
    }
    if options.limit > 0 {
        query.push(("limit", options.limit.to_string()));
    }
    query
}

/// Creates an object.
pub fn create(mapping: &Mapping, namespace: &str, object: &Value, options: WriteOptions) -> Request<Bytes> {
    let uri = with_query(path(mapping, namespace, None), &write_query(options, false));
    build(
        Method::POST,
        uri,
        "application/json",
        Some("application/json"),
        json_bytes(object),
    )
}

/// Replaces an object.
pub fn update(mapping: &Mapping, namespace: &str, name: &str, object: &Value, options: WriteOptions) -> Request<Bytes> {
    let uri = with_query(path(mapping, namespace, Some(name)), &write_query(options, false));
    build(
        Method::PUT,
        uri,
        "application/json",
        Some("application/json"),
        json_bytes(object),
    )
}

/// Applies an object on the server's side.
pub fn apply(mapping: &Mapping, namespace: &str, name: &str, object: &Value, options: WriteOptions) -> Request<Bytes> {
    let uri = with_query(path(mapping, namespace, Some(name)), &write_query(options, true));
    build(
        Method::PATCH,
        uri,
        CHEAPEST,
        Some("application/apply-patch+yaml"),
        json_bytes(object),
    )
}

/// Patches an object; `content_type` says which kind of patch it is.
pub fn patch(
    mapping: &Mapping,
    namespace: &str,
    name: &str,
    content_type: &'static str,
    patch: &Value,
    options: WriteOptions,
) -> Request<Bytes> {
    let uri = with_query(path(mapping, namespace, Some(name)), &write_query(options, false));
    build(
        Method::PATCH,
        uri,
        "application/json",
        Some(content_type),
        json_bytes(patch),
    )
}

/// Deletes an object; with `uid` only if it still is the one with that uid.
pub fn delete(
    mapping: &Mapping,
    namespace: &str,
    name: &str,
    propagation: Propagation,
    uid: Option<&str>,
    dry_run: bool,
) -> Request<Bytes> {
    let mut body = json!({
        "kind": "DeleteOptions", "apiVersion": "v1", "propagationPolicy": propagation.as_str(),
    });
    if let (Some(uid), Some(map)) = (uid, body.as_object_mut()) {
        map.insert("preconditions".to_owned(), json!({ "uid": uid }));
    }
    if let (true, Some(map)) = (dry_run, body.as_object_mut()) {
        map.insert("dryRun".to_owned(), json!(["All"]));
    }
    let uri = path(mapping, namespace, Some(name));
    build(
        Method::DELETE,
        uri,
        "application/json",
        Some("application/json"),
        json_bytes(&body),
    )
}

fn write_query(options: WriteOptions, apply: bool) -> Vec<(&'static str, String)> {
    let mut query = Vec::new();
    if options.dry_run {
        query.push(("dryRun", "All".to_owned()));
    }
    if options.manager == Manager::Helm {
        query.push(("fieldManager", FIELD_MANAGER.to_owned()));
    }
    if options.validation != FieldValidation::Usual {
        query.push(("fieldValidation", options.validation.as_str().to_owned()));
    }
    if apply {
        query.push(("force", options.force.to_string()));
    }
    query
}

fn json_bytes(value: &Value) -> Bytes {
    Bytes::from(value.to_string())
}

fn with_query(mut path: String, query: &[(&'static str, String)]) -> String {
    let mut sign = '?';
    for (key, value) in query {
        path.push(sign);
        path.push_str(key);
        path.push('=');
        path.push_str(&escape(value, b"-_.~"));
        sign = '&';
    }
    path
}

fn segment(text: &str) -> String {
    escape(text, b"-_.~:@!$&'()*+,;=")
}

fn escape(text: &str, plain: &[u8]) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || plain.contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

fn build(method: Method, uri: String, accept: &str, content_type: Option<&'static str>, body: Bytes) -> Request<Bytes> {
    let mut request = Request::new(body);
    *request.method_mut() = method;
    // Every part of the path and the query is escaped, so this always parses; an empty path would be the fallback.
    *request.uri_mut() = uri.parse().unwrap_or_default();
    if let Ok(value) = accept.parse() {
        request.headers_mut().insert(header::ACCEPT, value);
    }
    if let Some(content_type) = content_type {
        request
            .headers_mut()
            .insert(header::CONTENT_TYPE, header::HeaderValue::from_static(content_type));
    }
    request
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Gvk;

    fn deployments() -> Mapping {
        Mapping {
            gvk: Gvk::new("apps/v1", "Deployment"),
            resource: "deployments".into(),
            namespaced: true,
        }
    }

    #[test]
    fn a_001_apply_names_manager_force_and_validation() {
        let request = apply(&deployments(), "ns", "web", &json!({}), WriteOptions::default());
        assert_eq!(request.method(), "PATCH");
        assert_eq!(
            request.uri(),
            "/apis/apps/v1/namespaces/ns/deployments/web?fieldManager=helm&fieldValidation=Strict&force=false"
        );
        assert_eq!(request.headers()["content-type"], "application/apply-patch+yaml");
    }

    #[test]
    fn odd_names_are_escaped() {
        let request = get(&deployments(), "n/s", "a b?c");
        assert_eq!(request.uri(), "/apis/apps/v1/namespaces/n%2Fs/deployments/a%20b%3Fc");
    }

    #[test]
    fn lists_take_selectors() {
        let options = ListOptions {
            labels: "owner=helm,name in (a)".into(),
            limit: 5,
            ..Default::default()
        };
        let request = list(&deployments(), "", &options, Form::Object);
        assert_eq!(
            request.uri(),
            "/apis/apps/v1/deployments?labelSelector=owner%3Dhelm%2Cname%20in%20%28a%29&limit=5"
        );
    }
}
