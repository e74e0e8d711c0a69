//! How a request is met: who asks, how often, and what is done.

use tokio::time::Instant;

use super::keys::authenticate;
use super::request::Call;
use super::{Operation, Refusal, Seen, World, routes};
use crate::http::Response;
use crate::peer::{Front, Judge, Request};

impl Judge for World {
    type Operation = Operation;

    fn front(&mut self) -> &mut Front<Operation> {
        &mut self.front
    }

    fn record(&self, request: &Request) -> Seen {
        let found = routes::find(&request.method, &request.path);
        Seen::recorded(request, found.ok().map(|(route, _)| route.operation))
    }

    fn unavailable(&self) -> Response {
        Refusal::new(503, "Service unavailable").response()
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
}

impl World {
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
}
