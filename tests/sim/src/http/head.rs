//! The head of a request, and the length of the body that it announces.

use super::{Unreadable, malformed, too_large};

const MAX_HEADERS: usize = 128;

/// The head of a request, with what it says about the bytes after it.
#[derive(Clone, Debug)]
pub(crate) struct Head {
    pub(crate) method: String,
    pub(crate) target: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) keep_alive: bool,
    pub(crate) length: BodyLength,
    pub(crate) expects_continue: bool,
}

/// How the end of a body is known.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum BodyLength {
    Exactly(usize),
    Chunked,
}

impl Head {
    /// The first value of this header, whatever the case of its name.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        first(&self.headers, name)
    }

    #[cfg(test)]
    pub(crate) fn for_test(method: &str, headers: &[(&str, &str)]) -> Self {
        let own = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        Self {
            method: method.to_owned(),
            target: "/".to_owned(),
            headers: headers.iter().map(own).collect(),
            keep_alive: true,
            length: BodyLength::Exactly(0),
            expects_continue: false,
        }
    }
}

/// Reads a head from the start of `bytes`, and says how long it is; none if it is incomplete.
pub(crate) fn parse(bytes: &[u8]) -> Result<Option<(Head, usize)>, Unreadable> {
    let mut space = [httparse::EMPTY_HEADER; MAX_HEADERS];
    let mut request = httparse::Request::new(&mut space);
    let used = match request.parse(bytes) {
        Ok(httparse::Status::Complete(used)) => used,
        Ok(httparse::Status::Partial) => return Ok(None),
        Err(error) => return malformed(format!("not a request head: {error}")),
    };
    let (Some(method), Some(target), Some(minor)) = (request.method, request.path, request.version)
    else {
        return malformed("the request line is incomplete");
    };
    if !target.starts_with('/') {
        return malformed("the request target is not a path");
    }
    let headers: Vec<(String, String)> = request
        .headers
        .iter()
        .map(|header| {
            let value = String::from_utf8_lossy(header.value).into_owned();
            (header.name.to_owned(), value)
        })
        .collect();
    if minor == 1 && values(&headers, "host").count() != 1 {
        return malformed("an HTTP/1.1 request has exactly one Host");
    }
    let says = |name, word: &str| {
        values(&headers, name)
            .flat_map(|value| value.split(','))
            .any(|each| each.trim().eq_ignore_ascii_case(word))
    };
    let head = Head {
        method: method.to_owned(),
        target: target.to_owned(),
        keep_alive: minor == 1 && !says("connection", "close"),
        expects_continue: says("expect", "100-continue"),
        length: body_length(&headers)?,
        headers,
    };
    Ok(Some((head, used)))
}

fn body_length(headers: &[(String, String)]) -> Result<BodyLength, Unreadable> {
    let lengths: Vec<&str> = values(headers, "content-length").collect();
    let encodings: Vec<&str> = values(headers, "transfer-encoding").collect();
    match (lengths.as_slice(), encodings.as_slice()) {
        ([], []) => Ok(BodyLength::Exactly(0)),
        ([], [encoding]) if encoding.eq_ignore_ascii_case("chunked") => Ok(BodyLength::Chunked),
        ([length], [])
            if !length.is_empty() && length.bytes().all(|byte| byte.is_ascii_digit()) =>
        {
            length
                .parse()
                .map(BodyLength::Exactly)
                .or_else(|_| too_large())
        }
        _ => malformed("the length of the body is in doubt"),
    }
}

/// The first value of the header `name`.
pub(crate) fn first<'a>(headers: &'a [(String, String)], name: &str) -> Option<&'a str> {
    let named = headers
        .iter()
        .find(|(each, _)| each.eq_ignore_ascii_case(name))?;
    Some(&named.1)
}

/// The values of the header `name`, in the order in which they came.
pub(crate) fn values<'a, 'n>(
    headers: &'a [(String, String)],
    name: &'n str,
) -> impl Iterator<Item = &'a str> + use<'a, 'n> {
    headers
        .iter()
        .filter(move |(each, _)| each.eq_ignore_ascii_case(name))
        .map(|(_, value)| value.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn length_of(head: &str) -> Result<BodyLength, String> {
        match parse(head.as_bytes()) {
            Ok(Some((head, _))) => Ok(head.length),
            Ok(None) => Err("incomplete".to_owned()),
            Err(Unreadable::Malformed { reason, .. }) => Err(reason),
            Err(Unreadable::Gone) => Err("gone".to_owned()),
        }
    }

    #[test]
    fn a_body_has_one_certain_length() {
        let with = |lines: &str| length_of(&format!("POST / HTTP/1.1\r\nHost: h\r\n{lines}\r\n"));
        assert_eq!(with(""), Ok(BodyLength::Exactly(0)));
        assert_eq!(with("Content-Length: 12\r\n"), Ok(BodyLength::Exactly(12)));
        assert_eq!(
            with("Transfer-Encoding: Chunked\r\n"),
            Ok(BodyLength::Chunked)
        );
        for doubtful in [
            "Content-Length: 12\r\nContent-Length: 12\r\n",
            "Content-Length: 12\r\nTransfer-Encoding: chunked\r\n",
            "Transfer-Encoding: gzip, chunked\r\n",
            "Content-Length: +12\r\n",
            "Content-Length:\r\n",
        ] {
            assert_eq!(
                with(doubtful),
                Err("the length of the body is in doubt".to_owned()),
                "{doubtful}"
            );
        }
    }

    #[test]
    fn a_head_without_host_or_with_an_absolute_target_is_malformed() {
        assert!(length_of("POST / HTTP/1.1\r\n\r\n").is_err());
        assert!(length_of("POST http://h/ HTTP/1.1\r\nHost: h\r\n\r\n").is_err());
        assert!(length_of("POST / HTTP/1.1\r\nHost: h\r\nHost: i\r\n\r\n").is_err());
    }

    #[test]
    fn a_connection_is_kept_unless_it_is_said_or_old() {
        let kept = |head: &str| parse(head.as_bytes()).unwrap().unwrap().0.keep_alive;
        assert!(kept("GET / HTTP/1.1\r\nHost: h\r\n\r\n"));
        assert!(!kept(
            "GET / HTTP/1.1\r\nHost: h\r\nConnection: Close\r\n\r\n"
        ));
        assert!(!kept("GET / HTTP/1.0\r\n\r\n"));
    }
}
