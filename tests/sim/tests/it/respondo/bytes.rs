//! The very bytes of replies and deletions, era by era.

use serde_json::{Value, json};
use ticketbridge_sim::Respondo;
use ticketbridge_sim::respondo::{Era, NotStored, Variation};

use super::answering::{self, Answering};
use super::{body, created, stored, with, with_ticket};

/// What begins every request.
const FIRST: &str = "Accept-Encoding: gzip;q=1.0,deflate;q=0.6,identity;q=0.3\r\nAccept: */*\r\nUser-Agent: Ruby\r\n";
const FORM: &str = "Content-Type: application/x-www-form-urlencoded\r\n";

/// The request that carries this reply to a ticket with these members set.
async fn sent(peer: &Respondo, members: &[(&str, Value)], text: &str) -> String {
    let answering = Answering::start(vec![answering::json(&stored("r-1"))]).await;
    let mut body = body("external_ticket_uid_1");
    for (pointer, value) in members {
        body = with(body, pointer, value.clone());
    }
    let url = body["response_url"].as_str().unwrap();
    let url = url.replace(":9/", &format!(":{}/", answering.port()));
    let ticket = created(peer, &with(body, "/response_url", json!(url))).await;
    peer.reply(ticket.id, text).await.unwrap();
    let port = answering.port().to_string();
    answering.requests().remove(0).replace(&port, "PORT")
}

#[tokio::test]
async fn era_b_posts_a_form_with_the_author_in_rubys_own_notation() {
    let peer = Respondo::start().await.unwrap();
    let author = json!({ "external_uid": "author_uid_1", "username": "author_username" });
    let text = "This is content from an example external ticket reply.";
    let sent = sent(&peer, &[("/author", author)], text).await;
    let form = "response_text=This+is+content+from+an+example+external+ticket+reply.\
        &parent_id=external_ticket_uid_1\
        &author=%7B%3Aexternal_uid%3D%3E%22author_uid_1%22%2C+%3Ausername%3D%3E%22author_username%22%7D";
    let expected = format!(
        "POST /replies/1 HTTP/1.1\r\n{FIRST}Host: 127.0.0.1:PORT\r\n{FORM}Content-Length: {}\r\n\r\n{form}",
        form.len()
    );
    assert_eq!(sent, expected);
    let exchange = peer.exchanges().remove(0);
    assert_eq!(
        exchange.field("parent_id").unwrap(),
        "external_ticket_uid_1"
    );
    assert_eq!(exchange.body, form);
}

#[tokio::test]
async fn the_newest_ruby_writes_the_author_otherwise() {
    let peer = Respondo::start().await.unwrap();
    peer.variation(Variation::Ruby34);
    let author = json!({ "external_uid": "a", "username": "Zoë \"Z\" #{x}" });
    sent(&peer, &[("/author", author)], "x").await;
    let author = peer.exchanges()[0].field("author").unwrap();
    assert_eq!(
        author,
        r#"{external_uid: "a", username: "Zoë \"Z\" \#{x}"}"#
    );
}

#[tokio::test]
async fn era_b_keeps_the_query_and_sends_what_stands_before_the_host() {
    let peer = Respondo::start().await.unwrap();
    let url = json!("http://user:pass@127.0.0.1:9/?a=b+c#top");
    let sent = sent(&peer, &[("/response_url", url)], "ä+b & c\n").await;
    let (head, form) = sent.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("POST /?a=b+c HTTP/1.1\r\n"), "{head}");
    let authorization = format!("{FORM}Authorization: Basic dXNlcjpwYXNz\r\nContent-Length: ");
    assert!(head.contains(&authorization), "{head}");
    assert!(
        form.starts_with("response_text=%C3%A4%2Bb+%26+c%0A&parent_id="),
        "{form}"
    );
}

#[tokio::test]
async fn era_b_asks_for_the_root_where_there_is_no_path() {
    let answering = Answering::start(vec![answering::json(&stored("r-1"))]).await;
    let (peer, ticket) = with_ticket(&answering.url("")).await;
    peer.reply(ticket.id, "x").await.unwrap();
    assert!(answering.requests()[0].starts_with("POST / HTTP/1.1\r\n"));
}

