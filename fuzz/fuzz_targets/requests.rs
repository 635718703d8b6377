//! The embedded cluster: no request panics it, and whatever it holds after some can be listed and is left as it is by reading.
//!
//! An input is a list of requests, with a zero byte between two of them. A request's first line has the method, the path with its query, and the
//! content type; the rest is the body.
#![no_main]
use std::sync::LazyLock;

use bytes::Bytes;
use http::Request;
use libfuzzer_sys::fuzz_target;
use whelm_sandbox::{Answer, Core};

/// How many requests an input may have.
const MOST: usize = 16;

static FRESH: LazyLock<Core> = LazyLock::new(|| Core::new(1, 0));

fn request(text: &[u8]) -> Option<Request<Bytes>> {
    let end = text.iter().position(|byte| *byte == b'\n').unwrap_or(text.len());
    let (line, body) = text.split_at(end);
    let mut words = str::from_utf8(line).ok()?.split(' ');
    let (method, path) = (words.next()?, words.next()?);
    let content_type = words.next().unwrap_or("application/json");
    Request::builder()
        .method(method)
        .uri(path)
        .header("content-type", content_type)
        .header("accept", words.next().unwrap_or("application/json"))
        .body(Bytes::copy_from_slice(body.get(1..).unwrap_or_default()))
        .ok()
}

fuzz_target!(|data: &[u8]| {
    let mut core = FRESH.clone();
    for (number, text) in data.split(|byte| *byte == 0).take(MOST).enumerate() {
        let Some(request) = request(text) else { continue };
        let now = number as i64 * 1000;
        if let Answer::Watch(mut watch) = core.handle(&request, now) {
            let _ = core.poll_watch(&mut watch);
        }
    }
    let objects = core.objects();
    for path in ["/api/v1/pods", "/apis/apps/v1/deployments", "/api/v1/configmaps?limit=2"] {
        let request = Request::get(path).body(Bytes::new()).expect("the path is right");
        let Answer::Full { code, .. } = core.handle(&request, 1_000_000) else {
            panic!("a list is no watch");
        };
        assert_eq!(code, 200, "{path}");
    }
    assert_eq!(objects.len(), core.objects().len());
});
