//! How a request is met: first how often it may come, then with which key, then for what.

use serde_json::Value;

use super::account::{Key, Opens};
use super::routes::{self, Door, Route};
use super::{Operation, Refusal, Seen, World, clock, input};
use crate::http::{self, Response};
use crate::peer::{Front, Judge, Request};

const KEY: &str = "X-API-KEY";

/// In whose name something is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Who {
    Nobody,
    Agent(u64),
    User(u64),
}

/// A request that was let in.
#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) operation: Operation,
    pub(crate) who: Who,
    /// What stands in the path's gaps.
    pub(crate) gaps: Vec<String>,
    pub(crate) query: serde_json::Map<String, Value>,
    pub(crate) fields: serde_json::Map<String, Value>,
    /// Where it was sent, without its query.
    pub(crate) url: String,
}

impl Call {
    /// The number in a gap of the path; none if it is not one.
    pub(crate) fn id(&self, gap: usize) -> Option<u64> {
        let text = self.gaps.get(gap)?;
        let digits = text.bytes().all(|each| each.is_ascii_digit());
        digits.then(|| text.parse().ok())?
    }
}

impl Judge for World {
    type Operation = Operation;

    fn front(&mut self) -> &mut Front<Operation> {
        &mut self.front
    }

    fn record(&self, request: &Request) -> Seen {
        let found = routes::find(&request.method, &request.path);
        Seen::new(request, found.ok().map(|(route, _)| route.operation), KEY)
    }

    fn unavailable(&self) -> Response {
        Response::html(503, super::MAINTENANCE)
    }

    fn dress(&self, answer: Response) -> Response {
        answer.with("Date", &clock::http_date(self.now()))
    }

    fn judge(&mut self, request: &Request) -> (Response, Option<String>) {
        let wants_json = wants_json(request);
        let ((answered, count), is_known) = match routes::find(&request.method, &request.path) {
            Ok((route, gaps)) => (self.counted(request, route, &gaps), true),
            // What has no route passes no middleware, and nothing forces its errors to be JSON.
            Err(refusal) => ((Err(refusal), None), false),
        };
        let as_json = wants_json || (is_known && self.variations.forces_json);
        if !wants_json {
            self.complain(request, "Accept does not ask for application/json first");
        }
        let (answer, refused) = match answered {
            Ok(answer) => (answer, None),
            Err(refusal) => {
                if refusal.is_unheard_of {
                    self.complain(request, &refusal.reason);
                }
                let answer = refusal.response(self.variations.errors, as_json);
                (answer, Some(refusal.reason))
            }
        };
        let answer = match count {
            Some(count) => count.dress(answer),
            None => answer,
        };
        (answer, refused)
    }
}

impl World {
    fn complain(&mut self, request: &Request, what: &str) {
        let complaint = format!("{} {}: {what}", request.method, request.path);
        self.complaints.push(complaint);
    }

    /// Counts a request before all else, and meets it if there were not too many.
    fn counted(
        &mut self,
        request: &Request,
        route: &Route,
        gaps: &[&str],
    ) -> (Result<Response, Refusal>, Option<super::throttle::Count>) {
        let key = request.first_header(KEY).unwrap_or_default();
        let now = self.now();
        match self.throttle.hit(key, now) {
            Ok(count) => (self.attempt(request, route, gaps), count),
            Err(too_many) => {
                let mut refusal = Refusal::thrown(429, "Too Many Attempts.");
                refusal.headers = too_many.headers();
                (Err(refusal), None)
            }
        }
    }

    fn attempt(
        &mut self,
        request: &Request,
        route: &Route,
        gaps: &[&str],
    ) -> Result<Response, Refusal> {
        let who = self.admit(request, route.door)?;
        let host = request.first_header("Host").unwrap_or_default();
        let call = Call {
            operation: route.operation,
            who,
            gaps: gaps.iter().map(|gap| (*gap).to_owned()).collect(),
            query: input::query(request, route.query)?,
            fields: input::body(request, route.fields)?,
            url: format!("http://{host}{}", request.path),
        };
        self.perform(&call)
    }

    /// Whose key this is: there, good, of this scope, of an active agent, in this order.
    fn admit(&self, request: &Request, door: Door) -> Result<Who, Refusal> {
        if door == Door::Open {
            return Ok(Who::Nobody);
        }
        let mut keys = http::values(&request.headers, KEY);
        let key = keys
            .next()
            .filter(|key| !key.trim().is_empty())
            .ok_or_else(|| Refusal::own(400, "Missing header: X-API-KEY"))?;
        if keys.next().is_some() {
            return Err(Refusal::unheard_of("X-API-KEY more than once"));
        }
        let invalid = |why: &str| Refusal::own(401, "Invalid API key").because(why);
        let now = self.now();
        let expired = |key: &Key| key.expires_at.is_some_and(|end| end <= now);
        let known = self.account.keys.get(key);
        let key = known.ok_or_else(|| invalid("the key is not known, or was revoked"))?;
        if expired(key) {
            return Err(invalid("the key has expired"));
        }
        match (&key.opens, door) {
            (Opens::Internal(user, scopes), Door::Internal(scope)) => match scopes {
                Some(scopes) if !scopes.contains(scope) => {
                    let reason = format!("the key has no scope {scope}");
                    Err(Refusal::own(403, "Forbidden scope").because(reason))
                }
                _ => Ok(Who::User(*user)),
            },
            (Opens::External(agent), Door::External) => {
                let active = self.account.agents.get(agent);
                match active.is_some_and(|agent| agent.is_active) {
                    true => Ok(Who::Agent(*agent)),
                    false => Err(invalid("the agent is inactive or not found")),
                }
            }
            _ => Err(invalid("the key is for the other API")),
        }
    }
}

/// Whether the first of what a client accepts is JSON, which is what Laravel asks.
fn wants_json(request: &Request) -> bool {
    let accepted = request.first_header("Accept").unwrap_or_default();
    let first = accepted.split(',').next().unwrap_or_default();
    let kind = first.split(';').next().unwrap_or_default().trim();
    kind.ends_with("/json") || kind.ends_with("+json")
}
