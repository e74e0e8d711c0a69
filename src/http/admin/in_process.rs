//! The operator's interface without a connection, for a command that opened the store by itself.

use axum::Router;
use axum::body::Body;
use bytes::Bytes;
use http::{Request, Response};
use http_body_util::BodyExt;
use tower::ServiceExt;

use crate::http::Bridge;

use super::admin_router;

/// The operator's interface over a store of this process.
pub struct InProcess(Router);

impl InProcess {
    /// Over `bridge`.
    #[must_use]
    pub fn new(bridge: Bridge) -> Self {
        Self(admin_router(bridge))
    }

    /// Answers one request.
    ///
    /// # Errors
    ///
    /// If the answer's body breaks off.
    pub async fn call(&self, request: Request<Bytes>) -> anyhow::Result<Response<Bytes>> {
        let answer = match self.0.clone().oneshot(request.map(Body::from)).await {
            Ok(answer) => answer,
            Err(never) => match never {},
        };
        let (head, body) = answer.into_parts();
        let body = body.collect().await?.to_bytes();
        Ok(Response::from_parts(head, body))
    }
}
