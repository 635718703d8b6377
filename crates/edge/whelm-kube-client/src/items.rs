//! Lists that are read while they arrive.

use std::collections::VecDeque;

use bytes::Bytes;
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
    ready: VecDeque<Bytes>,
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
    /// Returns the next items, `count` of them, and fewer only at the end. They are JSON, or protocol buffers where the form is one
    /// that allows it.
    ///
    /// # Errors
    /// The connection broke, or the list ends too early.
    pub async fn next(&mut self, count: usize) -> Result<Vec<Bytes>, Error> {
        let unreadable = |reason: &str| Error::Answer(format!("couldn't decode the answer: {reason}"));
        while self.ready.len() < count {
            match self.body.chunk().await? {
                Some(bytes) => {
                    let items = self.cut.push(&bytes);
                    self.ready
                        .extend(items.map_err(|error| unreadable(&error.to_string()))?);
                }
                None if self.cut.is_complete() => break,
                None => return Err(unreadable("unexpected end")),
            }
        }
        let count = count.min(self.ready.len());
        Ok(self.ready.drain(..count).collect())
    }

    /// Returns all items that are still to come, and where the rest of the list begins if this was a part of it: empty when there is
    /// no more.
    ///
    /// # Errors
    /// As [`Items::next`].
    pub async fn page(mut self) -> Result<(Vec<Bytes>, String), Error> {
        let items = self.next(usize::MAX).await?;
        Ok((items, self.cut.rest()))
    }
}
