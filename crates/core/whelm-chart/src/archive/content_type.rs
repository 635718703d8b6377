//! What kind of data some bytes are, by the rules of Go's `net/http` for sniffing.

const HTML: &[&str] = &[
    "<!DOCTYPE HTML",
    "<HTML",
    "<HEAD",
    "<SCRIPT",
    "<IFRAME",
    "<H1",
    "<DIV",
    "<FONT",
    "<TABLE",
    "<A",
    "<STYLE",
    "<TITLE",
    "<B",
    "<BODY",
    "<BR",
    "<P",
    "<!--",
];

/// A kind of data: what it starts with, and what follows at a fixed place.
struct Signature {
    start: &'static [u8],
    then: (usize, &'static [u8]),
    content_type: &'static str,
}

const fn starts(start: &'static [u8], content_type: &'static str) -> Signature {
    Signature {
        start,
        then: (0, b""),
        content_type,
    }
}

const fn boxed(start: &'static [u8], then: &'static [u8], content_type: &'static str) -> Signature {
    Signature {
        start,
        then: (8, then),
        content_type,
    }
}

const BEFORE_VIDEO: &[Signature] = &[
    starts(b"%PDF-", "application/pdf"),
    starts(b"%!PS-Adobe-", "application/postscript"),
    starts(b"\xfe\xff", "text/plain; charset=utf-16be"),
    starts(b"\xff\xfe", "text/plain; charset=utf-16le"),
    starts(b"\xef\xbb\xbf", "text/plain; charset=utf-8"),
    starts(b"\0\0\x01\0", "image/x-icon"),
    starts(b"\0\0\x02\0", "image/x-icon"),
    starts(b"BM", "image/bmp"),
    starts(b"GIF87a", "image/gif"),
    starts(b"GIF89a", "image/gif"),
    boxed(b"RIFF", b"WEBPVP", "image/webp"),
    starts(b"\x89PNG\r\n\x1a\n", "image/png"),
    starts(b"\xff\xd8\xff", "image/jpeg"),
    boxed(b"FORM", b"AIFF", "audio/aiff"),
    starts(b"ID3", "audio/mpeg"),
    starts(b"OggS\0", "application/ogg"),
    starts(b"MThd\0\0\0\x06", "audio/midi"),
    boxed(b"RIFF", b"AVI ", "video/avi"),
    boxed(b"RIFF", b"WAVE", "audio/wave"),
];

const AFTER_VIDEO: &[Signature] = &[
    starts(b"\x1a\x45\xdf\xa3", "video/webm"),
    Signature {
        start: b"",
        then: (34, b"LP"),
        content_type: "application/vnd.ms-fontobject",
    },
    starts(b"\0\x01\0\0", "font/ttf"),
    starts(b"OTTO", "font/otf"),
    starts(b"ttcf", "font/collection"),
    starts(b"wOFF", "font/woff"),
    starts(b"wOF2", "font/woff2"),
    starts(b"\x1f\x8b\x08", "application/x-gzip"),
    starts(b"PK\x03\x04", "application/zip"),
    starts(b"Rar!\x1a\x07\0", "application/x-rar-compressed"),
    starts(b"Rar!\x1a\x07\x01\0", "application/x-rar-compressed"),
    starts(b"\0\x61\x73\x6d", "application/wasm"),
];

/// Names the kind of the first 512 bytes; `application/octet-stream` when nothing fits.
pub fn detect_content_type(bytes: &[u8]) -> &'static str {
    let bytes = &bytes[..bytes.len().min(512)];
    let blank = |byte: &u8| matches!(byte, b'\t' | b'\n' | b'\x0c' | b'\r' | b' ');
    let text = &bytes[bytes.iter().take_while(|byte| blank(byte)).count()..];
    if HTML.iter().any(|tag| starts_with_tag(text, tag.as_bytes())) {
        return "text/html; charset=utf-8";
    }
    if text.starts_with(b"<?xml") {
        return "text/xml; charset=utf-8";
    }
    if let Some(found) = find(BEFORE_VIDEO, bytes) {
        return found;
    }
    if is_mp4(bytes) {
        return "video/mp4";
    }
    if let Some(found) = find(AFTER_VIDEO, bytes) {
        return found;
    }
    let binary = |byte: &u8| matches!(byte, 0..=0x08 | 0x0b | 0x0e..=0x1a | 0x1c..=0x1f);
    if text.iter().any(binary) {
        "application/octet-stream"
    } else {
        "text/plain; charset=utf-8"
    }
}

fn find(signatures: &[Signature], bytes: &[u8]) -> Option<&'static str> {
    let fits = |signature: &&Signature| {
        let (at, then) = signature.then;
        // The marks of byte orders need four bytes to be looked at.
        bytes.starts_with(signature.start)
            && bytes.get(at..).is_some_and(|rest| rest.starts_with(then))
            && (!signature.content_type.starts_with("text/") || bytes.len() >= 4)
    };
    signatures.iter().find(fits).map(|signature| signature.content_type)
}

/// Tells whether the text starts with a tag, in any case of its letters, and a space or `>` after it.
fn starts_with_tag(text: &[u8], tag: &[u8]) -> bool {
    let Some((start, rest)) = text.split_at_checked(tag.len()) else {
        return false;
    };
    let same = |(byte, letter): (&u8, &u8)| {
        let byte = if letter.is_ascii_uppercase() {
            byte & 0xdf
        } else {
            *byte
        };
        byte == *letter
    };
    start.iter().zip(tag).all(same) && matches!(rest.first(), Some(b' ' | b'>'))
}

fn is_mp4(bytes: &[u8]) -> bool {
    let [b0, b1, b2, b3, b'f', b't', b'y', b'p', ..] = *bytes else {
        return false;
    };
    let size = u32::from_be_bytes([b0, b1, b2, b3]) as usize;
    if bytes.len() < 12 || bytes.len() < size || !size.is_multiple_of(4) {
        return false;
    }
    (8..size)
        .step_by(4)
        .filter(|at| *at != 12)
        .any(|at| bytes[at..].starts_with(b"mp4"))
}
