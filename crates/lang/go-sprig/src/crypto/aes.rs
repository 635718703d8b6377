//! `encryptAES` and `decryptAES`: AES-256 in CBC mode, the initial vector in front, all of it in base64.

use aes::Aes256;
use aes::cipher::{BlockCipherDecrypt, BlockCipherEncrypt, KeyInit};

use crate::{Host, base64};

const BLOCK: usize = 16;

/// The password cut or filled with zero bytes to the length of a key.
fn cipher(password: &[u8]) -> Aes256 {
    let mut key = [0; 32];
    let length = password.len().min(key.len());
    key[..length].copy_from_slice(&password[..length]);
    Aes256::new(&key.into())
}

pub(crate) fn encrypt(host: &dyn Host, password: &[u8], text: &[u8]) -> String {
    if text.is_empty() {
        return String::new();
    }
    let cipher = cipher(password);
    let padding = BLOCK - text.len() % BLOCK;
    let mut previous = [0; BLOCK];
    host.fill_random(&mut previous);
    let mut out = previous.to_vec();
    let padded = [text, &vec![padding as u8; padding]].concat();
    for block in padded.chunks_exact(BLOCK) {
        for (byte, plain) in previous.iter_mut().zip(block) {
            *byte ^= plain;
        }
        let mut block = previous.into();
        cipher.encrypt_block(&mut block);
        previous = block.into();
        out.extend_from_slice(&previous);
    }
    base64::encode(&out)
}

/// # Errors
/// Go's texts for bad base64 and for the panics that other bad input causes there.
pub(crate) fn decrypt(password: &[u8], text: &[u8]) -> Result<Vec<u8>, String> {
    if text.is_empty() {
        return Ok(Vec::new());
    }
    let bytes = base64::decode(text).map_err(|error| error.to_string())?;
    let capacity = text.len() / 4 * 3;
    if bytes.len() < BLOCK {
        return Err(match capacity {
            0..BLOCK => format!("runtime error: slice bounds out of range [:16] with capacity {capacity}"),
            _ => format!("runtime error: slice bounds out of range [16:{}]", bytes.len()),
        });
    }
    if !bytes.len().is_multiple_of(BLOCK) {
        return Err("crypto/cipher: input not full blocks".to_owned());
    }
    let cipher = cipher(password);
    let mut out = Vec::with_capacity(bytes.len());
    for (encrypted, previous) in bytes[BLOCK..].chunks_exact(BLOCK).zip(bytes.chunks_exact(BLOCK)) {
        let mut block = <[u8; BLOCK]>::try_from(encrypted).unwrap_or_default().into();
        cipher.decrypt_block(&mut block);
        let block: [u8; BLOCK] = block.into();
        out.extend(block.iter().zip(previous).map(|(one, two)| one ^ two));
    }
    let Some(padding) = out.last().map(|byte| usize::from(*byte)) else {
        return Err("runtime error: index out of range [-1]".to_owned());
    };
    let Some(length) = out.len().checked_sub(padding) else {
        let length = out.len() as i64 - padding as i64;
        return Err(format!("runtime error: slice bounds out of range [:{length}]"));
    };
    out.truncate(length);
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::FixedHost;

    /// T-034: the text that sprig's documentation decrypts.
    #[test]
    fn t_034_aes_there_and_back() {
        let host = FixedHost::new(0, 1);
        for length in [1, 15, 16, 17, 100] {
            let text = vec![b'x'; length];
            let encrypted = encrypt(&host, b"secret", &text);
            assert_eq!(decrypt(b"secret", encrypted.as_bytes()).as_deref(), Ok(&text[..]));
        }
        let known = "30tEfhuJSVRhpG97XCuWgz2okj7L8vQ1s6V9zVUPeDQ=";
        assert_eq!(
            decrypt(b"secretkey", known.as_bytes()).as_deref(),
            Ok(&b"plaintext"[..])
        );
    }

    #[test]
    fn bad_input() {
        for (text, error) in [
            ("x", "illegal base64 data at input byte 0"),
            ("YWJj", "runtime error: slice bounds out of range [:16] with capacity 3"),
            ("YWJjZGVmZ2hpamtsbW5vcA==", "runtime error: index out of range [-1]"),
            ("YWJjZGVmZ2hpamtsbW5vcHE=", "crypto/cipher: input not full blocks"),
        ] {
            assert_eq!(decrypt(b"k", text.as_bytes()).unwrap_err(), error);
        }
    }
}
