//! How a request is met whose operation is known by its address: it is recorded, something may go wrong with it, and its
//! world judges it.

use std::fmt;

use super::fault::{Fault, Target};
use super::{Hung, Orders, Play, Request, Seen, World};
use crate::http::Response;

/// The requests that came so far, and what goes wrong with the next.
#[derive(Debug)]
pub(crate) struct Front<O> {
    pub(crate) seen: Vec<Seen<O>>,
    pub(crate) faults: Orders<Target<O>, Fault>,
    /// Requests whose work has not been done yet, with their places in `seen`.
    late: Vec<(usize, O, Request)>,
    pub(crate) hung: Hung,
    /// Answers 503 to everything.
    pub(crate) unavailable: bool,
}

impl<O> Default for Front<O> {
    fn default() -> Self {
        Self {
            seen: Vec::new(),
            faults: Orders::default(),
            late: Vec::new(),
            hung: Hung::default(),
            unavailable: false,
        }
    }
}

/// A world with a front: all that it does itself is to judge.
pub(crate) trait Judge: Sized + Send + 'static {
    type Operation: Copy + Eq + fmt::Debug + Send;

    fn front(&mut self) -> &mut Front<Self::Operation>;

    /// How a request is kept, without its key.
    fn record(&self, request: &Request) -> Seen<Self::Operation>;

    /// Does the work of a request: the answer, and why it was refused if it was.
    fn judge(&mut self, request: &Request) -> (Response, Option<String>);

    /// What everything is answered during an outage.
    fn unavailable(&self) -> Response;

    /// Adds what every answer has, also those that something went wrong with.
    fn dress(&self, answer: Response) -> Response {
        answer
    }

    /// Answers without any work.
    fn say(&mut self, place: usize, answer: Response) -> Play {
        self.front().seen[place].answered = Some(answer.status);
        Play::Answer(self.dress(answer))
    }

    /// Does the work of all late requests for this operation, or for any, in the order of their arrival.
    fn land_all(&mut self, wanted: Option<Self::Operation>) -> usize {
        let late = self.front().late.iter();
        let places: Vec<usize> = late
            .filter(|(_, operation, _)| wanted.is_none_or(|wanted| wanted == *operation))
            .map(|(place, ..)| *place)
            .collect();
        for place in &places {
            self.land(*place);
        }
        places.len()
    }
}

impl<J: Judge> World for J {
    fn arrive(&mut self, request: Request) -> Play {
        let seen = self.record(&request);
        let operation = seen.operation;
        let place = self.front().seen.len();
        self.front().seen.push(seen);
        if self.front().unavailable {
            let answer = self.unavailable();
            return self.say(place, answer);
        }
        let hits = |target: &Target<_>| target.is_hit(operation.as_ref(), &request.path);
        let fault = self.front().faults.next(hits);
        self.front().seen[place].fault = fault.clone();
        match fault {
            None => Play::Answer(self.answer(place, &request)),
            Some(Fault::LoseAnswer) => {
                self.answer(place, &request);
                self.front().seen[place].answered = None;
                Play::Close
            }
            Some(Fault::LandLate(after)) => {
                // What has no operation has no work that could land.
                if let Some(operation) = operation {
                    self.front().late.push((place, operation, request));
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
            Some(Fault::Page(status, page)) => self.say(place, Response::html(status, &page)),
            Some(Fault::Redirect(address)) => {
                let page = format!("<html><body>Redirecting to {address}</body></html>");
                let answer = Response::html(302, &page).with("Location", &address);
                self.say(place, answer)
            }
            Some(Fault::Garbage) => {
                let page = "<html><body><h1>502 Bad Gateway</h1></body></html>";
                self.say(place, Response::html(502, page))
            }
            Some(Fault::Hang) => self.front().hung.hang(place, request),
            Some(Fault::Slow(after)) => Play::Later(after, self.answer(place, &request)),
        }
    }

    fn answer(&mut self, place: usize, request: &Request) -> Response {
        let (answer, refused) = self.judge(request);
        let seen = &mut self.front().seen[place];
        seen.answered = Some(answer.status);
        seen.refused = refused;
        self.dress(answer)
    }

    fn land(&mut self, place: usize) {
        let mut late = self.front().late.iter();
        let Some(index) = late.position(|(late, ..)| *late == place) else {
            return;
        };
        let (_, _, request) = self.front().late.remove(index);
        let (_, refused) = self.judge(&request);
        self.front().seen[place].refused = refused;
    }

    fn abandon(&mut self, place: usize) {
        self.front().seen[place].abandoned = true;
    }

    fn set_unavailable(&mut self, is_unavailable: bool) {
        self.front().unavailable = is_unavailable;
    }
}
