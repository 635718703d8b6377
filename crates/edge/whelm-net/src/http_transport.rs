//! The real transport: HTTP/1.1 and HTTP/2 over TCP and TLS.

use std::{net::IpAddr, time::Duration};

use futures_util::StreamExt;

use crate::{
    Body, BoxFuture, Error, ErrorKind, Request, Response, Transport,
    tls::{TlsOptions, client_config},
    translate::translate,
};

/// How connections are made.
#[derive(Clone, Debug, Default)]
pub struct HttpOptions {
    /// TLS roots and client certificate.
    pub tls: TlsOptions,
    /// Proxy for every request; `None` means the environment's (`HTTP_PROXY`, `HTTPS_PROXY`, `NO_PROXY`). As in Go, the
    /// environment's proxies are never used for loopback addresses.
    pub proxy: Option<String>,
    /// Name that the server must prove to be, when it is not the host of the URL.
    pub server_name: Option<String>,
    /// Host of the URLs that will be asked for, so that loopback hosts and `server_name` can be seen to.
    pub host: Option<String>,
    /// Time for a whole request; `None` means no limit.
    pub timeout: Option<Duration>,
    /// Value of `User-Agent`.
    pub user_agent: Option<String>,
}

/// A pool of connections.
#[derive(Clone, Debug)]
pub struct HttpTransport {
    client: reqwest::Client,
    server_name: Option<String>,
}

impl HttpTransport {
    /// Makes a transport. No connection is opened yet.
    ///
    /// # Errors
    /// Certificates or the proxy's URL cannot be used.
    pub fn new(options: &HttpOptions) -> Result<Self, Error> {
        let mut tls = client_config(&options.tls)?;
        tls.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        let mut builder = reqwest::Client::builder()
            .tls_backend_preconfigured(tls)
            .redirect(reqwest::redirect::Policy::limited(10))
            .connect_timeout(Duration::from_secs(30))
            .tcp_keepalive(Duration::from_secs(30))
            .http2_adaptive_window(true)
            .http2_keep_alive_interval(Duration::from_secs(30));
        if let Some(timeout) = options.timeout {
            builder = builder.timeout(timeout);
        }
        if let Some(agent) = &options.user_agent {
            builder = builder.user_agent(agent);
        }
        match &options.proxy {
            Some(url) => builder = builder.proxy(reqwest::Proxy::all(url).map_err(|error| bad_request(&error))?),
            None if options.host.as_deref().is_some_and(is_loopback) => builder = builder.no_proxy(),
            None => {}
        }
        if let (Some(name), Some(host)) = (&options.server_name, &options.host) {
            builder = builder.dns_resolver(As {
                host: host.clone(),
                name: name.clone(),
            });
        }
        let client = builder.build().map_err(|error| bad_request(&error))?;
        Ok(HttpTransport {
            client,
            server_name: options.server_name.clone(),
        })
    }
}

impl Transport for HttpTransport {
    fn send(&self, request: Request) -> BoxFuture<'_, Result<Response, Error>> {
        Box::pin(async move {
            let method = request.method().clone();
            let mut url = reqwest::Url::parse(&request.uri().to_string()).map_err(|error| bad_request(&error))?;
            let host = url.host_str().unwrap_or_default().to_owned();
            let port = url.port_or_known_default().unwrap_or(443);
            let shown = url.to_string();
            let (parts, body) = request.into_parts();
            let mut builder_headers = parts.headers;
            if let Some(name) = &self.server_name {
                // The name in the URL is the one that TLS checks; the resolver sends the connection to the real host.
                if let Ok(value) = format!("{host}:{port}").parse() {
                    builder_headers.insert(http::header::HOST, value);
                }
                url.set_host(Some(name)).map_err(|error| bad_request(&error))?;
            }
            let sent = self
                .client
                .request(parts.method, url)
                .headers(builder_headers)
                .body(body)
                .send()
                .await;
            match sent {
                Ok(response) => Ok(into_response(response)),
                Err(error) => {
                    let verified = self.server_name.as_deref().unwrap_or(&host);
                    let error = translate(&error, &host, verified, port).await;
                    Err(error.prefixed(&format!("{} \"{shown}\": ", go_method(&method))))
                }
            }
        })
    }
}

fn into_response(response: reqwest::Response) -> Response {
    let mut out = http::Response::builder()
        .status(response.status())
        .version(response.version());
    if let Some(headers) = out.headers_mut() {
        headers.clone_from(response.headers());
    }
    let chunks = response.bytes_stream().map(|chunk| chunk.map_err(broken));
    out.body(Body::stream(chunks))
        .unwrap_or_else(|_| http::Response::new(Body::full("")))
}

/// Go puts the method in front of the URL as a word: `Get`, `Patch`.
fn go_method(method: &http::Method) -> String {
    let mut word = method.as_str().to_ascii_lowercase();
    if let Some(first) = word.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    word
}

fn broken(error: reqwest::Error) -> Error {
    let kind = if error.is_timeout() {
        ErrorKind::Timeout
    } else {
        ErrorKind::Reset
    };
    let mut cause: &dyn std::error::Error = &error;
    while let Some(next) = cause.source() {
        cause = next;
    }
    Error::new(kind, cause.to_string())
}

fn bad_request(error: &dyn std::fmt::Display) -> Error {
    Error::new(ErrorKind::Request, error.to_string())
}

fn is_loopback(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    bare == "localhost" || bare.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// Resolves `name` as if it were `host`.
struct As {
    host: String,
    name: String,
}

impl reqwest::dns::Resolve for As {
    fn resolve(&self, name: reqwest::dns::Name) -> reqwest::dns::Resolving {
        let host = if name.as_str() == self.name {
            self.host.clone()
        } else {
            name.as_str().to_owned()
        };
        Box::pin(async move {
            let bare = host.trim_start_matches('[').trim_end_matches(']').to_owned();
            let found: Vec<_> = tokio::net::lookup_host((bare, 0)).await?.collect();
            Ok(Box::new(found.into_iter()) as reqwest::dns::Addrs)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loopback_hosts() {
        assert!(is_loopback("127.0.0.1") && is_loopback("[::1]") && is_loopback("localhost"));
        assert!(!is_loopback("10.0.0.1") && !is_loopback("localhost.example.com"));
    }

    #[test]
    fn methods_as_go_writes_them() {
        assert_eq!(go_method(&http::Method::PATCH), "Patch");
    }
}
