//! Base64 as `data` of Secrets has it.

const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Encodes bytes, padded.
pub(crate) fn encode(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let byte = |index: usize| u32::from(chunk.get(index).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for index in 0..4 {
            let letter = LETTERS[(bits >> (18 - 6 * index) & 63) as usize];
            text.push(if index <= chunk.len() { char::from(letter) } else { '=' });
        }
    }
    text
}

/// Decodes a padded text; what is none has no bytes.
pub(crate) fn decode(text: &str) -> Vec<u8> {
    use base64::Engine as _;
    let text: String = text.split_whitespace().collect();
    base64::engine::general_purpose::STANDARD
        .decode(text)
        .unwrap_or_default()
}

/// Returns where a text stops being padded Base64, if it does; line breaks are allowed.
pub(crate) fn first_fault(text: &str) -> Option<usize> {
    let letters: Vec<(usize, u8)> = text
        .bytes()
        .enumerate()
        .filter(|(_, byte)| !matches!(byte, b'\r' | b'\n'))
        .collect();
    let is_letter = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/');
    let data = letters.iter().take_while(|(_, byte)| is_letter(*byte)).count();
    let padding = letters.len() - data;
    let only_padding = letters.iter().skip(data).all(|(_, byte)| *byte == b'=');
    let fits = only_padding && padding <= 2 && letters.len().is_multiple_of(4);
    // What ends too early is at fault from the start of its last group.
    let start_of_group = || letters.get(data / 4 * 4).map_or(text.len(), |(place, _)| *place);
    (!fits).then(|| letters.get(data).map_or_else(start_of_group, |(place, _)| *place))
}

#[cfg(test)]
mod tests {
    #[test]
    fn encodes() {
        for (bytes, text) in [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foobar", "Zm9vYmFy"),
        ] {
            assert_eq!(super::encode(bytes.as_bytes()), text);
            assert_eq!(super::first_fault(text), None);
        }
        assert_eq!(super::first_fault("!!"), Some(0));
        assert_eq!(super::first_fault("Zm9v\nYm=r"), Some(7));
        assert_eq!(super::first_fault("Zm9"), Some(0));
    }
}
