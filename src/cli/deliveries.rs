//! `deliveries …`

use serde_json::json;

use crate::http::admin::wire::{Attempt, Delivery, DeliveryDetails, Done, ShownRequest};
use crate::model::Time;

use super::args::DeliveriesCommand;
use super::failure::Failure;
use super::output::print;
use super::table::{Left, Right, Table};
use super::tickets::word;
use super::transport::Transport;
use super::words::{clean, cut, moment, since, until};

pub(super) async fn run(
    transport: &Transport,
    command: DeliveriesCommand,
    now: Time,
) -> Result<(), Failure> {
    match command {
        DeliveriesCommand::List {
            state,
            system,
            ticket,
            limit,
            json,
        } => {
            let query = [
                ("state", state.and_then(word)),
                ("system", system),
                ("ticket", ticket.map(|ticket| ticket.to_string())),
                ("limit", Some(limit.to_string())),
            ];
            let answer = transport.get("deliveries", &query).await?;
            if json.json {
                return print(&answer.json());
            }
            print(&list(&answer.read::<Vec<Delivery>>()?, now))
        }
        DeliveriesCommand::Show { id, json } => {
            let answer = transport.get(&format!("deliveries/{id}"), &[]).await?;
            if json.json {
                return print(&answer.json());
            }
            print(&show(&answer.read()?))
        }
        DeliveriesCommand::Retry { ids } => order(transport, &ids, "retry").await,
        DeliveriesCommand::Cancel { ids } => order(transport, &ids, "cancel").await,
    }
}

/// One after the other; the first that is refused ends it.
async fn order(transport: &Transport, ids: &[u64], what: &str) -> Result<(), Failure> {
    for id in ids {
        let path = format!("deliveries/{id}/{what}");
        let answer = transport.post(&path, &json!({})).await?;
        print(&answer.read::<Done>()?.done)?;
    }
    Ok(())
}

/// Deliveries in columns.
pub(super) fn list(deliveries: &[Delivery], now: Time) -> String {
    let mut table = Table::new(&[
        ("ID", Right),
        ("TICKET", Right),
        ("SYSTEM", Left),
        ("TO", Left),
        ("STATE", Left),
        ("WHEN", Right),
        ("TRIES", Right),
        ("AGE", Right),
        ("LAST", Left),
    ]);
    for delivery in deliveries {
        table.row([
            delivery.id.to_string(),
            delivery.ticket.to_string(),
            delivery.system.clone(),
            delivery.to.clone(),
            delivery.state.clone(),
            when(delivery, now),
            delivery.attempts.to_string(),
            since(delivery.created_at, now),
            cut(&last(delivery), 60),
        ]);
    }
    table.render()
}

fn when(delivery: &Delivery, now: Time) -> String {
    match delivery.state_at {
        None => "-".to_owned(),
        Some(at) if at.0 > now => format!("in {}", until(at, now)),
        Some(at) => format!("{} ago", since(at, now)),
    }
}

fn last(delivery: &Delivery) -> String {
    match (&delivery.reason, &delivery.last) {
        (Some(reason), _) => reason.clone(),
        (None, Some(attempt)) => result(attempt),
        (None, None) => String::new(),
    }
}

fn result(attempt: &Attempt) -> String {
    let status = attempt.status.map(|status| format!(" {status}"));
    let status = status.unwrap_or_default();
    if attempt.detail.is_empty() {
        format!("{}{status}", attempt.class)
    } else {
        format!("{}{status}: {}", attempt.class, attempt.detail)
    }
}

fn show(details: &DeliveryDetails) -> String {
    let delivery = &details.delivery;
    let mut lines = Table::new(&[("", Left), ("", Left)]);
    let mut line = |name: &str, value: String| lines.row([name.to_owned(), value]);
    line(&format!("delivery {}", delivery.id), delivery.to.clone());
    let state_at = delivery.state_at.map(|at| format!(" {}", moment(at)));
    line(
        "  state",
        format!("{}{}", delivery.state, state_at.unwrap_or_default()),
    );
    if let Some(reason) = &delivery.reason {
        line("  reason", reason.clone());
    }
    line("  command", delivery.command.clone());
    let carries = format!(
        "message {} (revision {}) of ticket {}",
        delivery.message, delivery.revision, delivery.ticket
    );
    match &delivery.reply {
        None => line("  about", carries),
        Some(reply) => {
            let (name, uid) = (&reply.author_name, &reply.author_uid);
            line("  carries", format!("{carries}, by agent {uid} ({name})"));
            let answers = format!("message {}, {}", reply.answers, reply.parent_uid);
            line("  answers", answers);
        }
    }
    line(
        "  by way of",
        format!("{}, lane {}", delivery.system, delivery.lane),
    );
    line("  known as", details.webhook_id.clone());
    line("  planned", moment(delivery.created_at));
    if delivery.age_from != delivery.created_at {
        line("  age from", moment(delivery.age_from));
    }
    if let Some(recorded) = delivery.recorded_at {
        line(
            "  recorded",
            format!("{} in dry-run mode", moment(recorded)),
        );
    }
    let mut out = lines.render();
    for request in &details.requests {
        out.push_str(&format!("\n{}", self::request(request)));
    }
    if let Some(problem) = &details.request_problem {
        out.push_str(&format!("\nno request can be shown: {}\n", clean(problem)));
    }
    if details.all_attempts.is_empty() {
        return out;
    }
    let mut attempts = Table::new(&[
        ("TRY", Right),
        ("AT", Left),
        ("TOOK", Right),
        ("NEXT", Left),
        ("RESULT", Left),
    ]);
    for attempt in &details.all_attempts {
        let repeats = if attempt.may_repeat {
            "; may be a repetition"
        } else {
            ""
        };
        attempts.row([
            attempt.number.to_string(),
            moment(attempt.at),
            format!("{} ms", attempt.took_ms),
            attempt.next_at.map_or("-".to_owned(), moment),
            format!("{}{repeats}", result(attempt)),
        ]);
    }
    out.push('\n');
    out.push_str(&attempts.render());
    out.push_str(&fates(details));
    out
}

