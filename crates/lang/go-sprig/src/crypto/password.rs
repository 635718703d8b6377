//! `bcrypt`, `htpasswd` and `derivePassword`.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::Host;

/// bcrypt's cost in sprig.
const COST: u32 = 10;

/// The bcrypt hash of a password, or a text that says why there is none.
pub(crate) fn bcrypt(host: &dyn Host, password: &[u8]) -> String {
    let failed = "failed to encrypt string with bcrypt";
    if password.len() > 72 {
        return format!("{failed}: bcrypt: password length exceeds 72 bytes");
    }
    let mut salt = [0; 16];
    host.fill_random(&mut salt);
    // Go hashes the byte zero at the end too, as far as there is room.
    let mut terminated = [password, &[0]].concat();
    terminated.truncate(72);
    let hash = bcrypt::bcrypt(COST, salt, &terminated);
    format!("$2a${COST}${}{}", bcrypt_base64(&salt), bcrypt_base64(&hash[..23]))
}

/// bcrypt's own base64: another alphabet, no padding.
fn bcrypt_base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let bits = chunk.iter().fold(0u32, |bits, byte| bits << 8 | u32::from(*byte)) << (8 * (3 - chunk.len()));
        for place in 0..=chunk.len() {
            out.push(char::from(ALPHABET[(bits >> (18 - 6 * place)) as usize & 63]));
        }
    }
    out
}

/// A line for an htpasswd file.
pub(crate) fn htpasswd(host: &dyn Host, user: &[u8], password: &[u8]) -> Vec<u8> {
    if user.contains(&b':') {
        return [b"invalid username: ", user].concat();
    }
    [user, b":", bcrypt(host, password).as_bytes()].concat()
}

/// What the characters of a password template stand for.
fn class(letter: u8) -> &'static [u8] {
    match letter {
        b'V' => b"AEIOU",
        b'C' => b"BCDFGHJKLMNPQRSTVWXYZ",
        b'v' => b"aeiou",
        b'c' => b"bcdfghjklmnpqrstvwxyz",
        b'a' => b"AEIOUaeiouBCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz",
        b'n' => b"0123456789",
        b'o' => b"@&%?,=[]_:-+*$#!'^~;()/.",
        _ => b"AEIOUaeiouBCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz0123456789!@#$%^&*()",
    }
}

/// The templates of a kind of password, as the Master Password algorithm defines them.
fn templates(kind: &[u8]) -> Option<&'static [&'static str]> {
    Some(match kind {
        b"maximum" => &["anoxxxxxxxxxxxxxxxxx", "axxxxxxxxxxxxxxxxxno"],
        b"long" => &[
            "CvcvnoCvcvCvcv",
            "CvcvCvcvnoCvcv",
            "CvcvCvcvCvcvno",
            "CvccnoCvcvCvcv",
            "CvccCvcvnoCvcv",
            "CvccCvcvCvcvno",
            "CvcvnoCvccCvcv",
            "CvcvCvccnoCvcv",
            "CvcvCvccCvcvno",
            "CvcvnoCvcvCvcc",
            "CvcvCvcvnoCvcc",
            "CvcvCvcvCvccno",
            "CvccnoCvccCvcv",
            "CvccCvccnoCvcv",
            "CvccCvccCvcvno",
            "CvcvnoCvccCvcc",
            "CvcvCvccnoCvcc",
            "CvcvCvccCvccno",
            "CvccnoCvcvCvcc",
            "CvccCvcvnoCvcc",
            "CvccCvcvCvccno",
        ],
        b"medium" => &["CvcnoCvc", "CvcCvcno"],
        b"short" => &["Cvcn"],
        b"basic" => &["aaanaaan", "aannaaan", "aaannaaa"],
        b"pin" => &["nnnn"],
        _ => return None,
    })
}

/// The inputs of `derivePassword`.
pub(crate) struct Site<'a> {
    pub(crate) counter: u32,
    pub(crate) kind: &'a [u8],
    pub(crate) password: &'a [u8],
    pub(crate) user: &'a [u8],
    pub(crate) site: &'a [u8],
}

/// A password that follows from a master password, a user and a site.
pub(crate) fn derive(site: &Site<'_>) -> Vec<u8> {
    let Some(templates) = templates(site.kind) else {
        return [b"cannot find password template ", site.kind].concat();
    };
    let length = |text: &[u8]| (text.len() as u32).to_be_bytes();
    let seed = b"com.lyndir.masterpassword";
    let salt = [&seed[..], &length(site.user), site.user].concat();
    let mut key = [0; 64];
    let derived = scrypt::Params::new(15, 8, 2)
        .map_err(|error| error.to_string())
        .and_then(|params| scrypt::scrypt(site.password, &salt, &params, &mut key).map_err(|error| error.to_string()));
    if let Err(error) = derived {
        return format!("failed to derive password: {error}").into_bytes();
    }
    let message = [&seed[..], &length(site.site), site.site, &site.counter.to_be_bytes()].concat();
    let digest = sign(&key, &message);
    let template = templates[usize::from(digest[0]) % templates.len()];
    template
        .bytes()
        .zip(&digest[1..])
        .map(|(letter, byte)| class(letter)[usize::from(*byte) % class(letter).len()])
        .collect()
}

fn sign(key: &[u8; 64], message: &[u8]) -> [u8; 32] {
    // 64 bytes are the block of SHA-256, so every key of that length fits.
    let mut mac = Hmac::<Sha256>::new(&(*key).into());
    mac.update(message);
    mac.finalize().into_bytes().into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::FixedHost;

    /// T-034: the values that sprig's own tests expect.
    #[test]
    fn t_034_derived_passwords() {
        for (kind, expected) in [
            ("long", "ZedaFaxcZaso9*"),
            ("maximum", "pf4zS1LjCg&LjhsZ7T2~"),
            ("medium", "ZedJuz8$"),
            ("basic", "pIS54PLs"),
            ("short", "Zed5"),
            ("pin", "6685"),
        ] {
            let site = Site {
                counter: 1,
                kind: kind.as_bytes(),
                password: b"password",
                user: b"user",
                site: b"example.com",
            };
            assert_eq!(String::from_utf8_lossy(&derive(&site)), expected);
        }
    }

    #[test]
    fn t_034_bcrypt_verifies() {
        let hash = bcrypt(&FixedHost::new(0, 1), b"secret");
        assert!(hash.starts_with("$2a$10$"), "{hash}");
        assert!(::bcrypt::verify("secret", &hash).unwrap());
        assert_eq!(htpasswd(&FixedHost::new(0, 1), b"a:b", b"c"), b"invalid username: a:b");
    }
}
