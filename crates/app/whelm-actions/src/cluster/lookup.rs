//! The template function `lookup`, on a real cluster.

use go_value::{Map, Value};
use tokio::runtime::Handle;
use whelm_kube_api::{
    Gvk, object,
    request::{Form, ListOptions},
};
use whelm_kube_client::{Client, Error, to_go_value};
use whelm_render::{Lookup, LookupRequest};

/// Looks objects up while templates run. The render has to run on another thread than the runtime's own.
pub struct ClusterLookup {
    client: Client,
    runtime: Handle,
}

impl ClusterLookup {
    /// Makes a lookup that uses the runtime it is called in.
    pub fn new(client: Client) -> Self {
        ClusterLookup {
            client,
            runtime: Handle::current(),
        }
    }

    async fn find(&self, request: &LookupRequest) -> Result<Value, Error> {
        let gvk = Gvk::new(&request.api_version, &request.kind);
        let mapping = self.client.mapping(&gvk).await?;
        if request.name.is_empty() {
            let options = ListOptions::default();
            let list = self
                .client
                .list_page(&mapping, &request.namespace, &options, Form::Object)
                .await?;
            return Ok(to_go_value(&list));
        }
        let object = self.client.get(&mapping, &request.namespace, &request.name).await?;
        debug_assert_eq!(object::name(&object), request.name);
        Ok(to_go_value(&object))
    }
}

impl Lookup for ClusterLookup {
    fn lookup(&self, request: &LookupRequest) -> Result<Value, String> {
        match self.runtime.block_on(self.find(request)) {
            Ok(value) => Ok(value),
            Err(error) if error.is_not_found() => Ok(Value::Map(Map::new())),
            Err(Error::NoMatch(no_match)) => {
                let gvk = &no_match.0;
                Err(format!(
                    "unable to get apiresource from unstructured: {gvk}: {no_match}"
                ))
            }
            Err(error) => Err(error.to_string()),
        }
    }
}
