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
//! Without the feature `client`, which is on by default, there is the seam alone, for those who serve: no HTTP client, no TLS.
//!
//! What it does not do: no retries (the protocols above know what may be repeated), no caching.

mod body;
mod error;
#[cfg(feature = "client")]
mod fetch;
#[cfg(feature = "client")]
mod http_transport;
#[cfg(feature = "client")]
mod own;
mod service;
#[cfg(feature = "client")]
mod tls;
#[cfg(feature = "client")]
mod translate;
mod transport;

pub use body::Body;
pub use error::{Error, ErrorKind};
#[cfg(feature = "client")]
pub use fetch::get;
#[cfg(feature = "client")]
pub use http_transport::{HttpOptions, HttpTransport};
pub use service::ServiceTransport;
#[cfg(feature = "client")]
pub use tls::{Names, Roots, TlsOptions, client_config};
pub use transport::{BoxFuture, Request, Response, SharedTransport, Transport};
