//! Private keys in PEM, and public keys and algorithms as certificates hold them.
//!
//! Source: Go 1.26, `crypto/x509` (`pkcs1.go`, `pkcs8.go`, `sec1.go`); sprig 3.3.0, `parsePrivateKeyPEM`.

use super::der::{self, INTEGER, OCTET_STRING, OID, Reader, SEQUENCE};
use super::pem;
use crate::Host;
use crate::host::{Curve, DsaKey, EcdsaKey, Ed25519Key, PrivateKey, RsaKey};

pub(super) const RSA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01];
pub(super) const ECDSA: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01];
pub(super) const ED25519: &[u8] = &[0x2b, 0x65, 0x70];
const SHA256_WITH_RSA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0b];
const ECDSA_WITH_SHA256: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02];
const ECDSA_WITH_SHA384: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x03];
const ECDSA_WITH_SHA512: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x04];

const CURVES: [(Curve, &[u8], usize); 4] = [
    (Curve::P224, &[0x2b, 0x81, 0x04, 0x00, 0x21], 28),
    (Curve::P256, &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07], 32),
    (Curve::P384, &[0x2b, 0x81, 0x04, 0x00, 0x22], 48),
    (Curve::P521, &[0x2b, 0x81, 0x04, 0x00, 0x23], 66),
];

fn curve_oid(curve: Curve) -> &'static [u8] {
    CURVES
        .iter()
        .find(|(known, ..)| *known == curve)
        .map_or(&[], |(_, oid, _)| oid)
}

/// A public key: the algorithm's element and the key's bytes.
pub(super) fn public(key: &PrivateKey) -> Result<(Vec<u8>, Vec<u8>), String> {
    let null = der::element(der::NULL, &[]);
    let oid = |oid| der::element(OID, oid);
    Ok(match key {
        PrivateKey::Rsa(key) => (
            der::constructed(SEQUENCE, &[&oid(RSA), &null]),
            der::constructed(SEQUENCE, &[&der::integer(&key.n), &der::integer(&key.e)]),
        ),
        PrivateKey::Ecdsa(key) => (
            der::constructed(SEQUENCE, &[&oid(ECDSA), &oid(curve_oid(key.curve))]),
            key.public.clone(),
        ),
        PrivateKey::Ed25519(key) => (der::element(SEQUENCE, &oid(ED25519)), key.public.to_vec()),
        PrivateKey::Dsa(_) => return Err("x509: unsupported public key type: *dsa.PublicKey".to_owned()),
    })
}

/// The element of the algorithm that a key signs with.
pub(super) fn signature_algorithm(key: &PrivateKey) -> Result<Vec<u8>, String> {
    let oid = |oid| der::element(OID, oid);
    Ok(match key {
        PrivateKey::Rsa(_) => {
            let null = der::element(der::NULL, &[]);
            der::constructed(SEQUENCE, &[&oid(SHA256_WITH_RSA), &null])
        }
        PrivateKey::Ecdsa(key) => der::element(
            SEQUENCE,
            &oid(match key.curve {
                Curve::P224 | Curve::P256 => ECDSA_WITH_SHA256,
                Curve::P384 => ECDSA_WITH_SHA384,
                Curve::P521 => ECDSA_WITH_SHA512,
            }),
        ),
        PrivateKey::Ed25519(_) => der::element(SEQUENCE, &oid(ED25519)),
        PrivateKey::Dsa(_) => {
            return Err("x509: certificate private key does not implement crypto.Signer".to_owned());
        }
    })
}

/// Writes an RSA key as PKCS#1.
pub(crate) fn to_pkcs1(key: &RsaKey) -> Vec<u8> {
    numbers(&[&key.n, &key.e, &key.d, &key.p, &key.q, &key.dp, &key.dq, &key.qinv])
}

/// A version of zero and numbers.
fn numbers(numbers: &[&[u8]]) -> Vec<u8> {
    let parts: Vec<Vec<u8>> = numbers.iter().map(|number| der::integer(number)).collect();
    der::element(SEQUENCE, &[der::integer(&[]), parts.concat()].concat())
}

/// Writes a private key in the form that sprig chooses for its kind.
pub(super) fn to_pem(key: &PrivateKey) -> String {
    let version = |number: u8| der::element(INTEGER, &[number]);
    match key {
        PrivateKey::Rsa(key) => pem::encode("RSA PRIVATE KEY", &to_pkcs1(key)),
        PrivateKey::Dsa(key) => pem::encode("DSA PRIVATE KEY", &numbers(&[&key.p, &key.q, &key.g, &key.y, &key.x])),
        PrivateKey::Ecdsa(key) => {
            let oid = der::element(OID, curve_oid(key.curve));
            let parts = [
                version(1),
                der::element(OCTET_STRING, &key.private),
                der::element(der::explicit(0), &oid),
                der::element(der::explicit(1), &der::bit_string(&key.public)),
            ];
            pem::encode("EC PRIVATE KEY", &der::element(SEQUENCE, &parts.concat()))
        }
        PrivateKey::Ed25519(key) => {
            let parts = [
                version(0),
                der::element(SEQUENCE, &der::element(OID, ED25519)),
                der::element(OCTET_STRING, &der::element(OCTET_STRING, &key.seed)),
            ];
            pem::encode("PRIVATE KEY", &der::element(SEQUENCE, &parts.concat()))
        }
    }
}

