//! What every answer has, whatever was asked.

use http::header::RETRY_AFTER;
use reqwest::Response;

use crate::send::RetryAfter;

/// Why a body is not there in full.
#[derive(Debug)]
pub(crate) enum Cut {
    /// It is longer than the limit, and was not read to its end.
    TooLong,
    /// It ended, or the time did, before it was whole.
    BrokenOff(reqwest::Error),
}

/// The `Retry-After`, if it can be understood.
pub(crate) fn retry_after(answer: &Response) -> Option<RetryAfter> {
    let value = answer.headers().get(RETRY_AFTER)?;
    RetryAfter::parse(value.to_str().ok()?)
}

/// The whole body. The request's own timeout ends one that does not.
pub(crate) async fn read(mut answer: Response, max_bytes: usize) -> Result<Vec<u8>, Cut> {
    let mut body = Vec::new();
    loop {
        let chunk = answer.chunk().await;
        match chunk.map_err(|error| Cut::BrokenOff(error.without_url()))? {
            None => return Ok(body),
            Some(chunk) if chunk.len() > max_bytes - body.len() => return Err(Cut::TooLong),
            Some(chunk) => body.extend_from_slice(&chunk),
        }
    }
}
