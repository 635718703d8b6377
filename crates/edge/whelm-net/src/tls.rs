//! TLS set-up: rustls with aws-lc-rs, roots read only when they are needed.

use std::sync::Arc;

use rustls::{
    ClientConfig, RootCertStore, SignatureScheme,
    client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    crypto::{CryptoProvider, aws_lc_rs, verify_tls12_signature, verify_tls13_signature},
};
use rustls_pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime, pem::PemObject};

use crate::{Error, ErrorKind};

/// Which authorities are trusted.
#[derive(Clone, Debug, Default)]
pub enum Roots {
    /// Those of the system. Reading them costs milliseconds, so it happens when the first client is built.
    #[default]
    System,
    /// Exactly those in this PEM text.
    Pem(Vec<u8>),
    /// Any certificate is accepted.
    Insecure,
}

/// How TLS connections are made.
#[derive(Clone, Debug, Default)]
pub struct TlsOptions {
    /// Trusted authorities.
    pub roots: Roots,
    /// Client certificate chain and key, in PEM.
    pub identity: Option<(Vec<u8>, Vec<u8>)>,
}

/// Builds the client set-up.
///
/// # Errors
/// [`ErrorKind::Tls`]: a PEM text cannot be read, or key and certificate do not fit.
pub(crate) fn client_config(options: &TlsOptions) -> Result<ClientConfig, Error> {
    let provider = Arc::new(aws_lc_rs::default_provider());
    let builder = ClientConfig::builder_with_provider(Arc::clone(&provider)).with_safe_default_protocol_versions();
    let builder = builder.map_err(|error| tls(&error))?;
    let builder = match &options.roots {
        Roots::System => builder.with_root_certificates(system_roots()),
        Roots::Pem(text) => builder.with_root_certificates(pem_roots(text)?),
        Roots::Insecure => {
            let verifier = Arc::new(AcceptAny(provider));
            builder.dangerous().with_custom_certificate_verifier(verifier)
        }
    };
    match &options.identity {
        None => Ok(builder.with_no_client_auth()),
        Some((chain, key)) => {
            let chain: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(chain).collect();
            let chain = chain.map_err(|_| tls(&"failed to find any PEM data in certificate input"))?;
            if chain.is_empty() {
                return Err(tls(&"failed to find any PEM data in certificate input"));
            }
            let key = PrivateKeyDer::from_pem_slice(key);
            let key = key.map_err(|_| tls(&"failed to find any PEM data in key input"))?;
            builder.with_client_auth_cert(chain, key).map_err(|error| tls(&error))
        }
    }
}

fn system_roots() -> RootCertStore {
    let mut store = RootCertStore::empty();
    store.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    store
}

fn pem_roots(text: &[u8]) -> Result<RootCertStore, Error> {
    let mut store = RootCertStore::empty();
    let certificates = CertificateDer::pem_slice_iter(text).filter_map(Result::ok);
    let (added, _) = store.add_parsable_certificates(certificates);
    if added == 0 {
        return Err(Error::new(
            ErrorKind::Tls,
            "unable to load root certificates: unable to parse bytes as PEM block",
        ));
    }
    Ok(store)
}

fn tls(error: &dyn std::fmt::Display) -> Error {
    Error::new(ErrorKind::Tls, format!("tls: {error}"))
}

/// Accepts every certificate, but still checks that the server holds its key.
#[derive(Debug)]
struct AcceptAny(Arc<CryptoProvider>);

impl ServerCertVerifier for AcceptAny {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        signed: &rustls::DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(message, cert, signed, &self.0.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        signed: &rustls::DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(message, cert, signed, &self.0.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}
