//! How a request is met: what goes wrong with it, what is refused, what is done.

use std::time::Duration;

use tokio::sync::oneshot;
use tokio::time::Instant;

use super::fault::Fault;
use super::keys::authenticate;
use super::request::{Call, Request};
use super::{Operation, Refusal, Seen, World, routes};
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

impl World {
    /// Records a request and meets it.
    pub(crate) fn arrive(&mut self, request: Request) -> Play {
        let operation = routes::find(&request.method, &request.path)
            .ok()
            .map(|(route, _)| route.operation);
        let place = self.seen.len();
        self.seen.push(Seen::new(&request, operation));
        if self.unavailable {
            return self.say(place, Refusal::new(503, "Service unavailable").response());
        }
        let fault = self.faults.next(operation);
        self.seen[place].fault = fault.clone();
        match fault {
            None => Play::Answer(self.answer(place, &request)),
            Some(Fault::LoseAnswer) => {
                self.answer(place, &request);
                self.seen[place].answered = None;
                Play::Close
            }
            Some(Fault::LandLate(after)) => {
                // What has no operation has no work that could land.
                if let Some(operation) = operation {
                    self.late.push((place, operation, request));
                }
                match after {
                    Some(after) => Play::CloseAndLand(after, place),
                    None => Play::Close,
                }
            }
            Some(Fault::Duplicate) => {
                self.answer(place, &request);
                Play::Answer(self.answer(place, &request))
            }
            Some(Fault::Status(status, body)) => {
                let answer = Response::bytes(status, body.into_bytes());
                self.say(place, answer.with("Content-Type", "application/json"))
            }
            Some(Fault::Garbage) => {
                let page = "<html><body><h1>502 Bad Gateway</h1></body></html>";
                let answer = Response::bytes(502, page.as_bytes().to_vec());
                self.say(place, answer.with("Content-Type", "text/html"))
            }
            Some(Fault::Hang) => {
                let (release, released) = oneshot::channel();
                self.hung.push(release);
                Play::Hang(released, place, request)
            }
            Some(Fault::Slow(after)) => Play::Later(after, self.answer(place, &request)),
        }
    }

    fn say(&mut self, place: usize, answer: Response) -> Play {
        self.seen[place].answered = Some(answer.status);
        Play::Answer(answer)
    }

    /// Does the work of a request, and answers it.
    pub(crate) fn answer(&mut self, place: usize, request: &Request) -> Response {
        let (answer, refused) = self.judge(request);
        self.seen[place].answered = Some(answer.status);
        self.seen[place].refused = refused;
        answer
    }

    fn judge(&mut self, request: &Request) -> (Response, Option<String>) {
        let refuse = |refusal: Refusal| (refusal.response(), Some(refusal.reason));
        let identity = match authenticate(request, &self.account, self.bad_key) {
            Ok(identity) => identity,
            Err(refusal) => return refuse(refusal),
        };
        let left = match self.limiter.take(&identity.0, Instant::now()) {
            Ok(left) => left,
            Err(too_many) => {
                let (answer, reason) = refuse(super::keys::TooMany::refusal());
                return (too_many.dress(answer), reason);
            }
        };
        let (answer, refused) = match self.attempt(request, identity) {
            Ok(answer) => (answer, None),
            Err(refusal) => refuse(refusal),
        };
        let answer = match left {
            Some(left) => answer.with("X-Ratelimit-Remaining", &left.to_string()),
            None => answer,
        };
        (answer, refused)
    }

    fn attempt(
        &mut self,
        request: &Request,
        identity: (String, super::KeyKind),
    ) -> Result<Response, Refusal> {
        let (route, gaps) = routes::find(&request.method, &request.path)?;
        let call = Call::read(request, route, &gaps, identity)?;
        self.perform(&call).map_err(|refusal| {
            let bare = route.versioned || route.operation == Operation::SetExternal;
            if bare {
                refusal
            } else {
                refusal.with_status_code()
            }
        })
    }

    /// Does the work of the late request that came at this place, if it has not been done.
    pub(crate) fn land(&mut self, place: usize) {
        let Some(index) = self.late.iter().position(|(late, ..)| *late == place) else {
            return;
        };
        let (_, _, request) = self.late.remove(index);
        let (_, refused) = self.judge(&request);
        self.seen[place].refused = refused;
    }

    /// Does the work of all late requests for this operation, or for any, in the order of their arrival.
    pub(crate) fn land_all(&mut self, wanted: Option<Operation>) -> usize {
        let places: Vec<usize> = self
            .late
            .iter()
            .filter(|(_, operation, _)| wanted.is_none_or(|wanted| wanted == *operation))
            .map(|(place, ..)| *place)
            .collect();
        for place in &places {
            self.land(*place);
        }
        places.len()
    }
}
