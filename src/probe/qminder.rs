//! A Qminder account.

use bytes::Bytes;
use http::{HeaderMap, Method};
use qminder_client::external::read_back;
use qminder_client::tickets::{Filter, Scope, Search, get, messages, search};
use qminder_client::{Answer, Call, Error, Kind, Request, TicketId};
use serde_json::Value;

use crate::settings::Qminder;
use crate::systems::qminder::{Desk, Peek};

use super::check::{Checks, Verdict};
use super::shape::{keys, shape};

/// Whose number is this there is none.
const NOBODY: u64 = 999_999_999_999;

pub(super) async fn probe(desk: &Desk, settings: &Qminder, checks: &mut Checks) {
    if !line(desk, checks).await {
        return;
    }
    user(desk, checks).await;
    let ticket = listed(desk, checks).await;
    if let Some(ticket) = ticket {
        one_ticket(desk, &ticket, checks).await;
    }
    absent(desk, checks).await;
    wrong_key(desk, checks).await;
    checks.note(
        "the key is a secret one, which external data need",
        "cannot be seen without writing",
    );
    checks.note(
        "webhooks reach this bridge",
        match settings.webhook {
            Some(_) => "cannot be seen: no call lists webhooks; the poll finds what they miss",
            None => "none is configured: what happens there is found by the poll",
        },
    );
}

/// Whether there is any use in going on.
async fn line(desk: &Desk, checks: &mut Checks) -> bool {
    let assumption = "the key works, and the configured line is there";
    let request = read(&format!("/v1/lines/{}", desk.line()));
    let answer = match desk.peek(&request, Peek::Key).await {
        Ok(answer) => answer,
        Err(error) => {
            let seen = match error.kind() {
                Kind::NotFound => "404: check `line`, or `base_url`".to_owned(),
                Kind::Credentials => format!("{}: check `api_key_file`", failure(&error)),
                _ => failure(&error),
            };
            checks.wrong(assumption, seen);
            return error.kind() == Kind::NotFound;
        }
    };
    let Some(line) = json(&answer) else {
        checks.wrong(assumption, "the answer is no JSON: check `base_url`");
        return false;
    };
    checks.ok(assumption, format!("{}: {}", answer.status, keys(&line)));
    rate(&answer, checks);
    let line = line.get("data").unwrap_or(&line);
    let enabled = "the line is enabled";
    match line.get("disabled").and_then(Value::as_bool) {
        Some(true) => checks.wrong(enabled, "it is disabled, so it takes no tickets"),
        Some(false) => checks.ok(enabled, "it says that it is not disabled"),
        None => checks.note(enabled, "the answer does not tell"),
    }
    true
}

async fn user(desk: &Desk, checks: &mut Checks) {
    let assumption = "calls are made in the name of a user who is there";
    let Some(user) = desk.user() else {
        let seen = "`user` is not set: tickets are never cancelled there";
        checks.note(assumption, seen);
        return;
    };
    match desk
        .peek(&read(&format!("/v1/users/{user}")), Peek::Key)
        .await
    {
        Ok(answer) => checks.ok(assumption, answer.status),
        Err(error) if error.kind() == Kind::NotFound => {
            checks.wrong(assumption, "404: check `user`");
        }
        Err(error) => checks.note(assumption, failure(&error)),
    }
}

/// One ticket of the line, if there is one.
async fn listed(desk: &Desk, checks: &mut Checks) -> Option<TicketId> {
    let assumption = "tickets of the line can be searched and read";
    let call = search(&Search {
        filter: Filter {
            lines: vec![desk.line().clone()],
            ..Filter::default()
        },
        limit: Some(1),
        ..Search::default()
    });
    let answer = asked(desk, &call, assumption, checks).await?;
    let body = json(&answer)?;
    match call.read(&answer.value) {
        Ok(found) if found.unreadable > 0 => {
            checks.wrong(
                assumption,
                format!("a ticket cannot be read: {}", shape(&body)),
            );
            None
        }
        Ok(found) => {
            checks.ok(assumption, shape(&body));
            let most = found.tickets.len();
            let limited = format!("asked for 1, given {most}");
            checks.judge(
                most <= 1,
                Verdict::Note,
                "a search heeds its limit",
                limited,
            );
            let first = found.tickets.into_iter().next();
            if first.is_none() {
                checks.note(
                    "a ticket is of the documented shape",
                    "the line has none: probe again when it has",
                );
            }
            first.map(|ticket| ticket.id)
        }
        Err(_) => {
            checks.wrong(assumption, format!("another shape: {}", shape(&body)));
            None
        }
    }
}

