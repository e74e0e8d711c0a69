//! Pushes a ticket to a Respondo server.
//!
//! `RESPONDO_TOKEN_FILE=respondo.token cargo run -p respondo-client --example push -- URL BRAND TOKEN_NAME UID AUTHOR TEXT
//! RESPONSE_URL`

#![allow(
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "it is a command, which tells people what it did and goes by the real clock"
)]

use std::error::Error;
use std::time::Duration;

use respondo_client::push::{AccessToken, Client, ExternalTicket, Kind, Request};
use respondo_client::{Author, Path};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [base, brand, name, uid, author, text, response_url] = arguments.as_slice() else {
        return Err("usage: push URL BRAND TOKEN_NAME UID AUTHOR TEXT RESPONSE_URL".into());
    };
    let token_file = std::env::var("RESPONDO_TOKEN_FILE")?;
    let token = AccessToken::new(name, &std::fs::read_to_string(token_file)?)?;
    let http = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .connect_timeout(Duration::from_secs(5))
        .build()?;
    let client = Client::new(http, &base.parse()?)?;

    let ticket = ExternalTicket {
        external_uid: uid.clone(),
        content: text.clone(),
        response_url: response_url.clone(),
        author: Author {
            external_uid: author.clone(),
            username: author.clone(),
        },
        created_at: jiff::Timestamp::now(),
        parent_uid: None,
        custom_provider: None,
    };
    let request = Request::new(Path::Brands, brand.parse()?, &token, &ticket)?;
    match client.send(&request).await {
        Ok(pushed) => println!("ticket {}", pushed.id),
        Err(error) if error.kind() == Kind::Duplicate => println!("it is there already"),
        Err(error) => return Err(error.into()),
    }
    Ok(())
}
