//! A ticket of Qminder's in words that are no system's own.

use jiff::Timestamp;
use qminder_client::ticket::{Extra, Interaction, Label, Message};
use qminder_client::{MessageType, Status, Ticket};

use crate::model::{Person, Phase, RemoteMessage, RemoteSender, RemoteTicket, Time};
use crate::systems::readable::{line, readable};

use super::label::{is_bridges, made_by};

/// So many messages are looked at, the newest: one of a ticket that has more is not taken for news again.
const MOST_MESSAGES: usize = 256;
/// Of a message, in UTF-16 code units; Qminder's own are SMS.
const LONGEST_MESSAGE: usize = 16 * 1024;
/// Of a detail.
const LONGEST_NAME: usize = 60;
/// Of a detail.
const LONGEST_VALUE: usize = 200;
/// Of what visitors filled in, of interactions and of labels, each.
const MOST_OF_A_KIND: usize = 20;

/// What `ticket` says to the bridge of this incarnation. `with_messages`: they were asked for.
pub fn seen(ticket: &Ticket, incarnation: &str, with_messages: bool) -> RemoteTicket {
    let labels = ticket.labels.iter().map(|label| label.value.as_str());
    let assigned = ticket.assigned.as_ref();
    let assignee = assigned.and_then(|assigned| assigned.assignee.as_ref());
    RemoteTicket {
        id: ticket.id.to_string(),
        status: ticket.status.to_string(),
        phase: phase(&ticket.status),
        made_by: made_by(labels, incarnation),
        changed_at: changed_at(ticket),
        created_at: ticket.created.map(|created| time(created.date)),
        assignee: assignee.map(ToString::to_string),
        person: person(ticket),
        opening: opening(ticket),
        details: details(ticket, incarnation),
        messages: with_messages.then(|| messages(&ticket.messages)),
    }
}

fn phase(status: &Status) -> Option<Phase> {
    match status {
        Status::New => Some(Phase::Waiting),
        Status::Called => Some(Phase::Attended),
        Status::Served
        | Status::NoShow
        | Status::Cancelled
        | Status::CancelledByClerk
        | Status::SchedulingCancelled
        | Status::SchedulingCancelledByVisitor
        | Status::SchedulingNoShow => Some(Phase::Ended),
        // An appointment becomes a visit when the visitor comes.
        Status::Scheduled => None,
        _ => None,
    }
}

/// The newest of what happened; `orderAfter` is a place in the queue and no event.
fn changed_at(ticket: &Ticket) -> Option<Time> {
    let of_interaction = |of: &Interaction| [Some(of.start), of.end];
    let moments = [
        ticket.created.map(|created| created.date),
        ticket.called.as_ref().map(|called| called.date),
        ticket.served.map(|served| served.date),
        ticket.cancelled.as_ref().map(|cancelled| cancelled.date),
    ];
    let of_interactions = ticket.interactions.iter().flat_map(of_interaction);
    moments
        .into_iter()
        .chain(of_interactions)
        .flatten()
        .max()
        .map(time)
}

fn time(timestamp: Timestamp) -> Time {
    Time::from_timestamp(timestamp)
}

fn person(ticket: &Ticket) -> Person {
    let names = [&ticket.first_name, &ticket.last_name];
    let names: Vec<&str> = names.into_iter().flatten().map(String::as_str).collect();
    let told = |text: &Option<String>| {
        let text = line(text.as_deref().unwrap_or_default(), LONGEST_VALUE);
        Some(text).filter(|text| !text.is_empty())
    };
    Person {
        name: line(&names.join(" "), LONGEST_VALUE),
        email: told(&ticket.email),
        phone: told(&ticket.phone_number),
    }
}

