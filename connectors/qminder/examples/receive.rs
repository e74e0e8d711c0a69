//! Verifies and reads one webhook request whose body comes on standard input.
//!
//! ```sh
//! cargo run -p qminder-client --example receive -- URL SECRET-FILE SIGNATURE < body.json
//! ```
#![allow(
    clippy::print_stdout,
    reason = "it is a command, and tells people what it found"
)]

use std::error::Error;
use std::io::Read;

use qminder_client::Secret;
use qminder_client::webhooks::{Event, Subject, verify};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let [url, secret_file, signature] = arguments.as_slice() else {
        return Err("usage: receive URL SECRET-FILE SIGNATURE < BODY".into());
    };
    let secret = Secret::from(std::fs::read_to_string(secret_file)?.trim());
    let mut body = Vec::new();
    std::io::stdin().read_to_end(&mut body)?;

    // Nothing is read of a body that is not Qminder's.
    verify(url, &secret, &body, signature)?;
    let event = Event::parse(&body)?;
    let word = event.event_type.as_str();
    match event.subject {
        Subject::Ticket(ticket) => println!("{word}: ticket {} is {}", ticket.id, ticket.status),
        Subject::Line(line) => println!("{word}: line {} {}", line.id, line.name),
        Subject::Location(location) => {
            println!("{word}: location {} {}", location.id, location.name)
        }
        _ => println!("{word}: a type that is not documented"),
    }
    Ok(())
}
