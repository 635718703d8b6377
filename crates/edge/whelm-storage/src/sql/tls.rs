//! TLS for connections to a database, with the roots and the cryptography of `whelm-net`.
//!
//! Source: lib/pq 1.12.3, `ssl.go`.

use std::future::Future;
use std::io;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};
use std::task::{Context, Poll};

use rustls::{ClientConfig, pki_types::ServerName};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_postgres::tls::{ChannelBinding, MakeTlsConnect, TlsConnect, TlsStream};
use whelm_net::{Names, Roots, TlsOptions};

use super::{
    SqlSource,
    settings::{Mode, Ssl},
};

/// Makes encrypted connections.
#[derive(Clone)]
pub(super) struct Connector {
    config: Arc<ClientConfig>,
    /// Whether the server agreed to encrypt anything.
    pub begun: Arc<AtomicBool>,
}

impl Connector {
    /// Reads the files that the settings name.
    ///
    /// # Errors
    /// A file cannot be read, or holds something else; lib/pq's texts where it has them.
    pub(super) fn new(ssl: &Ssl, source: &SqlSource) -> Result<Self, String> {
        let home = source.variable("HOME").map(|home| Path::new(home).join(".postgresql"));
        let options = TlsOptions {
            identity: identity(ssl, home.as_deref())?,
            ..trust(ssl, home.as_deref())?
        };
        let mut config = whelm_net::client_config(&options).map_err(|error| error.to_string())?;
        config.enable_sni = !ssl.no_server_name;
        if ssl.direct {
            config.alpn_protocols = vec![b"postgresql".to_vec()];
        }
        Ok(Connector {
            config: Arc::new(config),
            begun: Arc::default(),
        })
    }
}

/// Decides whom to trust. A root certificate that is there is used even when nobody asked for checks, as libpq has it.
fn trust(ssl: &Ssl, home: Option<&Path>) -> Result<TlsOptions, String> {
    let lenient = matches!(ssl.mode, Mode::Allow | Mode::Prefer | Mode::Require);
    let default = home
        .map(|home| home.join("root.crt"))
        .filter(|path| !ssl.inline && path.is_file());
    let path = match ssl.root.as_str() {
        "" => default,
        named => Some(PathBuf::from(named)),
    };
    let roots = match path {
        Some(_) if ssl.inline => Roots::Pem(ssl.root.clone().into_bytes()),
        Some(_) if ssl.root == "system" => Roots::System,
        Some(path) if !lenient || path.is_file() => Roots::Pem(read(&path)?),
        _ if lenient => Roots::Insecure,
        _ => Roots::System,
    };
    let names = match ssl.mode {
        Mode::VerifyFull => Names::Checked,
        _ => Names::Ignored,
    };
    Ok(TlsOptions {
        roots,
        names,
        ..TlsOptions::default()
    })
}

/// A certificate and its key, in PEM.
type Identity = (Vec<u8>, Vec<u8>);

/// Returns the certificate and the key of the client, if there are any.
fn identity(ssl: &Ssl, home: Option<&Path>) -> Result<Option<Identity>, String> {
    if ssl.inline {
        let texts = (ssl.certificate.clone().into_bytes(), ssl.key.clone().into_bytes());
        return Ok(Some(texts).filter(|(certificate, _)| !certificate.is_empty()));
    }
    let named = |text: &str, default: &str| match text {
        "" => home.map(|home| home.join(default)),
        named => Some(PathBuf::from(named)),
    };
    let Some(certificate) = named(&ssl.certificate, "postgresql.crt").filter(|path| path.exists()) else {
        return Ok(None);
    };
    let key = named(&ssl.key, "postgresql.key").unwrap_or_default();
    check_key(&key)?;
    Ok(Some((read(&certificate)?, read(&key)?)))
}

fn read(path: &Path) -> Result<Vec<u8>, String> {
    std::fs::read(path).map_err(|error| format!("open {}: {error}", path.display()))
}

/// Refuses a key that others can read.
fn check_key(path: &Path) -> Result<(), String> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        let found = std::fs::metadata(path).map_err(|error| format!("stat {}: {error}", path.display()))?;
        let allowed = if found.uid() == 0 { 0o640 } else { 0o600 };
        if found.mode() & 0o777 & !allowed != 0 {
            return Err("pq: private key has world access; permissions should be u=rw,g=r (0640) if owned by root, or u=rw (0600), or less".to_owned());
        }
    }
    let _ = path;
    Ok(())
}

impl<S: AsyncRead + AsyncWrite + Unpin + Send + 'static> MakeTlsConnect<S> for Connector {
    type Stream = Session<S>;
    type TlsConnect = Handshake;
    type Error = io::Error;

    fn make_tls_connect(&mut self, domain: &str) -> Result<Handshake, io::Error> {
        let name = ServerName::try_from(domain.to_owned())
            .map_err(|error| io::Error::new(io::ErrorKind::InvalidInput, error))?;
        Ok(Handshake(self.clone(), name))
    }
}

/// A handshake that is about to begin.
pub(super) struct Handshake(Connector, ServerName<'static>);

impl<S: AsyncRead + AsyncWrite + Unpin + Send + 'static> TlsConnect<S> for Handshake {
    type Stream = Session<S>;
    type Error = io::Error;
    type Future = Pin<Box<dyn Future<Output = io::Result<Session<S>>> + Send>>;

    fn connect(self, stream: S) -> Self::Future {
        self.0.begun.store(true, Ordering::Relaxed);
        let connector = tokio_rustls::TlsConnector::from(self.0.config);
        Box::pin(async move { Ok(Session(connector.connect(self.1, stream).await?)) })
    }
}

/// An encrypted connection.
pub(super) struct Session<S>(tokio_rustls::client::TlsStream<S>);

impl<S: AsyncRead + AsyncWrite + Unpin> TlsStream for Session<S> {
    fn channel_binding(&self) -> ChannelBinding {
        // lib/pq binds no channels either.
        ChannelBinding::none()
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncRead for Session<S> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(cx, buffer)
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for Session<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(cx)
    }
}
