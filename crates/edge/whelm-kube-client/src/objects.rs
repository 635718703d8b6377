//! Reading and writing objects.

use http::{HeaderValue, header};
use serde_json::Value;
use whelm_kube_api::{
    Asked, DataKind, DataObject, Mapping, object,
    request::{self, Form, ListOptions, Propagation, WriteOptions},
};

use crate::{Client, Error, patience::Pauses};

impl Client {
    /// Reads one object.
    ///
    /// # Errors
    /// As [`Client::json`].
    pub async fn get(&self, mapping: &Mapping, namespace: &str, name: &str) -> Result<Value, Error> {
        self.get_as(mapping, namespace, name, Form::Object).await
    }

    /// Reads one object in a form.
    ///
    /// # Errors
    /// As [`Client::json`].
    pub async fn get_as(&self, mapping: &Mapping, namespace: &str, name: &str, form: Form) -> Result<Value, Error> {
        let resource = mapping.group_resource();
        let asked = named("GET", &resource, name)?;
        self.json(request::get_as(mapping, namespace, name, form), asked).await
    }

    /// Reads one object, and gives `None` when it does not exist.
    ///
    /// # Errors
    /// As [`Client::json`].
    pub async fn find(&self, mapping: &Mapping, namespace: &str, name: &str) -> Result<Option<Value>, Error> {
        match self.get(mapping, namespace, name).await {
            Ok(object) => Ok(Some(object)),
            Err(error) if error.is_not_found() => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Reads one Secret or ConfigMap.
    ///
    /// # Errors
    /// As [`Client::bytes`], and [`Error::Answer`] when the answer is none.
    pub async fn data_object(&self, kind: DataKind, namespace: &str, name: &str) -> Result<DataObject, Error> {
        let mapping = kind.mapping();
        let resource = mapping.group_resource();
        let asked = named("GET", &resource, name)?;
        let request = request::get_as(&mapping, namespace, name, Form::Data);
        let answer = self.bytes(request, asked).await?;
        let unreadable = || Error::Answer("couldn't decode the answer: no object with data".to_owned());
        DataObject::of_answer(&answer, kind).ok_or_else(unreadable)
    }

    /// Reads one page of a list as the server sends it.
    ///
    /// # Errors
    /// As [`Client::json`].
    pub async fn list_page(
        &self,
        mapping: &Mapping,
        namespace: &str,
        options: &ListOptions,
        form: Form,
    ) -> Result<Value, Error> {
        let resource = mapping.group_resource();
        let asked = Asked {
            method: "GET",
            resource: &resource,
            name: "",
        };
        self.json(request::list(mapping, namespace, options, form), asked).await
    }

    /// Reads all objects of a kind and says as of which version they are. An empty namespace means all of them.
    ///
    /// Items get the `apiVersion` and `kind` that lists leave out.
    ///
    /// # Errors
    /// As [`Client::json`].
    pub async fn list(
        &self,
        mapping: &Mapping,
        namespace: &str,
        options: &ListOptions,
    ) -> Result<(Vec<Value>, String), Error> {
        let mut options = options.clone();
        let mut all = Vec::new();
        loop {
            let mut page = self.list_page(mapping, namespace, &options, Form::Object).await?;
            let text = |pointer: &str| {
                page.pointer(pointer)
                    .and_then(Value::as_str)
                    .unwrap_or_default()
                    .to_owned()
            };
            let (next, version) = (text("/metadata/continue"), text("/metadata/resourceVersion"));
            if let Some(Value::Array(items)) = page.get_mut("items").map(Value::take) {
                all.extend(items.into_iter().map(|item| with_kind(item, mapping)));
            }
            if next.is_empty() {
                return Ok((all, version));
            }
            options.continue_token = next;
        }
    }

    /// Creates an object and returns it as the server keeps it.
    ///
    /// A patient client creates again what may not have arrived, and takes an object that then exists for its own when it has
    /// the labels, annotations and data that were sent.
    ///
    /// # Errors
    /// As [`Client::json`].
    pub async fn create(
        &self,
        mapping: &Mapping,
        namespace: &str,
        object: &Value,
        options: WriteOptions,
    ) -> Result<Value, Error> {
        let first = self.create_once(mapping, namespace, object, options).await;
        let mut failure = match first {
            Err(failure) if self.is_patient() && failure.is_unsettled() => failure,
            settled => return settled,
        };
        let name = object::name(object);
        let mut pauses = Pauses::default();
        while let Some(pause) = pauses.after_creation(&failure).filter(|_| !name.is_empty()) {
            tokio::time::sleep(pause).await;
            failure = match self.create_once(mapping, namespace, object, options).await {
                Err(error) if error.is_already_exists() => {
                    let live = self.find(mapping, namespace, name).await?;
                    return live.filter(|live| is_outcome(live, object)).ok_or(error);
                }
                Err(error) => error,
                created => return created,
            };
        }
        Err(failure)
    }

    async fn create_once(
        &self,
        mapping: &Mapping,
        namespace: &str,
        object: &Value,
        options: WriteOptions,
    ) -> Result<Value, Error> {
        let resource = mapping.group_resource();
        let asked = Asked {
            method: "POST",
            resource: &resource,
            name: "",
        };
        let options = self.write_options(options);
        self.json(request::create(mapping, namespace, object, options), asked)
            .await
    }

    /// Replaces an object.
    ///
    /// # Errors
    /// As [`Client::json`].
    pub async fn update(
        &self,
        mapping: &Mapping,
        namespace: &str,
        name: &str,
        object: &Value,
        options: WriteOptions,
    ) -> Result<Value, Error> {
        let resource = mapping.group_resource();
        let asked = named("PUT", &resource, name)?;
        let options = self.write_options(options);
        self.json(request::update(mapping, namespace, name, object, options), asked)
            .await
    }

    /// Applies an object on the server's side. What comes of it is not read.
    ///
    /// # Errors
    /// As [`Client::bytes`].
    pub async fn apply(
        &self,
        mapping: &Mapping,
        namespace: &str,
        name: &str,
        object: &Value,
        options: WriteOptions,
    ) -> Result<(), Error> {
        let resource = mapping.group_resource();
        let request = request::apply(mapping, namespace, name, object, self.write_options(options));
        self.bytes(request, named("PATCH", &resource, name)?).await.map(drop)
    }

    /// Applies an object on the server's side and returns it as the server keeps it.
    ///
    /// # Errors
    /// As [`Client::json`].
    pub async fn applied(
        &self,
        mapping: &Mapping,
        namespace: &str,
        name: &str,
        object: &Value,
        options: WriteOptions,
    ) -> Result<Value, Error> {
        let resource = mapping.group_resource();
        let mut request = request::apply(mapping, namespace, name, object, self.write_options(options));
        let json = HeaderValue::from_static("application/json");
        request.headers_mut().insert(header::ACCEPT, json);
        self.json(request, named("PATCH", &resource, name)?).await
    }

    /// Patches an object; `content_type` says which kind of patch it is.
    ///
    /// # Errors
    /// As [`Client::json`].
    pub async fn patch(
        &self,
        (mapping, namespace, name): (&Mapping, &str, &str),
        content_type: &'static str,
        patch: &Value,
        options: WriteOptions,
    ) -> Result<Value, Error> {
        let resource = mapping.group_resource();
        let options = self.write_options(options);
        let request = request::patch(mapping, namespace, name, content_type, patch, options);
        self.json(request, named("PATCH", &resource, name)?).await
    }

    /// Deletes an object.
    ///
    /// # Errors
    /// As [`Client::json`].
    pub async fn delete(
        &self,
        mapping: &Mapping,
        namespace: &str,
        name: &str,
        propagation: Propagation,
        uid: Option<&str>,
    ) -> Result<(), Error> {
        let resource = mapping.group_resource();
        let asked = named("DELETE", &resource, name)?;
        let dry_run = self.write_options(WriteOptions::default()).dry_run;
        let request = request::delete(mapping, namespace, name, propagation, uid, dry_run);
        self.bytes(request, asked).await.map(drop)
    }
}

/// Says what is asked of an object that has to have a name.
fn named<'a>(method: &'static str, resource: &'a str, name: &'a str) -> Result<Asked<'a>, Error> {
    if name.is_empty() {
        return Err(Error::Nameless);
    }
    Ok(Asked { method, resource, name })
}

/// Tells whether an object may be what became of one that was sent.
fn is_outcome(live: &Value, sent: &Value) -> bool {
    let parts = ["/metadata/labels", "/metadata/annotations", "/data"];
    parts.iter().all(|part| {
        let fields = sent.pointer(part).and_then(Value::as_object).into_iter().flatten();
        let there = live.pointer(part);
        fields
            .into_iter()
            .all(|(name, value)| there.and_then(|fields| fields.get(name)) == Some(value))
    })
}

fn with_kind(mut item: Value, mapping: &Mapping) -> Value {
    if let Some(map) = item.as_object_mut() {
        map.entry("apiVersion")
            .or_insert_with(|| mapping.gvk.api_version().into());
        map.entry("kind").or_insert_with(|| mapping.gvk.kind.clone().into());
    }
    item
}
