//! One connection, from its first request to its last.

use std::convert::Infallible;
use std::pin::pin;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::header::CONNECTION;
use axum::http::{HeaderValue, Request, Response, StatusCode};
use axum::response::IntoResponse as _;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

use super::CurrentOptions;
use super::patience::Patience;
use super::room::Room;
use super::timed_body::TimedBody;
use crate::http::Peer;
use crate::http::problem::Problem;
use crate::http::retry_after::NO_ROOM;

/// Larger headers are answered with 431.
const MOST_HEADER_BYTES: usize = 32 * 1024;
/// More headers are answered with 431.
const MOST_HEADERS: usize = 100;
/// What a connection buffers of what was received; larger bodies come in pieces.
const MOST_BUFFERED: usize = 64 * 1024;

/// What all connections of a listener share.
pub(super) struct Serving {
    pub(super) router: Router,
    pub(super) options: CurrentOptions,
    pub(super) stop: CancellationToken,
    pub(super) received: Room,
}

/// Serves one connection to its end.
pub(super) async fn run<S>(stream: S, peer: Peer, serving: &Serving)
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let options = serving.options.now();
    let io = TokioIo::new(Patience::new(stream, options.read_timeout));
    let service = service_fn(|request| answer(request, peer, serving));
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        // Who has said all may close their half, and is answered all the same.
        .half_close(true)
        .header_read_timeout(options.read_timeout)
        .max_header_size(MOST_HEADER_BYTES)
        .max_headers(MOST_HEADERS)
        .max_buf_size(MOST_BUFFERED)
        .serve_connection(io, service);
    let mut connection = pin!(connection);
    let drained = async {
        serving.stop.cancelled().await;
        sleep(options.drain).await;
    };
    let ended = tokio::select! {
        biased;
        ended = connection.as_mut() => ended,
        () = drained => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection broke off");
    }
}

async fn answer(
    request: Request<Incoming>,
    peer: Peer,
    serving: &Serving,
) -> Result<Response<Body>, Infallible> {
    let timeout = serving.options.now().read_timeout;
    let share = serving.received.share();
    let mut request =
        request.map(|body| Body::new(TimedBody::new(body, timeout, Arc::clone(&share))));
    request.extensions_mut().insert(peer);
    let mut response = serving.router.clone().oneshot(request).await?;
    if share.is_refused() {
        response = Problem::new(StatusCode::SERVICE_UNAVAILABLE, "too much arrives at once")
            .after(NO_ROOM)
            .into_response();
    }
    // Until here what was received may be in memory.
    drop(share);
    if serving.stop.is_cancelled() {
        response
            .headers_mut()
            .insert(CONNECTION, HeaderValue::from_static("close"));
    }
    Ok(response)
}
