//! What a peer has to say to requests, as far as its connections have to know.

use std::time::Duration;

use tokio::sync::oneshot;

use super::Request;
use crate::http::Response;

/// What the connection is to do about a request.
#[derive(Debug)]
pub(crate) enum Play {
    Answer(Response),
    /// Answer after this time.
    Later(Duration, Response),
    /// Close without an answer.
    Close,
    /// Close without an answer, and let the late work land after this time.
    CloseAndLand(Duration, usize),
    /// Wait to be released, then ask again what to do with this request.
    Hang(oneshot::Receiver<()>, usize, Request),
}

/// What a peer knows, and how it meets requests; each has a place in the order of arrival.
pub(crate) trait World: Send + 'static {
    /// Records a request and meets it.
    fn arrive(&mut self, request: Request) -> Play;

    /// Does the work of a request, and answers it.
    fn answer(&mut self, place: usize, request: &Request) -> Response;

    /// Does the work of the late request that came at this place, if it has not been done.
    fn land(&mut self, place: usize);

    /// Notes that the client left while its request hung.
    fn abandon(&mut self, place: usize);

    /// Notes whether everything is answered 503 from now on.
    fn set_unavailable(&mut self, is_unavailable: bool);

    /// Notes what arrived and is not a request.
    fn unreadable(&mut self, _reason: &str) {}
}
