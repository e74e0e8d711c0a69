//! What a collector knows, and how it meets requests.

use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceResponse;
use prost::Message as _;

use super::Span;
use super::judge::judge;
use crate::http::Response;
use crate::peer::{self, Play, Request};

/// What is answered for a while, whatever arrives.
#[derive(Debug)]
pub(super) struct Meanwhile {
    pub(super) status: u16,
    pub(super) retry_after: Option<u64>,
    pub(super) left: usize,
}

#[derive(Debug, Default)]
pub(super) struct World {
    pub(super) spans: Vec<Span>,
    pub(super) refused: Vec<String>,
    pub(super) requests: usize,
    pub(super) demanded: Option<(String, String)>,
    pub(super) meanwhile: Option<Meanwhile>,
    is_unavailable: bool,
}

impl World {
    fn meet(&mut self, request: &Request) -> Response {
        self.requests += 1;
        if self.is_unavailable {
            return Response::empty(503);
        }
        if let Some(meanwhile) = self.meanwhile.as_mut().filter(|answer| answer.left > 0) {
            meanwhile.left -= 1;
            let answer = Response::empty(meanwhile.status);
            return match meanwhile.retry_after {
                Some(seconds) => answer.with("Retry-After", &seconds.to_string()),
                None => answer,
            };
        }
        match judge(request, self.demanded.as_ref()) {
            Ok(spans) => {
                self.spans.extend(spans);
                let taken = ExportTraceServiceResponse::default().encode_to_vec();
                Response::bytes(200, taken).with("Content-Type", "application/x-protobuf")
            }
            Err((status, why)) => {
                self.refused.push(why);
                Response::empty(status)
            }
        }
    }
}

impl peer::World for World {
    fn arrive(&mut self, request: Request) -> Play {
        Play::Answer(self.meet(&request))
    }

    fn answer(&mut self, _place: usize, request: &Request) -> Response {
        self.meet(request)
    }

    fn land(&mut self, _place: usize) {}

    fn abandon(&mut self, _place: usize) {}

    fn set_unavailable(&mut self, is_unavailable: bool) {
        self.is_unavailable = is_unavailable;
    }

    fn unreadable(&mut self, reason: &str) {
        self.refused.push(reason.to_owned());
    }
}
