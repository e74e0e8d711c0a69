//! The bytes of answers that break HTTP, or that bound what a client should take.

use super::reply::REPLY_TYPE;
use crate::http::response::status_line;

/// The start of a reply response that never gets to its end.
const BEGINNING: &str = r#"{"external_uid":"unfinished","content":"aaaa"#;

/// Bytes that no HTTP client can take for an answer.
pub(crate) const GARBAGE: &[u8] = b"\x16\x03\x01\x00\xff220 smtp.invalid ESMTP\r\n\0\0\0\r\n\r\n";

/// A complete head whose body is as long as can be said.
pub(crate) fn endless_length() -> Vec<u8> {
    head(&format!("Content-Length: {}\r\n", u32::MAX)).into_bytes()
}

/// A head that lacks its end, up to the middle of a header's value.
pub(crate) fn unfinished_head() -> Vec<u8> {
    format!("{}X-Drip: ", status_line(200)).into_bytes()
}

/// A complete head, for a body in chunks.
pub(crate) fn endless_chunks() -> Vec<u8> {
    let mut bytes = head("Transfer-Encoding: chunked\r\n").into_bytes();
    bytes.extend_from_slice(&chunk(BEGINNING));
    bytes
}

/// One chunk with this text.
pub(crate) fn chunk(text: &str) -> Vec<u8> {
    format!("{:x}\r\n{text}\r\n", text.len()).into_bytes()
}

/// A chunk, then one whose size is not a number.
pub(crate) fn broken_chunks() -> Vec<u8> {
    let mut bytes = endless_chunks();
    bytes.extend_from_slice(b"size\r\naaaa\r\n");
    bytes
}

/// A head that promises more than the body that follows it.
pub(crate) fn broken_promise() -> Vec<u8> {
    let mut text = head(&format!("Content-Length: {}\r\n", BEGINNING.len() + 1000));
    text.push_str(BEGINNING);
    text.into_bytes()
}

fn head(length: &str) -> String {
    format!(
        "{}Content-Type: {REPLY_TYPE}\r\n{length}\r\n",
        status_line(200)
    )
}
