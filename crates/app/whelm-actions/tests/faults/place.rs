//! Where the faults happen: an API server inside the process, or a real one.

use std::path::Path;
use std::sync::Arc;

use http::{HeaderValue, header};
use whelm_net::{
    BoxFuture, Error, HttpOptions, HttpTransport, Request, Response, Roots, SharedTransport, TlsOptions, Transport,
};
use whelm_sandbox::Sandbox;

/// An API server and a namespace there, as the administrator sees them.
pub struct Place {
    pub transport: SharedTransport,
    /// The way there of somebody who has not said yet who it is.
    wire: SharedTransport,
    pub server: String,
    pub namespace: String,
}

impl Place {
    fn new(wire: SharedTransport, server: &str, namespace: &str) -> Place {
        Place {
            transport: Arc::new(As(wire.clone(), "Bearer admin")),
            wire,
            server: server.to_owned(),
            namespace: namespace.to_owned(),
        }
    }

    /// A new cluster inside the process, whose time is the runtime's.
    pub fn embedded() -> Place {
        Place::within(Sandbox::in_runtime_time(7, 1_700_000_000_000))
    }

    /// A cluster inside the process.
    pub fn within(sandbox: Sandbox) -> Place {
        Place::new(Arc::new(sandbox), "http://sandbox", "apps")
    }

    /// The way there of another user.
    pub fn seen_by(&self, authorization: &'static str) -> SharedTransport {
        Arc::new(As(self.wire.clone(), authorization))
    }

    /// A namespace of the cluster that `cluster start DIR` made.
    pub fn real(dir: &Path, namespace: &str) -> Place {
        let authority = std::fs::read(dir.join("ca.crt")).unwrap();
        let kubeconfig = std::fs::read_to_string(dir.join("kubeconfig")).unwrap();
        let (_, rest) = kubeconfig.split_once("server: \"").unwrap();
        let server = rest.split('"').next().unwrap();
        let options = HttpOptions {
            tls: TlsOptions {
                roots: Roots::Pem(authority),
                ..TlsOptions::default()
            },
            ..HttpOptions::default()
        };
        Place::new(Arc::new(HttpTransport::new(&options).unwrap()), server, namespace)
    }
}

/// Sends requests as one user.
struct As(SharedTransport, &'static str);

impl Transport for As {
    fn send(&self, mut request: Request) -> BoxFuture<'_, Result<Response, Error>> {
        let token = HeaderValue::from_static(self.1);
        request.headers_mut().insert(header::AUTHORIZATION, token);
        self.0.send(request)
    }
}
