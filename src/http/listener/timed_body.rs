//! A request's body that comes in time or not at all.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use hyper::body::{Body, Frame, Incoming, SizeHint};
use tokio::time::{Sleep, sleep};

use super::room::Share;

/// Why a body ends early.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BodyError {
    /// It dripped.
    #[error("the body did not come in time")]
    TimedOut,
    /// The connection broke, or the framing is wrong.
    #[error("the body broke off")]
    Broken(#[source] hyper::Error),
    /// Too much of other requests is in memory.
    #[error("there is no room for the body")]
    NoRoom,
}

/// Of a body that there is no room for, so much is read and forgotten, so that the answer reaches a peer that is still
/// sending instead of being lost in a reset.
const MOST_FORGOTTEN: usize = 1024 * 1024;

pub(super) struct TimedBody {
    body: Incoming,
    timeout: Duration,
    share: Arc<Share>,
    /// Bytes that were read and not kept.
    forgotten: usize,
    /// Runs from the first time that there was nothing to read.
    deadline: Option<Pin<Box<Sleep>>>,
}

impl TimedBody {
    pub(super) fn new(body: Incoming, timeout: Duration, share: Arc<Share>) -> Self {
        Self {
            body,
            timeout,
            share,
            forgotten: 0,
            deadline: None,
        }
    }
}

impl Body for TimedBody {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        while let Poll::Ready(frame) = Pin::new(&mut self.body).poll_frame(cx) {
            let Some(frame) = frame else {
                return Poll::Ready(self.share.is_refused().then_some(Err(BodyError::NoRoom)));
            };
            let frame = frame.map_err(BodyError::Broken)?;
            let bytes = frame.data_ref().map_or(0, Bytes::len);
            if !self.share.is_refused() && self.share.take(bytes) {
                return Poll::Ready(Some(Ok(frame)));
            }
            self.forgotten = self.forgotten.saturating_add(bytes);
            if self.forgotten > MOST_FORGOTTEN {
                return Poll::Ready(Some(Err(BodyError::NoRoom)));
            }
        }
        let timeout = self.timeout;
        let deadline = self
            .deadline
            .get_or_insert_with(|| Box::pin(sleep(timeout)));
        ready!(deadline.as_mut().poll(cx));
        Poll::Ready(Some(Err(BodyError::TimedOut)))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