/// Reads a private key.
///
/// # Errors
/// sprig's texts; where Go's `encoding/asn1` would describe a broken structure in detail, its general words.
pub(super) fn from_pem(host: &dyn Host, text: &[u8]) -> Result<PrivateKey, String> {
    let block = pem::decode(text).ok_or("no PEM data in input")?;
    if block.label == "PRIVATE KEY" {
        return pkcs8(host, &block.bytes).map_err(|error| format!("decoding PEM as PKCS#8: {error}"));
    }
    let Some(kind) = block.label.strip_suffix(" PRIVATE KEY") else {
        return Err(format!("no private key data in PEM block of type {}", block.label));
    };
    match kind {
        "RSA" => pkcs1(&block.bytes).map_err(|error| format!("parsing RSA private key from PEM: {error}")),
        "EC" => sec1(host, None, &block.bytes).map_err(|error| format!("parsing EC private key from PEM: {error}")),
        "DSA" => dsa(&block.bytes).ok_or_else(|| format!("parsing DSA private key from PEM: {}", broken(&block.bytes))),
        _ => Err(format!("invalid private key type {kind}")),
    }
}

/// Go's words for what is no DER, or not the expected one.
fn broken(bytes: &[u8]) -> &'static str {
    if bytes.is_empty() {
        "asn1: syntax error: sequence truncated"
    } else if Reader::new(bytes).next().is_none() {
        "asn1: syntax error: data truncated"
    } else {
        "asn1: structure error: tags don't match"
    }
}

fn looks_like_sec1(bytes: &[u8]) -> bool {
    read_sec1(bytes).is_some()
}

fn looks_like_pkcs1(bytes: &[u8]) -> bool {
    read_pkcs1(bytes).is_some()
}

fn looks_like_pkcs8(bytes: &[u8]) -> bool {
    read_pkcs8(bytes).is_some()
}

fn other_format(function: &str) -> String {
    format!("x509: failed to parse private key (use {function} instead for this key format)")
}

fn pkcs1(bytes: &[u8]) -> Result<PrivateKey, String> {
    let Some((version, key)) = read_pkcs1(bytes) else {
        if looks_like_sec1(bytes) {
            return Err(other_format("ParseECPrivateKey"));
        }
        if looks_like_pkcs8(bytes) {
            return Err(other_format("ParsePKCS8PrivateKey"));
        }
        return Err(broken(bytes).to_owned());
    };
    if version > 1 {
        return Err("x509: unsupported private key version".to_owned());
    }
    let numbers = [&key.n, &key.d, &key.p, &key.q, &key.dp, &key.dq, &key.qinv];
    if numbers.iter().any(|number| number.is_empty()) {
        return Err("x509: private key contains zero or negative value".to_owned());
    }
    Ok(PrivateKey::Rsa(key))
}

fn read_pkcs1(bytes: &[u8]) -> Option<(u8, RsaKey)> {
    let mut outer = Reader::new(bytes);
    let mut fields = Reader::new(outer.read(SEQUENCE)?);
    let version = small(fields.unsigned()?)?;
    let mut number = || fields.unsigned().map(<[u8]>::to_vec);
    let key = RsaKey {
        n: number()?,
        e: number()?,
        d: number()?,
        p: number()?,
        q: number()?,
        dp: number()?,
        dq: number()?,
        qinv: number()?,
    };
    outer.is_empty().then_some((version, key))
}

/// A number below 256.
fn small(number: &[u8]) -> Option<u8> {
    match number {
        [] => Some(0),
        [number] => Some(*number),
        _ => None,
    }
}

fn dsa(bytes: &[u8]) -> Option<PrivateKey> {
    let mut fields = Reader::new(Reader::new(bytes).read(SEQUENCE)?);
    fields.unsigned()?;
    let mut number = || fields.unsigned().map(<[u8]>::to_vec);
    Some(PrivateKey::Dsa(DsaKey {
        p: number()?,
        q: number()?,
        g: number()?,
        y: number()?,
        x: number()?,
    }))
}

/// The fields of an EC private key: version, scalar, curve.
type Sec1<'a> = (u8, &'a [u8], Option<&'a [u8]>);

