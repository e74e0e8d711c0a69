//! What each operation does, and what it answers.

use serde_json::{Map, Value, json};

use super::person::{distinct, only};
use super::queue::Position;
use super::request::Call;
use super::search::{scopes, ticket_number};
use super::ticket::{MessageKind, Status};
use super::wire::Scopes;
use super::{Operation as O, Refusal, World, graphql};
use crate::http::Response;

type Answer = Result<Response, Refusal>;

impl World {
    pub(crate) fn perform(&mut self, call: &Call) -> Answer {
        let gap = call.gaps.first().map_or("", String::as_str);
        match call.operation {
            O::CreateTicket => self.create(&call.json),
            O::SearchTickets => self.search(&call.parameters),
            O::CountTickets => self.count(&call.parameters),
            O::CallNext => self.call_next(call),
            O::LegacyCreate => {
                let line = super::form::number(gap);
                self.legacy_create(line.ok_or_else(|| Refusal::not_found("Line", gap))?, call)
            }
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
                let (id, secret) = self.hooks.register(call.parameters.required("url")?)?;
                let answer = json!({ "statusCode": 200, "id": id, "secret": secret });
                Ok(Response::json(200, &answer))
            }
            O::DeleteWebhook => {
                self.hooks.remove(gap)?;
                Ok(done())
            }
            O::Graphql => graphql::answer(self, call),
            O::EditTicket
            | O::SetField
            | O::ClearField
            | O::GetTicket
            | O::LegacyEdit
            | O::Call
            | O::Recall
            | O::MarkServed
            | O::MarkNoShow
            | O::Cancel
            | O::ReturnToQueue
            | O::AddLabel
            | O::RemoveLabel
            | O::SetLabels
            | O::Assign
            | O::Unassign
            | O::Reorder
            | O::Forward
            | O::EstimatedTime
            | O::ListMessages
            | O::SendMessage
            | O::SetExternal => self.perform_on(ticket_number(gap)?, call),
        }
    }

    fn perform_on(&mut self, number: u64, call: &Call) -> Answer {
        let given = &call.parameters;
        self.found(number)?;
        match call.operation {
            O::EditTicket => return self.edit(number, &call.json),
            O::SetField => return self.set_field(number, &call.gaps[1], &call.json),
            O::ClearField => return self.clear_field(number, &call.gaps[1]),
            O::GetTicket => return self.details(number, scopes(given)?),
            O::SetExternal => return self.set_external(number, call),
            O::Call => {
                let user = call.user()?.ok_or_else(|| {
                    Refusal::unheard_of("a call without a user, by a key that belongs to none")
                })?;
                self.call(number, user, given.id("desk")?, keep_open(call)?)?;
                return self.details(number, Scopes::default());
            }
            O::Forward => {
                let user = given.id("user")?;
                self.forward(number, given.required_id("line")?, user)?;
                return Ok(done());
            }
            O::AddLabel => {
                self.check_user(call)?;
                let added = self.add_label(number, given.required("value")?)?;
                return Ok(if added { success() } else { no_action() });
            }
            O::RemoveLabel => {
                self.check_user(call)?;
                let removed = self.remove_label(number, given.required("value")?)?;
                return Ok(if removed { success() } else { no_action() });
            }
            O::EstimatedTime => {
                let at = self.found(number)?.place().as_second() + 600;
                let answer = json!({ "statusCode": 200, "estimatedTimeOfService": at });
                return Ok(Response::json(200, &answer));
            }
            O::ListMessages => {
                let messages = self.show().messages(self.found(number)?);
                let answer = json!({ "statusCode": 200, "messages": messages });
                return Ok(Response::json(200, &answer));
            }
            O::LegacyEdit => self.legacy_edit(number, call)?,
            O::Recall => self.recall(number)?,
            O::MarkServed => self.serve(number)?,
            O::MarkNoShow => self.no_show(number)?,
            O::Cancel => self.cancel(number, given.required_id("user")?)?,
            O::ReturnToQueue => {
                let position = match given.required("position")? {
                    "FIRST" => Position::First,
                    "LAST" => Position::Last,
                    other => return Err(Refusal::new(400, format!("{other:?} is no position"))),
                };
                self.return_to_queue(number, given.required_id("user")?, position)?;
            }
            O::SetLabels => self.set_labels(number, labels(&call.json)?)?,
            O::Assign => {
                let assigner = given.required_id("assigner")?;
                self.assign(number, assigner, given.required_id("assignee")?)?;
            }
            O::Unassign => self.unassign(number, given.id("user")?)?,
            O::Reorder => self.reorder(number, given.id("after")?)?,
            O::SendMessage => {
                let text = given.required("message")?;
                self.message(number, MessageKind::Outgoing, text, call.user()?)?;
            }
            other => unreachable!("{other:?} is not done to a ticket"),
        }
        Ok(success())
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
        let user = call.user()?;
        let user = user.ok_or_else(|| Refusal::unheard_of("a call without a user"))?;
        let next = self
            .tickets
            .values()
            .filter(|ticket| ticket.status == Status::New && lines.contains(&ticket.line))
            .min_by_key(|ticket| ticket.place())
            .map(|ticket| ticket.number());
        let Some(next) = next else {
            return Ok(done());
        };
        let desk = call.parameters.id("desk")?;
        self.call(next, user, desk, keep_open(call)?)?;
        self.details(next, Scopes::default())
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

fn success() -> Response {
    Response::json(200, &json!({ "statusCode": 200, "result": "success" }))
}

fn no_action() -> Response {
    Response::json(200, &json!({ "statusCode": 200, "result": "no action" }))
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
