//! The functions themselves: arguments to keys, certificates and texts.

use std::net::IpAddr;
use std::sync::Arc;

use go_text_template::{FuncError, FuncMap, Type, Value};
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha512};

use super::certificate::{self, Signer, Template};
use super::object::{CERTIFICATE, CertificateObject, as_certificate};
use super::password::{self, Site};
use super::{aes, key, pem};
use crate::host::{Curve, KeyAlgorithm, PrivateKey};
use crate::{Host, base64};

type Body = fn(&dyn Host, &[Value]) -> Result<Value, String>;

/// Adds the functions of this module.
pub(crate) fn add(functions: &mut FuncMap, host: &Arc<dyn Host>) {
    let (string, int, list) = (Type::String, Type::Int, Type::list());
    let table: [(&'static str, &[Type], Body); 17] = [
        ("bcrypt", &[string], |host, arguments| {
            Ok(password::bcrypt(host, text(arguments, 0)).into())
        }),
        ("htpasswd", &[string, string], |host, arguments| {
            let line = password::htpasswd(host, text(arguments, 0), text(arguments, 1));
            Ok(Value::Str(line.into()))
        }),
        (
            "derivePassword",
            &[Type::Uint32, string, string, string, string],
            derive_password,
        ),
        ("encryptAES", &[string, string], |host, arguments| {
            Ok(aes::encrypt(host, text(arguments, 0), text(arguments, 1)).into())
        }),
        ("decryptAES", &[string, string], |_, arguments| {
            let plain = aes::decrypt(text(arguments, 0), text(arguments, 1))?;
            Ok(Value::Str(plain.into()))
        }),
        ("genPrivateKey", &[string], gen_private_key),
        ("buildCustomCert", &[string, string], build_custom_cert),
        ("genCA", &[string, int], |host, arguments| {
            gen_ca(host, arguments, &new_key(host)?)
        }),
        ("genCAWithKey", &[string, int, string], |host, arguments| {
            gen_ca(host, arguments, &given_key(host, arguments)?)
        }),
        ("genSelfSignedCert", &[string, list, list, int], |host, arguments| {
            gen_self_signed(host, arguments, &new_key(host)?)
        }),
        (
            "genSelfSignedCertWithKey",
            &[string, list, list, int, string],
            |host, arguments| gen_self_signed(host, arguments, &given_key(host, arguments)?),
        ),
        (
            "genSignedCert",
            &[string, list, list, int, CERTIFICATE],
            |host, arguments| gen_signed(host, arguments, &new_key(host)?),
        ),
        (
            "genSignedCertWithKey",
            &[string, list, list, int, CERTIFICATE, string],
            |host, arguments| gen_signed(host, arguments, &given_key(host, arguments)?),
        ),
        ("sha1sum", &[string], |_, arguments| {
            Ok(hex(&Sha1::digest(text(arguments, 0))).into())
        }),
        ("sha256sum", &[string], |_, arguments| {
            Ok(hex(&Sha256::digest(text(arguments, 0))).into())
        }),
        ("sha512sum", &[string], |_, arguments| {
            Ok(hex(&Sha512::digest(text(arguments, 0))).into())
        }),
        ("adler32sum", &[string], |_, arguments| {
            Ok(adler32(text(arguments, 0)).to_string().into())
        }),
    ];
    for (name, parameters, body) in table {
        let host = host.clone();
        functions.add(name, parameters, move |_, arguments| {
            body(&*host, arguments).map_err(FuncError::new)
        });
    }
}

/// The string argument at `index`.
fn text(arguments: &[Value], index: usize) -> &[u8] {
    match arguments.get(index) {
        Some(Value::Str(text)) => text,
        _ => &[],
    }
}

fn int(arguments: &[Value], index: usize) -> i64 {
    match arguments.get(index) {
        Some(Value::Int(number)) => *number,
        _ => 0,
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn adler32(bytes: &[u8]) -> u32 {
    const MODULUS: u32 = 65_521;
    let (mut low, mut high) = (1, 0);
    // So many bytes never overflow before the remainder is taken.
    for chunk in bytes.chunks(5_552) {
        for byte in chunk {
            low += u32::from(*byte);
            high += low;
        }
        low %= MODULUS;
        high %= MODULUS;
    }
    high << 16 | low
}

fn derive_password(_: &dyn Host, arguments: &[Value]) -> Result<Value, String> {
    let counter = match arguments.first() {
        Some(Value::Uint(_, counter)) => *counter as u32,
        _ => 0,
    };
    let password = password::derive(&Site {
        counter,
        kind: text(arguments, 1),
        password: text(arguments, 2),
        user: text(arguments, 3),
        site: text(arguments, 4),
    });
    Ok(Value::Str(password.into()))
}

/// A key in PEM, or a text that says why there is none.
fn gen_private_key(host: &dyn Host, arguments: &[Value]) -> Result<Value, String> {
    let algorithm = match text(arguments, 0) {
        b"" | b"rsa" => KeyAlgorithm::Rsa(4096),
        b"dsa" => KeyAlgorithm::Dsa,
        b"ecdsa" => KeyAlgorithm::Ecdsa(Curve::P256),
        b"ed25519" => KeyAlgorithm::Ed25519,
        other => return Ok(Value::Str([b"Unknown type ", other].concat().into())),
    };
    Ok(match host.generate_key(algorithm) {
        Ok(key) => key::to_pem(&key).into(),
        Err(error) => format!("failed to generate private key: {error}").into(),
    })
}

fn build_custom_cert(host: &dyn Host, arguments: &[Value]) -> Result<Value, String> {
    let cert = base64::decode(text(arguments, 0)).map_err(|_| "unable to decode base64 certificate")?;
    let key = base64::decode(text(arguments, 1)).map_err(|_| "unable to decode base64 private key")?;
    let block = pem::decode(&cert).ok_or("unable to decode certificate")?;
    certificate::parse(&block.bytes)
        .map_err(|error| format!("error parsing certificate: decodedCert.Bytes: {error}"))?;
    key::from_pem(host, &key).map_err(|error| format!("error parsing private key: {error}"))?;
    let certificate = CertificateObject {
        cert: cert.into(),
        key: key.into(),
    };
    Ok(certificate.into_value())
}

fn new_key(host: &dyn Host) -> Result<PrivateKey, String> {
    host.generate_key(KeyAlgorithm::Rsa(2048))
        .map_err(|error| format!("error generating rsa key: {error}"))
}

/// The key in the last argument.
fn given_key(host: &dyn Host, arguments: &[Value]) -> Result<PrivateKey, String> {
    key::from_pem(host, text(arguments, arguments.len() - 1)).map_err(|error| format!("parsing private key: {error}"))
}

fn gen_ca(host: &dyn Host, arguments: &[Value], key: &PrivateKey) -> Result<Value, String> {
    let template = Template {
        common_name: text(arguments, 0).to_vec(),
        days: int(arguments, 1),
        authority: true,
        ..Template::default()
    };
    let signer = Signer { certificate: None, key };
    create(host, &template, key, &signer)
}

fn gen_self_signed(host: &dyn Host, arguments: &[Value], key: &PrivateKey) -> Result<Value, String> {
    let signer = Signer { certificate: None, key };
    create(host, &template(arguments)?, key, &signer)
}

fn gen_signed(host: &dyn Host, arguments: &[Value], key: &PrivateKey) -> Result<Value, String> {
    let empty = CertificateObject::default();
    let authority = arguments.get(4).and_then(as_certificate).unwrap_or(&empty);
    let block = pem::decode(&authority.cert).ok_or("unable to decode certificate")?;
    let parsed = certificate::parse(&block.bytes)
        .map_err(|error| format!("error parsing certificate: decodedSignerCert.Bytes: {error}"))?;
    let signer_key =
        key::from_pem(host, &authority.key).map_err(|error| format!("error parsing private key: {error}"))?;
    let signer = Signer {
        certificate: Some(&parsed),
        key: &signer_key,
    };
    create(host, &template(arguments)?, key, &signer)
}

/// The arguments that the functions for certificates of servers share.
fn template(arguments: &[Value]) -> Result<Template, String> {
    let items = |index: usize| match arguments.get(index) {
        Some(Value::List(list)) => list.items.to_vec(),
        _ => Vec::new(),
    };
    let addresses = items(1).iter().map(address).collect::<Result<_, _>>()?;
    let dns_names = items(2).iter().map(dns_name).collect::<Result<_, _>>()?;
    Ok(Template {
        common_name: text(arguments, 0).to_vec(),
        addresses,
        dns_names,
        days: int(arguments, 3),
        authority: false,
    })
}

fn address(value: &Value) -> Result<IpAddr, String> {
    let Value::Str(text) = value else {
        return Err(format!("error parsing ip: {} is not a string", print(value)));
    };
    let address = text.to_str().and_then(|text| text.parse().ok());
    address.ok_or_else(|| format!("error parsing ip: {text}"))
}

fn dns_name(value: &Value) -> Result<Vec<u8>, String> {
    match value {
        Value::Str(name) => Ok(name.to_vec()),
        _ => Err(format!(
            "error processing alternate dns name: {} is not a string",
            print(value)
        )),
    }
}

/// `%v` of what stands where a string should.
fn print(value: &Value) -> String {
    match value {
        Value::Bool(value) => value.to_string(),
        Value::Int(number) | Value::Int64(number) | Value::OtherInt(_, number) => number.to_string(),
        Value::Uint(_, number) => number.to_string(),
        Value::Float(number) => go_value::strconv::format_float(*number, go_value::strconv::FloatForm::General, None),
        Value::Nil => "<nil>".to_owned(),
        other => format!("{other:?}"),
    }
}

fn create(host: &dyn Host, template: &Template, signee: &PrivateKey, signer: &Signer<'_>) -> Result<Value, String> {
    if matches!(signee, PrivateKey::Dsa(_)) && !matches!(signer.key, PrivateKey::Dsa(_)) {
        return Err("error creating certificate: x509: unsupported public key type: *dsa.PublicKey".to_owned());
    }
    let certificate = certificate::create(host, template, signee, signer)
        .map_err(|error| format!("error creating certificate: {error}"))?;
    let certificate = CertificateObject {
        cert: pem::encode("CERTIFICATE", &certificate).into(),
        key: key::to_pem(signee).into(),
    };
    Ok(certificate.into_value())
}
