//! Any `tower` service as a transport.

use bytes::Bytes;
use http_body::Body as HttpBody;
use http_body_util::BodyExt;
use tower_service::Service;

use crate::{Body, BoxFuture, Error, ErrorKind, Request, Response, Transport};

/// A transport over a `tower` service, such as a server in the same process.
#[derive(Clone, Debug)]
pub struct ServiceTransport<S>(pub S);

impl<S, B> Transport for ServiceTransport<S>
where
    S: Service<Request, Response = http::Response<B>> + Clone + Send + Sync,
    S::Error: std::fmt::Display,
    S::Future: Send,
    B: HttpBody<Data = Bytes> + Send + 'static,
    B::Error: std::fmt::Display,
{
    fn send(&self, request: Request) -> BoxFuture<'_, Result<Response, Error>> {
        let mut service = self.0.clone();
        Box::pin(async move {
            std::future::poll_fn(|context| service.poll_ready(context))
                .await
                .map_err(other)?;
            let response = service.call(request).await.map_err(other)?;
            Ok(response.map(|body| {
                let frames = Box::pin(body.into_data_stream());
                Body::stream(futures_util::StreamExt::map(frames, |chunk| chunk.map_err(other)))
            }))
        })
    }
}

fn other(error: impl std::fmt::Display) -> Error {
    Error::new(ErrorKind::Other, error.to_string())
}
