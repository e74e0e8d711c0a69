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

/// A daemon that works answers a question within this. Orders that concern many deliveries may take longer.
const LONGEST_QUESTION: Duration = Duration::from_secs(60);

pub(in super::super) struct Socket(PathBuf);

impl Socket {
    /// Finds out whether somebody listens.
    pub(super) async fn reach(path: &Path) -> io::Result<Self> {
        drop(UnixStream::connect(path).await?);
        Ok(Self(path.to_owned()))
    }

    pub(super) async fn call(&self, request: Request<Bytes>) -> Result<Response<Bytes>, Failure> {
        let is_question = request.method() == Method::GET;
        let calling = self.exchange(request);
        let exchanged = if is_question {
            timeout(LONGEST_QUESTION, calling)
                .await
                .unwrap_or_else(|_| Err(anyhow::anyhow!("the daemon does not answer")))
        } else {
            calling.await
        };
        exchanged
            .with_context(|| format!("asking the daemon on {}", self.0.display()))
            .map_err(Failure::Failed)
    }

    async fn exchange(&self, request: Request<Bytes>) -> anyhow::Result<Response<Bytes>> {
        let stream = UnixStream::connect(&self.0).await?;
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
