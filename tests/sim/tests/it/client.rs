//! A client that shows the very bytes that came back.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// Longer than anything here takes; a wait this long is a failure.
pub(crate) const LONG: Duration = Duration::from_secs(20);

/// A well-formed reply.
pub(crate) fn reply(text: &str) -> Value {
    json!({
        "response_text": text,
        "author": { "external_uid": "3", "username": "Agent Smith" },
        "parent_id": "p-1",
    })
}

/// The bytes of a request with this body.
pub(crate) fn post(path: &str, headers: &str, body: &str) -> String {
    let length = body.len();
    format!("POST {path} HTTP/1.1\r\nHost: sim\r\n{headers}Content-Length: {length}\r\n\r\n{body}")
}

/// The bytes of a request that is a well-formed reply with this id.
pub(crate) fn post_reply(path: &str, id: &str, text: &str) -> String {
    let headers = format!("Content-Type: application/json\r\nWebhook-Id: {id}\r\n");
    post(path, &headers, &reply(text).to_string())
}

/// An answer, taken apart.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }
}

/// A connection to a peer.
pub(crate) struct Client(TcpStream);

impl Client {
    pub(crate) async fn connect(addr: SocketAddr) -> Self {
        Self(TcpStream::connect(addr).await.unwrap())
    }

    pub(crate) async fn send(&mut self, request: &str) {
        self.0.write_all(request.as_bytes()).await.unwrap();
    }

    /// One byte, or nothing at the end.
    pub(crate) async fn byte(&mut self) -> io::Result<Option<u8>> {
        let mut byte = [0];
        let count = timeout(LONG, self.0.read(&mut byte)).await.unwrap()?;
        Ok((count == 1).then_some(byte[0]))
    }

    /// So many bytes.
    pub(crate) async fn bytes(&mut self, count: usize) -> Vec<u8> {
        let mut bytes = vec![0; count];
        timeout(LONG, self.0.read_exact(&mut bytes))
            .await
            .unwrap()
            .unwrap();
        bytes
    }

    /// What comes up to an empty line, with it.
    pub(crate) async fn head(&mut self) -> String {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(self.byte().await.unwrap().expect("the head has an end"));
        }
        String::from_utf8(head).unwrap()
    }

    /// One answer whose length is said.
    pub(crate) async fn answer(&mut self) -> Answer {
        let head = self.head().await;
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        let length = head
            .lines()
            .find_map(|line| line.strip_prefix("Content-Length: "));
        let length = length.map_or(0, |digits| digits.parse().unwrap());
        let body = self.bytes(length).await;
        Answer { status, head, body }
    }

    /// Everything up to the end, and the error that it ended with.
    pub(crate) async fn rest(&mut self) -> (Vec<u8>, Option<io::ErrorKind>) {
        let mut rest = Vec::new();
        loop {
            match self.byte().await {
                Ok(Some(byte)) => rest.push(byte),
                Ok(None) => return (rest, None),
                Err(error) => return (rest, Some(error.kind())),
            }
        }
    }

    pub(crate) async fn ask(&mut self, request: &str) -> Answer {
        self.send(request).await;
        self.answer().await
    }
}
