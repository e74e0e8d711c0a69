//! `dead-letters …`

use std::io::Read;

use serde_json::{Value, json};

use crate::http::admin::wire::{Bulk, Delivery, Done};
use crate::model::Time;

use super::args::{DeadLettersCommand, Which};
use super::deliveries;
use super::failure::Failure;
use super::output::{complain, print};
use super::table::{Left, Right, Table};
use super::transport::Transport;
use super::words::counted;

pub(super) async fn run(
    transport: &Transport,
    command: DeadLettersCommand,
    now: Time,
) -> Result<(), Failure> {
    match command {
        DeadLettersCommand::List { which, json } => {
            let answer = transport.get("dead-letters", &query(&which)).await?;
            if json.json {
                return print(&answer.json());
            }
            print(&deliveries::list(&answer.read::<Vec<Delivery>>()?, now))
        }
        DeadLettersCommand::Retry {
            which,
            dry_run,
            json,
        } => {
            let body = body(&which, false, dry_run);
            act(transport, "retry", "tried again", &body, json.json).await
        }
        DeadLettersCommand::Discard {
            which,
            all,
            dry_run,
            json,
        } => {
            let body = body(&which, all, dry_run);
            act(transport, "discard", "discarded", &body, json.json).await
        }
        DeadLettersCommand::Edit { id, text } => {
            let text = match text {
                Some(text) => text,
                None => from_standard_input()?,
            };
            let path = format!("dead-letters/{id}/edit");
            let answer = transport.post(&path, &json!({ "text": text })).await?;
            print(&answer.read::<Done>()?.done)
        }
    }
}

fn from_standard_input() -> Result<String, Failure> {
    let mut text = String::new();
    std::io::stdin()
        .read_to_string(&mut text)
        .map_err(|error| {
            Failure::Failed(anyhow::Error::new(error).context("cannot read the new text"))
        })?;
    Ok(text)
}

fn listed(ids: &[u64]) -> Option<&[u64]> {
    (!ids.is_empty()).then_some(ids)
}

fn query(which: &Which) -> [(&'static str, Option<String>); 6] {
    let ids = listed(&which.ids).map(|ids| {
        let ids: Vec<String> = ids.iter().map(u64::to_string).collect();
        ids.join(",")
    });
    [
        ("ids", ids),
        ("system", which.system.clone()),
        ("ticket", which.ticket.map(|ticket| ticket.to_string())),
        ("older_than", which.older_than.clone()),
        ("newer_than", which.newer_than.clone()),
        ("limit", which.limit.map(|limit| limit.to_string())),
    ]
}

fn body(which: &Which, all: bool, dry_run: bool) -> Value {
    json!({
        "ids": listed(&which.ids),
        "system": which.system,
        "ticket": which.ticket,
        "older_than": which.older_than,
        "newer_than": which.newer_than,
        "limit": which.limit,
        "all": all,
        "dry_run": dry_run,
    })
}

async fn act(
    transport: &Transport,
    act: &str,
    done: &str,
    body: &Value,
    json: bool,
) -> Result<(), Failure> {
    let answer = transport.post(&format!("dead-letters/{act}"), body).await?;
    let bulk: Bulk = answer.read()?;
    if json {
        print(&answer.json())?;
    } else {
        print(&render(&bulk, done))?;
    }
    if bulk.more {
        complain("there are more that fit; the same command again goes on with them");
    }
    if bulk.refused > 0 {
        return Err(Failure::Reported(1));
    }
    Ok(())
}

fn render(bulk: &Bulk, done: &str) -> String {
    let mut table = Table::new(&[
        ("ID", Right),
        ("TICKET", Right),
        ("TO", Left),
        ("AUTHOR", Left),
        ("TEXT", Left),
        ("", Left),
    ]);
    for item in &bulk.deliveries {
        table.row([
            item.delivery.to_string(),
            item.ticket.to_string(),
            item.to.clone(),
            item.author.clone(),
            item.text.clone(),
            item.problem.clone().unwrap_or_default(),
        ]);
    }
    let mut out = if table.is_empty() {
        String::new()
    } else {
        table.render()
    };
    let fit = bulk.deliveries.len().saturating_sub(bulk.refused) as u64;
    let count = counted(
        if bulk.dry_run { fit } else { bulk.done as u64 },
        "dead letter",
        "dead letters",
    );
    let would = if bulk.dry_run { "would be " } else { "" };
    out.push_str(&format!("{count} {would}{done}"));
    if bulk.refused > 0 {
        out.push_str(&format!(", {} cannot be", bulk.refused));
    }
    out.push('\n');
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::admin::wire::BulkItem;

    #[test]
    fn a_dry_run_says_what_would_go_where() {
        let item = |delivery, problem: Option<&str>| BulkItem {
            delivery,
            ticket: 17,
            brand: "acme".to_owned(),
            system: "response-url".to_owned(),
            to: "https://hooks.example.com/…".to_owned(),
            author: "Agent Smith".to_owned(),
            text: "Hello".to_owned(),
            done: false,
            problem: problem.map(str::to_owned),
        };
        let bulk = Bulk {
            dry_run: true,
            deliveries: vec![item(9, None), item(10, Some("it is gone"))],
            done: 0,
            refused: 1,
            more: false,
        };
        let expected = "\
ID  TICKET  TO                           AUTHOR       TEXT
 9      17  https://hooks.example.com/…  Agent Smith  Hello
10      17  https://hooks.example.com/…  Agent Smith  Hello  it is gone
1 dead letter would be tried again, 1 cannot be
";
        assert_eq!(render(&bulk, "tried again"), expected);
    }

    #[test]
    fn filters_are_sent_as_they_were_typed() {
        let which = Which {
            ids: vec![1, 2],
            older_than: Some("2h".to_owned()),
            ..Which::default()
        };
        assert_eq!(query(&which)[0], ("ids", Some("1,2".to_owned())));
        assert_eq!(query(&Which::default())[0], ("ids", None));
        let sent = body(&which, false, true);
        assert_eq!(sent["ids"], json!([1, 2]));
        assert_eq!(sent["older_than"], "2h");
        assert_eq!(body(&Which::default(), true, false)["ids"], Value::Null);
    }
}
