//! Bytes on a socket, and the answers that come back.

use std::net::SocketAddr;
use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

const LONG: Duration = Duration::from_secs(30);

/// One answer of HTTP/1.1.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    head: String,
    body: Vec<u8>,
}

impl Answer {
    pub(super) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or(Value::Null)
    }

    /// Asserts that it is the sender's fault, said in the words of the entrance; what the HTTP layer itself cannot read
    /// has no words.
    #[track_caller]
    pub(super) fn assert_is_refusal(&self, what: &str) {
        assert!((400..500).contains(&self.status), "{what}: {self:?}");
        let json = self.json();
        if self.head.contains("application/problem+json") {
            assert_eq!(json["status"], self.status, "{what}: {self:?}");
            assert!(json["error"].is_string() && json["error"] == json["detail"]);
            let errors = json["errors"].as_array().unwrap();
            assert!(errors.iter().all(|error| error["pointer"].is_string()));
        } else if !self.body.is_empty() {
            assert!(json["message"].is_string(), "{what}: {self:?}");
        }
    }
}

pub(super) async fn connect(address: SocketAddr) -> TcpStream {
    TcpStream::connect(address).await.unwrap()
}

/// Sends all of it, as far as it is taken, and reads answers until the connection ends.
pub(super) async fn exchange(address: SocketAddr, bytes: &[u8]) -> Vec<Answer> {
    let (mut from, mut to) = connect(address).await.into_split();
    let mut held = Vec::new();
    // The answer may come before all is sent, and the rest is refused then; this end stays open.
    let both = async {
        let (_sent, ()) = tokio::join!(to.write_all(bytes), read_all(&mut from, &mut held));
    };
    timeout(LONG, both)
        .await
        .expect("neither answered nor closed");
    answers(&held)
}

/// Reads until the end or a reset.
pub(super) async fn read_all(from: &mut (impl AsyncReadExt + Unpin), into: &mut Vec<u8>) {
    while from.read_buf(into).await.is_ok_and(|read| read > 0) {}
}

/// The answers in `bytes`; what is cut off by a reset is none.
pub(super) fn answers(mut bytes: &[u8]) -> Vec<Answer> {
    let mut found = Vec::new();
    while let Some(end) = bytes.windows(4).position(|part| part == b"\r\n\r\n") {
        let head = String::from_utf8(bytes[..end].to_vec())
            .unwrap()
            .to_lowercase();
        let status = head
            .split(' ')
            .nth(1)
            .and_then(|status| status.parse().ok());
        let length = head
            .lines()
            .find_map(|line| line.strip_prefix("content-length: "));
        let length = length.map_or(0, |length| length.parse().unwrap());
        let rest = &bytes[end + 4..];
        let Some(body) = rest.get(..length) else {
            break;
        };
        let answer = Answer {
            status: status.unwrap_or_else(|| panic!("no answer: {head}")),
            body: body.to_vec(),
            head,
        };
        // `100 Continue` is none yet.
        if answer.status >= 200 {
            found.push(answer);
        }
        bytes = &rest[length..];
    }
    found
}
