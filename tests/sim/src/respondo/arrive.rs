//! How a request is met: what goes wrong with it, or what is answered.

use super::fault::Fault;
use super::refusal::{in_html, in_json};
use super::{Seen, World};
use crate::http::Response;
use crate::peer::{self, Play, Request, World as _};

impl peer::World for World {
    fn arrive(&mut self, request: Request) -> Play {
        let place = self.seen.len();
        self.seen.push(Seen::new(&request));
        if self.in_maintenance {
            return self.say(place, maintenance());
        }
        let uid = self.seen[place].json()["external_uid"].clone();
        let uid = uid.as_str().unwrap_or_default();
        let fault = self.faults.next(|each| each == uid);
        self.seen[place].fault = fault.clone();
        match fault {
            None => Play::Answer(self.answer(place, &request)),
            Some(Fault::LoseAnswer) => {
                self.answer(place, &request);
                self.seen[place].answered = None;
                Play::Close
            }
            Some(Fault::LandLate(after)) => {
                self.late.push((place, request));
                match after {
                    Some(after) => Play::CloseAndLand(after, place),
                    None => Play::Close,
                }
            }
            Some(Fault::Duplicate) => {
                self.answer(place, &request);
                Play::Answer(self.answer(place, &request))
            }
            Some(Fault::Race) => {
                let first = self.answer(place, &request);
                match &self.seen[place].refused {
                    Some(_) => Play::Answer(first),
                    None => self.say(place, raced()),
                }
            }
            Some(Fault::Status(status, body)) => self.say(place, in_json(status, body)),
            Some(Fault::Garbage) => self.say(place, in_html(502, "Bad Gateway")),
            Some(Fault::Maintenance) => self.say(place, maintenance()),
            Some(Fault::ForceSsl) => self.say(place, to_https(&request)),
            Some(Fault::Hang) => self.hung.hang(place, request),
            Some(Fault::Slow(after)) => Play::Later(after, self.answer(place, &request)),
        }
    }

    fn answer(&mut self, place: usize, request: &Request) -> Response {
        let (answer, refused) = self.judge(request);
        self.seen[place].answered = Some(answer.status);
        self.seen[place].refused = refused;
        answer
    }

    fn land(&mut self, place: usize) {
        if let Some(index) = self.late.iter().position(|(late, _)| *late == place) {
            let (_, request) = self.late.remove(index);
            let (_, refused) = self.judge(&request);
            self.seen[place].refused = refused;
        }
    }

    fn abandon(&mut self, place: usize) {
        self.seen[place].abandoned = true;
    }

    fn set_unavailable(&mut self, is_unavailable: bool) {
        self.in_maintenance = is_unavailable;
    }

    fn unreadable(&mut self, reason: &str) {
        self.complain("a request", reason);
    }
}

impl World {
    /// Answers without any work.
    fn say(&mut self, place: usize, answer: Response) -> Play {
        self.seen[place].answered = Some(answer.status);
        Play::Answer(answer)
    }

    /// Does the work of all late requests, in the order of their arrival.
    pub(crate) fn land_all(&mut self) -> usize {
        let places: Vec<usize> = self.late.iter().map(|(place, _)| *place).collect();
        for place in &places {
            self.land(*place);
        }
        places.len()
    }
}

fn maintenance() -> Response {
    in_html(503, "Down for maintenance")
}

fn raced() -> Response {
    in_json(
        500,
        r#"{"status":500,"error":"Internal Server Error"}"#.to_owned(),
    )
}

fn to_https(request: &Request) -> Response {
    let host = request.first_header("Host").unwrap_or_default();
    let query = match request.query.as_str() {
        "" => String::new(),
        query => format!("?{query}"),
    };
    let place = format!("https://{host}{}{query}", request.path);
    Response::empty(307)
        .with("Content-Type", "text/html")
        .with("Location", &place)
}
