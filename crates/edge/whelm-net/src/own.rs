//! Servers that are their own authority: the certificate that they show is one of the roots.
//!
//! Go trusts such a certificate whatever it says of itself. rustls does not while it calls itself an authority, as those do that
//! `openssl req -x509` makes.

use std::time::Duration;

use rustls::{
    CertificateError, Error, client::danger::ServerCertVerified, client::verify_server_name, server::ParsedCertificate,
};
use rustls_pki_types::{CertificateDer, ServerName, UnixTime};

use crate::Names;

/// Checks what is left to check of a certificate that is trusted by itself: its time and its names.
pub(crate) fn verify(
    certificate: &CertificateDer<'_>,
    name: &ServerName<'_>,
    names: Names,
    now: UnixTime,
) -> Result<ServerCertVerified, Error> {
    let (from, until) = validity(certificate).ok_or(CertificateError::BadEncoding)?;
    if now.as_secs() < from {
        return Err(CertificateError::NotValidYet.into());
    }
    if now.as_secs() > until {
        return Err(CertificateError::Expired.into());
    }
    if names == Names::Checked {
        verify_server_name(&ParsedCertificate::try_from(certificate)?, name)?;
    }
    Ok(ServerCertVerified::assertion())
}

const SEQUENCE: u8 = 0x30;
const VERSION: u8 = 0xa0;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;

/// Reads the seconds since 1970 from which and until which a certificate is valid.
fn validity(certificate: &[u8]) -> Option<(u64, u64)> {
    let (_, whole, _) = element(certificate)?;
    let (_, mut fields, _) = element(whole)?;
    if fields.first() == Some(&VERSION) {
        fields = element(fields)?.2;
    }
    // The serial number, the algorithm and the issuer come first.
    for _ in 0..3 {
        fields = element(fields)?.2;
    }
    let (tag, times, _) = element(fields)?;
    let (from_tag, from, rest) = element(times)?;
    let (until_tag, until, _) = element(rest)?;
    (tag == SEQUENCE).then_some(())?;
    Some((seconds(from_tag, from)?, seconds(until_tag, until)?))
}

/// Parts DER into the tag and the content of its first element, and the rest.
fn element(der: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (&tag, der) = der.split_first()?;
    let (&first, mut der) = der.split_first()?;
    let mut length = usize::from(first);
    if first >= 0x80 {
        let (digits, rest) = der.split_at_checked(usize::from(first & 0x7f))?;
        length = digits
            .iter()
            .try_fold(0_usize, |sum, digit| Some(sum.checked_mul(256)? + usize::from(*digit)))?;
        der = rest;
    }
    let (content, rest) = der.split_at_checked(length)?;
    Some((tag, content, rest))
}

/// Reads `YYMMDDhhmmssZ` or `YYYYMMDDhhmmssZ`; before 1970 is 1970.
fn seconds(tag: u8, text: &[u8]) -> Option<u64> {
    let text = std::str::from_utf8(text).ok()?.strip_suffix('Z')?;
    let (year, text) = match tag {
        UTC_TIME => {
            let short: i64 = text.get(..2)?.parse().ok()?;
            (short + if short < 50 { 2000 } else { 1900 }, text.get(2..)?)
        }
        GENERALIZED_TIME => (text.get(..4)?.parse().ok()?, text.get(4..)?),
        _ => return None,
    };
    let field = |index: usize| text.get(2 * index..2 * index + 2)?.parse::<i64>().ok();
    let days = days(year, field(0)?, field(1)?);
    let seconds = ((days * 24 + field(2)?) * 60 + field(3)?) * 60 + field(4)?;
    Some(Duration::from_secs(u64::try_from(seconds).unwrap_or(0)).as_secs())
}

/// Counts the days from 1970 to a date. Years begin in March, so that leap days come last.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month > 2 { year } else { year - 1 };
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    year * 365 + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400) + of_year - 719_468
}

#[cfg(test)]
mod tests {
    use rustls_pki_types::pem::PemObject;

    use super::*;

    /// For `db.example`; it calls itself an authority.
    const OWN: &[u8] = include_bytes!("../tests/inputs/own.pem");

    #[test]
    fn times() {
        assert_eq!(seconds(UTC_TIME, b"700101000000Z"), Some(0));
        assert_eq!(seconds(UTC_TIME, b"240229235959Z"), Some(1_709_251_199));
        assert_eq!(seconds(GENERALIZED_TIME, b"20500101000000Z"), Some(2_524_608_000));
        assert_eq!(seconds(UTC_TIME, b"2402"), None);
        assert_eq!(seconds(2, b"240229235959Z"), None);
    }

    #[test]
    fn der_of_strangers() {
        for der in [
            &b""[..],
            b"\x30",
            b"\x30\x84\xff\xff\xff\xff",
            b"\x30\x89aaaaaaaaa",
            b"\x30\x02\x30\x00",
        ] {
            assert_eq!(validity(der), None);
        }
    }

    #[test]
    fn trusted_by_itself() {
        let own = CertificateDer::from_pem_slice(OWN).unwrap();
        let (from, until) = validity(&own).unwrap();
        let check = |name: &'static str, names: Names, at: u64| {
            let name = ServerName::try_from(name).unwrap();
            let now = UnixTime::since_unix_epoch(Duration::from_secs(at));
            verify(&own, &name, names, now).map(drop)
        };
        assert_eq!(check("db.example", Names::Checked, from), Ok(()));
        assert_eq!(check("other.example", Names::Ignored, from), Ok(()));
        assert!(check("other.example", Names::Checked, from).is_err());
        assert_eq!(
            check("db.example", Names::Ignored, until + 1),
            Err(CertificateError::Expired.into())
        );
        assert_eq!(
            check("db.example", Names::Ignored, from - 1),
            Err(CertificateError::NotValidYet.into())
        );
    }
}
