//! An answer, read from what came of it so far.

use std::io::Read as _;

use flate2::read::{MultiGzDecoder, ZlibDecoder};

use super::Broken;
use crate::http::first;

const MAX_HEADERS: usize = 128;

/// An answer with its body as it is meant: joined from chunks and unpacked.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    /// None where the status allows none.
    pub(crate) body: Option<Vec<u8>>,
}

/// Reads an answer from the bytes so far; none if it goes on.
///
/// One that ends before its `Content-Length` is taken as it is: that is for the reader of the body to notice.
pub(crate) fn read(mut bytes: &[u8], at_end: bool) -> Result<Option<Answer>, Broken> {
    let (status, headers) = loop {
        let mut space = [httparse::EMPTY_HEADER; MAX_HEADERS];
        let mut response = httparse::Response::new(&mut space);
        let used = match response.parse(bytes) {
            Ok(httparse::Status::Complete(used)) => used,
            Ok(httparse::Status::Partial) => return Ok(None),
            Err(error) => return Err(Broken::NotHttp(error.to_string())),
        };
        let status = response.code.unwrap_or_default();
        bytes = &bytes[used..];
        // What comes before the answer proper says nothing here.
        if !(100..200).contains(&status) {
            let headers = response.headers.iter().map(|header| {
                let value = String::from_utf8_lossy(header.value).into_owned();
                (header.name.to_owned(), value)
            });
            break (status, headers.collect::<Vec<_>>());
        }
    };
    if matches!(status, 204 | 304) {
        let body = None;
        return Ok(Some(Answer {
            status,
            headers,
            body,
        }));
    }
    let chunked = first(&headers, "Transfer-Encoding")
        .is_some_and(|value| value.eq_ignore_ascii_case("chunked"));
    let length = first(&headers, "Content-Length").map(str::parse::<usize>);
    let body = match length {
        _ if chunked => match join_chunks(bytes)? {
            Some(body) => body,
            None if at_end => return Err(Broken::Ended),
            None => return Ok(None),
        },
        Some(Err(_)) => return Err(Broken::NotHttp("Content-Length is no number".to_owned())),
        Some(Ok(length)) if bytes.len() >= length => bytes[..length].to_vec(),
        Some(Ok(_)) | None if at_end => bytes.to_vec(),
        Some(Ok(_)) | None => return Ok(None),
    };
    let body = Some(unpack(body, first(&headers, "Content-Encoding"))?);
    Ok(Some(Answer {
        status,
        headers,
        body,
    }))
}

fn join_chunks(mut bytes: &[u8]) -> Result<Option<Vec<u8>>, Broken> {
    let wrong = || Broken::NotHttp("a chunk is not as long as it says".to_owned());
    let mut body = Vec::new();
    loop {
        let (used, size) = match httparse::parse_chunk_size(bytes) {
            Ok(httparse::Status::Complete(found)) => found,
            Ok(httparse::Status::Partial) => return Ok(None),
            Err(_) => return Err(wrong()),
        };
        if size == 0 {
            return Ok(Some(body));
        }
        let size = usize::try_from(size).map_err(|_| wrong())?;
        let end = used.checked_add(size).ok_or_else(wrong)?;
        let Some(chunk) = bytes.get(used..end) else {
            return Ok(None);
        };
        body.extend_from_slice(chunk);
        bytes = &bytes[end..];
        match bytes.get(..2) {
            Some(b"\r\n") => bytes = &bytes[2..],
            Some(_) => return Err(wrong()),
            None => return Ok(None),
        }
    }
}

fn unpack(body: Vec<u8>, encoding: Option<&str>) -> Result<Vec<u8>, Broken> {
    let mut unpacked = Vec::new();
    let done = match encoding.map(str::to_ascii_lowercase).as_deref() {
        Some("gzip" | "x-gzip") => MultiGzDecoder::new(body.as_slice()).read_to_end(&mut unpacked),
        Some("deflate") => ZlibDecoder::new(body.as_slice()).read_to_end(&mut unpacked),
        _ => return Ok(body),
    };
    done.map_err(|error| Broken::NotHttp(error.to_string()))?;
    Ok(unpacked)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(text: &str, at_end: bool) -> Option<Vec<u8>> {
        read(text.as_bytes(), at_end).unwrap()?.body
    }

    #[test]
    fn a_body_ends_where_it_says() {
        let sized = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}x";
        assert_eq!(body(sized, false).unwrap(), b"{}");
        assert_eq!(body(&sized[..sized.len() - 2], false), None);
        assert_eq!(body(&sized[..sized.len() - 2], true).unwrap(), b"{");
        let open = "HTTP/1.0 200 OK\r\n\r\nab";
        assert_eq!(body(open, false), None);
        assert_eq!(body(open, true).unwrap(), b"ab");
        let chunked =
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n2\r\nbc\r\n0\r\n\r\n";
        assert_eq!(body(chunked, false).unwrap(), b"abc");
        assert!(read(&chunked.as_bytes()[..60], true).is_err());
        let early = format!("HTTP/1.1 103 Early Hints\r\nA: b\r\n\r\n{sized}");
        assert_eq!(body(&early, false).unwrap(), b"{}");
        let none = read(b"HTTP/1.1 204 No Content\r\n\r\n", false).unwrap();
        assert_eq!(none.unwrap().body, None);
    }

    #[test]
    fn what_is_not_http_is_said_to_be_none() {
        for wrong in [
            "SSH-2.0\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 1\r\n\r\nx",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nabc\r\n",
        ] {
            let read = read(wrong.as_bytes(), false);
            assert!(matches!(read, Err(Broken::NotHttp(_))), "{wrong}: {read:?}");
        }
    }
}
