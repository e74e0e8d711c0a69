//! A DeskHive installation.

use bytes::Bytes;
use deskhive_client::{Answer, Call, Error, Kind, Paging, Request, external, internal};
use http::{HeaderMap, HeaderValue, Method, header::ACCEPT};
use serde_json::Value;

use crate::systems::deskhive::{Helpdesk, Peek};

use super::check::{Checks, Verdict};
use super::shape::{keys, shape};
use super::{lists, messages, scopes};

/// Whose number is this there is none.
pub(super) const NOBODY: u64 = 999_999_999_999;

pub(super) async fn probe(desk: &Helpdesk, checks: &mut Checks) {
    if !connects(desk, checks).await {
        return;
    }
    profile(desk, checks).await;
    let ticket = lists::tickets(desk, checks).await;
    match ticket {
        Some(ticket) => messages::of(desk, ticket, checks).await,
        None => checks.note(
            "messages are of a shape that can be read",
            "the agent sees no ticket: probe again when there is one",
        ),
    }
    absent(desk, checks).await;
    wrong_key(desk, checks).await;
    let paging = Paging::new(1, 1);
    let notifications = external::notifications(paging);
    shown(desk, &notifications, "notifications can be read", checks).await;
    let canned = external::canned_responses();
    shown(desk, &canned, "canned responses can be read", checks).await;
    search(desk, checks).await;
    match desk.has_installation_key() {
        true => scopes::of(desk, checks).await,
        false => checks.note(
            "tickets can be made there",
            "no `internal_key_file`: none is made, and only what the agent sees is answered",
        ),
    }
    checks.note(
        "what is written there comes out as it went in",
        "cannot be seen without writing",
    );
}

/// Whether there is any use in going on.
async fn connects(desk: &Helpdesk, checks: &mut Checks) -> bool {
    let assumption = "the agent's key works";
    let call = external::connection_check();
    let answer = match desk.peek(call.request(), Peek::Agent).await {
        Ok(answer) => answer,
        Err(error) => {
            let seen = match error.kind() {
                Kind::Credentials => format!("{}: check `external_key_file`", failure(&error)),
                Kind::NotFound => format!("{}: check `base_url`", failure(&error)),
                _ => failure(&error),
            };
            checks.wrong(assumption, seen);
            return false;
        }
    };
    let Some(body) = json(&answer) else {
        checks.wrong(assumption, "the answer is no JSON: check `base_url`");
        return false;
    };
    checks.judge(
        call.read(&answer.value).is_ok(),
        Verdict::Wrong,
        assumption,
        format!("{}: {}", answer.status, shape(&body)),
    );
    limits(&answer, checks);
    let has_date = answer.date.is_some();
    checks.judge(
        has_date,
        Verdict::Note,
        "answers say what time it is there",
        if has_date { "they do" } else { "no Date" },
    );
    true
}

fn limits(answer: &Answer<Bytes>, checks: &mut Checks) {
    let assumption = "answers say how many calls there may be";
    let limit = answer.rate_limit;
    match (limit.limit, limit.remaining) {
        (None, None) => checks.note(assumption, "they do not: only `rate` limits calls"),
        (limit, left) => {
            let shown = |number: Option<u64>| number.map_or("-".to_owned(), |n| n.to_string());
            let (limit, left) = (shown(limit), shown(left));
            checks.ok(assumption, format!("limit {limit}, left {left}"));
        }
    }
}

async fn profile(desk: &Helpdesk, checks: &mut Checks) {
    let assumption = "the profile says who we are there";
    let call = external::profile();
    let Some((answer, body)) = asked(desk, &call, assumption, checks).await else {
        return;
    };
    match call.read(&answer.value) {
        Ok(profile) => {
            let inner = body.get("data").unwrap_or(&body);
            let seen = format!("agent {}: {}", profile.id, keys(inner));
            checks.judge(profile.is_active, Verdict::Wrong, assumption, seen);
        }
        Err(_) => checks.wrong(assumption, format!("another shape: {}", shape(&body))),
    }
}

/// That something is not there is only believed where DeskHive says so in words.
async fn absent(desk: &Helpdesk, checks: &mut Checks) {
    let assumption = "a ticket that is not there is told from one that is";
    let call = external::ticket(NOBODY);
    match desk.peek(call.request(), Peek::Agent).await {
        Ok(answer) => {
            let is_failure = call.read(&answer.value).is_err();
            let seen = format!("{} for a bogus number", answer.status);
            checks.judge(is_failure, Verdict::Wrong, assumption, seen);
        }
        Err(error) => {
            let has_words = error
                .refusal()
                .is_some_and(|refusal| !refusal.message.trim().is_empty());
            let words = if has_words { "with" } else { "without" };
            let seen = format!("{}, {words} a sentence", failure(&error));
            let is_so = matches!(error.kind(), Kind::NotFound | Kind::Locked) && has_words;
            checks.judge(is_so, Verdict::Wrong, assumption, seen);
        }
    }
}

async fn wrong_key(desk: &Helpdesk, checks: &mut Checks) {
    let assumption = "a wrong key is told from a right one";
    let call = external::connection_check();
    match desk.peek(call.request(), Peek::WrongKey).await {
        Ok(answer) => checks.wrong(assumption, format!("{} with a bogus key", answer.status)),
        Err(error) => {
            let is_so = error.kind() == Kind::Credentials;
            checks.judge(is_so, Verdict::Wrong, assumption, failure(&error));
        }
    }
}

async fn shown<T>(desk: &Helpdesk, call: &Call<T>, assumption: &str, checks: &mut Checks) {
    if let Some((answer, body)) = asked(desk, call, assumption, checks).await {
        let is_read = call.read(&answer.value).is_ok();
        checks.judge(is_read, Verdict::Note, assumption, shape(&body));
    }
}

/// What nothing here depends on.
async fn search(desk: &Helpdesk, checks: &mut Checks) {
    let assumption = "articles can be searched";
    let Ok(call) = external::search_articles("zz") else {
        return;
    };
    shown(desk, &call, assumption, checks).await;
    let health = get("/api/v1/health-check");
    let assumption = "the health check answers";
    match desk.peek(&health, Peek::Agent).await {
        Ok(answer) => checks.ok(assumption, answer.status),
        Err(error) => checks.note(assumption, failure(&error)),
    }
}

/// An answer that is JSON; else what was seen is told.
pub(super) async fn asked<T>(
    desk: &Helpdesk,
    call: &Call<T>,
    assumption: &str,
    checks: &mut Checks,
) -> Option<(Answer<Bytes>, Value)> {
    match desk.peek(call.request(), Peek::Agent).await {
        Ok(answer) => match json(&answer) {
            Some(body) => Some((answer, body)),
            None => {
                checks.wrong(assumption, format!("{}, which is no JSON", answer.status));
                None
            }
        },
        Err(error) => {
            checks.wrong(assumption, failure(&error));
            None
        }
    }
}

fn get(target: &str) -> Request {
    let headers = HeaderMap::from_iter([(ACCEPT, HeaderValue::from_static("application/json"))]);
    Request::from_parts(Method::GET, target, headers, Bytes::new())
}

pub(super) fn json(answer: &Answer<Bytes>) -> Option<Value> {
    serde_json::from_slice(&answer.value).ok()
}

/// Without what was said.
pub(super) fn failure(error: &Error) -> String {
    let what = match error.kind() {
        Kind::Throttled => "too many calls",
        Kind::Credentials => "the key is refused",
        Kind::Locked => "closed to the key",
        Kind::NotFound => "not there",
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

/// With the installation's key.
pub(super) fn internal_check() -> Call<()> {
    internal::connection_check()
}
