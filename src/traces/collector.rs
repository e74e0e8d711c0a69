//! One POST to the collector: what is sent, and what its answer means.
//!
//! <https://opentelemetry.io/docs/specs/otlp/#otlphttp>

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use arc_swap::ArcSwap;
use http::header::{CONTENT_TYPE, RETRY_AFTER};
use opentelemetry_proto::tonic::collector::trace::v1::{
    ExportTraceServiceRequest, ExportTraceServiceResponse,
};
use opentelemetry_proto::tonic::common::v1::InstrumentationScope;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::resource::v1::Resource;
use opentelemetry_proto::tonic::trace::v1::{ResourceSpans, ScopeSpans, Span};
use prost::Message as _;

use crate::live::Live;
use crate::outbound::{Client, ClientError, system_client};

use super::span::attribute;

/// For a connection, and for the whole call.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
const TIMEOUT: Duration = Duration::from_secs(10);
/// No answer needs more.
const MOST_ANSWER: usize = 64 * 1024;

/// What a collector made of a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Taken {
    /// All but so many.
    AllBut(u64),
    /// Nobody wants any.
    Unwanted,
}

/// Why a batch was not taken. None of it shows a header.
#[derive(Debug, thiserror::Error)]
pub(super) enum Untaken {
    #[error(transparent)]
    Client(#[from] ClientError),
    #[error("no connection to the collector")]
    NoConnection,
    #[error("no answer in time")]
    TimedOut,
    #[error("the call broke off")]
    BrokeOff,
    #[error("the collector is busy and answered {status}")]
    Busy {
        status: u16,
        after: Option<Duration>,
    },
    #[error("the collector answered {0}")]
    Refused(u16),
}

impl Untaken {
    /// Whether the same batch may be taken later, as the protocol's page says.
    pub(super) fn is_passing(&self) -> bool {
        match self {
            Self::NoConnection | Self::TimedOut | Self::BrokeOff | Self::Busy { .. } => true,
            Self::Client(_) | Self::Refused(_) => false,
        }
    }

    /// When the collector wants to be asked again, where it says so.
    pub(super) fn after(&self) -> Option<Duration> {
        match self {
            Self::Busy { after, .. } => *after,
            _ => None,
        }
    }
}

/// Takes batches; a test's stand-in for the collector.
pub(super) trait Collect: Send + Sync {
    /// Posts one, once.
    fn collect(&self, spans: &[Span]) -> impl Future<Output = Result<Taken, Untaken>> + Send;
}

/// The collector of the settings in force.
pub(super) struct Collector {
    live: Arc<ArcSwap<Live>>,
    /// The client, and for which settings it was made.
    made: Mutex<Option<(Arc<Live>, Client)>>,
}

impl Collector {
    pub(super) fn new(live: Arc<ArcSwap<Live>>) -> Self {
        Self {
            live,
            made: Mutex::default(),
        }
    }

    fn client(&self, live: &Arc<Live>) -> Result<Client, ClientError> {
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((of, client)) = made.as_ref()
            && Arc::ptr_eq(of, live)
        {
            return Ok(client.clone());
        }
        let outbound = &live.settings.outbound;
        let ca_files = outbound.ca_file.iter().map(std::path::PathBuf::as_path);
        let client = system_client(outbound.proxy.as_ref(), ca_files, CONNECT_TIMEOUT)?;
        *made = Some((Arc::clone(live), client.clone()));
        Ok(client)
    }
}

impl Collect for Collector {
    async fn collect(&self, spans: &[Span]) -> Result<Taken, Untaken> {
        let live = self.live.load_full();
        let traces = &live.settings.traces;
        let Some(endpoint) = &traces.endpoint else {
            return Ok(Taken::Unwanted);
        };
        let call = self
            .client(&live)?
            .post(endpoint.clone())
            .timeout(TIMEOUT)
            .headers(traces.headers.reveal().clone())
            .header(CONTENT_TYPE, "application/x-protobuf")
            .body(body(&traces.service, spans));
        let mut answer = call.send().await.map_err(|error| {
            if error.is_connect() {
                Untaken::NoConnection
            } else if error.is_timeout() {
                Untaken::TimedOut
            } else {
                Untaken::BrokeOff
            }
        })?;
        let status = answer.status().as_u16();
        match status {
            200..=299 => {}
            429 | 502 | 503 | 504 => {
                let after = answer.headers().get(RETRY_AFTER);
                let after = after.and_then(|after| after.to_str().ok()?.parse().ok());
                let after = after.map(Duration::from_secs);
                return Err(Untaken::Busy { status, after });
            }
            _ => return Err(Untaken::Refused(status)),
        }
        // It has them; how many it threw away is all that its words can still tell.
        let mut said = Vec::new();
        while let Ok(Some(part)) = answer.chunk().await {
            said.extend_from_slice(&part);
            if said.len() > MOST_ANSWER {
                return Ok(Taken::AllBut(0));
            }
        }
        let said = ExportTraceServiceResponse::decode(said.as_slice()).unwrap_or_default();
        let refused = said
            .partial_success
            .map_or(0, |partial| partial.rejected_spans);
        Ok(Taken::AllBut(u64::try_from(refused).unwrap_or(0)))
    }
}

fn body(service: &str, spans: &[Span]) -> Vec<u8> {
    let text = |text: &str| Value::StringValue(text.to_owned());
    let version = env!("CARGO_PKG_VERSION");
    let request = ExportTraceServiceRequest {
        resource_spans: vec![ResourceSpans {
            resource: Some(Resource {
                attributes: vec![
                    attribute("service.name", text(service)),
                    attribute("service.version", text(version)),
                ],
                ..Resource::default()
            }),
            scope_spans: vec![ScopeSpans {
                scope: Some(InstrumentationScope {
                    name: "ticketbridge".to_owned(),
                    version: version.to_owned(),
                    ..InstrumentationScope::default()
                }),
                spans: spans.to_vec(),
                ..ScopeSpans::default()
            }],
            ..ResourceSpans::default()
        }],
    };
    request.encode_to_vec()
}