async fn one_ticket(desk: &Desk, ticket: &TicketId, checks: &mut Checks) {
    let assumption = "a ticket is of the documented shape";
    let call = get(ticket, &[Scope::Messages, Scope::Interactions]);
    readable(desk, &call, assumption, Verdict::Wrong, checks).await;
    let assumption = "what was said to and by a visitor can be read";
    let call = messages(ticket);
    readable(desk, &call, assumption, Verdict::Wrong, checks).await;
    let assumption = "records can be read back, so that `reconcile` compares them";
    readable(desk, &read_back(ticket), assumption, Verdict::Note, checks).await;
}

async fn readable<T>(
    desk: &Desk,
    call: &Call<T>,
    assumption: &str,
    otherwise: Verdict,
    checks: &mut Checks,
) {
    match desk.peek(call.request(), Peek::Key).await {
        Ok(answer) => {
            let seen = json(&answer).map_or("no JSON".to_owned(), |body| shape(&body));
            checks.judge(
                call.read(&answer.value).is_ok(),
                otherwise,
                assumption,
                seen,
            );
        }
        Err(error) => checks.judge(false, otherwise, assumption, failure(&error)),
    }
}

/// That something is not there is only believed where Qminder says so in words.
async fn absent(desk: &Desk, checks: &mut Checks) {
    let assumption = "a ticket that is not there is answered with 404 and a sentence";
    let call = get(&TicketId::from(NOBODY), &[]);
    match desk.peek(call.request(), Peek::Key).await {
        Ok(answer) => checks.wrong(assumption, format!("{} for a bogus number", answer.status)),
        Err(error) => {
            let has_words = error
                .refusal()
                .is_some_and(|refusal| !refusal.message.trim().is_empty());
            let words = if has_words { "with" } else { "without" };
            let seen = format!("{}, {words} a sentence", failure(&error));
            let is_so = error.kind() == Kind::NotFound && has_words;
            checks.judge(is_so, Verdict::Wrong, assumption, seen);
        }
    }
}

async fn wrong_key(desk: &Desk, checks: &mut Checks) {
    let assumption = "a wrong key is told from a right one";
    let request = read(&format!("/v1/lines/{}", desk.line()));
    match desk.peek(&request, Peek::WrongKey).await {
        Ok(answer) => checks.wrong(assumption, format!("{} with a bogus key", answer.status)),
        Err(error) => {
            let is_so = error.kind() == Kind::Credentials;
            checks.judge(is_so, Verdict::Wrong, assumption, failure(&error));
        }
    }
}

fn rate(answer: &Answer<Bytes>, checks: &mut Checks) {
    let assumption = "answers say how many calls are left";
    match answer.rate_limit_remaining {
        Some(left) => checks.ok(assumption, format!("X-RateLimit-Remaining: {left}")),
        None => checks.note(assumption, "they do not: only `rate` limits calls"),
    }
}

async fn asked<T>(
    desk: &Desk,
    call: &Call<T>,
    assumption: &str,
    checks: &mut Checks,
) -> Option<Answer<Bytes>> {
    match desk.peek(call.request(), Peek::Key).await {
        Ok(answer) if json(&answer).is_some() => Some(answer),
        Ok(_) => {
            checks.wrong(assumption, "the answer is no JSON: check `base_url`");
            None
        }
        Err(error) => {
            checks.wrong(assumption, failure(&error));
            None
        }
    }
}

fn read(target: &str) -> Request {
    Request::from_parts(Method::GET, target, HeaderMap::new(), Bytes::new())
}

fn json(answer: &Answer<Bytes>) -> Option<Value> {
    serde_json::from_slice(&answer.value).ok()
}

/// Without what was said.
fn failure(error: &Error) -> String {
    let what = match error.kind() {
        Kind::Throttled => "too many calls",
        Kind::Credentials => "the key is refused",
        Kind::NotFound => "not there",
        Kind::Conflict => "a conflict",
        Kind::Invalid => "refused",
        Kind::Redirected => "a redirect: check `base_url`",
        Kind::Unavailable => "the server is in trouble",
        Kind::Unreachable => "it cannot be reached: name, port or certificate",
        Kind::Unanswered => "no answer came",
        Kind::Unreadable => "an answer that cannot be read",
    };
    match error.status() {
        Some(status) => format!("{status}, {what}"),
        None => what.to_owned(),
    }
}
