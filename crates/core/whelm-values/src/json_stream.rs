//! The errors of Go's JSON reader where it reads from a stream.

use go_value::json::Error;

/// Returns the text of an error as Go's `json.Decoder` puts it: a stream that ends too early is told apart.
pub(crate) fn json_stream_error(error: &Error, text: &[u8]) -> String {
    let message = error.to_string();
    // At the end of a text Go feeds its state machine a space; a stream is found to be at its end before that.
    let is_at_end = message.starts_with("invalid character ' '") && error.offset >= text.len() && !text.ends_with(b" ");
    if is_at_end || message == "unexpected end of JSON input" {
        return "unexpected EOF".to_owned();
    }
    message
}
