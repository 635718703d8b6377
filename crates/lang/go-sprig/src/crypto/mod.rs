//! Passwords, encryption, keys and certificates.
//!
//! Formats and texts are those of sprig 3.3.0, `crypto.go`, and of Go 1.26's `crypto/x509` and `encoding/pem` below it. The
//! host makes and uses keys; this module writes and reads the files.

mod aes;
mod certificate;
mod der;
mod functions;
mod key;
mod object;
mod password;
mod pem;

pub(crate) use functions::add;
pub(crate) use key::to_pkcs1 as pkcs1;
