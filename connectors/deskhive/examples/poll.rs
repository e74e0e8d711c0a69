//! Lists the tickets of an agent, newest change first, and what of their threads a customer may see.
//!
//! `DESKHIVE_KEY_FILE=agent.key cargo run -p deskhive-client --example poll -- https://desk.example.com`

#![allow(
    clippy::print_stdout,
    reason = "it is a command, and tells people what it found"
)]

use std::error::Error;
use std::time::Duration;

use deskhive_client::external::{self, TicketFilter};
use deskhive_client::{ApiKey, Client, Paging};

/// More pages than this are not asked for.
const MOST_PAGES: u64 = 10;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let base = std::env::args().nth(1).ok_or("usage: poll URL")?;
    let key_file = std::env::var("DESKHIVE_KEY_FILE")?;
    let key = ApiKey::new(&std::fs::read_to_string(key_file)?)?;
    let http = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .connect_timeout(Duration::from_secs(5))
        .build()?;
    let client = Client::new(http, &base.parse()?, key)?;

    let agent = client.send(&external::profile()).await?.value;
    println!("tickets of {}", agent.name);

    let mut tickets = Vec::new();
    let mut next = Some(1);
    while let Some(page) = next.filter(|page| *page <= MOST_PAGES) {
        let call = external::tickets(&TicketFilter::default(), Paging::new(page, 100));
        let listed = client.send(&call).await?.value;
        next = listed.place.next_page();
        tickets.extend(listed.items);
    }
    // A list that changes while it is read repeats tickets.
    tickets.sort_by_key(|ticket| (std::cmp::Reverse(ticket.updated()), ticket.id));
    tickets.dedup_by_key(|ticket| ticket.id);

    for ticket in &tickets {
        println!(
            "{} {} ({})",
            ticket.reference_id, ticket.title, ticket.status
        );
        let call = external::messages(ticket.id, Paging::new(1, 100));
        let mut thread = client.send(&call).await?.value.items;
        thread.sort_by_key(|message| (message.created, message.id));
        for message in thread.iter().filter(|message| !message.is_internal()) {
            let name = message.author.name.as_deref().unwrap_or("?");
            println!("  {name}: {}", message.content);
        }
    }
    Ok(())
}
