//! A system that does what a script says, one act for each request, and remembers what was asked.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex};

use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// What a request meets.
#[derive(Debug, Clone)]
pub(in crate::systems) enum Act {
    /// An answer with these headers and this body.
    Answer(u16, &'static str, String),
    /// The connection ends without an answer.
    HangUp,
    /// Nothing, ever.
    Silence,
}

impl Act {
    pub(in crate::systems) fn json(status: u16, body: Value) -> Self {
        Self::Answer(status, "", body.to_string())
    }

    pub(in crate::systems) fn ok() -> Self {
        Self::json(
            200,
            serde_json::json!({"statusCode": 200, "result": "success"}),
        )
    }

    pub(in crate::systems) fn refuses(status: u16, message: &str) -> Self {
        Self::json(
            status,
            serde_json::json!({"statusCode": status, "message": message}),
        )
    }
}

/// A request as it came, with header names in lower case.
#[derive(Debug, Clone)]
pub(in crate::systems) struct Received {
    pub(in crate::systems) line: String,
    pub(in crate::systems) headers: BTreeMap<String, String>,
    pub(in crate::systems) body: String,
}

pub(in crate::systems) struct Server {
    base: String,
    received: Arc<Mutex<Vec<Received>>>,
    task: JoinHandle<()>,
}

impl Server {
    /// What the script does not foresee is hung up on.
    pub(in crate::systems) async fn start(script: Vec<Act>) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let received = Arc::new(Mutex::new(Vec::new()));
        let book = Arc::clone(&received);
        let task = tokio::spawn(async move {
            let mut script = VecDeque::from(script);
            let mut kept = Vec::new();
            while let Ok((mut stream, _)) = listener.accept().await {
                let Some(request) = read(&mut stream).await else {
                    continue;
                };
                book.lock().unwrap().push(request);
                match script.pop_front().unwrap_or(Act::HangUp) {
                    Act::Answer(status, headers, body) => {
                        let length = body.len();
                        let answer = format!(
                            "HTTP/1.1 {status} X\r\n{headers}content-length: {length}\r\nconnection: close\r\n\r\n{body}"
                        );
                        // Whoever asked may have gone.
                        drop(stream.write_all(answer.as_bytes()).await);
                    }
                    Act::HangUp => drop(stream),
                    Act::Silence => kept.push(stream),
                }
            }
        });
        Self {
            base,
            received,
            task,
        }
    }

    pub(in crate::systems) fn base(&self) -> String {
        self.base.clone()
    }

    pub(in crate::systems) fn received(&self) -> Vec<Received> {
        self.received.lock().unwrap().clone()
    }

    /// Methods and targets of all requests.
    pub(in crate::systems) fn lines(&self) -> Vec<String> {
        let received = self.received();
        received.into_iter().map(|request| request.line).collect()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn read(stream: &mut TcpStream) -> Option<Received> {
    let mut read = Vec::new();
    loop {
        let head = read.windows(4).position(|four| four == b"\r\n\r\n");
        if let Some(head) = head {
            let text = String::from_utf8(read[..head].to_vec()).unwrap();
            let (line, rest) = text.split_once("\r\n").unwrap();
            let headers = rest.split("\r\n").map(|header| {
                let (name, value) = header.split_once(": ").unwrap();
                (name.to_ascii_lowercase(), value.to_owned())
            });
            let headers: BTreeMap<_, _> = headers.collect();
            let length = headers.get("content-length");
            let length: usize = length.map_or(0, |length| length.parse().unwrap());
            let body = &read[head + 4..];
            if body.len() >= length {
                assert_eq!(body.len(), length, "the body is longer than it says");
                return Some(Received {
                    line: line.trim_end_matches(" HTTP/1.1").to_owned(),
                    headers,
                    body: String::from_utf8(body.to_vec()).unwrap(),
                });
            }
        }
        if stream.read_buf(&mut read).await.ok()? == 0 {
            return None;
        }
    }
}
