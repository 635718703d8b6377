//! Response bodies.

use std::{
    fmt,
    pin::Pin,
    task::{Context, Poll},
};

use bytes::{Bytes, BytesMut};
use futures_util::{Stream, StreamExt};

use crate::Error;

type Chunks = Pin<Box<dyn Stream<Item = Result<Bytes, Error>> + Send>>;

/// The body of an answer: bytes that are there, or a stream of chunks.
pub struct Body(Repr);

enum Repr {
    Full(Option<Bytes>),
    Stream(Chunks),
}

impl Body {
    /// Makes a body whose bytes are all there.
    pub fn full(bytes: impl Into<Bytes>) -> Self {
        Body(Repr::Full(Some(bytes.into())))
    }

    /// Makes a body from a stream of chunks.
    pub fn stream(chunks: impl Stream<Item = Result<Bytes, Error>> + Send + 'static) -> Self {
        Body(Repr::Stream(Box::pin(chunks)))
    }

    /// Returns the next chunk, and `None` at the end.
    ///
    /// # Errors
    /// The connection broke off.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, Error> {
        match &mut self.0 {
            Repr::Full(bytes) => Ok(bytes.take()),
            Repr::Stream(chunks) => chunks.next().await.transpose(),
        }
    }

    /// Reads the body to its end.
    ///
    /// # Errors
    /// The connection broke off.
    pub async fn bytes(mut self) -> Result<Bytes, Error> {
        let Some(first) = self.chunk().await? else {
            return Ok(Bytes::new());
        };
        let Some(second) = self.chunk().await? else {
            return Ok(first);
        };
        let mut all = BytesMut::from(first.as_ref());
        all.extend_from_slice(&second);
        while let Some(chunk) = self.chunk().await? {
            all.extend_from_slice(&chunk);
        }
        Ok(all.freeze())
    }
}

impl fmt::Debug for Body {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self.0 {
            Repr::Full(_) => "Body::Full",
            Repr::Stream(_) => "Body::Stream",
        })
    }
}

impl Stream for Body {
    type Item = Result<Bytes, Error>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        match &mut self.get_mut().0 {
            Repr::Full(bytes) => Poll::Ready(bytes.take().map(Ok)),
            Repr::Stream(chunks) => chunks.as_mut().poll_next(context),
        }
    }
}
