//! TLS set-up: rustls with aws-lc-rs, roots read only when they are needed.

use std::sync::Arc;

use rustls::{
    CertificateError, ClientConfig, RootCertStore, SignatureScheme,
    client::{
        WebPkiServerVerifier,
        danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    },
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
    /// Whether the certificate has to name the server.
    pub names: Names,
}

/// Whether a certificate has to name the server that shows it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Names {
    /// It has to.
    #[default]
    Checked,
    /// Any certificate of a trusted authority will do, as PostgreSQL's `verify-ca` has it.
    Ignored,
}

/// Builds the client set-up.
///
/// # Errors
/// [`ErrorKind::Tls`]: a PEM text cannot be read, or key and certificate do not fit.
pub fn client_config(options: &TlsOptions) -> Result<ClientConfig, Error> {
    let provider = Arc::new(aws_lc_rs::default_provider());
    let builder = ClientConfig::builder_with_provider(Arc::clone(&provider)).with_safe_default_protocol_versions();
    let builder = builder.map_err(|error| tls(&error))?;
    let builder = match &options.roots {
        Roots::System => trusting(builder, system_roots(), options.names, provider)?,
        Roots::Pem(text) => trusting(builder, pem_roots(text)?, options.names, provider)?,
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

type Builder<State> = rustls::ConfigBuilder<ClientConfig, State>;

fn trusting(
    builder: Builder<rustls::WantsVerifier>,
    roots: RootCertStore,
    names: Names,
    provider: Arc<CryptoProvider>,
) -> Result<Builder<rustls::client::WantsClientCert>, Error> {
    if names == Names::Checked {
        return Ok(builder.with_root_certificates(roots));
    }
    let inner = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider).build();
    let verifier = Arc::new(AnyName(inner.map_err(|error| tls(&error))?));
    Ok(builder.dangerous().with_custom_certificate_verifier(verifier))
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

/// Checks who signed the certificate, but not whom it names.
#[derive(Debug)]
struct AnyName(Arc<WebPkiServerVerifier>);

impl ServerCertVerifier for AnyName {
    fn verify_server_cert(
        &self,
        certificate: &CertificateDer<'_>,
        others: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        stapled: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        // The name is looked at last, when everything else is known to be right.
        match self.0.verify_server_cert(certificate, others, name, stapled, now) {
            Err(rustls::Error::InvalidCertificate(
                CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
            )) => Ok(ServerCertVerified::assertion()),
            result => result,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        signed: &rustls::DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.0.verify_tls12_signature(message, cert, signed)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        signed: &rustls::DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.0.verify_tls13_signature(message, cert, signed)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.supported_verify_schemes()
    }
}
