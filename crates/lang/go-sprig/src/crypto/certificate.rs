//! X.509 certificates: what sprig puts into new ones, and what it needs to know of given ones.
//!
//! Source: Go 1.26, `crypto/x509` (`CreateCertificate`, `parser.go`); sprig 3.3.0, `getBaseCertTemplate`.

use std::net::{IpAddr, Ipv6Addr};

use go_time::{Duration, Location, Time};
use go_value::strconv::quote;
use sha2::{Digest, Sha256};

use super::der::{self, OCTET_STRING, OID, Reader, SEQUENCE};
use super::key;
use crate::Host;
use crate::host::PrivateKey;

const COMMON_NAME: &[u8] = &[0x55, 0x04, 0x03];
const KEY_USAGE: &[u8] = &[0x55, 0x1d, 0x0f];
const EXTENDED_KEY_USAGE: &[u8] = &[0x55, 0x1d, 0x25];
const BASIC_CONSTRAINTS: &[u8] = &[0x55, 0x1d, 0x13];
const SUBJECT_KEY_ID: &[u8] = &[0x55, 0x1d, 0x0e];
const AUTHORITY_KEY_ID: &[u8] = &[0x55, 0x1d, 0x23];
const SUBJECT_ALT_NAME: &[u8] = &[0x55, 0x1d, 0x11];
const SERVER_AUTH: &[u8] = &[0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x01];
const CLIENT_AUTH: &[u8] = &[0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x02];

/// What a new certificate is to say.
#[derive(Debug, Default)]
pub(super) struct Template {
    pub(super) common_name: Vec<u8>,
    pub(super) addresses: Vec<IpAddr>,
    pub(super) dns_names: Vec<Vec<u8>>,
    pub(super) days: i64,
    pub(super) authority: bool,
}

/// Who signs: the name and key identifier in its own certificate, and its key.
pub(super) struct Signer<'a> {
    /// `None` for a certificate that its own key signs.
    pub(super) certificate: Option<&'a Certificate>,
    pub(super) key: &'a PrivateKey,
}

/// What a new certificate's signature depends on in the signer's certificate.
#[derive(Debug)]
pub(super) struct Certificate {
    /// The subject, the whole element.
    subject: Vec<u8>,
    /// The algorithm and the bytes of the public key.
    public: (Vec<u8>, Vec<u8>),
    key_id: Vec<u8>,
}

/// Makes a certificate for `signee`'s public key; returns its DER.
///
/// # Errors
/// Go's texts.
pub(super) fn create(
    host: &dyn Host,
    template: &Template,
    signee: &PrivateKey,
    signer: &Signer<'_>,
) -> Result<Vec<u8>, String> {
    let algorithm = key::signature_algorithm(signer.key)?;
    let public = key::public(signee)?;
    let subject = name(&template.common_name)?;
    let issuer = signer.certificate.map_or(&subject, |certificate| &certificate.subject);
    let mut authority_id = &[][..];
    if let Some(certificate) = signer.certificate {
        if certificate.subject != subject {
            authority_id = &certificate.key_id;
        }
        if key::public(signer.key)? != certificate.public {
            return Err("x509: provided PrivateKey doesn't match parent's PublicKey".to_owned());
        }
    }
    let extensions = extensions(template, &subject, &public.1, authority_id)?;
    let mut serial = [0; 16];
    host.fill_random(&mut serial);
    let key_info = der::constructed(SEQUENCE, &[&public.0, &der::bit_string(&public.1)]);
    let body = der::constructed(
        SEQUENCE,
        &[
            &der::element(der::explicit(0), &der::integer(&[2])),
            &der::integer(&serial),
            &algorithm,
            issuer,
            &validity(host, template.days)?,
            &subject,
            &key_info,
            &der::element(der::explicit(3), &der::element(SEQUENCE, &extensions)),
        ],
    );
    let signature = host.sign(signer.key, &body)?;
    Ok(der::constructed(
        SEQUENCE,
        &[&body, &algorithm, &der::bit_string(&signature)],
    ))
}

