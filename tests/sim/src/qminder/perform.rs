//! What each operation does, and what it answers.

use jiff::SignedDuration;
use serde_json::{Map, Value, json};

use super::form::number;
use super::person::{distinct, only};
use super::queue::Position;
use super::request::Call;
use super::search::{scopes, ticket_number};
use super::ticket::{MessageKind, Status};
use super::wire::Scopes;
use super::{Operation as O, Refusal, World, graphql};
use crate::http::Response;

type Answer = Result<Response, Refusal>;

/// How long a visitor is said to wait.
const SERVICE_TIME: SignedDuration = SignedDuration::from_mins(10);

impl World {
    pub(crate) fn perform(&mut self, call: &Call) -> Answer {
        let given = &call.parameters;
        let gap = call.gaps.first().map_or("", String::as_str);
        match call.operation {
            O::CreateTicket => self.create(&call.json),
            O::EditTicket => self.edit(self.at(gap)?, &call.json),
            O::SetField => self.set_field(self.at(gap)?, &call.gaps[1], &call.json),
            O::ClearField => self.clear_field(self.at(gap)?, &call.gaps[1]),
            O::SearchTickets => self.search(given),
            O::CountTickets => self.count(given),
            O::GetTicket => self.details(self.at(gap)?, scopes(given)?),
            O::LegacyCreate => {
                let line = number(gap).ok_or_else(|| Refusal::not_found("Line", gap))?;
                self.legacy_create(line, call)
            }
            O::LegacyEdit => self.legacy_edit(self.at(gap)?, call).map(success),
            O::CallNext => self.call_next(call),
            O::Call => self.call_this(self.at(gap)?, call),
            O::Recall => self.recall(self.at(gap)?).map(success),
            O::MarkServed => self.serve(self.at(gap)?).map(success),
            O::MarkNoShow => self.no_show(self.at(gap)?).map(success),
            O::Cancel => self
                .cancel(self.at(gap)?, given.required_id("user")?)
                .map(success),
            O::ReturnToQueue => {
                let (number, position) = (self.at(gap)?, position(given.required("position")?)?);
                self.return_to_queue(number, given.required_id("user")?, position)
                    .map(success)
            }
            O::AddLabel => {
                let number = self.at(gap)?;
                self.check_user(call)?;
                Ok(effect(self.add_label(number, given.required("value")?)?))
            }
            O::RemoveLabel => {
                let number = self.at(gap)?;
                self.check_user(call)?;
                Ok(effect(self.remove_label(number, given.required("value")?)?))
            }
            O::SetLabels => self
                .set_labels(self.at(gap)?, labels(&call.json)?)
                .map(success),
            O::Assign => {
                let (number, assigner) = (self.at(gap)?, given.required_id("assigner")?);
                self.assign(number, assigner, given.required_id("assignee")?)
                    .map(success)
            }
            O::Unassign => self.unassign(self.at(gap)?, given.id("user")?).map(success),
            O::Reorder => self.reorder(self.at(gap)?, given.id("after")?).map(success),
            O::Forward => {
                let (number, line) = (self.at(gap)?, given.required_id("line")?);
                self.forward(number, line, given.id("user")?)?;
                Ok(done())
            }
            O::EstimatedTime => {
                let at = self.found(self.at(gap)?)?.place() + SERVICE_TIME;
                let answer = json!({ "statusCode": 200, "estimatedTimeOfService": at.as_second() });
                Ok(Response::json(200, &answer))
            }
            O::ListMessages => {
                let messages = self.show().messages(self.found(self.at(gap)?)?);
                let answer = json!({ "statusCode": 200, "messages": messages });
                Ok(Response::json(200, &answer))
            }
            O::SendMessage => {
                let (number, text) = (self.at(gap)?, given.required("message")?);
                self.message(number, MessageKind::Outgoing, text, call.user()?)
                    .map(success)
            }
            O::SetExternal => self.set_external(ticket_number(gap)?, call),
            O::ListLocations => Ok(self.locations()),
            O::GetLocation => self.location(gap),
            O::ListLines => self.lines_of(gap),
            O::ListDesks => self.desks_of(gap),
            O::ListUsers => self.users_of(gap),
            O::GetLine => self.line(gap),
            O::EnableLine => self.set_line(gap, false),
            O::DisableLine => self.set_line(gap, true),
            O::GetUser => self.user(gap),
            O::CreateWebhook => {
                let (id, secret) = self.hooks.register(given.required("url")?)?;
                let answer = json!({ "statusCode": 200, "id": id, "secret": secret });
                Ok(Response::json(200, &answer))
            }
            O::DeleteWebhook => {
                self.hooks.remove(gap)?;
                Ok(done())
            }
            O::Graphql => graphql::answer(self, call),
        }
    }