fn read_sec1(bytes: &[u8]) -> Option<Sec1<'_>> {
    let mut fields = Reader::new(Reader::new(bytes).read(SEQUENCE)?);
    let version = small(fields.unsigned()?)?;
    let private = fields.read(OCTET_STRING)?;
    let curve = match fields.read(der::explicit(0)) {
        Some(curve) => Some(Reader::new(curve).read(OID)?),
        None => None,
    };
    Some((version, private, curve))
}

fn sec1(host: &dyn Host, curve: Option<&[u8]>, bytes: &[u8]) -> Result<PrivateKey, String> {
    let Some((version, private, own_curve)) = read_sec1(bytes) else {
        if looks_like_pkcs8(bytes) {
            return Err(other_format("ParsePKCS8PrivateKey"));
        }
        if looks_like_pkcs1(bytes) {
            return Err(other_format("ParsePKCS1PrivateKey"));
        }
        return Err(format!("x509: failed to parse EC private key: {}", broken(bytes)));
    };
    if version != 1 {
        return Err(format!("x509: unknown EC private key version {version}"));
    }
    let curve = curve.or(own_curve);
    let known = CURVES.iter().find(|(_, oid, _)| Some(*oid) == curve);
    let (curve, _, size) = known.ok_or("x509: unknown elliptic curve")?;
    let number = der::strip_zeros(private);
    let Some(zeros) = size.checked_sub(number.len()) else {
        return Err("x509: invalid private key length".to_owned());
    };
    let private = [&vec![0; zeros], number].concat();
    let public = host.ecdsa_public(*curve, &private)?;
    Ok(PrivateKey::Ecdsa(EcdsaKey {
        curve: *curve,
        private,
        public,
    }))
}

/// The fields of a PKCS#8 key: the algorithm, its parameters, the key.
fn read_pkcs8(bytes: &[u8]) -> Option<(&[u8], &[u8], &[u8])> {
    let mut fields = Reader::new(Reader::new(bytes).read(SEQUENCE)?);
    fields.unsigned()?;
    let mut algorithm = Reader::new(fields.read(SEQUENCE)?);
    let oid = algorithm.read(OID)?;
    let parameters = algorithm.next().map_or(&[][..], |(_, _, whole)| whole);
    Some((oid, parameters, fields.read(OCTET_STRING)?))
}

fn pkcs8(host: &dyn Host, bytes: &[u8]) -> Result<PrivateKey, String> {
    let Some((oid, parameters, key)) = read_pkcs8(bytes) else {
        if looks_like_sec1(bytes) {
            return Err(other_format("ParseECPrivateKey"));
        }
        if looks_like_pkcs1(bytes) {
            return Err(other_format("ParsePKCS1PrivateKey"));
        }
        return Err(broken(bytes).to_owned());
    };
    let embedded = |kind: &str, error| format!("x509: failed to parse {kind} private key embedded in PKCS#8: {error}");
    match oid {
        RSA => pkcs1(key).map_err(|error| embedded("RSA", error)),
        ECDSA => {
            let curve = Reader::new(parameters).read(OID);
            sec1(host, curve, key).map_err(|error| embedded("EC", error))
        }
        ED25519 if !parameters.is_empty() => Err("x509: invalid Ed25519 private key parameters".to_owned()),
        ED25519 => ed25519(host, key),
        _ => Err(format!(
            "x509: PKCS#8 wrapping contained private key with unknown algorithm: {}",
            dotted(oid)
        )),
    }
}

fn ed25519(host: &dyn Host, key: &[u8]) -> Result<PrivateKey, String> {
    let Some(seed) = Reader::new(key).read(OCTET_STRING) else {
        return Err(format!("x509: invalid Ed25519 private key: {}", broken(key)));
    };
    let Ok(seed) = <[u8; 32]>::try_from(seed) else {
        return Err(format!("x509: invalid Ed25519 private key length: {}", seed.len()));
    };
    let public = host.ed25519_public(&seed);
    Ok(PrivateKey::Ed25519(Ed25519Key { seed, public }))
}

/// An object identifier in its usual form, `1.2.840`.
pub(super) fn dotted(oid: &[u8]) -> String {
    let mut numbers = Vec::new();
    let mut number = 0_u64;
    for byte in oid {
        number = number << 7 | u64::from(byte & 0x7f);
        if byte & 0x80 == 0 {
            match numbers.len() {
                0 => {
                    let first = (number / 40).min(2);
                    numbers.extend([first, number - first * 40]);
                }
                _ => numbers.push(number),
            }
            number = 0;
        }
    }
    let numbers: Vec<String> = numbers.iter().map(u64::to_string).collect();
    numbers.join(".")
}
