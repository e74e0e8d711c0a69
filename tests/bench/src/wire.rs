//! Just enough HTTP/1.1 for both ends of a benchmark: whole messages with a `Content-Length`, one after the other.

use tokio::io::{AsyncRead, AsyncReadExt as _};

/// A message's head and where its body stands in the buffer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Framed {
    /// Bytes of the head, the empty line included.
    pub(crate) head: usize,
    /// Bytes of the whole message.
    pub(crate) whole: usize,
}

/// Where the first message in `bytes` ends, if its head is there.
pub(crate) fn frame(bytes: &[u8]) -> Option<Framed> {
    let head = bytes.windows(4).position(|four| four == b"\r\n\r\n")? + 4;
    Some(Framed {
        head,
        whole: head + content_length(&bytes[..head]),
    })
}

fn content_length(head: &[u8]) -> usize {
    const NAME: &[u8] = b"content-length:";
    let is_line =
        |line: &[u8]| line.len() > NAME.len() && line[..NAME.len()].eq_ignore_ascii_case(NAME);
    let line = head.split(|byte| *byte == b'\n').find(|line| is_line(line));
    let digits = line.map(|line| line[NAME.len()..].trim_ascii());
    digits
        .and_then(|digits| std::str::from_utf8(digits).ok()?.parse().ok())
        .unwrap_or(0)
}

/// The status in an answer's first line.
pub(crate) fn status(bytes: &[u8]) -> u16 {
    let digits = bytes.get(9..12);
    digits
        .and_then(|digits| std::str::from_utf8(digits).ok()?.parse().ok())
        .unwrap_or(0)
}

/// Reads until a whole message stands at the start of `buffer`; nothing if the stream ended before.
pub(crate) async fn read_message(
    stream: &mut (impl AsyncRead + Unpin),
    buffer: &mut Vec<u8>,
) -> std::io::Result<Option<Framed>> {
    loop {
        if let Some(framed) = frame(buffer)
            && buffer.len() >= framed.whole
        {
            return Ok(Some(framed));
        }
        if stream.read_buf(buffer).await? == 0 {
            return Ok(None);
        }
    }
}

/// The number that follows `mark` in `bytes`.
pub(crate) fn number_after(bytes: &[u8], mark: &[u8]) -> Option<u64> {
    let at = bytes.windows(mark.len()).position(|part| part == mark)? + mark.len();
    let digits = bytes[at..].iter().take_while(|byte| byte.is_ascii_digit());
    let mut number = None;
    for digit in digits {
        number = Some(number.unwrap_or(0_u64) * 10 + u64::from(digit - b'0'));
    }
    number
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_ends_where_its_length_says() {
        let bytes = b"HTTP/1.1 201 Created\r\nContent-Length: 3\r\n\r\nabcHTTP/1.1";
        assert_eq!(
            frame(bytes),
            Some(Framed {
                head: 43,
                whole: 46
            })
        );
        assert_eq!(status(bytes), 201);
        assert_eq!(frame(b"HTTP/1.1 200 OK\r\n"), None);
    }

    #[test]
    fn a_number_is_found_by_what_stands_before_it() {
        assert_eq!(number_after(b"{\"id\":123,", b"\"id\":"), Some(123));
        assert_eq!(number_after(b"{\"id\":x", b"\"id\":"), None);
        assert_eq!(number_after(b"{}", b"\"id\":"), None);
    }
}
