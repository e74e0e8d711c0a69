//! Each reading of the documents that is not about lists alone.

use serde_json::{Value, json};
use ticketbridge_sim::DeskHive;
use ticketbridge_sim::deskhive::{
    AssignedTo, Content, Dates, Envelope, Ids, Missing, NoteFlag, Sender,
};

use super::{admin, agent, read, with_ticket};

async fn message_of(peer: &DeskHive, ticket: u64) -> Value {
    read(peer, &format!("/tickets/{ticket}/messages")).await["data"][0].clone()
}

#[tokio::test]
async fn a_single_item_is_in_one_of_three_envelopes() {
    let (peer, id) = with_ticket().await;
    let line = format!("/tickets/{id}");
    let whole = read(&peer, &line).await;
    let item = whole["data"].clone();
    assert_eq!(whole, json!({ "status": true, "data": item }));
    let note = "POST /notifications/1/read";
    let told = json!({ "status": true, "message": "Notification marked as read" });
    assert_eq!(agent(&peer, note, "").await.json(), told);
    peer.vary(|reading| reading.envelope = Envelope::Data);
    assert_eq!(read(&peer, &line).await, json!({ "data": item }));
    let told = json!({ "message": "Notification marked as read" });
    assert_eq!(agent(&peer, note, "").await.json(), told);
    peer.vary(|reading| reading.envelope = Envelope::Bare);
    assert_eq!(read(&peer, &line).await, item);
    assert!(read(&peer, "/canned-responses").await.is_array());
    let reply = agent(
        &peer,
        &format!("POST {line}/messages"),
        r#"{"content":"a"}"#,
    )
    .await;
    assert_eq!((reply.status, &reply.json()["content"]), (201, &json!("a")));
}

#[tokio::test]
async fn dates_are_written_in_four_ways() {
    let (peer, id) = with_ticket().await;
    for (dates, expected) in [
        (Dates::Zulu, "2026-03-14T09:00:00Z"),
        (Dates::Micros, "2026-03-14T09:00:00.000000Z"),
        (Dates::Offset, "2026-03-14T09:00:00+00:00"),
        (Dates::Plain, "2026-03-14 09:00:00"),
    ] {
        peer.vary(|reading| reading.dates = dates);
        let ticket = read(&peer, &format!("/tickets/{id}")).await["data"].clone();
        assert_eq!(ticket["created_at"], expected);
        assert_eq!(ticket["last_reply_at"], Value::Null);
        assert_eq!(
            read(&peer, "/notifications").await["data"][0]["created_at"],
            expected
        );
    }
}

