//! The list of tickets of a DeskHive, of which the documents show no envelope.

use deskhive_client::external::{self, TicketFilter};
use deskhive_client::{Listed, Paging, Ticket};
use serde_json::Value;

use crate::systems::deskhive::Helpdesk;

use super::check::{Checks, Verdict};
use super::deskhive::asked;
use super::shape::{form_of_time, keys, shape};

/// What the bridge would have on a page.
const PAGE: u64 = 100;
const RELATIONS: [&str; 8] = [
    "department",
    "category",
    "product",
    "customer",
    "labels",
    "assigned_to",
    "agents",
    "custom_fields",
];

/// The number of a ticket, if there is one.
pub(super) async fn tickets(desk: &Helpdesk, checks: &mut Checks) -> Option<u64> {
    let assumption = "a list has an envelope that is known";
    let call = external::tickets(&TicketFilter::default(), Paging::new(1, 1));
    let (answer, body) = asked(desk, &call, assumption, checks).await?;
    match call.read(&answer.value) {
        Ok(listed) => {
            checks.ok(assumption, envelope(&body));
            let count = listed.items.len() + listed.unreadable;
            let seen = format!("asked for 1, given {count}");
            checks.judge(count <= 1, Verdict::Note, "per_page is heeded", seen);
        }
        Err(_) => {
            checks.wrong(assumption, format!("another shape: {}", shape(&body)));
            return None;
        }
    }
    let assumption = "pages of 100 are given";
    let call = external::tickets(&TicketFilter::default(), Paging::new(1, PAGE));
    let (answer, body) = asked(desk, &call, assumption, checks).await?;
    let listed = call.read(&answer.value).ok()?;
    let per_page = listed.place.per_page;
    checks.judge(
        per_page.is_none_or(|per_page| per_page == PAGE),
        Verdict::Note,
        assumption,
        match per_page {
            Some(per_page) => format!("{per_page} on a page"),
            None => "the answer does not say how many are on a page".to_owned(),
        },
    );
    has_end(&listed, checks);
    let items = items(&body);
    judge_items(&listed, items, checks);
    // One in which there is something to read.
    let mut tickets = listed.items.iter();
    let said = tickets.find(|ticket| ticket.last_reply().is_some());
    said.or(listed.items.first()).map(|ticket| ticket.id)
}

/// Without its items.
fn envelope(body: &Value) -> String {
    let mut body = body.clone();
    match (body.pointer_mut("/data/data"), "") {
        (Some(items), _) => *items = Value::Array(Vec::new()),
        (None, _) => {
            if let Some(items) = body.get_mut("data").filter(|data| data.is_array()) {
                *items = Value::Array(Vec::new());
            }
        }
    }
    shape(&body)
}

fn items(body: &Value) -> &[Value] {
    let places = [body.pointer("/data/data"), body.get("data"), Some(body)];
    let mut lists = places.into_iter().flatten().filter_map(Value::as_array);
    lists.next().map(Vec::as_slice).unwrap_or_default()
}

fn has_end(listed: &Listed<Ticket>, checks: &mut Checks) {
    let assumption = "a list says where it ends";
    let place = &listed.place;
    match (place.last_page, place.has_next) {
        (Some(last), _) => checks.ok(assumption, format!("last page {last}")),
        (None, Some(_)) => checks.note(assumption, "only whether there is another page"),
        (None, None) => checks.note(
            assumption,
            "it does not: pages are turned until one is empty",
        ),
    }
}

fn judge_items(listed: &Listed<Ticket>, items: &[Value], checks: &mut Checks) {
    let Some(first) = items.first() else {
        return;
    };
    let assumption = "tickets are of a shape that can be read";
    let seen = match listed.unreadable {
        0 => keys(first),
        count => format!("{count} of {} cannot: {}", items.len(), shape(first)),
    };
    checks.judge(listed.unreadable == 0, Verdict::Wrong, assumption, seen);
    let id = first.get("id").map_or("none".to_owned(), shape);
    checks.judge(id == "int", Verdict::Note, "ids are numbers", id);
    let written = first.get("created_at").and_then(Value::as_str);
    let form = written.and_then(form_of_time);
    let has_time = listed.items.iter().all(|ticket| ticket.created().is_some());
    checks.judge(
        has_time,
        Verdict::Wrong,
        "times can be read",
        form.unwrap_or("another form"),
    );
    checks.note("in which order tickets come", order(&listed.items));
    checks.note("how relations are shown that lead nowhere", absent(items));
}

fn order(tickets: &[Ticket]) -> &'static str {
    let ids: Vec<u64> = tickets.iter().map(|ticket| ticket.id).collect();
    let changed: Vec<_> = tickets.iter().map(|ticket| ticket.updated()).collect();
    match () {
        () if ids.len() < 2 => "one ticket tells nothing",
        () if ids.is_sorted_by(|one, next| one > next) => "by number, the last first",
        () if ids.is_sorted_by(|one, next| one < next) => "by number, the first first",
        () if changed.is_sorted_by(|one, next| one >= next) => "by change, the last first",
        () => "no order that can be seen",
    }
}

fn absent(items: &[Value]) -> String {
    let of = |is_so: fn(Option<&Value>) -> bool| {
        let relations = RELATIONS.iter();
        let found = relations.filter(|name| items.iter().any(|item| is_so(item.get(**name))));
        let found: Vec<&str> = found.copied().collect();
        match found.is_empty() {
            true => "none".to_owned(),
            false => found.join(", "),
        }
    };
    let (null, omitted) = (
        of(|value| value.is_some_and(Value::is_null)),
        of(|value| value.is_none()),
    );
    format!("null: {null}; left out: {omitted}")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_envelope_is_shown_without_what_is_in_it() {
        let item = json!({"title": "Jane is angry"});
        for (body, expected) in [
            (
                json!({"data": [item], "meta": {"total": 1}}),
                "{data: [], meta: {total: int}}",
            ),
            (
                json!({"status": true, "data": {"data": [item], "total": 1}}),
                "{data: {data: [], total: int}, status: bool}",
            ),
        ] {
            let mut words: Vec<String> = vec![envelope(&body)];
            words.retain(|words| words.len() == expected.len());
            assert_eq!(words.len(), 1, "{} for {body}", envelope(&body));
            assert_eq!(items(&body).len(), 1);
        }
    }

    #[test]
    fn what_is_null_and_what_is_left_out_is_told_apart() {
        let items = [
            json!({"department": null, "category": {}, "product": {}, "customer": {}, "labels": []}),
            json!({"department": {}, "category": {}, "product": {}, "customer": {}, "labels": [], "agents": []}),
        ];
        assert_eq!(
            absent(&items),
            "null: department; left out: assigned_to, agents, custom_fields"
        );
    }
}