/// A name of a common name only; without one it is empty.
fn name(common_name: &[u8]) -> Result<Vec<u8>, String> {
    if common_name.is_empty() {
        return Ok(der::element(SEQUENCE, &[]));
    }
    let printable = |byte: &u8| byte.is_ascii_alphanumeric() || b" '()+,-./:=?".contains(byte);
    let tag = if common_name.iter().all(printable) {
        der::PRINTABLE_STRING
    } else if std::str::from_utf8(common_name).is_ok() {
        der::UTF8_STRING
    } else {
        return Err("asn1: string not valid UTF-8".to_owned());
    };
    let attribute = der::constructed(
        SEQUENCE,
        &[&der::element(OID, COMMON_NAME), &der::element(tag, common_name)],
    );
    Ok(der::element(SEQUENCE, &der::element(der::SET, &attribute)))
}

/// From now on, for so many days; very many wrap around, as Go's durations do.
fn validity(host: &dyn Host, days: i64) -> Result<Vec<u8>, String> {
    let moment = host.now();
    let from = Time::unix(moment.seconds, moment.nanoseconds, &Location::utc());
    let span = Duration((Duration::HOUR.0 * 24).wrapping_mul(days));
    let until = from.clone() + span;
    Ok(der::constructed(SEQUENCE, &[&date(&from)?, &date(&until)?]))
}

fn date(time: &Time) -> Result<Vec<u8>, String> {
    match time.year() {
        1950..2050 => Ok(der::element(der::UTC_TIME, &time.format(b"060102150405Z"))),
        0..=9999 => Ok(der::element(der::GENERALIZED_TIME, &time.format(b"20060102150405Z"))),
        _ => Err("asn1: structure error: cannot represent time as GeneralizedTime".to_owned()),
    }
}

fn extensions(template: &Template, subject: &[u8], public_key: &[u8], authority_id: &[u8]) -> Result<Vec<u8>, String> {
    let mut out = Vec::new();
    let mut add = |oid, critical, value: &[u8]| {
        let flag = if critical {
            der::element(der::BOOLEAN, &[0xff])
        } else {
            Vec::new()
        };
        let parts = [&der::element(OID, oid)[..], &flag, &der::element(OCTET_STRING, value)];
        out.extend(der::constructed(SEQUENCE, &parts));
    };
    // Digital signature and key encipherment, for authorities also certificate signing: unused bits, then the bits.
    let usage = if template.authority { [2, 0xa4] } else { [5, 0xa0] };
    add(KEY_USAGE, true, &der::element(der::BIT_STRING, &usage));
    let purposes = [der::element(OID, SERVER_AUTH), der::element(OID, CLIENT_AUTH)].concat();
    add(EXTENDED_KEY_USAGE, false, &der::element(SEQUENCE, &purposes));
    let constraints = if template.authority {
        der::element(der::BOOLEAN, &[0xff])
    } else {
        Vec::new()
    };
    add(BASIC_CONSTRAINTS, true, &der::element(SEQUENCE, &constraints));
    if template.authority {
        let id = &Sha256::digest(public_key)[..20];
        add(SUBJECT_KEY_ID, false, &der::element(OCTET_STRING, id));
    }
    if !authority_id.is_empty() {
        let id = der::element(der::implicit(0), authority_id);
        add(AUTHORITY_KEY_ID, false, &der::element(SEQUENCE, &id));
    }
    if !template.dns_names.is_empty() || !template.addresses.is_empty() {
        let nameless = subject == der::element(SEQUENCE, &[]);
        add(SUBJECT_ALT_NAME, nameless, &alternative_names(template)?);
    }
    Ok(out)
}

fn alternative_names(template: &Template) -> Result<Vec<u8>, String> {
    let mut out = Vec::new();
    for name in &template.dns_names {
        if !name.is_ascii() {
            return Err(format!("x509: {} cannot be encoded as an IA5String", quote(name)));
        }
        out.extend(der::element(der::implicit(2), name));
    }
    for address in &template.addresses {
        let octets = match address {
            IpAddr::V4(address) => address.octets().to_vec(),
            IpAddr::V6(address) => match mapped(address) {
                Some(octets) => octets,
                None => address.octets().to_vec(),
            },
        };
        out.extend(der::element(der::implicit(7), &octets));
    }
    Ok(der::element(SEQUENCE, &out))
}

