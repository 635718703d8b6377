//! Single requests to a server without TLS.

use std::io::{Read, Write};
use std::net::TcpStream;

/// A whole answer as it came.
pub struct Answer(Vec<u8>);

impl Answer {
    /// Asks what kinds there are.
    pub fn of_discovery(address: &str, path: &str, accept: &str) -> Answer {
        send(address, &format!("GET {path} HTTP/1.1\r\nAccept: {accept}\r\n"), "")
    }

    /// The head and the body as text, the parts of a body in parts put together.
    pub fn text(&self) -> String {
        let at = self.0.windows(4).position(|end| end == b"\r\n\r\n").unwrap() + 4;
        let (head, body) = (String::from_utf8_lossy(&self.0[..at]), &self.0[at..]);
        let body = match head.to_ascii_lowercase().contains("transfer-encoding: chunked") {
            true => joined(body),
            false => body.to_vec(),
        };
        format!("{head}{}", String::from_utf8_lossy(&body))
    }

    /// The body of a success.
    pub fn json(&self) -> Option<serde_json::Value> {
        let text = self.text();
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        head.starts_with("HTTP/1.1 200")
            .then(|| serde_json::from_str(body).unwrap())
    }
}

/// Sends a request of JSON.
pub fn request(address: &str, method: &str, path: &str, body: &str) -> Answer {
    let kind = if method == "PATCH" { "merge-patch+json" } else { "json" };
    send(
        address,
        &format!("{method} {path} HTTP/1.1\r\nContent-Type: application/{kind}\r\n"),
        body,
    )
}

fn send(address: &str, head: &str, body: &str) -> Answer {
    let mut stream = TcpStream::connect(address).unwrap();
    let rest = format!(
        "Host: localhost\r\nConnection: close\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(format!("{head}{rest}{body}").as_bytes()).unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    Answer(answer)
}

/// Puts the parts of a body together.
fn joined(mut parts: &[u8]) -> Vec<u8> {
    let mut body = Vec::new();
    while let Some(end) = parts.windows(2).position(|end| end == b"\r\n") {
        let size = std::str::from_utf8(&parts[..end]).unwrap();
        let size = usize::from_str_radix(size.trim(), 16).unwrap();
        if size == 0 {
            break;
        }
        body.extend_from_slice(&parts[end + 2..end + 2 + size]);
        parts = &parts[end + 2 + size + 2..];
    }
    body
}