/// What would go over the wire.
pub(super) fn request(request: &ShownRequest) -> String {
    let mut out = format!("{} {}\n", request.method, clean(&request.target));
    for (name, value) in &request.headers {
        out.push_str(&format!("{name}: {}\n", clean(value)));
    }
    if !request.body.is_empty() {
        let body = serde_json::from_str::<serde_json::Value>(&request.body)
            .and_then(|body| serde_json::to_string_pretty(&body))
            .unwrap_or_else(|_| request.body.clone());
        let lines: Vec<String> = body.lines().map(clean).collect();
        out.push_str(&format!("\n{}\n", lines.join("\n")));
    }
    out
}

/// What became of each field, as the last try that was sent has it.
fn fates(details: &DeliveryDetails) -> String {
    let mut attempts = details.all_attempts.iter().rev();
    let Some(attempt) = attempts.find(|attempt| !attempt.fates.is_empty()) else {
        return String::new();
    };
    let mut table = Table::new(&[
        ("FIELD", Left),
        ("HOW", Left),
        ("WENT TO", Left),
        ("WHY", Left),
    ]);
    let or_dash = |text: &str| match text {
        "" => "-".to_owned(),
        text => text.to_owned(),
    };
    for fate in &attempt.fates {
        let (from, to) = (or_dash(&fate.from), or_dash(&fate.to));
        table.row([from, fate.how.clone(), to, fate.why.clone()]);
    }
    format!("\nnot as it is here:\n{}", table.render())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::admin::wire::{Answering, Fate, Stamp};

    fn at(seconds: i64) -> Stamp {
        Stamp(Time::from_micros(seconds * 1_000_000))
    }

    fn delivery(id: u64) -> Delivery {
        Delivery {
            id,
            ticket: 17,
            brand: "acme".to_owned(),
            system: "response-url".to_owned(),
            lane: 2,
            to: "https://hooks.example.com/…".to_owned(),
            message: 5,
            revision: 0,
            command: "reply".to_owned(),
            reply: Some(Answering {
                answers: 4,
                parent_uid: "uid-1".to_owned(),
                author_uid: "3".to_owned(),
                author_name: "Agent Smith".to_owned(),
            }),
            state: "due".to_owned(),
            state_at: Some(at(30)),
            reason: None,
            attempts: 1,
            counted_attempts: 1,
            last: Some(attempt()),
            created_at: at(-100),
            age_from: at(-100),
            recorded_at: None,
        }
    }

    fn attempt() -> Attempt {
        Attempt {
            number: 1,
            at: at(-90),
            took_ms: 120,
            class: "retry".to_owned(),
            status: Some(503),
            detail: "the receiver failed".to_owned(),
            next_at: Some(at(30)),
            may_repeat: true,
            fates: vec![Fate {
                from: "response_url".to_owned(),
                to: String::new(),
                how: "dropped".to_owned(),
                why: "never shown".to_owned(),
            }],
        }
    }

    #[test]
    fn a_list_says_what_is_next_and_why() {
        let dead = Delivery {
            state: "dead".to_owned(),
            state_at: Some(at(-7200)),
            reason: Some("rejected: 410".to_owned()),
            ..delivery(123)
        };
        let lines = [
            " ID  TICKET  SYSTEM        TO                           STATE       WHEN  TRIES     AGE  LAST",
            "  9      17  response-url  https://hooks.example.com/…  due       in 30s      1  1m 40s  retry 503: the receiver failed",
            "123      17  response-url  https://hooks.example.com/…  dead   2h 0m ago      1  1m 40s  rejected: 410",
        ];
        let expected = format!("{}\n", lines.join("\n"));
        assert_eq!(list(&[delivery(9), dead], Time::EPOCH), expected);
    }

    #[test]
    fn one_is_shown_with_every_try() {
        let details = DeliveryDetails {
            delivery: delivery(9),
            webhook_id: "msg_00aa_9".to_owned(),
            all_attempts: vec![attempt()],
            requests: Vec::new(),
            request_problem: None,
        };
        let expected = "\
delivery 9   https://hooks.example.com/…
  state      due 1970-01-01T00:00:30.000Z
  command    reply
  carries    message 5 (revision 0) of ticket 17, by agent 3 (Agent Smith)
  answers    message 4, uid-1
  by way of  response-url, lane 2
  known as   msg_00aa_9
  planned    1969-12-31T23:58:20.000Z

TRY  AT                          TOOK  NEXT                      RESULT
  1  1969-12-31T23:58:30.000Z  120 ms  1970-01-01T00:00:30.000Z  retry 503: the receiver failed; may be a repetition

not as it is here:
FIELD         HOW      WENT TO  WHY
response_url  dropped  -        never shown
";
        assert_eq!(show(&details), expected);
    }
}
