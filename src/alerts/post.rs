//! One POST to the operator's URL.

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;

use crate::live::Live;
use crate::outbound::{ClientError, system_client};

/// For a connection, and for the whole call.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
const TIMEOUT: Duration = Duration::from_secs(10);

/// Why an alert was not taken. None of it names the URL, which is a secret.
#[derive(Debug, thiserror::Error)]
pub(super) enum PostError {
    #[error(transparent)]
    Client(#[from] ClientError),
    #[error("no connection to the URL's host")]
    NoConnection,
    #[error("no answer in time")]
    TimedOut,
    #[error("the call broke off")]
    BrokeOff,
    #[error("answered {0}")]
    Refused(u16),
}

pub(super) type Posting<'a> = Pin<Box<dyn Future<Output = Result<(), PostError>> + Send + 'a>>;

/// Takes alerts; a test's stand-in for the URL.
pub(super) trait Post: Send + Sync {
    /// Sends one, once.
    fn post(&self, body: String) -> Posting<'_>;
}

/// The URL in force. Alerts are few, so each has a client of its own, made from the settings of the moment.
pub(super) struct Webhook(Arc<ArcSwap<Live>>);

impl Webhook {
    pub(super) fn new(live: Arc<ArcSwap<Live>>) -> Self {
        Self(live)
    }

    async fn send(&self, body: String) -> Result<(), PostError> {
        let live = self.0.load_full();
        let Some(url) = &live.settings.alerts.url else {
            return Ok(());
        };
        let outbound = &live.settings.outbound;
        let ca_files = outbound.ca_file.iter().map(std::path::PathBuf::as_path);
        let client = system_client(outbound.proxy.as_ref(), ca_files, CONNECT_TIMEOUT)?;
        let call = client
            .post(url.reveal().clone())
            .timeout(TIMEOUT)
            .header("content-type", "application/json")
            .body(body);
        let answer = call.send().await.map_err(|error| {
            if error.is_connect() {
                PostError::NoConnection
            } else if error.is_timeout() {
                PostError::TimedOut
            } else {
                PostError::BrokeOff
            }
        })?;
        // Its body is nobody's concern and is not read.
        match answer.status() {
            status if status.is_success() => Ok(()),
            status => Err(PostError::Refused(status.as_u16())),
        }
    }
}

impl Post for Webhook {
    fn post(&self, body: String) -> Posting<'_> {
        Box::pin(self.send(body))
    }
}
