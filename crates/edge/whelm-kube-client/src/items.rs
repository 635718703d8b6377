//! Lists that are read while they arrive.

use std::collections::VecDeque;

use whelm_kube_api::{
    Asked, ListItems, Mapping,
    request::{self, Form, ListOptions},
};
use whelm_net::Body;

use crate::{Client, Error};

/// The items of a list.
#[derive(Debug)]
pub struct Items {
    body: Body,
    cut: ListItems,
    ready: VecDeque<Vec<u8>>,
}

impl Client {
    /// Begins to read a list of which only a part is in memory at any time. Where it breaks off it is not begun again: that is for
    /// [`Client::patiently`].
    ///
    /// # Errors
    /// As [`Client::bytes`].
    pub async fn items(
        &self,
        mapping: &Mapping,
        namespace: &str,
        options: &ListOptions,
        form: Form,
    ) -> Result<Items, Error> {
        let resource = mapping.group_resource();
        let asked = Asked {
            method: "GET",
            resource: &resource,
            name: "",
        };
        let request = request::list(mapping, namespace, options, form);
        Ok(Items {
            body: self.body(request, asked).await?,
            cut: ListItems::default(),
            ready: VecDeque::new(),
        })
    }
}

impl Items {
    /// Returns the next items, as JSON: `count` of them, and fewer only at the end.
    ///
    /// # Errors
    /// The connection broke, or the list ends too early.
    pub async fn next(&mut self, count: usize) -> Result<Vec<Vec<u8>>, Error> {
        while self.ready.len() < count {
            match self.body.chunk().await? {
                Some(bytes) => self.ready.extend(self.cut.push(&bytes)),
                None if self.cut.is_complete() => break,
                None => return Err(Error::Answer("couldn't decode the answer: unexpected end".to_owned())),
            }
        }
        let count = count.min(self.ready.len());
        Ok(self.ready.drain(..count).collect())
    }
}
