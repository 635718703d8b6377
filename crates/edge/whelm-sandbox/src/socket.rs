//! The server on a socket.

use bytes::Bytes;
use futures_util::{Stream, StreamExt};
use http::Response;
use http_body_util::{BodyExt, Limited, StreamBody};
use hyper::body::{Frame, Incoming};
use whelm_net::Error;

use crate::service::{Sandbox, full};

/// The largest body that is read, in bytes. The real server takes no more either.
const LARGEST_BODY: usize = 3 << 20;

impl Sandbox {
    /// Serves the cluster on a listening socket, until the future is dropped.
    ///
    /// # Errors
    /// The socket cannot accept connections any more.
    pub async fn serve(&self, listener: tokio::net::TcpListener) -> std::io::Result<()> {
        let mut connections = tokio::task::JoinSet::new();
        loop {
            tokio::select! {
                accepted = listener.accept() => {
                    let (stream, _) = accepted?;
                    connections.spawn(self.clone().serve_connection(stream));
                }
                Some(_) = connections.join_next() => {}
            }
        }
    }

    async fn serve_connection(self, stream: tokio::net::TcpStream) {
        // Answers are small and awaited: they must not wait for more to send.
        let _ = stream.set_nodelay(true);
        let service = hyper::service::service_fn(move |request: http::Request<Incoming>| {
            let sandbox = self.clone();
            // An error breaks the connection.
            async move { sandbox.answer_incoming(request).await }
        });
        let io = hyper_util::rt::TokioIo::new(stream);
        // A client that goes away ends its connection; there is nobody to tell.
        let _ = hyper::server::conn::http1::Builder::new()
            .serve_connection(io, service)
            .await;
    }

    async fn answer_incoming(
        &self,
        request: http::Request<Incoming>,
    ) -> Result<Response<StreamBody<impl Stream<Item = Result<Frame<Bytes>, Error>> + use<>>>, Error> {
        let (head, body) = request.into_parts();
        let response = match Limited::new(body, LARGEST_BODY).collect().await {
            Ok(body) => {
                let request = http::Request::from_parts(head, body.to_bytes());
                self.respond(&request).await?
            }
            Err(_) => full(413, "text/plain", &[], "request entity too large".into()),
        };
        Ok(response.map(|body| StreamBody::new(body.map(|chunk| chunk.map(Frame::data)))))
    }
}
