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

use crate::{Error, ErrorKind, own};

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
    let verifier: Arc<dyn ServerCertVerifier> = match &options.roots {
        Roots::System => Arc::new(trusting(system_roots(), Vec::new(), options.names)?),
        Roots::Pem(text) => {
            let (roots, own) = pem_roots(text)?;
            Arc::new(trusting(roots, own, options.names)?)
        }
        Roots::Insecure => Arc::new(AcceptAny(provider)),
    };
    let builder = builder.dangerous().with_custom_certificate_verifier(verifier);
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

fn trusting(roots: RootCertStore, own: Vec<CertificateDer<'static>>, names: Names) -> Result<Trusting, Error> {
    let provider = Arc::new(aws_lc_rs::default_provider());
    let inner = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider).build();
    let inner = inner.map_err(|error| tls(&error))?;
    Ok(Trusting { inner, own, names })
}

fn system_roots() -> RootCertStore {
    let mut store = RootCertStore::empty();
    store.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    store
}

fn pem_roots(text: &[u8]) -> Result<(RootCertStore, Vec<CertificateDer<'static>>), Error> {
    let mut store = RootCertStore::empty();
    let certificates: Vec<_> = CertificateDer::pem_slice_iter(text).filter_map(Result::ok).collect();
    let (added, _) = store.add_parsable_certificates(certificates.iter().cloned());
    if added == 0 {
        return Err(Error::new(
            ErrorKind::Tls,
            "unable to load root certificates: unable to parse bytes as PEM block",
        ));
    }
    Ok((store, certificates))
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

/// Checks who signed the certificate, and the name if that is wanted.
#[derive(Debug)]
struct Trusting {
    inner: Arc<WebPkiServerVerifier>,
    /// Certificates that are trusted by themselves, too.
    own: Vec<CertificateDer<'static>>,
    names: Names,
}

impl ServerCertVerifier for Trusting {
    fn verify_server_cert(
        &self,
        certificate: &CertificateDer<'_>,
        others: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        stapled: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        use CertificateError::{NotValidForName, NotValidForNameContext, Other};
        match self.inner.verify_server_cert(certificate, others, name, stapled, now) {
            // The name is looked at last, when everything else is known to be right.
            Err(rustls::Error::InvalidCertificate(NotValidForName | NotValidForNameContext { .. }))
                if self.names == Names::Ignored =>
            {
                Ok(ServerCertVerified::assertion())
            }
            Err(rustls::Error::InvalidCertificate(Other(_))) if self.own.iter().any(|own| own == certificate) => {
                own::verify(certificate, name, self.names, now)
            }
            result => result,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        signed: &rustls::DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.inner.verify_tls12_signature(message, cert, signed)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        signed: &rustls::DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.inner.verify_tls13_signature(message, cert, signed)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.inner.supported_verify_schemes()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    /// Go trusts a server whose certificate is a root, also when it calls itself an authority.
    #[test]
    fn servers_that_are_their_own_authority() {
        let text = include_bytes!("../tests/inputs/own.pem");
        let certificate = CertificateDer::from_pem_slice(text).unwrap();
        let (roots, own) = pem_roots(text).unwrap();
        let now = UnixTime::since_unix_epoch(Duration::from_secs(1_900_000_000));
        let checked = |own: &[CertificateDer<'static>], name: &'static str| {
            let verifier = trusting(roots.clone(), own.to_vec(), Names::Checked).unwrap();
            let name = ServerName::try_from(name).unwrap();
            verifier.verify_server_cert(&certificate, &[], &name, &[], now).is_ok()
        };
        assert!(checked(&own, "db.example"));
        assert!(!checked(&own, "other.example"));
        assert!(!checked(&[], "db.example"));
    }
}
