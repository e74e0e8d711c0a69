//! HTTP over the daemon's admin socket, a connection for each call.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context;
use bytes::Bytes;
use http::{Method, Request, Response, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::net::UnixStream;
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::Failure;

/// A daemon that works answers a question within this.
const LONGEST_QUESTION: Duration = Duration::from_secs(60);
const BROKEN_OFF: &str = "the daemon broke off, and its log says why if it still runs";
/// An order may concern many deliveries, each of which is synced.
const LONGEST_ORDER: Duration = Duration::from_secs(600);

pub(in super::super) struct Socket {
    path: PathBuf,
    store: PathBuf,
}

/// An answer that arrives piece by piece.
pub(in super::super) struct Streamed {
    body: Incoming,
    /// Ends with it.
    _connected: JoinSet<()>,
}

impl Streamed {
    /// The next bytes; nothing after the last ones.
    pub(super) async fn next(&mut self) -> Option<Result<Bytes, Failure>> {
        loop {
            let broken_off = |what: &str| Failure::Failed(anyhow::anyhow!("{BROKEN_OFF}: {what}"));
            let frame = match timeout(LONGEST_QUESTION, self.body.frame()).await {
                Ok(frame) => frame?,
                Err(_) => return Some(Err(broken_off("nothing came for a minute"))),
            };
            match frame.map(|frame| frame.into_data()) {
                Ok(Ok(bytes)) => return Some(Ok(bytes)),
                // Trailers say nothing to us.
                Ok(Err(_)) => {}
                Err(error) => return Some(Err(broken_off(&error.to_string()))),
            }
        }
    }

    /// All of it, where it is short.
    pub(super) async fn all(self) -> Result<Bytes, Failure> {
        let all = self.body.collect().await;
        Ok(all
            .map_err(|error| Failure::Failed(error.into()))?
            .to_bytes())
    }
}

impl Socket {
    /// Finds out whether somebody listens.
    pub(in super::super) async fn reach(path: &Path, store: &Path) -> io::Result<Self> {
        drop(UnixStream::connect(path).await?);
        Ok(Self {
            path: path.to_owned(),
            store: store.to_owned(),
        })
    }

    pub(in super::super) async fn call(
        &self,
        request: Request<Bytes>,
    ) -> Result<Response<Bytes>, Failure> {
        let is_question = request.method() == Method::GET;
        let longest = if is_question {
            LONGEST_QUESTION
        } else {
            LONGEST_ORDER
        };
        match timeout(longest, self.exchange(request)).await {
            Ok(exchanged) => exchanged
                .with_context(|| format!("asking the daemon on {}", self.path.display()))
                .map_err(Failure::Failed),
            Err(_) if is_question => Err(Failure::Unanswered {
                store: self.store.clone(),
                socket: self.path.clone(),
            }),
            Err(_) => Err(Failure::Failed(anyhow::anyhow!(
                "the daemon does not answer; whether the order was carried out is not known"
            ))),
        }
    }

    /// Asks for something that is too long to be kept in memory.
    pub(super) async fn stream(&self, target: &str) -> Result<(StatusCode, Streamed), Failure> {
        let asking = timeout(LONGEST_QUESTION, self.ask_for_stream(target)).await;
        match asking {
            Ok(asked) => asked
                .with_context(|| format!("asking the daemon on {}", self.path.display()))
                .map_err(Failure::Failed),
            Err(_) => Err(Failure::Unanswered {
                store: self.store.clone(),
                socket: self.path.clone(),
            }),
        }
    }

    async fn ask_for_stream(&self, target: &str) -> anyhow::Result<(StatusCode, Streamed)> {
        let stream = UnixStream::connect(&self.path).await?;
        let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
        let mut connected = JoinSet::new();
        connected.spawn(async move { drop(connection.await) });
        let request = Request::get(target).header("host", "ticketbridge");
        let answer = sender
            .send_request(request.body(Full::<Bytes>::default())?)
            .await?;
        let (head, body) = answer.into_parts();
        let streamed = Streamed {
            body,
            _connected: connected,
        };
        Ok((head.status, streamed))
    }

    async fn exchange(&self, request: Request<Bytes>) -> anyhow::Result<Response<Bytes>> {
        let stream = UnixStream::connect(&self.path).await?;
        let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
        let exchange = async {
            let answer = sender.send_request(request.map(Full::new)).await?;
            let (head, body) = answer.into_parts();
            let body = body.collect().await?.to_bytes();
            anyhow::Ok(Response::from_parts(head, body))
        };
        let mut exchange = std::pin::pin!(exchange);
        tokio::select! {
            answer = &mut exchange => answer,
            ended = connection => {
                ended?;
                exchange.await
            }
        }
    }
}