#[tokio::test]
async fn ids_are_numbers_or_texts_and_both_are_taken() {
    let (peer, id) = with_ticket().await;
    peer.customer_replies(id, "Hello").unwrap();
    peer.vary(|reading| reading.ids = Ids::Texts);
    let ticket = read(&peer, &format!("/tickets/{id}")).await["data"].clone();
    for (shown, expected) in [
        (&ticket["id"], "1"),
        (&ticket["customer"]["id"], "5"),
        (&ticket["agents"][0]["id"], "3"),
    ] {
        assert_eq!(*shown, expected);
    }
    let message = message_of(&peer, id).await;
    assert_eq!(
        (&message["id"], &message["ticket_id"], &message["sender_id"]),
        (&json!("101"), &json!("1"), &json!("5"))
    );
    assert_eq!(read(&peer, "/profile").await["data"]["id"], "3");
    let labels = agent(&peer, &format!("PUT /tickets/{id}"), r#"{"labels":["2"]}"#).await;
    assert_eq!(labels.json()["data"]["labels"][0]["id"], "2");
}

#[tokio::test]
async fn what_leads_nowhere_is_null_or_not_there() {
    let (peer, id) = with_ticket().await;
    peer.unassign(id, 3).unwrap();
    peer.remove_department(1);
    peer.delete_customer(5);
    let shown = async || {
        let answer = admin(&peer, &format!("GET /tickets/{id}"), "").await.json();
        answer["data"].as_object().unwrap().clone()
    };
    let relations = [
        "department",
        "category",
        "product",
        "customer",
        "assigned_to",
    ];
    let ticket = shown().await;
    for name in relations {
        assert_eq!(ticket.get(name), Some(&Value::Null), "{name}");
    }
    assert_eq!(ticket["agents"], json!([]));
    peer.vary(|reading| reading.missing = Missing::Omitted);
    let ticket = shown().await;
    for name in relations {
        assert_eq!(ticket.get(name), None, "{name}");
    }
    assert_eq!(ticket["closed_at"], Value::Null);
}

#[tokio::test]
async fn a_note_says_so_in_two_ways_or_not_at_all() {
    let (peer, id) = with_ticket().await;
    peer.agent_notes(id, 3, "psst").unwrap();
    for (flag, expected) in [
        (NoteFlag::Boolean, Some(json!(true))),
        (NoteFlag::Number, Some(json!(1))),
        (NoteFlag::Absent, None),
    ] {
        peer.vary(|reading| reading.note_flag = flag);
        assert_eq!(
            message_of(&peer, id).await.get("is_internal").cloned(),
            expected
        );
    }
}

#[tokio::test]
async fn an_author_is_named_by_class_or_word_or_by_their_name_alone() {
    let (peer, first) = with_ticket().await;
    let (second, third) = (super::open(&peer), super::open(&peer));
    peer.customer_replies(first, "a").unwrap();
    peer.agent_replies(second, 3, "b").unwrap();
    peer.admin_replies(third, 1, "c").unwrap();
    let kinds = async || {
        let mut kinds = Vec::new();
        for ticket in [first, second, third] {
            let message = message_of(&peer, ticket).await;
            kinds.push((
                message["sender_type"].clone(),
                message["sender"]["name"].clone(),
            ));
        }
        kinds
    };
    let names = [json!("Jane Doe"), json!("Agent Smith"), json!("Site Admin")];
    let with = |kinds: [&str; 3]| {
        kinds
            .map(Value::from)
            .into_iter()
            .zip(names.clone())
            .collect::<Vec<_>>()
    };
    let classes = [
        r"Botble\SupportDesk\Models\Customer",
        r"Botble\SupportDesk\Models\Agent",
        r"Botble\ACL\Models\User",
    ];
    assert_eq!(kinds().await, with(classes));
    peer.vary(|reading| reading.sender = Sender::Word);
    assert_eq!(kinds().await, with(["customer", "agent", "user"]));
    peer.vary(|reading| reading.sender = Sender::SenderAlone);
    let alone = message_of(&peer, second).await;
    assert_eq!(alone.get("sender_type").or(alone.get("sender_id")), None);
    assert_eq!(alone["sender"]["id"], 3);
    peer.vary(|reading| reading.sender = Sender::ClassNameAlone);
    let alone = message_of(&peer, second).await;
    assert_eq!(
        (alone.get("sender"), &alone["sender_id"]),
        (None, &json!(3))
    );
    assert_eq!(alone["sender_type"], classes[1]);
}

#[tokio::test]
async fn texts_are_as_written_or_paragraphs() {
    let (peer, id) = with_ticket().await;
    peer.customer_replies(id, "1 < 2 & 3\nyes").unwrap();
    let content = async || message_of(&peer, id).await["content"].clone();
    assert_eq!(content().await, "1 < 2 & 3\nyes");
    peer.vary(|reading| reading.content = Content::Html);
    assert_eq!(content().await, "<p>1 &lt; 2 &amp; 3<br>yes</p>");
    let ticket = read(&peer, &format!("/tickets/{id}")).await;
    assert_eq!(ticket["data"]["content"], "<p>It says 500.</p>");
    assert_eq!(ticket["data"]["title"], "Cannot log in");
    peer.edit_message(id, 101, "<div>a</div>").unwrap();
    assert_eq!(content().await, "<div>a</div>");
}

#[tokio::test]
async fn assigned_to_names_an_agent_or_an_administrator() {
    let (peer, id) = with_ticket().await;
    let assigned = async || {
        let ticket = read(&peer, &format!("/tickets/{id}")).await;
        ticket["data"]["assigned_to"]["name"].clone()
    };
    assert_eq!(assigned().await, "Agent Smith");
    peer.vary(|reading| reading.assigned_to = AssignedTo::UserAlone);
    assert_eq!(assigned().await, Value::Null);
    let line = format!("PUT /tickets/{id}");
    assert_eq!(
        admin(&peer, &line, r#"{"assigned_to":1}"#).await.status,
        200
    );
    assert_eq!(assigned().await, "Site Admin");
    peer.vary(|reading| reading.assigned_to = AssignedTo::AgentToo);
    assert_eq!(assigned().await, "Site Admin");
    admin(&peer, &line, r#"{"assigned_to":null}"#).await;
    assert_eq!(assigned().await, "Agent Smith");
}
