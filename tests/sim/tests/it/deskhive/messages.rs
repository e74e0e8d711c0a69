//! Messages by the External API.

use jiff::SignedDuration;
use serde_json::json;
use ticketbridge_sim::deskhive::{Author, Echo, MessageOrder, Status};

use super::{agent, each, open, read, with_ticket};

#[tokio::test]
async fn a_reply_is_a_message_of_the_agents() {
    let (peer, id) = with_ticket().await;
    peer.advance(SignedDuration::from_secs(61));
    let body = r#"{"content":"<p>Hello</p>"}"#;
    let answer = agent(&peer, &format!("POST /tickets/{id}/messages"), body).await;
    assert_eq!(answer.status, 201);
    let expected = json!({
        "id": 101,
        "ticket_id": id,
        "content": "<p>Hello</p>",
        "is_internal": false,
        "sender_type": r"Botble\SupportDesk\Models\Agent",
        "sender_id": 3,
        "sender": {
            "id": 3,
            "name": "Agent Smith",
            "email": "agent.smith@desk.example",
            "avatar_url": "https://desk.example/storage/avatars/3.png",
        },
        "attachments": [],
        "likes_count": 0,
        "liked": false,
        "created_at": "2026-03-14T09:01:01Z",
        "updated_at": "2026-03-14T09:01:01Z",
    });
    assert_eq!(answer.json()["data"], expected);
    assert_eq!(
        read(&peer, &format!("/tickets/{id}/messages")).await["data"],
        json!([expected])
    );
    let ticket = peer.ticket(id).unwrap();
    assert_eq!(ticket.last_reply_at, Some(peer.now()));
    assert_eq!(ticket.updated_at, peer.now());
    assert_eq!(ticket.status, Status::Open);
}

#[tokio::test]
async fn ids_rise_over_all_tickets_and_each_list_has_its_own() {
    let (peer, first) = with_ticket().await;
    let second = open(&peer);
    assert!(second > first);
    let mut ids = Vec::new();
    for ticket in [first, second, first] {
        let body = r#"{"content":"a"}"#;
        let answer = agent(&peer, &format!("POST /tickets/{ticket}/messages"), body).await;
        ids.push(answer.json()["data"]["id"].as_u64().unwrap());
    }
    assert!(ids.is_sorted_by(|a, b| a < b), "{ids:?}");
    let list = read(&peer, &format!("/tickets/{first}/messages")).await;
    assert_eq!(each(&list, "id"), [ids[0], ids[2]]);
    peer.vary(|reading| reading.message_order = MessageOrder::NewestFirst);
    let list = read(&peer, &format!("/tickets/{first}/messages?per_page=1")).await;
    assert_eq!(each(&list, "id"), [ids[2]]);
}

