//! What an agent asks of the served agent API.

use http::Method;
use http::header::CONTENT_TYPE;
use serde_json::Value;

use crate::http::{AgentsRequest, noted_order};
use crate::mapping::Tally;
use crate::model::Fate;
use crate::rehearsal::Fault;
use crate::rehearsal::outcome::Refusal;
use crate::rehearsal::sample::Given;
use crate::rehearsal::stage::key_of;

use super::{EXTERNAL, Happened, Play};

/// A whole request has its body there.
const BODY: &str = "/body";

impl Play {
    pub(super) async fn by_agent(&mut self, given: &Given) -> Result<Happened, Fault> {
        let mut before = Vec::new();
        if self.ticket.is_none() {
            before.push(self.specimen(None).await?);
        }
        self.come_to(given);
        let id = self.ticket.map_or(0, |ticket| ticket.0);
        let asked = Asked::of(given, id);
        let ticket = self.stage.store.ticket(crate::model::TicketId(id)).await;
        let Some(view) = ticket.map_err(anyhow::Error::new)? else {
            let words = "there is no ticket that it could be about".to_owned();
            return Err(self.refused(Refusal::unread(words)));
        };
        let key = key_of(self.agent(&view.ticket)?);
        let headers = [
            (CONTENT_TYPE.as_str(), given.content_type),
            ("x-api-key", key.as_str()),
        ];
        let Asked {
            method,
            path,
            body,
            what,
            is_whole,
        } = asked;
        let named = method.parse::<Method>();
        let method = named.map_err(|error| anyhow::Error::new(error).context(method))?;
        self.send(method, &path, &headers, &body).await?;
        let mut inward = match what {
            Some(what) => noted_order(what, given.content_type, &body),
            None => Vec::new(),
        };
        if is_whole {
            inward = placed(inward, what.is_none());
        }
        Ok(Happened {
            inward,
            begins: false,
            before,
            notes: Vec::new(),
            ..Happened::default()
        })
    }
}

/// A request of an agent's.
struct Asked {
    method: String,
    path: String,
    body: Vec<u8>,
    what: Option<AgentsRequest>,
    /// The sample has method and path around the body.
    is_whole: bool,
}

impl Asked {
    /// Either a body, of a message or of a change, or `{"method", "path", "body"}`, in whose path `{id}` is the ticket.
    fn of(given: &Given, ticket: u64) -> Self {
        let text = |key: &str| given.value.get(key).and_then(Value::as_str);
        if let Some(path) = text("path") {
            let path = path.replace("{id}", &ticket.to_string());
            let path = match path
                .strip_prefix(EXTERNAL)
                .or(path.strip_prefix("/external"))
            {
                Some(rest) => format!("{EXTERNAL}{rest}"),
                None => format!("{EXTERNAL}{path}"),
            };
            let method = text("method").unwrap_or("POST").to_ascii_uppercase();
            let body = given.value.get("body");
            let what = match method.as_str() {
                "PUT" => Some(AgentsRequest::Update),
                "POST" if path.ends_with("/messages") => Some(AgentsRequest::Reply),
                _ => None,
            };
            return Self {
                method,
                path,
                body: body
                    .map(|body| body.to_string().into_bytes())
                    .unwrap_or_default(),
                what,
                is_whole: true,
            };
        }
        let is_update = ["status", "priority", "labels"]
            .iter()
            .any(|key| given.value.get(key).is_some());
        let path = format!("{EXTERNAL}/tickets/{ticket}");
        let (method, path, what) = match is_update && given.value.get("content").is_none() {
            true => ("PUT", path, AgentsRequest::Update),
            false => ("POST", format!("{path}/messages"), AgentsRequest::Reply),
        };
        Self {
            method: method.to_owned(),
            path,
            body: given.body.clone(),
            what: Some(what),
            is_whole: false,
        }
    }
}

/// The fates under the pointers of a whole request. `closes`: it has no body that says anything.
fn placed(fates: Vec<Fate>, closes: bool) -> Vec<Fate> {
    let mut tally = Tally::new();
    for pointer in ["/method", "/path"] {
        match closes {
            true => tally.converted(pointer, "status", "a close is a change to closed"),
            false => tally.converted(pointer, "envelope", "says what is asked"),
        }
    }
    let place = |fate: Fate| match fate.from.is_empty() {
        true => fate,
        false => Fate {
            from: format!("{BODY}{}", fate.from).into(),
            ..fate
        },
    };
    fates
        .into_iter()
        .map(place)
        .chain(tally.into_fates())
        .collect()
}
