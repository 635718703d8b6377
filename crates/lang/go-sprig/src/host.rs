//! What the impure functions need from the world: clock, zones, randomness, DNS and keys.

use std::sync::atomic::{AtomicU64, Ordering};

/// A moment on the host's clocks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Moment {
    /// Seconds since 1970-01-01 00:00:00 UTC.
    pub seconds: i64,
    /// Nanoseconds within the second, below 1e9.
    pub nanoseconds: u32,
    /// Nanoseconds since the process started, on a clock that never goes back; Go prints it as `m=+0.01`.
    pub monotonic: i64,
}

/// Where the local zone's rules come from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum LocalZone {
    /// UTC under the name `UTC`: what Go uses when `TZ` is set but empty, or nothing else is found.
    #[default]
    Utc,
    /// A time zone file in the TZif format.
    File {
        /// Go's name of it: `Local` for the system's zone, otherwise what `TZ` says.
        name: String,
        /// The file.
        data: Vec<u8>,
    },
}

/// The elliptic curves that Go's `crypto/x509` reads and writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Curve {
    /// NIST P-224
    P224,
    /// NIST P-256
    P256,
    /// NIST P-384
    P384,
    /// NIST P-521
    P521,
}

/// The kind of key to make.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyAlgorithm {
    /// RSA with a modulus of that many bits and the exponent 65537.
    Rsa(u32),
    /// DSA with a 2048-bit prime and a 256-bit subgroup.
    Dsa,
    /// ECDSA on a curve.
    Ecdsa(Curve),
    /// Ed25519
    Ed25519,
}

/// A private key as its numbers; all of them big-endian, without leading zeros where Go's are big integers.
#[derive(Clone, PartialEq, Eq)]
pub enum PrivateKey {
    /// An RSA key with two primes.
    Rsa(RsaKey),
    /// A DSA key.
    Dsa(DsaKey),
    /// An ECDSA key.
    Ecdsa(EcdsaKey),
    /// An Ed25519 key.
    Ed25519(Ed25519Key),
}

/// The numbers of an RSA key, named as in RFC 8017.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct RsaKey {
    /// The modulus.
    pub n: Vec<u8>,
    /// The public exponent.
    pub e: Vec<u8>,
    /// The private exponent.
    pub d: Vec<u8>,
    /// The first prime.
    pub p: Vec<u8>,
    /// The second prime.
    pub q: Vec<u8>,
    /// `d mod (p-1)`
    pub dp: Vec<u8>,
    /// `d mod (q-1)`
    pub dq: Vec<u8>,
    /// `q⁻¹ mod p`
    pub qinv: Vec<u8>,
}

impl RsaKey {
    /// The key in the encoding of PKCS#1, in DER.
    pub fn to_pkcs1(&self) -> Vec<u8> {
        crate::crypto::pkcs1(self)
    }
}

/// The numbers of a DSA key, named as in FIPS 186.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct DsaKey {
    /// The prime.
    pub p: Vec<u8>,
    /// The order of the subgroup.
    pub q: Vec<u8>,
    /// The generator of the subgroup.
    pub g: Vec<u8>,
    /// The public value.
    pub y: Vec<u8>,
    /// The private value.
    pub x: Vec<u8>,
}

/// An ECDSA key.
#[derive(Clone, PartialEq, Eq)]
pub struct EcdsaKey {
    /// The curve.
    pub curve: Curve,
    /// The private scalar, as long as the curve's order.
    pub private: Vec<u8>,
    /// The public point in the uncompressed form, `04 x y`.
    pub public: Vec<u8>,
}

/// An Ed25519 key.
#[derive(Clone, PartialEq, Eq)]
pub struct Ed25519Key {
    /// The 32 secret bytes.
    pub seed: [u8; 32],
    /// The 32 public bytes.
    pub public: [u8; 32],
}

impl std::fmt::Debug for PrivateKey {
    // Secrets stay out of logs.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            PrivateKey::Rsa(_) => "PrivateKey::Rsa(..)",
            PrivateKey::Dsa(_) => "PrivateKey::Dsa(..)",
            PrivateKey::Ecdsa(_) => "PrivateKey::Ecdsa(..)",
            PrivateKey::Ed25519(_) => "PrivateKey::Ed25519(..)",
        })
    }
}

