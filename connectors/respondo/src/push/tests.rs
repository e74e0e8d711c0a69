use std::error::Error as _;
use std::time::Duration;

use reqwest::redirect::Policy;
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt;

use super::*;
use crate::server::Server;
use crate::{Author, Path};

mod answers;
mod hostile;
mod refused;
mod wire;

const SECRET: &str = "FSmksj0yku4eMg==";
const TEXT: &str = "s3nsitive content";
/// What a server answers to a ticket that it took.
const MADE: &str = concat!(
    r#"{"id":17,"external_uid":"t-1","content":"s3nsitive content","status":"open","#,
    r#""ticketable_type":"ExternalTicket","ticketable_id":3,"brand_id":7,"author_id":4,"creator_id":null,"#,
    r#""parent_id":null,"created_at":"2022-08-14T09:30:00.123Z","updated_at":"2022-08-14T09:30:00.123Z"}"#
);

fn token() -> AccessToken {
    AccessToken::new("bridge", SECRET).unwrap()
}

fn ticket() -> ExternalTicket {
    ExternalTicket {
        external_uid: "t-1".to_owned(),
        content: TEXT.to_owned(),
        response_url: "https://bridge.example.com/replies/s3cret-path".to_owned(),
        author: Author {
            external_uid: "a-1".to_owned(),
            username: "Jo".to_owned(),
        },
        created_at: "2020-04-04T23:35:27.632879Z".parse().unwrap(),
        parent_uid: None,
        custom_provider: None,
    }
}

fn request() -> Request {
    Request::new(Path::Brands, 7, &token(), &ticket()).unwrap()
}

fn http() -> reqwest::Client {
    reqwest::Client::builder()
        .no_proxy()
        .redirect(Policy::none())
        .build()
        .unwrap()
}

fn client(server: &Server) -> Client {
    Client::new(http(), &server.url("/")).unwrap()
}

fn answer(status: u16, headers: &str, body: &str) -> String {
    let length = body.len();
    format!("HTTP/1.1 {status} X\r\nContent-Length: {length}\r\n{headers}\r\n{body}")
}

/// What comes of a push that is answered with `answer`.
async fn outcome(answer: &str) -> Result<Pushed, Error> {
    let server = Server::start().await;
    let client = client(&server);
    let request = request();
    let (outcome, _) = tokio::join!(client.send(&request), server.answer(answer));
    outcome
}

/// The error of a push that is answered so. It shows nothing that is nobody's business.
async fn error(status: u16, headers: &str, body: &str) -> Error {
    let error = outcome(&answer(status, headers, body)).await.unwrap_err();
    assert_discreet(&error);
    error
}

fn assert_discreet(error: &Error) {
    let mut shown = format!("{error} {error:?}");
    let mut source = error.source();
    while let Some(error) = source {
        shown.push_str(&format!(": {error} {error:?}"));
        source = error.source();
    }
    for secret in [SECRET, TEXT, "s3cret-path", "127.0.0.1:"] {
        assert!(!shown.contains(secret), "{shown}");
    }
}