#[tokio::test]
async fn era_b_speaks_tls_where_the_scheme_says_so() {
    let answering = Answering::start_tls(vec![answering::json(&stored("r-1"))]).await;
    let url = format!("https://localhost:{}/r", answering.port());
    let (peer, ticket) = with_ticket(&url).await;
    peer.trust(answering.pem.as_deref().unwrap());
    peer.reply(ticket.id, "x").await.unwrap();
    let host = format!("Host: localhost:{}\r\n{FORM}", answering.port());
    assert!(answering.requests()[0].contains(&host));
}

#[tokio::test]
async fn era_c_posts_to_the_path_alone_and_names_no_author() {
    let peer = Respondo::start().await.unwrap();
    peer.set_era(Era::C);
    peer.variation(Variation::PlainHttp);
    let url = json!("http://user:pass@127.0.0.1:9/replies/a%20b?a=b");
    let sent = sent(&peer, &[("/response_url", url)], "Try the switch.").await;
    let form = "response_text=Try+the+switch.&parent_id=external_ticket_uid_1";
    let expected = format!(
        "POST /replies/a%20b HTTP/1.1\r\n{FIRST}{FORM}Connection: close\r\nHost: 127.0.0.1:PORT\r\nContent-Length: {}\r\n\r\n{form}",
        form.len()
    );
    assert_eq!(sent, expected);
}

#[tokio::test]
async fn era_c_speaks_tls_whatever_the_scheme() {
    let answering = Answering::start_tls(vec![
        answering::json(&stored("r-1")),
        answering::json(&stored("r-2")),
        answering::json(&json!({})),
    ])
    .await;
    let peer = Respondo::start().await.unwrap();
    peer.set_era(Era::C);
    let mut ids = Vec::new();
    for scheme in ["https", "http"] {
        let url = json!(format!("{scheme}://localhost:{}/r", answering.port()));
        ids.push(
            created(&peer, &with(body(scheme), "/response_url", url))
                .await
                .id,
        );
    }
    let distrusted = peer.reply(ids[0], "x").await.unwrap_err();
    assert!(matches!(distrusted, NotStored::Tls(_)), "{distrusted:?}");
    peer.trust(answering.pem.as_deref().unwrap());
    for id in &ids {
        peer.reply(*id, "x").await.unwrap();
    }
    peer.delete(ids[1]).await.unwrap();
    let host = format!("Host: localhost:{}\r\n", answering.port());
    assert!(answering.requests().iter().all(|sent| sent.contains(&host)));
    let expected = format!("DELETE /r HTTP/1.1\r\n{FIRST}Connection: close\r\n{host}\r\n");
    assert_eq!(answering.requests()[2], expected);
}

#[tokio::test]
async fn era_c_gets_nowhere_without_tls() {
    let answering = Answering::start(Vec::new()).await;
    let (peer, ticket) = with_ticket(&answering.url("/r")).await;
    peer.set_era(Era::C);
    // Nothing here can answer a handshake, so that only patience ends it.
    peer.set_patience(std::time::Duration::from_millis(200));
    let error = peer.reply(ticket.id, "x").await.unwrap_err();
    assert_eq!(error.agent_saw(), Some(500));
    assert!(answering.requests().is_empty());
}

#[tokio::test]
async fn era_c_cannot_call_a_url_without_a_path() {
    let (peer, ticket) = with_ticket("https://response_url.com").await;
    peer.set_era(Era::C);
    let expected = NotStored::BadUrl("HTTP request path is empty".to_owned());
    assert_eq!(peer.reply(ticket.id, "x").await, Err(expected.clone()));
    assert_eq!(peer.delete(ticket.id).await, Err(expected));
    assert!(peer.exchanges().is_empty());
}

#[tokio::test]
async fn era_b_cannot_call_what_is_no_url_of_http() {
    for url in [
        "not a url",
        "ftp://a/",
        "mailto:a@example.com",
        "https://a/é",
    ] {
        let (peer, ticket) = with_ticket(url).await;
        let error = peer.reply(ticket.id, "x").await.unwrap_err();
        assert!(matches!(error, NotStored::BadUrl(_)), "{url} {error:?}");
    }
}
