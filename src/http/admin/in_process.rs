//! The operator's interface without a connection, for a command that opened the store by itself.

use axum::Router;
use bytes::Bytes;
use http::{Request, Response};

use crate::http::Bridge;
use crate::http::in_process::answer;

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
        answer(&self.0, request).await
    }
}