/// An IPv4 address that is written as an IPv6 one.
fn mapped(address: &Ipv6Addr) -> Option<Vec<u8>> {
    Some(address.to_ipv4_mapped()?.octets().to_vec())
}

/// Reads a certificate in DER.
///
/// # Errors
/// Go's texts for what is wrong in its structure; the contents of extensions are not judged.
pub(super) fn parse(bytes: &[u8]) -> Result<Certificate, &'static str> {
    let mut outer = Reader::new(bytes);
    let mut certificate = Reader::new(outer.read(SEQUENCE).ok_or("x509: malformed certificate")?);
    let mut body = Reader::new(certificate.read(SEQUENCE).ok_or("x509: malformed tbs certificate")?);
    let version = match body.read(der::explicit(0)) {
        Some(version) => match Reader::new(version).unsigned() {
            Some([]) => 1,
            Some([number]) => number.saturating_add(1),
            _ => return Err("x509: malformed version"),
        },
        None => 1,
    };
    if version > 3 {
        return Err("x509: invalid version");
    }
    match body.read(der::INTEGER) {
        None | Some([]) => return Err("x509: malformed serial number"),
        Some([0x80..=0xff, ..]) => return Err("x509: negative serial number"),
        Some(_) => {}
    }
    let algorithm = body
        .read(SEQUENCE)
        .ok_or("x509: malformed signature algorithm identifier")?;
    let outer_algorithm = certificate
        .read(SEQUENCE)
        .ok_or("x509: malformed algorithm identifier")?;
    if algorithm != outer_algorithm {
        return Err("x509: inner and outer signature algorithm identifiers don't match");
    }
    body.read(SEQUENCE).ok_or("x509: malformed issuer")?;
    let mut validity = Reader::new(body.read(SEQUENCE).ok_or("x509: malformed validity")?);
    for _ in 0..2 {
        let time = validity.next().map(|(tag, ..)| tag);
        if !matches!(time, Some(der::UTC_TIME | der::GENERALIZED_TIME)) {
            return Err("x509: unsupported time format");
        }
    }
    let (_, subject) = body.read_whole(SEQUENCE).ok_or("x509: malformed issuer")?;
    let mut key_info = Reader::new(body.read(SEQUENCE).ok_or("x509: malformed spki")?);
    let (_, algorithm) = key_info
        .read_whole(SEQUENCE)
        .ok_or("x509: malformed public key algorithm identifier")?;
    let public = key_info.bits().ok_or("x509: malformed subjectPublicKey")?;
    let key_id = if version == 3 {
        read_extensions(body)?
    } else {
        Vec::new()
    };
    certificate.bits().ok_or("x509: malformed signature")?;
    if !outer.is_empty() {
        return Err("x509: trailing data");
    }
    Ok(Certificate {
        subject: subject.to_vec(),
        public: (algorithm.to_vec(), public.to_vec()),
        key_id,
    })
}

/// Walks over the extensions; returns the subject key identifier.
fn read_extensions(mut body: Reader<'_>) -> Result<Vec<u8>, &'static str> {
    // Unique identifiers of issuer and subject, which nobody uses.
    body.read(der::explicit(1));
    body.read(der::explicit(2));
    if !body.at(der::explicit(3)) {
        return Ok(Vec::new());
    }
    let malformed = "x509: malformed extensions";
    let list = body.read(der::explicit(3)).ok_or(malformed)?;
    let mut list = Reader::new(Reader::new(list).read(SEQUENCE).ok_or(malformed)?);
    let mut key_id = Vec::new();
    while !list.is_empty() {
        let mut extension = Reader::new(list.read(SEQUENCE).ok_or("x509: malformed extension")?);
        let oid = extension.read(OID).ok_or("x509: malformed extension OID field")?;
        if extension.at(der::BOOLEAN) {
            extension
                .read(der::BOOLEAN)
                .ok_or("x509: malformed extension critical field")?;
        }
        let value = extension
            .read(OCTET_STRING)
            .ok_or("x509: malformed extension value field")?;
        if oid == SUBJECT_KEY_ID {
            let id = Reader::new(value).read(OCTET_STRING);
            key_id = id.ok_or("x509: invalid subject key identifier")?.to_vec();
        }
    }
    Ok(key_id)
}
