//! A server to ask.

use anyhow::{Context, ensure};
use bytes::Bytes;
use whelm_net::{HttpOptions, HttpTransport, Roots, SharedTransport};
use whelm_sandbox::Sandbox;

/// A server, and how it is addressed.
#[derive(Clone)]
pub struct Server {
    transport: SharedTransport,
    address: String,
    token: String,
}

impl Server {
    /// Starts an embedded server.
    pub fn embedded() -> Self {
        Server {
            transport: std::sync::Arc::new(Sandbox::new()),
            address: "https://sandbox.invalid".into(),
            token: String::new(),
        }
    }

    /// Returns the real server at an address.
    pub fn real(address: &str, authority: Vec<u8>, token: &str) -> anyhow::Result<Self> {
        let mut options = HttpOptions::default();
        options.tls.roots = Roots::Pem(authority);
        options.host = Some("127.0.0.1".into());
        Ok(Server {
            transport: std::sync::Arc::new(HttpTransport::new(&options)?),
            address: address.trim_end_matches('/').to_owned(),
            token: token.to_owned(),
        })
    }

    /// Sends a request and reads the whole answer, which has to be a success.
    pub async fn ask(&self, method: &str, path: &str, content_type: &str, body: Bytes) -> anyhow::Result<Bytes> {
        let request = http::Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.address))
            .header("accept", "application/json")
            .header("content-type", content_type)
            .header("authorization", format!("Bearer {}", self.token))
            .body(body)?;
        let response = self.transport.send(request).await?;
        let status = response.status();
        let body = response.into_body().bytes().await?;
        ensure!(
            status.is_success(),
            "{method} {path}: {status}: {}",
            String::from_utf8_lossy(&body)
        );
        Ok(body)
    }

    /// Applies an object server-side.
    pub async fn apply(&self, path: &str, object: &str) -> anyhow::Result<()> {
        let path = format!("{path}?fieldManager=bench&force=true");
        let body = Bytes::copy_from_slice(object.as_bytes());
        self.ask("PATCH", &path, "application/apply-patch+yaml", body)
            .await
            .map(drop)
            .with_context(|| object.to_owned())
    }

    /// Makes a namespace.
    pub async fn make_namespace(&self, name: &str) -> anyhow::Result<()> {
        let object = serde_json::json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}});
        self.apply(&format!("/api/v1/namespaces/{name}"), &object.to_string())
            .await
    }
}
