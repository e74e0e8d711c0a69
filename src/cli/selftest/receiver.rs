//! Who gets the test's reply: a response URL on the loopback interface.

use std::convert::Infallible;
use std::net::{Ipv4Addr, SocketAddr};

use bytes::Bytes;
use http::{HeaderMap, Request, Response};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;
use tokio::sync::mpsc;

pub(super) struct Receiver {
    listener: TcpListener,
    address: SocketAddr,
}

/// A reply, as it came.
pub(super) struct Received {
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

impl Receiver {
    pub(super) async fn listen() -> anyhow::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        Ok(Self { listener, address })
    }

    pub(super) fn url(&self) -> String {
        format!("http://{}/selftest", self.address)
    }

    /// The first request that comes; it is answered 204.
    pub(super) async fn receive(&self) -> anyhow::Result<Received> {
        let (stream, _) = self.listener.accept().await?;
        let (sender, mut received) = mpsc::channel(1);
        let service = service_fn(move |request: Request<Incoming>| {
            let sender = sender.clone();
            async move { Ok::<_, Infallible>(take(request, &sender).await) }
        });
        let mut connection = http1::Builder::new();
        connection.keep_alive(false);
        connection
            .serve_connection(TokioIo::new(stream), service)
            .await?;
        let received = received.recv().await;
        received.ok_or_else(|| anyhow::anyhow!("a connection came without a reply"))
    }
}

async fn take(request: Request<Incoming>, to: &mpsc::Sender<Received>) -> Response<Full<Bytes>> {
    let (head, body) = request.into_parts();
    let mut answer = Response::new(Full::default());
    *answer.status_mut() = http::StatusCode::NO_CONTENT;
    if let Ok(body) = body.collect().await {
        let headers = head.headers;
        let body = body.to_bytes();
        // Nobody waits for a second one.
        drop(to.try_send(Received { headers, body }));
    }
    answer
}
