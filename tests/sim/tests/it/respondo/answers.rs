//! What becomes of the answers to replies.

use serde_json::{Value, json};
use ticketbridge_sim::respondo::{NotStored, Respondo, Ticket, Variation};

use super::answering::{Answering, Then, json as say_json, say};
use super::{body, created, stored, with, with_ticket};

/// Replies to a fresh ticket, and lets the reply be answered so.
async fn reply(then: Then) -> (Respondo, Result<Ticket, NotStored>) {
    let answering = Answering::start(vec![then]).await;
    let (peer, ticket) = with_ticket(&answering.url("/r")).await;
    let became = peer.reply(ticket.id, "Typed by the agent.").await;
    assert_eq!(answering.requests().len(), 1);
    (peer, became)
}

async fn reply_answered(answer: &Value) -> (Respondo, Result<Ticket, NotStored>) {
    reply(say_json(answer)).await
}

#[tokio::test]
async fn the_answers_text_is_stored_and_not_the_agents() {
    let (peer, became) = reply_answered(&stored("r-1")).await;
    let reply = became.unwrap();
    assert_eq!(reply.content, "Try the switch.");
    assert_eq!(
        (reply.external_uid.as_str(), reply.parent),
        ("r-1", Some(1))
    );
    assert_eq!(reply.author.username, "Help desk");
    assert_eq!(reply.response_url, "http://127.0.0.1:9/replies/2");
    assert_eq!(reply.created_at.to_string(), "2019-01-01T23:35:27.632879Z");
    assert!(reply.by_agent && !peer.ticket(1).unwrap().by_agent);
    assert!(peer.complaints().is_empty(), "{:?}", peer.complaints());
    let exchange = peer.exchanges().remove(0);
    assert_eq!(exchange.ended, Some(Ok(reply.id)));
    assert_eq!(exchange.answered.unwrap().0, 200);
}

#[tokio::test]
async fn neither_the_status_nor_the_type_of_an_answer_matters() {
    for status in [404, 500, 302, 201] {
        let (peer, became) = reply(say(status, &stored("r-1").to_string())).await;
        assert!(became.is_ok(), "{status}");
        assert_eq!(peer.complaints().len(), usize::from(status >= 300));
    }
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let elsewhere = Answering::start(Vec::new()).await;
    let head = format!(
        "HTTP/1.1 307 Temporary Redirect\r\nLocation: {}\r\nContent-Length: 0\r\n\r\n",
        elsewhere.url("/r")
    );
    let (_, became) = reply(Then::Say(head.into_bytes())).await;
    assert!(matches!(became, Err(NotStored::NotJson(_))), "{became:?}");
    assert!(elsewhere.requests().is_empty());
}

#[tokio::test]
async fn what_is_no_json_object_is_an_error_to_the_agent() {
    for (status, text) in [
        (200, ""),
        (200, "ok"),
        (200, "<html>"),
        (200, "{"),
        (204, ""),
    ] {
        let (peer, became) = reply(say(status, text)).await;
        let error = became.unwrap_err();
        assert!(matches!(error, NotStored::NotJson(_)), "{text} {error:?}");
        assert_eq!(error.agent_saw(), Some(500));
        assert_eq!((peer.tickets().len(), peer.complaints().len()), (1, 1));
    }
    for text in ["[]", "null", "7", "\"ok\""] {
        let (_, became) = reply(say(200, text)).await;
        let expected = NotStored::NotAnObject("the answer");
        assert_eq!(became.unwrap_err(), expected, "{text}");
    }
}

#[tokio::test]
async fn every_member_that_the_code_needs_is_needed() {
    let author = NotStored::NotAnObject("author");
    let blank = |name: &str| NotStored::Invalid(format!("{name} can't be blank"));
    for (pointer, value, expected) in [
        ("/author", json!(null), author.clone()),
        ("/author", json!("hub"), author),
        (
            "/author/external_uid",
            json!(null),
            blank("author.external_uid"),
        ),
        ("/author/username", json!(""), blank("author.username")),
        ("/external_uid", json!(null), blank("external_uid")),
        ("/external_uid", json!(""), blank("external_uid")),
        ("/content", json!(null), blank("content")),
        ("/content", json!(" "), blank("content")),
    ] {
        let (peer, became) = reply_answered(&with(stored("r-1"), pointer, value)).await;
        let saw = became.clone().unwrap_err().agent_saw().unwrap();
        assert_eq!(became, Err(expected), "{pointer}");
        let is_invalid = matches!(became, Err(NotStored::Invalid(_)));
        assert_eq!(saw, if is_invalid { 422 } else { 500 });
        assert_eq!(peer.tickets().len(), 1, "{pointer}");
    }
    for value in [json!(null), json!("")] {
        let (peer, became) = reply_answered(&with(stored("r-1"), "/response_url", value)).await;
        assert!(matches!(became, Err(NotStored::Database(_))), "{became:?}");
        assert_eq!(peer.tickets().len(), 1);
    }
}

