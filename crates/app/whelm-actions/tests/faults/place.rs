//! Where the faults happen: an API server inside the process, or a real one.

use std::path::Path;
use std::sync::Arc;

use http::{HeaderValue, header};
use whelm_net::{
    BoxFuture, Error, HttpOptions, HttpTransport, Request, Response, Roots, SharedTransport, TlsOptions, Transport,
};
use whelm_sandbox::Sandbox;

/// An API server and a namespace there.
pub struct Place {
    pub transport: SharedTransport,
    pub server: String,
    pub namespace: String,
}

impl Place {
    /// A new cluster inside the process, whose time is the runtime's.
    pub fn embedded() -> Place {
        Place {
            transport: Arc::new(Sandbox::in_runtime_time(7, 1_700_000_000_000)),
            server: "http://sandbox".to_owned(),
            namespace: "apps".to_owned(),
        }
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
        Place {
            transport: Arc::new(Admin(HttpTransport::new(&options).unwrap())),
            server: server.to_owned(),
            namespace: namespace.to_owned(),
        }
    }
}

/// Everything is asked by the administrator of the test cluster.
struct Admin(HttpTransport);

impl Transport for Admin {
    fn send(&self, mut request: Request) -> BoxFuture<'_, Result<Response, Error>> {
        let token = HeaderValue::from_static("Bearer admin");
        request.headers_mut().insert(header::AUTHORIZATION, token);
        self.0.send(request)
    }
}
