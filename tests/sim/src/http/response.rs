//! A well-formed answer, from its parts to its bytes.

use http::StatusCode;
use serde_json::Value;

/// An answer that keeps to HTTP.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Response {
    pub(crate) status: u16,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Response {
    /// An answer with this status and nothing else.
    pub(crate) fn empty(status: u16) -> Self {
        Self {
            status,
            headers: Vec::new(),
            body: Vec::new(),
        }
    }

    /// An answer whose body is one sentence.
    pub(crate) fn text(status: u16, sentence: &str) -> Self {
        let mut answer = Self::empty(status).with("Content-Type", "text/plain; charset=utf-8");
        answer.body = sentence.as_bytes().to_vec();
        answer
    }

    /// An answer whose body is a page.
    pub(crate) fn html(status: u16, page: &str) -> Self {
        let mut answer = Self::empty(status).with("Content-Type", "text/html; charset=UTF-8");
        answer.body = page.as_bytes().to_vec();
        answer
    }

    /// An answer whose body is `value`.
    pub(crate) fn json(status: u16, value: &Value) -> Self {
        let mut answer = Self::empty(status).with("Content-Type", "application/json");
        answer.body = value.to_string().into_bytes();
        answer
    }

    /// An answer with these bytes for its body.
    pub(crate) fn bytes(status: u16, body: Vec<u8>) -> Self {
        Self {
            body,
            ..Self::empty(status)
        }
    }

    /// The same answer with one more header.
    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The bytes of the answer to a request with this method.
    pub(crate) fn to_bytes(&self, method: &str, keep_alive: bool) -> Vec<u8> {
        let bodiless = matches!(self.status, 100..=199 | 204 | 304);
        let mut head = status_line(self.status);
        for (name, value) in &self.headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        if !bodiless {
            head.push_str(&format!("Content-Length: {}\r\n", self.body.len()));
        }
        if !keep_alive {
            head.push_str("Connection: close\r\n");
        }
        head.push_str("\r\n");
        let mut bytes = head.into_bytes();
        if !bodiless && method != "HEAD" {
            bytes.extend_from_slice(&self.body);
        }
        bytes
    }
}

/// The first line of an answer, with the line's end.
pub(crate) fn status_line(status: u16) -> String {
    let reason = StatusCode::from_u16(status)
        .ok()
        .and_then(|known| known.canonical_reason());
    format!("HTTP/1.1 {status} {}\r\n", reason.unwrap_or("Unknown"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_is_left_out_where_http_has_none() {
        let text =
            |answer: Response, method| String::from_utf8(answer.to_bytes(method, true)).unwrap();
        assert_eq!(
            text(Response::empty(200), "POST"),
            "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
        );
        assert_eq!(
            text(Response::empty(204), "POST"),
            "HTTP/1.1 204 No Content\r\n\r\n"
        );
        assert_eq!(
            text(Response::json(200, &serde_json::json!({})), "HEAD"),
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n"
        );
    }
}