    /// The number of the ticket that a path names; one that is not there is said before all else.
    fn at(&self, gap: &str) -> Result<u64, Refusal> {
        let number = ticket_number(gap)?;
        self.found(number).map(|_| number)
    }

    fn call_this(&mut self, number: u64, call: &Call) -> Answer {
        let user = call.user()?.ok_or_else(|| {
            Refusal::unheard_of("a call without a user, by a key that belongs to none")
        })?;
        self.call(number, user, call.parameters.id("desk")?, keep_open(call)?)?;
        self.details(number, Scopes::default())
    }

    fn details(&self, number: u64, scopes: Scopes) -> Answer {
        let mut shown = self.show().read(self.found(number)?, scopes);
        shown.insert("statusCode".to_owned(), 200.into());
        Ok(Response::json(200, &shown.into()))
    }

    /// Calls whoever waits longest in these lines; nobody may.
    fn call_next(&mut self, call: &Call) -> Answer {
        let lines = call
            .parameters
            .ids("lines")?
            .ok_or_else(|| Refusal::new(400, "lines is missing"))?;
        for line in &lines {
            self.account.line(*line)?;
        }
        let next = self
            .tickets
            .values()
            .filter(|ticket| ticket.status == Status::New && lines.contains(&ticket.line))
            .min_by_key(|ticket| ticket.place())
            .map(|ticket| ticket.number());
        match next {
            Some(next) => self.call_this(next, call),
            None => Ok(done()),
        }
    }

    fn check_user(&self, call: &Call) -> Result<(), Refusal> {
        match call.parameters.id("user")? {
            Some(user) => self.account.user(user).map(|_| ()),
            None => Ok(()),
        }
    }
}

fn done() -> Response {
    Response::json(200, &json!({ "statusCode": 200 }))
}

/// What acts answer that have nothing else to say.
fn success((): ()) -> Response {
    effect(true)
}

fn effect(any: bool) -> Response {
    let result = if any { "success" } else { "no action" };
    Response::json(200, &json!({ "statusCode": 200, "result": result }))
}

fn position(word: &str) -> Result<Position, Refusal> {
    match word {
        "FIRST" => Ok(Position::First),
        "LAST" => Ok(Position::Last),
        other => Err(Refusal::new(400, format!("{other:?} is no position"))),
    }
}

fn keep_open(call: &Call) -> Result<bool, Refusal> {
    match call.parameters.text("keepActiveTicketsOpen") {
        None | Some("false") => Ok(false),
        Some("true") => Ok(true),
        Some(other) => Err(Refusal::new(400, format!("{other:?} is no boolean"))),
    }
}

fn labels(json: &Map<String, Value>) -> Result<Vec<super::ticket::Label>, Refusal> {
    only(json, &["labels"])?;
    let wrong = || Refusal::new(400, "labels is not an array of strings");
    let list = json.get("labels").and_then(Value::as_array);
    let texts = list.ok_or_else(wrong)?.iter().map(Value::as_str);
    distinct(texts.collect::<Option<Vec<_>>>().ok_or_else(wrong)?)
}