/// The world, as far as template functions may look at it or draw from it.
pub trait Host: Send + Sync {
    /// The clocks now.
    fn now(&self) -> Moment;

    /// The rules of the local zone.
    fn local_zone(&self) -> LocalZone;

    /// The TZif file of the zone `name`, such as `Europe/Berlin`; `None` when there is no such zone.
    fn zone(&self, name: &str) -> Option<Vec<u8>>;

    /// Fills `buffer` with bytes fit for secrets.
    fn fill_random(&self, buffer: &mut [u8]);

    /// The addresses of a host name, in the resolver's order.
    ///
    /// # Errors
    /// Why the name has none.
    fn lookup_host(&self, name: &str) -> Result<Vec<String>, String>;

    /// Tells that so many RSA keys of 2048 bits will be asked for, so that they can be made ahead of need.
    fn expect_rsa_keys(&self, _keys: usize) {}

    /// Makes a new private key.
    ///
    /// # Errors
    /// Why the key could not be made.
    fn generate_key(&self, algorithm: KeyAlgorithm) -> Result<PrivateKey, String>;

    /// The public point (`04 x y`) of the private scalar `private`.
    ///
    /// # Errors
    /// When the scalar is not one of the curve's.
    fn ecdsa_public(&self, curve: Curve, private: &[u8]) -> Result<Vec<u8>, String>;

    /// The public bytes of the secret `seed`.
    fn ed25519_public(&self, seed: &[u8; 32]) -> [u8; 32];

    /// Signs `message` as X.509 does with that key: RSA PKCS#1 v1.5 with SHA-256; ECDSA with SHA-256, SHA-384 or SHA-512
    /// by the curve, in DER; Ed25519.
    ///
    /// # Errors
    /// Why the key cannot sign.
    fn sign(&self, key: &PrivateKey, message: &[u8]) -> Result<Vec<u8>, String>;
}

/// A host whose answers are always the same: for tests and reproducible renders.
///
/// Its "random" bytes follow from the seed alone, it knows no names and no zones but those it was given, and it makes no keys.
#[derive(Debug)]
pub struct FixedHost {
    /// The time that it always is.
    pub moment: Moment,
    /// The local zone.
    pub local: LocalZone,
    /// The zones it knows: names and TZif files.
    pub zones: Vec<(String, Vec<u8>)>,
    state: AtomicU64,
}

impl FixedHost {
    /// Returns a host at the Unix time `seconds`, in UTC, with random bytes that follow from `seed`.
    pub fn new(seconds: i64, seed: u64) -> FixedHost {
        FixedHost {
            moment: Moment {
                seconds,
                ..Moment::default()
            },
            local: LocalZone::Utc,
            zones: Vec::new(),
            state: AtomicU64::new(seed),
        }
    }
}

impl Host for FixedHost {
    fn now(&self) -> Moment {
        self.moment
    }

    fn local_zone(&self) -> LocalZone {
        self.local.clone()
    }

    fn zone(&self, name: &str) -> Option<Vec<u8>> {
        let (_, file) = self.zones.iter().find(|(known, _)| known == name)?;
        Some(file.clone())
    }

    fn fill_random(&self, buffer: &mut [u8]) {
        // SplitMix64: every step is a new point of a fixed sequence.
        for chunk in buffer.chunks_mut(8) {
            let step = 0x9e37_79b9_7f4a_7c15_u64;
            let mut word = self.state.fetch_add(step, Ordering::Relaxed).wrapping_add(step);
            word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            word ^= word >> 31;
            chunk.copy_from_slice(&word.to_le_bytes()[..chunk.len()]);
        }
    }

    fn lookup_host(&self, name: &str) -> Result<Vec<String>, String> {
        Err(format!("lookup {name}: no such host"))
    }

    fn generate_key(&self, _algorithm: KeyAlgorithm) -> Result<PrivateKey, String> {
        Err("a fixed host makes no keys".to_owned())
    }

    fn ecdsa_public(&self, _curve: Curve, _private: &[u8]) -> Result<Vec<u8>, String> {
        Err("a fixed host makes no keys".to_owned())
    }

    fn ed25519_public(&self, _seed: &[u8; 32]) -> [u8; 32] {
        [0; 32]
    }

    fn sign(&self, _key: &PrivateKey, _message: &[u8]) -> Result<Vec<u8>, String> {
        Err("a fixed host makes no keys".to_owned())
    }
}
