//! What happens: each event of a sample, after what has to be there for it.

mod agent;
mod desk;
mod helpdesk;
mod ticket;

use std::time::Duration;

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{Method, Request as HttpRequest, StatusCode};
use respondo_client::inbound::parse_created_at;
use serde_json::Value;

use crate::clock::Clock as _;
use crate::http::noted_served;
use crate::model::{AgentId, Fate, RESPONSE_URL, RemoteTicket, TicketId, Time};

use super::carry::{Carried, Names};
use super::cast::Cast;
use super::compose::compose;
use super::leaves::leaves;
use super::outcome::{Answered, Event, Refusal, Request};
use super::roles::{Roles, by_role};
use super::sample::{Given, JSON};
use super::stage::{Stage, key_of, token};
use super::{Fault, Kind, Pair, Ways, specimen};

/// Between two events.
const MEANWHILE: Duration = Duration::from_secs(60);
/// From when something was written to when it is known here.
const ON_ITS_WAY: Duration = Duration::from_secs(5);
const EXTERNAL: &str = "/api/v1/external";

pub(super) struct Play {
    stage: Stage,
    pub(super) cast: Cast,
    pair: Pair,
    names: Names,
    /// The ticket that it is about.
    ticket: Option<TicketId>,
    /// What tickets of the source are called that are known here.
    linked: Vec<String>,
    number: usize,
}

/// What an event came to, before what follows from it.
#[derive(Debug, Default)]
struct Happened {
    inward: Vec<Fate>,
    /// Where it has several messages.
    roles: Roles,
    /// It began a ticket.
    begins: bool,
    before: Vec<String>,
    notes: Vec<String>,
}

impl Play {
    pub(super) fn new(stage: Stage, cast: Cast, pair: Pair) -> Self {
        Self {
            stage,
            cast,
            pair,
            names: Names::default(),
            ticket: None,
            linked: Vec::new(),
            number: 0,
        }
    }

    /// Has `given` happen, and tells what follows.
    pub(super) async fn event(&mut self, given: &Given) -> Result<Event, Fault> {
        self.number += 1;
        let happened = match self.pair.from {
            Kind::Respondo if given.is_answer() => self.answer(given).await?,
            Kind::Respondo => self.external_ticket(given).await?,
            Kind::Qminder => self.at_desk(given).await?,
            Kind::DeskHive => self.at_helpdesk(given).await?,
            Kind::AgentApi => self.by_agent(given).await?,
        };
        let carried = self.stage.carry(&mut self.names).await?;
        let mut notes = happened.notes;
        let (mut requests, mut outward) = (Vec::new(), Vec::new());
        for Carried { delivery, shown } in carried {
            if !self.is_shown(&delivery.system) {
                continue;
            }
            match shown {
                Ok(shown) => {
                    let word = delivery.command.word();
                    let all = shown.requests.iter();
                    requests.extend(all.map(|one| Request::new(word, &delivery.system, one)));
                    outward.extend(by_role(&delivery.command, shown.fates));
                }
                Err(words) => notes.push(format!(
                    "{} at {} would be a dead letter: {words}",
                    delivery.command.word(),
                    delivery.system
                )),
            }
        }
        let mut answers = Vec::new();
        if self.pair.to == Kind::AgentApi {
            (answers, outward) = self.served().await?;
        }
        if requests.is_empty() && answers.is_empty() {
            notes.push("nothing is sent".to_owned());
        }
        let ways = Ways {
            inward: happened.inward,
            outward,
            roles: happened.roles,
        };
        Ok(Event {
            before: happened.before,
            requests,
            answers,
            fields: compose(&given.value, &ways, happened.begins),
            notes,
        })
    }

    fn is_shown(&self, system: &str) -> bool {
        let is_target = self.cast.target.as_deref() == Some(system);
        match self.pair.to {
            Kind::Respondo => is_target || system == RESPONSE_URL,
            Kind::Qminder | Kind::DeskHive => is_target,
            Kind::AgentApi => false,
        }
    }

    /// Time goes by until all that the event tells of has been.
    fn come_to(&self, given: &Given) {
        self.stage.clock.pass(MEANWHILE);
        let mut latest = None;
        for leaf in leaves(&given.value) {
            let text = given.value.pointer(&leaf).and_then(Value::as_str);
            if let Some(moment) = text.and_then(parse_created_at) {
                latest = latest.max(Some(moment));
            }
        }
        if let Some(latest) = latest {
            let then = Time::from_timestamp(latest).plus(ON_ITS_WAY);
            self.stage.clock.reach(then);
        }
    }

