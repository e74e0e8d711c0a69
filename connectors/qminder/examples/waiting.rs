//! Prints who waits in a line, in the order of their turns.
//!
//! ```sh
//! QMINDER_KEY_FILE=qminder.key cargo run -p qminder-client --example waiting -- LINE
//! ```
#![allow(
    clippy::print_stdout,
    reason = "it is a command, and tells people what it found"
)]

use std::error::Error;
use std::time::Duration;

use qminder_client::tickets::{Filter, Search, search};
use qminder_client::{ApiKey, Client, Kind, Status};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let line = std::env::args().nth(1).ok_or("usage: waiting LINE")?;
    let key_file = std::env::var("QMINDER_KEY_FILE")?;
    let key = ApiKey::new(&std::fs::read_to_string(key_file)?)?;
    let http = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .connect_timeout(Duration::from_secs(5))
        .build()?;
    let client = Client::new(http, &Client::BASE.parse()?, key)?;

    let call = search(&Search {
        filter: Filter {
            lines: vec![line.parse()?],
            statuses: vec![Status::New],
            ..Filter::default()
        },
        ..Search::default()
    });
    let answer = loop {
        match client.send(&call).await {
            Ok(answer) => break answer,
            // A search may be repeated at will.
            Err(error) if matches!(error.kind(), Kind::Throttled | Kind::Unavailable) => {
                println!("{error}; once more in five seconds");
                tokio::time::sleep(Duration::from_secs(5)).await;
            }
            Err(error) => return Err(error.into()),
        }
    };

    let mut tickets = answer.value.tickets;
    tickets.sort_by_key(|ticket| ticket.sort_key());
    for ticket in &tickets {
        let name = ticket.first_name.as_deref().unwrap_or("somebody");
        let labels: Vec<_> = ticket
            .labels
            .iter()
            .map(|label| label.value.as_str())
            .collect();
        println!("{} {name} {}", ticket.id, labels.join(", "));
    }
    println!("{} wait", tickets.len());
    if let Some(remaining) = answer.rate_limit_remaining {
        println!("{remaining} calls are left");
    }
    Ok(())
}