#[tokio::test]
async fn a_reply_answers_its_message_or_less() {
    let (peer, id) = with_ticket().await;
    let line = format!("POST /tickets/{id}/messages");
    for echo in [Echo::WithoutId, Echo::OnlyMessage] {
        peer.vary(|reading| reading.reply_echo = echo);
        let answer = agent(&peer, &line, r#"{"content":"a"}"#).await;
        assert_eq!(answer.status, 201);
        let answer = answer.json();
        assert!(answer["message"].is_string());
        assert!(answer["data"]["id"].is_null());
        assert_eq!(answer["data"]["content"] == "a", echo == Echo::WithoutId);
    }
    assert_eq!(peer.messages(id).len(), 2);
}

#[tokio::test]
async fn a_locked_ticket_takes_no_reply_and_in_one_reading_notes() {
    let (peer, id) = with_ticket().await;
    let line = format!("POST /tickets/{id}/messages");
    let status = async |internal: bool| {
        let body = json!({ "content": "a", "is_internal": internal }).to_string();
        agent(&peer, &line, &body).await.status
    };
    peer.lock(id).unwrap();
    assert_eq!((status(false).await, status(true).await), (403, 403));
    peer.vary(|reading| reading.locked_takes_notes = true);
    assert_eq!((status(false).await, status(true).await), (403, 201));
    assert_eq!(peer.messages(id).len(), 1);
    assert_eq!(
        read(&peer, &format!("/tickets/{id}")).await["data"]["is_locked"],
        true
    );
    peer.unlock(id).unwrap();
    assert_eq!(status(false).await, 201);
}

#[tokio::test]
async fn a_note_is_listed_and_touches_its_ticket_or_not() {
    let (peer, id) = with_ticket().await;
    let list = format!("/tickets/{id}/messages");
    let note = r#"{"content":"psst","is_internal":true}"#;
    peer.advance(SignedDuration::from_secs(1));
    agent(&peer, &format!("POST {list}"), note).await;
    assert_eq!(each(&read(&peer, &list).await, "is_internal"), [true]);
    let touched = peer.ticket(id).unwrap().updated_at;
    assert_eq!(touched, peer.now());
    peer.vary(|reading| {
        reading.notes_listed = false;
        reading.notes_touch_ticket = false;
    });
    peer.advance(SignedDuration::from_secs(1));
    assert_eq!(
        agent(&peer, &format!("POST {list}"), note).await.status,
        201
    );
    assert_eq!(peer.ticket(id).unwrap().updated_at, touched);
    let hidden = read(&peer, &list).await;
    assert_eq!(
        (&hidden["data"], &hidden["meta"]["total"]),
        (&json!([]), &json!(0))
    );
    assert_eq!(peer.messages(id).len(), 2);
}

#[tokio::test]
async fn a_reply_sets_the_status_where_the_reading_says_so() {
    let (peer, id) = with_ticket().await;
    let line = format!("POST /tickets/{id}/messages");
    peer.vary(|reading| reading.reply_sets_status = Some(Status::OnHold));
    agent(&peer, &line, r#"{"content":"a","is_internal":true}"#).await;
    assert_eq!(peer.ticket(id).unwrap().status, Status::Open);
    agent(&peer, &line, r#"{"content":"a"}"#).await;
    assert_eq!(peer.ticket(id).unwrap().status, Status::OnHold);
}

#[tokio::test]
async fn nothing_that_the_api_takes_is_said_by_a_customer() {
    let (peer, id) = with_ticket().await;
    let body = r#"{"content":"a"}"#;
    agent(&peer, &format!("POST /tickets/{id}/messages"), body).await;
    super::admin(&peer, &format!("POST /tickets/{id}/messages"), body).await;
    let authors: Vec<Author> = peer.messages(id).iter().map(|each| each.author).collect();
    assert_eq!(authors, [Author::Agent(3), Author::User(1)]);
}

#[tokio::test]
async fn a_like_is_a_toggle_of_each_agents_own() {
    let (peer, id) = with_ticket().await;
    let message = peer.customer_replies(id, "Thanks").unwrap();
    peer.add_agent(4, "Agent Jones");
    peer.add_external_key("jones", 4);
    peer.assign(id, 4).unwrap();
    let line = format!("POST /tickets/{id}/messages/{message}/like");
    let jones = super::as_key(&peer, "external", "X-API-KEY: jones\r\n", &line, "").await;
    assert_eq!(
        jones.json(),
        json!({ "status": true, "data": { "liked": true, "count": 1 } })
    );
    let path = format!("/tickets/{id}/messages");
    let list = read(&peer, &path).await;
    assert_eq!(
        (each(&list, "likes_count"), each(&list, "liked")),
        (vec![json!(1)], vec![json!(false)])
    );
    for (liked, count) in [(true, 2), (false, 1), (true, 2)] {
        let answer = agent(&peer, &line, "").await;
        assert_eq!(
            answer.json()["data"],
            json!({ "liked": liked, "count": count })
        );
    }
    let list = read(&peer, &path).await;
    assert_eq!(
        (each(&list, "likes_count"), each(&list, "liked")),
        (vec![json!(2)], vec![json!(true)])
    );
    let other = open(&peer);
    let wrong = format!("POST /tickets/{other}/messages/{message}/like");
    assert_eq!(agent(&peer, &wrong, "").await.status, 404);
}

#[tokio::test]
async fn what_a_ticket_was_opened_with_is_a_message_in_one_reading() {
    let (peer, first) = with_ticket().await;
    assert!(peer.messages(first).is_empty());
    peer.vary(|reading| reading.content_is_message = true);
    let second = open(&peer);
    let messages = peer.messages(second);
    assert_eq!(messages.len(), 1);
    assert_eq!(
        (messages[0].content.as_str(), messages[0].author),
        ("It says 500.", Author::Customer(5))
    );
}
