//! A plain server at response URLs, which keeps the bytes that came and answers with those that it was given.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use serde_json::Value;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio::sync::Barrier;
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;

/// What is done about one request.
#[derive(Clone, Debug)]
pub(crate) enum Then {
    /// These bytes are sent and the connection closed.
    Say(Vec<u8>),
    /// Nothing is sent, and the connection stays.
    Hang,
    /// As many requests as this many wait for each other, then these bytes are sent.
    Together(Arc<Barrier>, Vec<u8>),
}

#[derive(Debug)]
pub(crate) struct Answering {
    addr: SocketAddr,
    /// The certificate, in PEM, if it speaks TLS.
    pub(crate) pem: Option<String>,
    requests: Arc<Mutex<Vec<String>>>,
    _tasks: JoinSet<()>,
}

impl Answering {
    pub(crate) async fn start(script: Vec<Then>) -> Self {
        Self::on(script, None, None).await
    }

    /// With TLS and a certificate for `localhost`.
    pub(crate) async fn start_tls(script: Vec<Then>) -> Self {
        let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        let key = PrivateKeyDer::try_from(made.signing_key.serialize_der()).unwrap();
        let config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![made.cert.der().clone()], key)
            .unwrap();
        let acceptor = TlsAcceptor::from(Arc::new(config));
        Self::on(script, Some(acceptor), Some(made.cert.pem())).await
    }

    async fn on(script: Vec<Then>, tls: Option<TlsAcceptor>, pem: Option<String>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let addr = listener.local_addr().unwrap();
        let requests = Arc::new(Mutex::new(Vec::new()));
        let script = Arc::new(Mutex::new(VecDeque::from(script)));
        let mut tasks = JoinSet::new();
        let kept = Arc::clone(&requests);
        tasks.spawn(async move {
            let mut open = JoinSet::new();
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let (kept, script, tls) = (Arc::clone(&kept), Arc::clone(&script), tls.clone());
                open.spawn(async move {
                    match tls {
                        None => serve(stream, &kept, &script).await,
                        Some(tls) => {
                            if let Ok(stream) = tls.accept(stream).await {
                                serve(stream, &kept, &script).await;
                            }
                        }
                    }
                });
            }
        });
        Self {
            addr,
            pem,
            requests,
            _tasks: tasks,
        }
    }

    pub(crate) fn port(&self) -> u16 {
        self.addr.port()
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.addr)
    }

    /// The bytes of each request so far.
    pub(crate) fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }
}

async fn serve<S: AsyncRead + AsyncWrite + Unpin>(
    mut stream: S,
    requests: &Mutex<Vec<String>>,
    script: &Mutex<VecDeque<Then>>,
) {
    let Some(request) = read(&mut stream).await else {
        return;
    };
    requests.lock().unwrap().push(request);
    let then = script.lock().unwrap().pop_front();
    let bytes = match then.expect("nothing was said about this request") {
        Then::Say(bytes) => bytes,
        Then::Hang => std::future::pending().await,
        Then::Together(barrier, bytes) => {
            barrier.wait().await;
            bytes
        }
    };
    // A client that hung up has its reasons.
    stream.write_all(&bytes).await.unwrap_or_default();
    stream.shutdown().await.unwrap_or_default();
}

/// One request to the end that its head says; none if the client went before.
async fn read<S: AsyncRead + Unpin>(stream: &mut S) -> Option<String> {
    let mut bytes = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head
                .lines()
                .find_map(|line| line.strip_prefix("Content-Length: "))
                .map_or(0, |digits| digits.parse().unwrap());
            if body.len() >= length {
                return Some(text);
            }
        }
        match stream.read_buf(&mut bytes).await {
            Ok(0) | Err(_) => return None,
            Ok(_) => {}
        }
    }
}

/// An answer with this status and body.
pub(crate) fn say(status: u16, body: &str) -> Then {
    let length = body.len();
    Then::Say(format!("HTTP/1.1 {status} X\r\nContent-Length: {length}\r\n\r\n{body}").into_bytes())
}

pub(crate) fn json(body: &Value) -> Then {
    say(200, &body.to_string())
}
