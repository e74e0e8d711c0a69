//! HTTP over the daemon's admin socket, a connection for each call.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context;
use bytes::Bytes;
use http::{Method, Request, Response};
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::net::UnixStream;
use tokio::time::timeout;

use super::Failure;

/// A daemon that works answers a question within this.
const LONGEST_QUESTION: Duration = Duration::from_secs(60);
/// An order may concern many deliveries, each of which is synced.
const LONGEST_ORDER: Duration = Duration::from_secs(600);

pub(in super::super) struct Socket {
    path: PathBuf,
    store: PathBuf,
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
