//! The one HTTP seam.
//!
//! Everything that speaks HTTP does so through a [`Transport`]: plain request in, response with a streamed [`Body`] out.
//! [`HttpTransport`] is the real one (rustls with aws-lc-rs, proxies, HTTP/2). [`ServiceTransport`] turns any `tower`
//! service into one, which is how the in-process cluster is reached: fakes sit here, at the wire, and nowhere above.
//!
//! ```no_run
//! # async fn example() -> Result<(), whelm_net::Error> {
//! let text = whelm_net::get("https://example.com/values.yaml").await?;
//! # Ok(()) }
//! ```
//!
//! What it does not do: no retries (the protocols above know what may be repeated), no caching.

mod body;
mod error;
mod fetch;
mod http_transport;
mod service;
mod tls;
mod transport;

pub use body::Body;
pub use error::{Error, ErrorKind};
pub use fetch::get;
pub use http_transport::{HttpOptions, HttpTransport};
pub use service::ServiceTransport;
pub use tls::{Roots, TlsOptions};
pub use transport::{BoxFuture, Request, Response, SharedTransport, Transport};
