//! Reading a request's body, and no more of it than is allowed.

use axum::body::{Body, HttpBody};
use axum::http::HeaderMap;
use axum::http::header::EXPECT;
use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt;

use super::listener::BodyError;

/// How much of a body that is too large is read and forgotten, so that the answer reaches a peer that is still
/// sending instead of being lost in a reset.
const FORGOTTEN: u64 = 1024 * 1024;

/// Why there is no body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BodyFault {
    /// More than allowed.
    TooLarge,
    /// It did not come in time.
    TimedOut,
    /// The connection broke, or the body's framing is wrong.
    Broken,
}

/// Reads at most `most` bytes.
///
/// # Errors
///
/// See [`BodyFault`].
pub(crate) async fn read(
    headers: &HeaderMap,
    mut body: Body,
    most: u64,
) -> Result<Bytes, BodyFault> {
    let announced = body.size_hint().lower();
    if announced > most {
        // Who waits for leave to send has not begun, and needs none of this.
        if !headers.contains_key(EXPECT) && announced <= most.saturating_add(FORGOTTEN) {
            forget(&mut body).await;
        }
        return Err(BodyFault::TooLarge);
    }
    let mut read = BytesMut::with_capacity(usize::try_from(announced).unwrap_or(0));
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(fault)?;
        let Some(chunk) = frame.data_ref() else {
            continue;
        };
        if (read.len() as u64).saturating_add(chunk.len() as u64) > most {
            forget(&mut body).await;
            return Err(BodyFault::TooLarge);
        }
        read.extend_from_slice(chunk);
    }
    Ok(read.freeze())
}

async fn forget(body: &mut Body) {
    let mut forgotten = 0;
    while let Some(Ok(frame)) = body.frame().await {
        forgotten += frame.data_ref().map_or(0, |chunk| chunk.len() as u64);
        if forgotten > FORGOTTEN {
            return;
        }
    }
}

fn fault(error: axum::Error) -> BodyFault {
    match error.into_inner().downcast_ref::<BodyError>() {
        Some(BodyError::TimedOut) => BodyFault::TimedOut,
        // What lacks room is answered by the listener.
        Some(BodyError::Broken(_) | BodyError::NoRoom) | None => BodyFault::Broken,
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;
    use futures_util::stream;

    use super::*;

    fn chunked(chunks: &'static [&'static str]) -> Body {
        let chunks = chunks.iter().map(|chunk| Ok::<_, std::io::Error>(*chunk));
        Body::from_stream(stream::iter(chunks))
    }

    #[tokio::test]
    async fn a_body_is_read_up_to_its_bound() {
        let none = HeaderMap::new();
        assert_eq!(read(&none, Body::from("abcd"), 4).await.unwrap(), "abcd");
        assert_eq!(
            read(&none, chunked(&["ab", "cd"]), 4).await.unwrap(),
            "abcd"
        );
        assert_eq!(read(&none, Body::empty(), 0).await.unwrap(), "");
        let large = Err(BodyFault::TooLarge);
        assert_eq!(read(&none, Body::from("abcde"), 4).await, large);
        assert_eq!(read(&none, chunked(&["ab", "cd", "e"]), 4).await, large);
    }

    #[tokio::test]
    async fn who_waits_for_leave_to_send_is_refused_unread() {
        let headers = HeaderMap::from_iter([(EXPECT, HeaderValue::from_static("100-continue"))]);
        assert_eq!(
            read(&headers, Body::from("abcde"), 4).await,
            Err(BodyFault::TooLarge)
        );
    }

    #[tokio::test]
    async fn a_body_that_breaks_off_is_no_body() {
        let broken = Body::from_stream(stream::iter([Ok("a"), Err(std::io::Error::other("x"))]));
        assert_eq!(
            read(&HeaderMap::new(), broken, 4).await,
            Err(BodyFault::Broken)
        );
    }
}
