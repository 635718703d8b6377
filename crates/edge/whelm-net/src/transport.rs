//! The seam itself.

use std::{future::Future, pin::Pin, sync::Arc};

use bytes::Bytes;

use crate::{Body, Error};

/// A request as data. Its URI is absolute (`https://host/path?query`).
pub type Request = http::Request<Bytes>;

/// A response whose body may still be arriving.
pub type Response = http::Response<Body>;

/// A boxed future that may move between threads.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// A transport that several owners use.
pub type SharedTransport = Arc<dyn Transport>;

/// Carries one request to a server and brings the answer back.
///
/// An HTTP status of 400 or more is an answer, not an error.
pub trait Transport: Send + Sync {
    /// Sends `request` and returns as soon as the answer's head is there.
    fn send(&self, request: Request) -> BoxFuture<'_, Result<Response, Error>>;
}
