//! Requests without a connection, for a command that has the daemon's parts in its own process.

use axum::Router;
use axum::body::Body;
use bytes::Bytes;
use http::{Request, Response};
use http_body_util::BodyExt;
use tower::ServiceExt;

use super::{Bridge, Hearing, public_router};

/// What the outside reaches by HTTP.
pub struct Entrance(Router);

impl Entrance {
    /// Over `bridge`, without operations.
    #[must_use]
    pub fn new(bridge: Bridge, hearing: Hearing) -> Self {
        Self(public_router(bridge, hearing, false))
    }

    /// Answers one request.
    ///
    /// # Errors
    ///
    /// If the answer's body breaks off.
    pub async fn call(&self, request: Request<Bytes>) -> anyhow::Result<Response<Bytes>> {
        answer(&self.0, request).await
    }
}

/// What `router` answers to one request.
pub(super) async fn answer(
    router: &Router,
    request: Request<Bytes>,
) -> anyhow::Result<Response<Bytes>> {
    let answer = match router.clone().oneshot(request.map(Body::from)).await {
        Ok(answer) => answer,
        Err(never) => match never {},
    };
    let (head, body) = answer.into_parts();
    let body = body.collect().await?.to_bytes();
    Ok(Response::from_parts(head, body))
}