    /// Sends a request; what the daemon refuses is the sample's fault.
    async fn send(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> Result<Value, Fault> {
        let request = HttpRequest::builder().method(method).uri(path);
        let request = headers.iter().fold(request, |request, (name, value)| {
            request.header(*name, *value)
        });
        let request = request
            .body(Bytes::copy_from_slice(body))
            .map_err(anyhow::Error::new)?;
        let answer = self.stage.call(request).await?;
        let status = answer.status();
        if status.is_client_error() || status.is_server_error() {
            let refusal = Refusal::answered(status.as_u16(), answer.body());
            return Err(self.refused(refusal));
        }
        Ok(serde_json::from_slice(answer.body()).unwrap_or_default())
    }

    fn refused(&self, refusal: Refusal) -> Fault {
        Fault::Refused(Refusal {
            event: (self.number > 1).then_some(self.number),
            ..refusal
        })
    }

    /// A ticket to be about, mirrored where the brand's are. `linked`: what it is called at the source.
    async fn specimen(&mut self, linked: Option<&str>) -> Result<String, Fault> {
        let source = self.cast.source.clone();
        if let (Some(system), Some(remote)) = (source, linked) {
            self.names.next = Some((system, remote.to_owned()));
            self.linked.push(remote.to_owned());
        }
        let ticket = specimen::external_ticket(None, None);
        self.intake(JSON, ticket.to_string().as_bytes()).await?;
        self.stage.carry(&mut self.names).await?;
        Ok("the external ticket format's second example, with a response URL".to_owned())
    }

    /// Brings an external ticket, with its own credentials or with none.
    ///
    /// Says whether it joined a thread.
    async fn intake(&mut self, content_type: &str, body: &[u8]) -> Result<bool, Fault> {
        let path = format!("/brands/{}/external_tickets", self.cast.brand);
        let parsed = respondo_client::inbound::parse(Some(content_type), body).ok();
        let has_own = parsed.is_some_and(|parsed| parsed.credentials.is_some());
        let bearer = format!("Bearer {}", token());
        let mut headers = vec![(CONTENT_TYPE.as_str(), content_type)];
        if !has_own {
            headers.push(("authorization", &bearer));
        }
        let answer = self.send(Method::POST, &path, &headers, body).await?;
        self.ticket = answer["id"].as_u64().map(TicketId).or(self.ticket);
        Ok(!answer["parent_id"].is_null())
    }

    /// Has been seen at the source, as its poll sees it.
    async fn observe(&mut self, remote: &RemoteTicket, imports: bool) -> Result<bool, Fault> {
        use crate::model::Observation;
        use crate::polling::Party;
        use crate::store::Rank;
        let Some(system) = self.cast.source.clone() else {
            return Ok(false);
        };
        let by = Observation::Asked {
            at: self.stage.clock.now(),
        };
        let parties = [Party { system, imports }];
        let mut ticket = None;
        // Planning takes a long thread in parts.
        loop {
            let reporter = &self.stage.reporter;
            let heard = reporter.tell(&parties, by, remote, Rank::Background).await;
            let heard = heard.map_err(anyhow::Error::new)?;
            let Some(sighting) = heard.map(|heard| heard.sighting) else {
                break;
            };
            ticket = sighting.ticket.or(ticket);
            if !(sighting.news && sighting.ask_again) {
                break;
            }
        }
        self.ticket = ticket.or(self.ticket);
        Ok(ticket.is_some())
    }

    /// The agent who works on the ticket.
    fn agent(&self, ticket: &crate::model::Ticket) -> Result<AgentId, Fault> {
        let live = self.stage.live.load();
        let agents = live.routes.agents_of(ticket);
        let nobody = || Fault::NobodyFits("no agent may work on the ticket".to_owned());
        agents.first().copied().ok_or_else(nobody)
    }

    /// What agents read of the ticket, and where its fields show.
    async fn served(&self) -> Result<(Vec<Answered>, Vec<Fate>), Fault> {
        let Some(id) = self.ticket else {
            return Ok((Vec::new(), Vec::new()));
        };
        let view = self.stage.store.ticket(id).await;
        let Some(view) = view.map_err(anyhow::Error::new)? else {
            return Ok((Vec::new(), Vec::new()));
        };
        let key = key_of(self.agent(&view.ticket)?);
        let mut answers = Vec::new();
        for path in [
            format!("{EXTERNAL}/tickets/{id}"),
            format!("{EXTERNAL}/tickets/{id}/messages"),
        ] {
            let headers = [("x-api-key", key.as_str())];
            let body = self.send(Method::GET, &path, &headers, &[]).await?;
            answers.push(Answered {
                method: Method::GET.to_string(),
                path,
                status: StatusCode::OK.as_u16(),
                body,
            });
        }
        Ok((answers, noted_served(&view.ticket)))
    }
}

/// Of what joins a thread, as one of its messages, by the ticket's own customer or another. At a Respondo server it is a
/// ticket of its own all the same.
fn of_message(inward: Vec<Fate>, to: Kind, is_customers: bool) -> Vec<Fate> {
    let is_ticket = to == Kind::Respondo;
    let said = inward.into_iter().map(|fate| {
        let to = match fate.to.as_ref() {
            "content" => "message.text".into(),
            "created_at" => "message.created_at".into(),
            "author.username" => "message.author".into(),
            "external_uid" if !is_ticket => "message.external_uid".into(),
            "provider" if !is_ticket => "message.provider".into(),
            "author.external_uid" if !(is_ticket || is_customers) => "message.author_uid".into(),
            _ => fate.to.clone(),
        };
        Fate { to, ..fate }
    });
    said.collect()
}

/// Of a ticket that is known, only where it stands, what there is no place for, and what was said is taken.
fn of_known(inward: Vec<Fate>) -> Vec<Fate> {
    use crate::model::How;
    let ours = |to: &str| {
        matches!(
            to,
            "author.username" | "author.external_uid" | "content" | "created_at"
        )
    };
    let known = inward
        .into_iter()
        .filter_map(|fate| match fate.to.as_ref() {
            "external_uid" => Some(Fate {
                to: "id".into(),
                how: How::Converted,
                why: "says which ticket it is".into(),
                ..fate
            }),
            to if ours(to) && fate.from.is_empty() => None,
            to if ours(to) => Some(Fate {
                to: "".into(),
                how: How::Dropped,
                why: "the ticket is here already, and what it began with stays".into(),
                ..fate
            }),
            _ => Some(fate),
        });
    known.collect()
}
