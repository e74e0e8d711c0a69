//! One request as a receiver saw it.

use std::fmt;
use std::time::{Duration, SystemTime};

use serde_json::Value;

use crate::http;

/// A request that arrived, and what became of it.
///
/// A request that breaks off before its end is not one, and is not recorded.
#[derive(Clone, PartialEq)]
pub struct Received {
    /// The place in the order of arrival at this receiver, from 1.
    pub seq: u64,
    /// When it had been read, by the wall clock.
    pub at: SystemTime,
    /// When it had been read, since the receiver's start, on tokio's clock.
    pub after: Duration,
    /// The method; empty if what arrived is not HTTP.
    pub method: String,
    /// The path with its query; empty if what arrived is not HTTP.
    pub path: String,
    /// The headers in their order, names as they were spelt.
    pub headers: Vec<(String, String)>,
    /// The body, without chunks.
    pub body: Vec<u8>,
    /// Why a strict peer refused it.
    pub refused: Option<String>,
    /// The status that it was given. None where none is sent, or none yet.
    ///
    /// An answer that does not wait is there as soon as the request is.
    pub answered: Option<u16>,
    /// The `external_uid` of the reply response that was prepared for it.
    pub reply_uid: Option<String>,
    /// When its answer was decided or its client was gone, counted as `after` is.
    pub ended: Option<Duration>,
}

impl Received {
    /// The body as JSON.
    pub fn json(&self) -> serde_json::Result<Value> {
        serde_json::from_slice(&self.body)
    }

    /// The first value of this header, whatever the case of its name.
    pub fn header(&self, name: &str) -> Option<&str> {
        http::first(&self.headers, name)
    }

    /// All values of this header, in their order.
    pub fn header_values(&self, name: &str) -> Vec<&str> {
        http::values(&self.headers, name).collect()
    }

    /// The id that stays the same over all tries of one delivery.
    pub fn webhook_id(&self) -> Option<&str> {
        self.header("webhook-id")
    }

    /// Whether this arrived at `path`: with the query if `path` has one, else without.
    pub fn is_at(&self, path: &str) -> bool {
        if path.contains('?') {
            self.path == path
        } else {
            path_only(&self.path) == path
        }
    }
}

impl fmt::Debug for Received {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.debug_struct("Received")
            .field("seq", &self.seq)
            .field("after", &self.after)
            .field("method", &self.method)
            .field("path", &self.path)
            .field("headers", &self.headers)
            .field("body", &String::from_utf8_lossy(&self.body))
            .field("refused", &self.refused)
            .field("answered", &self.answered)
            .field("reply_uid", &self.reply_uid)
            .field("ended", &self.ended)
            .finish_non_exhaustive()
    }
}

/// A target without its query.
pub(crate) fn path_only(target: &str) -> &str {
    target.split_once('?').map_or(target, |(path, _)| path)
}