/// What is known of a visitor, one thing a line.
fn opening(ticket: &Ticket) -> String {
    let person = person(ticket);
    let visitor = Some(person.name).filter(|name| !name.is_empty());
    let line_id = ticket.line.as_ref().map(ToString::to_string);
    let known = [
        ("Visitor", visitor),
        ("Telephone", person.phone),
        ("E-mail", person.email),
        ("Line", line_id),
    ];
    let known = known
        .into_iter()
        .filter_map(|(name, value)| Some(format!("{name}: {}", value?)));
    let filled_in = ticket.extra.iter().take(MOST_OF_A_KIND).map(|extra| {
        let (name, value) = filled_in(extra);
        format!("{name}: {value}")
    });
    let lines: Vec<String> = known.chain(filled_in).collect();
    if lines.is_empty() {
        return format!("Visit {}", ticket.id);
    }
    lines.join("\n")
}

/// What has no place in our tickets, under Qminder's own names.
fn details(ticket: &Ticket, incarnation: &str) -> Vec<(String, String)> {
    let called = ticket.called.as_ref();
    let assigned = ticket.assigned.as_ref();
    let single = [
        ("publicId", ticket.public_id.clone()),
        ("source", text(ticket.source.as_ref())),
        ("languageCode", ticket.language_code.clone()),
        ("orderAfter", text(ticket.order_after.as_ref())),
        (
            "caller",
            text(called.and_then(|called| called.caller.as_ref())),
        ),
        ("desk", text(called.and_then(|called| called.desk.as_ref()))),
        (
            "assigner",
            text(assigned.and_then(|assigned| assigned.assigner.as_ref())),
        ),
        (
            "assignee",
            text(assigned.and_then(|assigned| assigned.assignee.as_ref())),
        ),
    ];
    let single = single
        .into_iter()
        .filter_map(|(name, value)| Some((name.to_owned(), line(&value?, LONGEST_VALUE))));
    let interactions = ticket.interactions.iter().rev().take(MOST_OF_A_KIND);
    let interactions = interactions.map(|of| ("interaction".to_owned(), interaction(of)));
    let extra = ticket.extra.iter().take(MOST_OF_A_KIND).map(filled_in);
    let labels = ticket
        .labels
        .iter()
        .filter(|label| !is_bridges(&label.value, incarnation));
    let labels = labels
        .take(MOST_OF_A_KIND)
        .map(|of| ("label".to_owned(), label(of)));
    single
        .chain(interactions)
        .chain(extra)
        .chain(labels)
        .filter(|(_, value)| !value.is_empty())
        .collect()
}

fn text(value: Option<&impl ToString>) -> Option<String> {
    value.map(ToString::to_string)
}

fn interaction(of: &Interaction) -> String {
    let end = of.end.map_or("now".to_owned(), |end| end.to_string());
    let user = of.user.as_ref().map(|user| format!(", user {user}"));
    let desk = of.desk.as_ref().map(|desk| format!(", desk {desk}"));
    let line_id = of.line.as_ref().map(|line| format!(", line {line}"));
    let more: String = [user, desk, line_id].into_iter().flatten().collect();
    line(&format!("{} to {end}{more}", of.start), LONGEST_VALUE)
}

fn filled_in(extra: &Extra) -> (String, String) {
    let value = extra.value.as_deref().unwrap_or_default();
    let value = match &extra.url {
        Some(url) => format!("{value} {url}"),
        None => value.to_owned(),
    };
    let name = match line(&extra.title, LONGEST_NAME) {
        name if name.is_empty() => "extra".to_owned(),
        name => name,
    };
    (name, line(&value, LONGEST_VALUE))
}

fn label(of: &Label) -> String {
    let value = line(&of.value, LONGEST_NAME);
    match &of.color {
        Some(color) => format!("{value} (#{})", line(color, 6)),
        None => value,
    }
}

/// The newest, in order.
fn messages(messages: &[Message]) -> Vec<RemoteMessage> {
    let mut messages: Vec<&Message> = messages.iter().collect();
    messages.sort_by_key(|message| message.created.date);
    let surplus = messages.len().saturating_sub(MOST_MESSAGES);
    messages.drain(..surplus);
    messages.into_iter().map(message).collect()
}

