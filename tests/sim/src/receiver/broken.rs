//! The bytes of answers that break HTTP, or that bound what a client should take.

use std::io::Write as _;
use std::sync::LazyLock;

use flate2::Compression;
use flate2::write::GzEncoder;

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

/// The start of a status line, up to the middle of its reason.
pub(crate) const UNFINISHED_STATUS_LINE: &[u8] = b"HTTP/1.1 200 O";

/// The start of a head, without its end.
pub(crate) fn half_a_head() -> Vec<u8> {
    format!("{}Content-Type: applic", status_line(200)).into_bytes()
}

/// Many whole headers.
pub(crate) fn more_headers() -> Vec<u8> {
    "X-Filler: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n"
        .repeat(256)
        .into_bytes()
}

/// So many informational answers.
pub(crate) fn informational(count: usize) -> Vec<u8> {
    "HTTP/1.1 103 Early Hints\r\nLink: </a>; rel=preload\r\n\r\n"
        .repeat(count)
        .into_bytes()
}

/// A head and the size of a chunk that never gets to its end.
pub(crate) fn huge_chunk() -> Vec<u8> {
    let mut bytes = head("Transfer-Encoding: chunked\r\n").into_bytes();
    bytes.extend_from_slice(b"7fffffffffffffff\r\n");
    bytes
}

/// A head and the size of a chunk that no number type can hold.
pub(crate) fn chunk_beyond_numbers() -> Vec<u8> {
    let mut bytes = head("Transfer-Encoding: chunked\r\n").into_bytes();
    bytes.extend_from_slice("f".repeat(40).as_bytes());
    bytes.extend_from_slice(b"\r\naaaa\r\n0\r\n\r\n");
    bytes
}

/// A body alone.
pub(crate) const WITHOUT_HEAD: &[u8] = b"{\"external_uid\":\"zero-nine\"}\r\n";

/// A whole answer with more bytes than its head promises.
pub(crate) fn short_promise() -> Vec<u8> {
    let mut text = head("Content-Length: 10\r\n");
    text.push_str(BEGINNING);
    text.into_bytes()
}

/// A head with two lengths.
pub(crate) fn two_lengths() -> Vec<u8> {
    let mut text = head("Content-Length: 5\r\nContent-Length: 50\r\n");
    text.push_str(BEGINNING);
    text.into_bytes()
}

/// A whole answer that nobody asked for.
pub(crate) fn unasked_answer() -> Vec<u8> {
    let body = r#"{"external_uid":"unasked"}"#;
    let mut text = head(&format!("Content-Length: {}\r\n", body.len()));
    text.push_str(body);
    text.into_bytes()
}

/// Zeros, 16 MiB of them, as gzip.
pub(crate) static GZIP_BOMB: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
    let zeros = vec![0; 16 * 1024 * 1024];
    let packed = gzip.write_all(&zeros).and_then(|()| gzip.finish());
    packed.expect("memory takes what is written")
});

fn head(length: &str) -> String {
    format!(
        "{}Content-Type: {REPLY_TYPE}\r\n{length}\r\n",
        status_line(200)
    )
}
