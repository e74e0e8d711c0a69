//! Webhooks through the whole router, into a store in memory.

use std::sync::Arc;

use axum::body::Body;
use axum::http::Request;
use qminder_client::webhooks::sign;
use serde_json::{Value, json};

use crate::http::testing::{Fixture, Reply, bridge_over, settings};
use crate::http::{Bridge, Hearing, public_router};
use crate::model::{
    DeliveryId, LinkState, Maker, Person, Phase, RemoteMessage, RemoteSender, RemoteTicket, Status,
    TicketId, Time, Visibility,
};
use crate::polling::Questions;
use crate::settings::trial::loaded;
use crate::settings::{Secret, Settings, SystemKind};
use crate::store::{Store, TicketView};

mod events;
mod refusals;

const DESK: &str = "/webhooks/qminder/front-desk";
/// Spelled otherwise than any parser would write it.
const URL: &str = "https://Bridge.example.com:443/webhooks/qminder/front-desk";
const SECRET: &str = "wfdf-secret";

/// `front-desk` has the webhook and line 1, `back-desk` line 2 of the same account; `mute` is of another, without a
/// webhook.
fn with_desks(settings: &mut Settings) {
    let desk = |id: &str, more: &str| {
        format!(
            "[[systems]]\nid = \"{id}\"\nkind = \"qminder\"\napi_key_file = \"k\"\nimport_to = \"acme\"\n{more}\n"
        )
    };
    let webhook = format!("webhook = {{ url = \"{URL}\", secret_file = \"s\" }}");
    let text = "[[brands]]\nid = \"acme\"\nname = \"Acme\"\n".to_owned()
        + &desk("front-desk", &format!("line = \"1\"\n{webhook}"))
        + &desk("back-desk", "line = \"2\"")
        + &desk("mute", "line = \"1\"");
    settings.systems = loaded(&text).settings.systems;
    for (id, system) in &mut settings.systems {
        let SystemKind::Qminder(qminder) = &mut system.kind else {
            unreachable!();
        };
        let key = if id == "mute" { "other-key" } else { "key" };
        qminder.api_key = Secret::new(key.to_owned());
        if let Some(webhook) = &mut qminder.webhook {
            webhook.secret = Secret::new(SECRET.to_owned());
        }
    }
    for agent in settings.agents.values_mut() {
        agent.qminder_user = Some(agent.id + 100);
    }
}

/// What the tests need of reading a ticket.
fn read(ticket: &qminder_client::Ticket) -> RemoteTicket {
    let time = |moment: jiff::Timestamp| Time::from_timestamp(moment);
    let moments = [
        ticket.created.map(|created| created.date),
        ticket.called.as_ref().map(|called| called.date),
        ticket.served.map(|served| served.date),
    ];
    let messages = ticket.messages.iter().map(|message| RemoteMessage {
        number: None,
        visibility: Visibility::Public,
        at: time(message.created.date),
        from: RemoteSender::Customer,
        text: message.body.clone(),
    });
    let messages: Vec<RemoteMessage> = messages.collect();
    let ours = ticket.labels.iter().find_map(|label| {
        let number = label.value.strip_prefix("ours-")?;
        Some(Maker::Us(DeliveryId(number.parse().ok()?)))
    });
    RemoteTicket {
        id: ticket.id.to_string(),
        status: ticket.status.to_string(),
        phase: match ticket.status.as_str() {
            "NEW" => Some(Phase::Waiting),
            "CALLED" => Some(Phase::Attended),
            "SERVED" => Some(Phase::Ended),
            _ => None,
        },
        made_by: ours.unwrap_or(Maker::Somebody),
        changed_at: moments.into_iter().flatten().max().map(time),
        created_at: None,
        assignee: None,
        priority: None,
        labels: None,
        unsettled: false,
        ended_at: None,
        person: Person {
            name: ticket.first_name.clone().unwrap_or_default(),
            email: None,
            phone: None,
        },
        opening: format!("Visit {}", ticket.id),
        details: Vec::new(),
        fates: Vec::new(),
        messages: Some(messages).filter(|all| !all.is_empty()),
    }
}

struct Desks {
    fixture: Fixture,
    questions: Questions,
}

impl Desks {
    fn new() -> Self {
        Self::with(|_| {})
    }

    fn with(change: impl FnOnce(&mut Settings)) -> Self {
        let mut settings = settings();
        with_desks(&mut settings);
        change(&mut settings);
        let open = |planner| Store::in_memory(planner, Time::EPOCH);
        Self::over(bridge_over(settings, open))
    }

    fn over(bridge: Bridge) -> Self {
        bridge.metrics.watch_system("front-desk");
        let questions = Questions::default();
        let hearing = Hearing {
            qminder: Arc::new(read),
            questions: questions.clone(),
        };
        let router = public_router(bridge.clone(), hearing, true);
        let fixture = Fixture::routed(bridge, router);
        Self { fixture, questions }
    }

    /// As Qminder sends it.
    async fn tell(&self, event: &Value) -> Reply {
        let body = event.to_string();
        let signature = sign(URL, &SECRET.into(), body.as_bytes());
        self.send(DESK, Some(&signature), body).await
    }

    async fn send(&self, path: &str, signature: Option<&str>, body: impl Into<Body>) -> Reply {
        let mut request = Request::post(path).header("content-type", "application/json");
        if let Some(signature) = signature {
            request = request.header("x-qminder-signature", signature);
        }
        let request = request.body(body.into()).unwrap();
        self.fixture.call(request).await
    }

    async fn ticket(&self, id: u64) -> Option<TicketView> {
        let ticket = self.fixture.bridge.store.ticket(TicketId(id)).await;
        ticket.unwrap()
    }

    /// Our status, the link's state, and the status there.
    async fn state(&self, id: u64) -> (Status, LinkState, String) {
        let view = self.ticket(id).await.unwrap();
        let link = &view.ticket.links[0];
        (view.ticket.status, link.state, link.status.clone())
    }

    /// Whether the poller is to look at a ticket.
    fn asked(&self, system: &str, remote: &str) -> bool {
        self.questions.takes(system, remote)
    }

    async fn counted(&self, outcome: &str) -> f64 {
        let series =
            format!("ticketbridge_webhooks_total{{system=\"front-desk\",outcome=\"{outcome}\"}}");
        self.fixture.metric(&series).await
    }
}

/// Ticket 7 of line 1, with a moment for each of these seconds after 14:00.
fn event(kind: &str, status: &str, seconds: &[u32]) -> Value {
    let names = ["created", "called", "served"];
    let mut data = json!({"id": "7", "status": status, "line": 1, "firstName": "Jane"});
    for (name, second) in names.into_iter().zip(seconds) {
        data[name] = json!({"date": format!("2026-03-15T14:00:{second:02}Z")});
    }
    json!({"type": kind, "data": data})
}

fn created() -> Value {
    event("ticket_created", "NEW", &[0])
}
