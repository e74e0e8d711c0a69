//! Messages of a DeskHive ticket, of which the documents show no shape.

use deskhive_client::{Paging, Role, ThreadMessage, external};
use serde_json::Value;

use crate::systems::deskhive::Helpdesk;

use super::check::{Checks, Verdict};
use super::deskhive::asked;
use super::shape::{keys, shape};

pub(super) async fn of(desk: &Helpdesk, ticket: u64, checks: &mut Checks) {
    let assumption = "one ticket can be read";
    let call = external::ticket(ticket);
    if let Some((answer, body)) = asked(desk, &call, assumption, checks).await {
        let is_read = call.read(&answer.value).is_ok();
        checks.judge(is_read, Verdict::Wrong, assumption, shape(&body));
    }
    let assumption = "messages are of a shape that can be read";
    let call = external::messages(ticket, Paging::new(1, 1));
    let Some((answer, body)) = asked(desk, &call, assumption, checks).await else {
        return;
    };
    let listed = match call.read(&answer.value) {
        Ok(listed) => listed,
        Err(_) => {
            checks.wrong(assumption, format!("another shape: {}", shape(&body)));
            return;
        }
    };
    let Some(first) = first_item(&body) else {
        checks.note(assumption, "the ticket has none: probe again when it has");
        return;
    };
    let is_read = listed.unreadable == 0;
    checks.judge(is_read, Verdict::Wrong, assumption, keys(first));
    if let Some(message) = listed.items.first() {
        author(message, first, checks);
        note_flag(message, first, checks);
    }
    order(desk, ticket, checks).await;
}

fn first_item(body: &Value) -> Option<&Value> {
    let places = [body.pointer("/data/data"), body.get("data"), Some(body)];
    let mut lists = places.into_iter().flatten().filter_map(Value::as_array);
    lists.next()?.first()
}

fn author(message: &ThreadMessage, item: &Value, checks: &mut Checks) {
    let names = [
        "sender_type",
        "sender_id",
        "sender",
        "author",
        "is_staff",
        "author_type",
    ];
    let there = names.into_iter().filter_map(|name| {
        let value = item.get(name)?;
        Some(format!("{name}: {}", shape(value)))
    });
    let there: Vec<String> = there.collect();
    let is_known = message.author.role != Role::Unknown;
    checks.judge(
        is_known,
        Verdict::Wrong,
        "a message says who wrote it",
        match there.is_empty() {
            true => "no member that is known".to_owned(),
            false => there.join(", "),
        },
    );
}

fn note_flag(message: &ThreadMessage, item: &Value, checks: &mut Checks) {
    let seen = match item.get("is_internal") {
        Some(flag) => format!("is_internal: {}", shape(flag)),
        None => "no is_internal".to_owned(),
    };
    let assumption = "a message says whether the customer may see it";
    match (message.stated_internal, message.author.role) {
        (Some(_), _) => checks.ok(assumption, seen),
        (None, Role::Customer) => checks.note(assumption, format!("{seen}, on a customer's")),
        (None, _) => checks.wrong(
            assumption,
            format!("{seen}: all that agents write is taken for notes"),
        ),
    }
}

async fn order(desk: &Helpdesk, ticket: u64, checks: &mut Checks) {
    let assumption = "in which order messages come";
    let call = external::messages(ticket, Paging::new(1, 100));
    let Some((answer, _)) = asked(desk, &call, assumption, checks).await else {
        return;
    };
    let Ok(listed) = call.read(&answer.value) else {
        return;
    };
    let ids: Vec<u64> = listed.items.iter().map(|message| message.id).collect();
    let seen = match () {
        () if ids.len() < 2 => "one message tells nothing",
        () if ids.is_sorted_by(|one, next| one < next) => "by number, the first first",
        () if ids.is_sorted_by(|one, next| one > next) => "by number, the last first",
        () => "no order that can be seen",
    };
    checks.note(assumption, seen);
}
