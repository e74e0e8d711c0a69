//! Makes a ticket for a customer, who is made too, or found where they are known already.
//!
//! `DESKHIVE_KEY_FILE=internal.key cargo run -p deskhive-client --example push -- URL NAME EMAIL TITLE TEXT`

#![allow(
    clippy::print_stdout,
    reason = "it is a command, and tells people what it did"
)]

use std::error::Error;
use std::time::Duration;

use deskhive_client::internal::{self, NewCustomer, NewTicket};
use deskhive_client::{ApiKey, Client, Paging};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [base, name, email, title, text] = arguments.as_slice() else {
        return Err("usage: push URL NAME EMAIL TITLE TEXT".into());
    };
    let key_file = std::env::var("DESKHIVE_KEY_FILE")?;
    let key = ApiKey::new(&std::fs::read_to_string(key_file)?)?;
    let http = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .connect_timeout(Duration::from_secs(5))
        .build()?;
    let client = Client::new(http, &base.parse()?, key)?;

    let customer = match client
        .send(&internal::create_customer(&NewCustomer::new(name, email))?)
        .await
    {
        Ok(made) => made.value.id,
        Err(error)
            if error
                .refusal()
                .is_some_and(|refusal| refusal.blames("email")) =>
        {
            find(&client, email).await?.ok_or(error)?
        }
        Err(error) => return Err(error.into()),
    };
    let call = internal::create_ticket(&NewTicket::new(customer, title, text))?;
    let made = client.send(&call).await?.value;
    println!("ticket {} of customer {customer}", made.id);
    Ok(())
}

/// The number of the customer with this address: there is no filter by it, so that all of them are looked through.
async fn find(client: &Client, email: &str) -> Result<Option<u64>, deskhive_client::Error> {
    let mut next = Some(1);
    while let Some(page) = next {
        let call = internal::customers(Paging::new(page, 100));
        let listed = client.send(&call).await?.value;
        let mut customers = listed.items.iter();
        if let Some(found) = customers.find(|customer| customer.has_email(email)) {
            return Ok(Some(found.id));
        }
        next = listed.place.next_page();
    }
    Ok(None)
}
