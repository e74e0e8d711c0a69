//! What an agent sends, before it is read.

use axum::extract::Request;
use axum::http::header::CONTENT_TYPE;
use bytes::Bytes;

use super::fault::Fault;
use super::gate::Caller;
use crate::http::body;

/// A body and what it says it is.
pub(super) struct Sent {
    content_type: Option<String>,
    pub(super) body: Bytes,
}

impl Sent {
    pub(super) async fn read(caller: &Caller, request: Request) -> Result<Self, Fault> {
        let (parts, body) = request.into_parts();
        let most = caller.live.settings.server.max_body;
        let body = body::read(&parts.headers, body, most).await?;
        let content_type = parts.headers.get(CONTENT_TYPE);
        Ok(Self {
            content_type: content_type
                .and_then(|value| value.to_str().ok())
                .map(str::to_owned),
            body,
        })
    }

    pub(super) fn content_type(&self) -> Option<&str> {
        self.content_type.as_deref()
    }
}
