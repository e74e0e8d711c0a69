//! Checks a record of external data in a JSON file, and attaches it to a ticket if a key is there.
//!
//! ```sh
//! cargo run -p qminder-client --example attach -- record.json
//! QMINDER_KEY_FILE=qminder.key cargo run -p qminder-client --example attach -- record.json 12345
//! ```
#![allow(
    clippy::print_stdout,
    reason = "it is a command, and tells people what it found"
)]

use std::error::Error;
use std::time::Duration;

use qminder_client::external::{Record, attach, read_back};
use qminder_client::{ApiKey, Client, TicketId};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let file = arguments.next().ok_or("usage: attach FILE [TICKET]")?;
    let data = serde_json::from_str(&std::fs::read_to_string(file)?)?;
    let record = match Record::from_value("qminder-client-example", "Example", &data) {
        Ok(record) => record,
        Err(invalid) => {
            for violation in &invalid.violations {
                println!("{violation}");
            }
            return Err("it cannot be attached".into());
        }
    };
    println!(
        "a record of {} fields, as it should be",
        record.fields().len()
    );

    let Some(ticket) = arguments.next() else {
        return Ok(());
    };
    let ticket: TicketId = ticket.parse()?;
    let key_file = std::env::var("QMINDER_KEY_FILE")?;
    let key = ApiKey::new(&std::fs::read_to_string(key_file)?)?;
    let http = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .connect_timeout(Duration::from_secs(5))
        .build()?;
    let client = Client::new(http, &Client::BASE.parse()?, key)?;

    client.send(&attach(&ticket, &record)).await?;
    let kept = client.send(&read_back(&ticket)).await?.value;
    for record in kept.unwrap_or_default() {
        println!("{}: {} ({})", record.provider, record.title, record.created);
    }
    Ok(())
}
