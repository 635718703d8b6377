//! Watches.

use std::collections::VecDeque;

use whelm_kube_api::{
    Asked, Mapping, WatchEvent, WatchLines,
    request::{self, ListOptions},
};
use whelm_net::Body;

use crate::{Client, Error};

/// How long the server keeps a watch open.
const WATCH_SECONDS: u32 = 290;

/// An open watch.
#[derive(Debug)]
pub struct Watch {
    body: Body,
    lines: WatchLines,
    ready: VecDeque<WatchEvent>,
}

impl Client {
    /// Opens a watch from `options.resource_version` on.
    ///
    /// # Errors
    /// As [`Client::bytes`].
    pub async fn watch(&self, mapping: &Mapping, namespace: &str, options: &ListOptions) -> Result<Watch, Error> {
        let resource = mapping.group_resource();
        let asked = Asked {
            method: "GET",
            resource: &resource,
            name: "",
        };
        let request = request::watch(mapping, namespace, options, WATCH_SECONDS);
        Ok(Watch {
            body: self.body(request, asked).await?,
            lines: WatchLines::default(),
            ready: VecDeque::new(),
        })
    }
}

impl Watch {
    /// Returns the next event, and `None` when the server ended the watch.
    ///
    /// Cancelling the future loses nothing.
    ///
    /// # Errors
    /// The connection broke.
    pub async fn next(&mut self) -> Result<Option<WatchEvent>, Error> {
        loop {
            if let Some(event) = self.ready.pop_front() {
                return Ok(Some(event));
            }
            match self.body.chunk().await? {
                Some(bytes) => self.ready.extend(self.lines.push(&bytes)),
                None => return Ok(None),
            }
        }
    }
}
