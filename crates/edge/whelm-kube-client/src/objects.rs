//! Reading and writing objects.

use serde_json::Value;
use whelm_kube_api::{
    Asked, Mapping,
    request::{self, Form, ListOptions, Propagation, WriteOptions},
};

use crate::{Client, Error};

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
        let asked = Asked {
            method: "GET",
            resource: &resource,
            name,
        };
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
                all.extend(items.into_iter().map(|item| named(item, mapping)));
            }
            if next.is_empty() {
                return Ok((all, version));
            }
            options.continue_token = next;
        }
    }

    /// Creates an object and returns it as the server keeps it.
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
        let resource = mapping.group_resource();
        let asked = Asked {
            method: "POST",
            resource: &resource,
            name: "",
        };
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
        let asked = Asked {
            method: "PUT",
            resource: &resource,
            name,
        };
        self.json(request::update(mapping, namespace, name, object, options), asked)
            .await
    }

    /// Applies an object on the server's side.
    ///
    /// # Errors
    /// As [`Client::json`].
    pub async fn apply(
        &self,
        mapping: &Mapping,
        namespace: &str,
        name: &str,
        object: &Value,
        options: WriteOptions,
    ) -> Result<Value, Error> {
        let resource = mapping.group_resource();
        let asked = Asked {
            method: "PATCH",
            resource: &resource,
            name,
        };
        self.json(request::apply(mapping, namespace, name, object, options), asked)
            .await
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
        let asked = Asked {
            method: "PATCH",
            resource: &resource,
            name,
        };
        let request = request::patch(mapping, namespace, name, content_type, patch, options);
        self.json(request, asked).await
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
        let asked = Asked {
            method: "DELETE",
            resource: &resource,
            name,
        };
        self.bytes(request::delete(mapping, namespace, name, propagation, uid), asked)
            .await
            .map(drop)
    }
}

fn named(mut item: Value, mapping: &Mapping) -> Value {
    if let Some(map) = item.as_object_mut() {
        map.entry("apiVersion")
            .or_insert_with(|| mapping.gvk.api_version().into());
        map.entry("kind").or_insert_with(|| mapping.gvk.kind.clone().into());
    }
    item
}