fn message(message: &Message) -> RemoteMessage {
    let from = match (&message.message_type, &message.user_id) {
        (MessageType::Incoming, _) => RemoteSender::Customer,
        (MessageType::Outgoing, Some(user)) => RemoteSender::Colleague(user.to_string()),
        // Nobody's, and what is not known says nothing to anybody.
        _ => RemoteSender::Automatic,
    };
    let is_short = message.body.len() <= LONGEST_MESSAGE;
    RemoteMessage {
        at: time(message.created.date),
        from,
        text: match is_short {
            true => message.body.clone(),
            false => readable(&message.body, LONGEST_MESSAGE).text,
        },
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::model::{DeliveryId, Maker};

    use super::*;

    const OURS: &str = "00aa11bb22cc";

    fn ticket(mut value: Value) -> Ticket {
        value["id"] = json!("51999102");
        if value.get("status").is_none() {
            value["status"] = json!("NEW");
        }
        serde_json::from_value(value).unwrap()
    }

    fn at(text: &str) -> Option<Time> {
        Some(time(text.parse().unwrap()))
    }

    #[test]
    fn a_status_is_a_phase_or_none() {
        for (status, phase) in [
            ("NEW", Some(Phase::Waiting)),
            ("CALLED", Some(Phase::Attended)),
            ("SERVED", Some(Phase::Ended)),
            ("NOSHOW", Some(Phase::Ended)),
            ("CANCELLED", Some(Phase::Ended)),
            ("CANCELLED_BY_CLERK", Some(Phase::Ended)),
            ("SCHEDULING_CANCELLED", Some(Phase::Ended)),
            ("SCHEDULING_CANCELLED_BY_VISITOR", Some(Phase::Ended)),
            ("SCHEDULING_NOSHOW", Some(Phase::Ended)),
            ("SCHEDULED", None),
            ("new", None),
            ("", None),
        ] {
            let seen = seen(&ticket(json!({"status": status})), OURS, false);
            assert_eq!((seen.phase, seen.status.as_str()), (phase, status));
        }
    }

    /// The example of the OpenAPI document's search, with what newer answers have beside it.
    #[test]
    fn everything_that_a_ticket_has_finds_a_place() {
        let ticket = ticket(json!({
            "publicId": "A-42", "status": "SERVED", "source": "MANUAL", "line": 88100,
            "firstName": "Jane", "lastName": "Doe", "phoneNumber": 13_186_190_204_u64, "email": "jane@example.com",
            "languageCode": "en",
            "orderAfter": "2030-04-29T12:29:40.701Z",
            "created": {"date": "2016-04-29T12:29:40.701Z"},
            "called": {"date": "2016-05-05T14:05:29Z", "caller": 15144, "desk": 3},
            "served": {"date": "2016-05-05T14:05:34Z"},
            "assigned": {"assigner": 15100, "assignee": 15144},
            "extra": [{"title": "Notes", "value": "assistance\nrequired"}, {"title": "Page", "value": "Open", "url": "https://example.com"}],
            "labels": [{"value": "VIP", "color": "FF00FF"}, {"value": "tb-00aa11bb22cc-7", "color": "000000"}],
            "interactions": [{"start": "2016-05-05T14:05:29Z", "end": "2016-05-05T14:06:34Z", "line": 88100, "user": 15144}],
            "messages": [
                {"created": {"date": "2017-06-15T18:43:43Z"}, "body": "On my way", "type": "INCOMING", "status": "NEW"},
                {"created": {"date": "2017-06-15T18:43:41Z"}, "body": "Hello Jane!", "type": "OUTGOING", "status": "DELIVERED"},
                {"created": {"date": "2017-06-15T18:43:42Z"}, "body": "Room 7", "type": "OUTGOING", "userId": 900},
                {"created": {"date": "2017-06-15T18:43:40Z"}, "body": "It is your turn", "type": "OUTGOING_AUTOMATED", "userId": 900},
            ],
        }));
        let seen = seen(&ticket, OURS, true);
        assert_eq!(seen.id, "51999102");
        assert_eq!(seen.made_by, Maker::Us(DeliveryId(7)));
        assert_eq!(seen.changed_at, at("2016-05-05T14:06:34Z"));
        assert_eq!(seen.created_at, at("2016-04-29T12:29:40.701Z"));
        assert_eq!(seen.assignee.as_deref(), Some("15144"));
        assert_eq!(
            seen.opening,
            "Visitor: Jane Doe\nTelephone: 13186190204\nE-mail: jane@example.com\nLine: 88100\n\
             Notes: assistance required\nPage: Open https://example.com"
        );
        let details: Vec<String> = seen
            .details
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        assert_eq!(
            details,
            [
                "publicId=A-42",
                "source=MANUAL",
                "languageCode=en",
                "orderAfter=2030-04-29T12:29:40.701Z",
                "caller=15144",
                "desk=3",
                "assigner=15100",
                "assignee=15144",
                "interaction=2016-05-05T14:05:29Z to 2016-05-05T14:06:34Z, user 15144, line 88100",
                "Notes=assistance required",
                "Page=Open https://example.com",
                "label=VIP (#FF00FF)",
            ]
        );
        let messages: Vec<_> = seen
            .messages
            .unwrap()
            .into_iter()
            .map(|heard| (heard.from, heard.text))
            .collect();
        assert_eq!(
            messages,
            [
                (RemoteSender::Automatic, "It is your turn".to_owned()),
                (RemoteSender::Automatic, "Hello Jane!".to_owned()),
                (
                    RemoteSender::Colleague("900".to_owned()),
                    "Room 7".to_owned()
                ),
                (RemoteSender::Customer, "On my way".to_owned()),
            ]
        );
    }

    #[test]
    fn a_bare_ticket_is_seen_as_well_and_messages_only_where_asked_for() {
        let ticket = ticket(
            json!({"messages": [{"created": {"date": "2017-06-15T18:43:41Z"}, "type": "INCOMING"}]}),
        );
        let bare = seen(&ticket, OURS, false);
        assert_eq!((bare.changed_at, bare.messages), (None, None));
        assert_eq!(
            (bare.opening.as_str(), bare.details.len()),
            ("Visit 51999102", 0)
        );
        assert_eq!(bare.person, Person::default());
        assert_eq!(seen(&ticket, OURS, true).messages.unwrap().len(), 1);
    }

    #[test]
    fn what_is_kept_is_bounded() {
        let long = "x".repeat(100_000);
        let many: Vec<Value> = (0..1000)
            .map(|index| json!({"title": long, "value": long, "color": long, "url": long, "index": index}))
            .collect();
        let moment =
            |second: usize| format!("2017-06-15T18:{:02}:{:02}Z", second / 60, second % 60);
        let messages: Vec<Value> = (0..1000)
            .map(|index| json!({"created": {"date": moment(index)}, "body": if index == 999 { &long } else { "a" }, "type": "INCOMING"}))
            .collect();
        let labels: Vec<Value> = (0..1000)
            .map(|_| json!({"value": long, "color": long}))
            .collect();
        let ticket = ticket(json!({
            "firstName": long, "lastName": long, "email": long, "phoneNumber": long, "publicId": long,
            "languageCode": long, "extra": many, "labels": labels, "messages": messages,
        }));
        let seen = seen(&ticket, OURS, true);
        let size: usize = seen
            .details
            .iter()
            .map(|(name, value)| name.len() + value.len())
            .sum();
        assert!(size < 20_000, "{size}");
        assert!(seen.opening.len() < 10_000, "{}", seen.opening.len());
        assert!(seen.person.name.len() < 300);
        let messages = seen.messages.unwrap();
        assert_eq!(messages.len(), 256);
        assert_eq!(messages.last().unwrap().text.len(), LONGEST_MESSAGE);
        assert!(messages.last().unwrap().at > messages[0].at);
    }
}
