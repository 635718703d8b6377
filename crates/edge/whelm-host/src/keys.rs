//! Keys other than RSA ones, and signatures.

use aws_lc_rs::agreement::{self, ECDH_P256, ECDH_P384, ECDH_P521};
use aws_lc_rs::encoding::{AsBigEndian, EcPrivateKeyBin};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeyPair as RsaKeyPair;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1_SIGNING, ECDSA_P384_SHA384_ASN1_SIGNING, ECDSA_P521_SHA512_ASN1_SIGNING, EcdsaKeyPair,
    EcdsaSigningAlgorithm, Ed25519KeyPair, KeyPair, RSA_PKCS1_SHA256,
};
use go_sprig::host::{Curve, EcdsaKey, Ed25519Key, PrivateKey, RsaKey};
use num_bigint::BigUint;

use crate::rsa;

const UNSUPPORTED: &str = "x509: unsupported elliptic curve";

fn agreement_of(curve: Curve) -> Result<&'static agreement::Algorithm, String> {
    match curve {
        Curve::P224 => Err(UNSUPPORTED.to_owned()),
        Curve::P256 => Ok(&ECDH_P256),
        Curve::P384 => Ok(&ECDH_P384),
        Curve::P521 => Ok(&ECDH_P521),
    }
}

fn signing_of(curve: Curve) -> Result<&'static EcdsaSigningAlgorithm, String> {
    match curve {
        Curve::P224 => Err(UNSUPPORTED.to_owned()),
        Curve::P256 => Ok(&ECDSA_P256_SHA256_ASN1_SIGNING),
        Curve::P384 => Ok(&ECDSA_P384_SHA384_ASN1_SIGNING),
        Curve::P521 => Ok(&ECDSA_P521_SHA512_ASN1_SIGNING),
    }
}

pub(crate) fn ecdsa(curve: Curve) -> Result<PrivateKey, String> {
    let failed = |_| "ecdsa: no key could be made".to_owned();
    let key = agreement::PrivateKey::generate(agreement_of(curve)?).map_err(failed)?;
    let private: EcPrivateKeyBin<'_> = key.as_be_bytes().map_err(failed)?;
    let public = key.compute_public_key().map_err(failed)?;
    Ok(PrivateKey::Ecdsa(EcdsaKey {
        curve,
        private: private.as_ref().to_vec(),
        public: public.as_ref().to_vec(),
    }))
}

pub(crate) fn ecdsa_public(curve: Curve, private: &[u8]) -> Result<Vec<u8>, String> {
    let invalid = |_| "ecdsa: private key scalar out of range".to_owned();
    let key = agreement::PrivateKey::from_private_key(agreement_of(curve)?, private)
        .map_err(|_| invalid(aws_lc_rs::error::Unspecified))?;
    let public = key.compute_public_key().map_err(invalid)?;
    Ok(public.as_ref().to_vec())
}

pub(crate) fn ed25519() -> PrivateKey {
    let mut seed = [0; 32];
    crate::random::fill(&mut seed);
    PrivateKey::Ed25519(Ed25519Key {
        seed,
        public: ed25519_public(&seed),
    })
}

pub(crate) fn ed25519_public(seed: &[u8; 32]) -> [u8; 32] {
    let pair = Ed25519KeyPair::from_seed_unchecked(seed).expect("every 32 bytes are a seed");
    let public = pair.public_key().as_ref();
    public.try_into().expect("public keys have 32 bytes")
}

pub(crate) fn sign(key: &PrivateKey, message: &[u8]) -> Result<Vec<u8>, String> {
    match key {
        PrivateKey::Rsa(key) => sign_rsa(key, message),
        PrivateKey::Ecdsa(key) => {
            let algorithm = signing_of(key.curve)?;
            let pair = EcdsaKeyPair::from_private_key_and_public_key(algorithm, &key.private, &key.public)
                .map_err(|error| format!("ecdsa: {error}"))?;
            let signature = pair.sign(&SystemRandom::new(), message);
            signature
                .map(|signature| signature.as_ref().to_vec())
                .map_err(|_| "ecdsa: signing failed".to_owned())
        }
        PrivateKey::Ed25519(key) => {
            let pair = Ed25519KeyPair::from_seed_unchecked(&key.seed).map_err(|error| format!("ed25519: {error}"))?;
            Ok(pair.sign(message).as_ref().to_vec())
        }
        PrivateKey::Dsa(_) => Err("x509: certificate private key does not implement crypto.Signer".to_owned()),
    }
}

fn sign_rsa(key: &RsaKey, message: &[u8]) -> Result<Vec<u8>, String> {
    if key.n.len() == 256
        && let Some(signature) = rsa::raise(key, &signature_block(message, 256))
    {
        return Ok(signature);
    }
    let Ok(pair) = RsaKeyPair::from_der(&key.to_pkcs1()) else {
        return sign_unusual_rsa(key, message);
    };
    let mut signature = vec![0; pair.public_modulus_len()];
    pair.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), message, &mut signature)
        .map_err(|_| "crypto/rsa: signing failed".to_owned())?;
    Ok(signature)
}

/// What PKCS #1 v1.5 signs: the digest of the message, filled up to so many bytes (at least 62).
fn signature_block(message: &[u8], length: usize) -> Vec<u8> {
    const SHA256: [u8; 19] = [
        0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04,
        0x20,
    ];
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, message);
    let tail = [&[0][..], &SHA256, digest.as_ref()].concat();
    let filling = vec![0xff; length - tail.len() - 2];
    [&[0, 1][..], &filling, &tail].concat()
}

/// Signs with a key of a length that the library refuses, as Go does from 1024 bits on.
fn sign_unusual_rsa(key: &RsaKey, message: &[u8]) -> Result<Vec<u8>, String> {
    let number = |bytes: &[u8]| BigUint::from_bytes_be(bytes);
    let (n, d) = (number(&key.n), number(&key.d));
    if n.bits() < 1024 {
        return Err(format!(
            "crypto/rsa: {}-bit keys are insecure (see https://go.dev/pkg/crypto/rsa#hdr-Minimum_key_size)",
            n.bits()
        ));
    }
    if number(&key.p) * number(&key.q) != n {
        return Err("crypto/rsa: invalid private key".to_owned());
    }
    let block = signature_block(message, key.n.len());
    let signature = number(&block).modpow(&d, &n).to_bytes_be();
    Ok([vec![0; key.n.len() - signature.len()], signature].concat())
}