#[tokio::test]
async fn a_uid_that_the_brand_knows_is_not_stored_again() {
    let (peer, became) = reply_answered(&stored("lamp-1")).await;
    let error = became.unwrap_err();
    assert_eq!(error.agent_saw(), Some(422));
    assert_eq!(peer.tickets().len(), 1);
}

#[tokio::test]
async fn a_number_will_do_for_a_uid_and_now_for_a_date() {
    let answer = with(stored("r-1"), "/external_uid", json!(123_456));
    let answer = with(answer, "/created_at", json!(null));
    let (peer, became) = reply_answered(&answer).await;
    let reply = became.unwrap();
    assert_eq!(reply.external_uid, "123456");
    assert!(reply.created_at >= peer.ticket(1).unwrap().created_at);
    assert_eq!(peer.complaints().len(), 2);
    let (peer, became) = reply_answered(&with(stored("r-1"), "/created_at", json!("soon"))).await;
    assert!(became.unwrap().created_at >= peer.ticket(1).unwrap().created_at);
    assert_eq!(peer.complaints().len(), 1);
}

#[tokio::test]
async fn a_reply_threads_by_its_parent_uid_and_by_nothing_else() {
    for parent in [json!(null), json!("lamp-2")] {
        let (peer, became) = reply_answered(&with(stored("r-1"), "/parent_uid", parent)).await;
        assert_eq!(became.unwrap().parent, None);
        assert_eq!(peer.complaints().len(), 1);
        assert_eq!(peer.threads(7).len(), 2);
    }
    let (peer, _) = reply_answered(&stored("r-1")).await;
    let outline = peer.threads(7).remove(0).outline();
    assert_eq!(outline, "The lamp does not light.\n  Try the switch.\n");
}

#[tokio::test]
async fn a_packed_or_chunked_answer_is_read() {
    use std::io::Write as _;
    let text = stored("r-1").to_string();
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packer.write_all(text.as_bytes()).unwrap();
    let mut bytes = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n".to_vec();
    bytes.extend(packer.finish().unwrap());
    assert!(reply(Then::Say(bytes)).await.1.is_ok());
    let head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    let chunked = format!("{head}{:x}\r\n{text}\r\n0\r\n\r\n", text.len());
    assert!(reply(Then::Say(chunked.into_bytes())).await.1.is_ok());
}

#[tokio::test]
async fn a_custom_provider_is_a_label_at_first_and_then_swallows_replies() {
    let answering = Answering::start(vec![
        say_json(&stored("r-1")),
        say_json(&stored("r-2")),
        say_json(&stored("r-3")),
        say(200, "no JSON"),
        say_json(&stored("r-4")),
    ])
    .await;
    let peer = Respondo::start().await.unwrap();
    let ticket = async |provider: &str| {
        let body = with(body(provider), "/custom_provider", json!(provider));
        let url = json!(answering.url("/r"));
        created(&peer, &with(body, "/response_url", url)).await.id
    };
    let news = ticket("hacker_news").await;
    peer.reply(news, "x").await.unwrap();
    peer.variation(Variation::LateB);
    let silently = peer.reply(news, "x").await.unwrap_err();
    assert_eq!(silently, NotStored::Silently("hacker_news".to_owned()));
    assert_eq!(silently.agent_saw(), None);
    let twitter = peer.reply(ticket("twitter").await, "x").await;
    let expected = NotStored::UnknownProvider("twitter".to_owned());
    assert_eq!(twitter, Err(expected));
    // The answer is read before anybody looks at the provider.
    let unread = peer.reply(news, "x").await;
    assert!(matches!(unread, Err(NotStored::NotJson(_))));
    peer.reply(ticket("external").await, "x").await.unwrap();
    assert_eq!(answering.requests().len(), 5);
}

#[tokio::test]
async fn a_reply_can_be_replied_to_at_its_own_url() {
    let next = with(stored("r-2"), "/parent_uid", json!("r-1"));
    let second = Answering::start(vec![say_json(&next)]).await;
    let first = with(stored("r-1"), "/response_url", json!(second.url("/second")));
    let answering = Answering::start(vec![say_json(&first)]).await;
    let (peer, ticket) = with_ticket(&answering.url("/first")).await;
    let reply = peer.reply(ticket.id, "x").await.unwrap();
    let again = peer.reply(reply.id, "y").await.unwrap();
    assert_eq!(again.parent, Some(reply.id));
    let exchange = peer.exchanges().remove(1);
    assert_eq!(exchange.field("parent_id").unwrap(), "r-1");
    let author = exchange.field("author").unwrap();
    assert_eq!(author, r#"{:external_uid=>"hub", :username=>"Help desk"}"#);
}
