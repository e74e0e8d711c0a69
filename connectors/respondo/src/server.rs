//! A remote for tests, which takes one connection and does exactly what it is told.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use url::Url;

pub(crate) struct Server {
    listener: TcpListener,
    address: SocketAddr,
}

/// A request as it came, with header names in lower case.
#[derive(Debug)]
pub(crate) struct Request {
    pub(crate) line: String,
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: Vec<u8>,
}

impl Server {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
        let address = listener.local_addr().expect("an address");
        Self { listener, address }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// A URL here, with `path`.
    pub(crate) fn url(&self, path: &str) -> Url {
        let url = format!("http://{}{path}", self.address);
        url.parse().expect("a URL")
    }

    /// A connection on which nothing has been read.
    pub(crate) async fn accept(&self) -> TcpStream {
        self.listener.accept().await.expect("a connection").0
    }

    /// A connection and the whole request on it.
    pub(crate) async fn request(&self) -> (TcpStream, Request) {
        let mut stream = self.accept().await;
        let mut bytes = Vec::new();
        let head = loop {
            if let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
                break end;
            }
            read_more(&mut stream, &mut bytes).await;
        };
        let text = String::from_utf8(bytes[..head].to_vec()).expect("a head in UTF-8");
        let mut lines = text.split("\r\n").map(str::to_owned);
        let line = lines.next().expect("a request line");
        let mut headers = BTreeMap::new();
        for line in lines {
            let (name, value) = line.split_once(": ").expect("a header");
            let repeated = headers.insert(name.to_ascii_lowercase(), value.to_owned());
            assert_eq!(repeated, None, "{name} is there twice");
        }
        let length = headers.get("content-length");
        let length = length.map_or(0, |length| length.parse().expect("a length"));
        let mut body = bytes.split_off(head + 4);
        while body.len() < length {
            read_more(&mut stream, &mut body).await;
        }
        assert_eq!(body.len(), length, "the body is longer than it says");
        let request = Request {
            line,
            headers,
            body,
        };
        (stream, request)
    }

    /// Takes one request, writes `answer`, and hangs up.
    pub(crate) async fn answer(&self, answer: &str) -> Request {
        let (mut stream, request) = self.request().await;
        stream.write_all(answer.as_bytes()).await.expect("written");
        stream.shutdown().await.expect("closed");
        request
    }
}

async fn read_more(stream: &mut TcpStream, into: &mut Vec<u8>) {
    let read = stream.read_buf(into).await.expect("readable");
    assert!(read > 0, "the request breaks off");
}
