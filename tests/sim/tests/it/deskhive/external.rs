//! Tickets by the External API, in the usual reading.

use jiff::SignedDuration;
use serde_json::{Value, json};
use ticketbridge_sim::deskhive::{
    CustomField, Echo, Foreign, Labelling, NotThere, Priority, Status,
};

use super::{agent, as_key, each, open, read, with_ticket};

#[tokio::test]
async fn a_ticket_has_every_member_of_the_documents_example() {
    let (peer, _) = with_ticket().await;
    let john = peer.customer("John Doe", "john@example.com");
    let id = peer
        .customer_creates_ticket_with(john, "Cannot access my account", "I'm out", |ticket| {
            ticket.priority = Priority::High;
            ticket.category = Some(2);
            ticket.product = Some(1);
            ticket.labels = vec![1];
            ticket.custom_fields = vec![CustomField {
                id: 1,
                label: "Browser".to_owned(),
                kind: "text".to_owned(),
                value: Some("Chrome 120".to_owned()),
            }];
        })
        .unwrap();
    peer.advance(SignedDuration::from_mins(5));
    peer.customer_replies(id, "Still").unwrap();
    assert_eq!(
        read(&peer, &format!("/tickets/{id}")).await,
        json!({ "status": true, "data": {
            "id": 2,
            "reference_id": "#1002",
            "title": "Cannot access my account",
            "content": "I'm out",
            "status": "open",
            "priority": "high",
            "department": { "id": 1, "name": "Technical Support" },
            "category": { "id": 2, "name": "Account Issues" },
            "product": { "id": 1, "name": "SaaS Platform" },
            "customer": { "id": 6, "name": "John Doe", "email": "john@example.com" },
            "labels": [{ "id": 1, "name": "Bug", "color": "#e74c3c" }],
            "assigned_to": { "id": 3, "name": "Agent Smith" },
            "agents": [{ "id": 3, "name": "Agent Smith" }],
            "custom_fields": [
                { "id": 1, "label": "Browser", "type": "text", "value": "Chrome 120" },
            ],
            "is_resolved": false,
            "is_locked": false,
            "last_reply_at": "2026-03-14T09:05:00Z",
            "closed_at": null,
            "created_at": "2026-03-14T09:00:00Z",
            "updated_at": "2026-03-14T09:05:00Z",
        } })
    );
}

#[tokio::test]
async fn an_agent_sees_what_is_assigned_to_them_and_nothing_else() {
    let (peer, mine) = with_ticket().await;
    peer.auto_assign(false);
    let foreign = open(&peer);
    peer.add_agent(4, "Agent Jones");
    peer.add_external_key("jones", 4);
    peer.assign(foreign, 4).unwrap();
    assert_eq!(each(&read(&peer, "/tickets").await, "id"), [mine]);
    let message = peer.agent_replies(foreign, 4, "Hello").unwrap();
    let calls = [
        format!("GET /tickets/{foreign}"),
        format!("PUT /tickets/{foreign}"),
        format!("GET /tickets/{foreign}/messages"),
        format!("POST /tickets/{foreign}/messages"),
        format!("POST /tickets/{foreign}/close"),
        format!("POST /tickets/{foreign}/messages/{message}/like"),
    ];
    for (reading, status) in [(Foreign::Forbidden, 403), (Foreign::NotFound, 404)] {
        peer.vary(|each| each.foreign = reading);
        for line in &calls {
            let body = if line.ends_with("messages") && line.starts_with("POST") {
                r#"{"content":"a"}"#
            } else {
                ""
            };
            assert_eq!(agent(&peer, line, body).await.status, status, "{line}");
        }
    }
    assert_eq!(peer.messages(foreign).len(), 1);
    assert_eq!(peer.ticket(foreign).unwrap().status, Status::Open);
    let jones = as_key(
        &peer,
        "external",
        "X-API-KEY: jones\r\n",
        "GET /tickets",
        "",
    )
    .await;
    assert_eq!(each(&jones.json(), "id"), [foreign]);
    peer.unassign(foreign, 4).unwrap();
    peer.assign(foreign, 3).unwrap();
    assert_eq!(agent(&peer, &calls[0], "").await.status, 200);
    peer.unassign(foreign, 3).unwrap();
    peer.vary(|each| each.department_visibility = true);
    assert_eq!(agent(&peer, &calls[0], "").await.status, 200);
    peer.set_agent_departments(3, &[]);
    assert_eq!(agent(&peer, &calls[0], "").await.status, 404);
}

#[tokio::test]
async fn what_is_not_there_is_said_as_the_reading_says() {
    let (peer, _) = with_ticket().await;
    for (reading, status, message) in [
        (NotThere::Documented, 404, "Not found"),
        (
            NotThere::ClassName,
            404,
            r"No query results for model [Botble\SupportDesk\Models\Ticket] 99",
        ),
        (NotThere::Success, 200, "Not found"),
    ] {
        peer.vary(|each| each.not_there = reading);
        let answer = agent(&peer, "GET /tickets/99", "").await;
        assert_eq!(
            (answer.status, answer.json()),
            (status, json!({ "message": message }))
        );
    }
    peer.vary(|each| each.not_there = NotThere::Documented);
    for id in ["x", "%231001", "-1", "1.0", "18446744073709551616"] {
        let answer = agent(&peer, &format!("GET /tickets/{id}"), "").await;
        assert_eq!(answer.status, 404, "{id}");
    }
}

#[tokio::test]
async fn tickets_are_filtered() {
    let (peer, first) = with_ticket().await;
    let second = open(&peer);
    peer.edit(second, |ticket| {
        ticket.priority = Priority::Critical;
        ticket.status = Status::OnHold;
        ticket.department = None;
    })
    .unwrap();
    for (filter, expected) in [
        ("", vec![second, first]),
        ("?status=on_hold", vec![second]),
        ("?status=open&per_page=5", vec![first]),
        ("?priority=critical", vec![second]),
        ("?priority=low", vec![]),
        ("?department_id=1", vec![first]),
        ("?department_id=7", vec![]),
        ("?status=&priority=", vec![second, first]),
    ] {
        let list = read(&peer, &format!("/tickets{filter}")).await;
        assert_eq!(each(&list, "id"), expected, "{filter}");
    }
}

#[tokio::test]
async fn an_update_changes_what_it_says_and_the_date_if_anything() {
    let (peer, id) = with_ticket().await;
    let line = format!("PUT /tickets/{id}");
    let updated = async |body: &str| {
        peer.advance(SignedDuration::from_secs(1));
        let answer = agent(&peer, &line, body).await;
        assert_eq!(answer.status, 200, "{body}");
        let ticket = peer.ticket(id).unwrap();
        assert_eq!(answer.json()["data"]["status"], ticket.status.as_str());
        (ticket.updated_at == peer.now(), ticket)
    };
    for (body, changes) in [
        ("{}", false),
        (r#"{"status":"open"}"#, false),
        (r#"{"priority":"medium","labels":[]}"#, false),
        (r#"{"status":"in_progress"}"#, true),
        (r#"{"priority":"critical"}"#, true),
        (r#"{"labels":[2,1,"2"]}"#, true),
        (r#"{"labels":[1,2]}"#, false),
    ] {
        assert_eq!(updated(body).await.0, changes, "{body}");
    }
    assert_eq!(updated(r#"{"labels":[3]}"#).await.1.labels, [3]);
    peer.vary(|reading| reading.labelling = Labelling::Adds);
    assert_eq!(updated(r#"{"labels":[1]}"#).await.1.labels, [1, 3]);
    let closed = updated(r#"{"status":"closed"}"#).await.1;
    assert_eq!(closed.closed_at, Some(closed.updated_at));
    assert_eq!(updated(r#"{"status":"open"}"#).await.1.closed_at, None);
    peer.vary(|reading| reading.write_echo = Echo::OnlyMessage);
    let answer = agent(&peer, &line, "{}").await.json();
    assert_eq!(
        (&answer["status"], &answer["data"]),
        (&json!(true), &Value::Null)
    );
}

#[tokio::test]
async fn closing_answers_the_ticket_or_a_message() {
    let (peer, id) = with_ticket().await;
    let line = format!("POST /tickets/{id}/close");
    let answer = agent(&peer, &line, "").await;
    assert_eq!(answer.status, 200);
    let data = &answer.json()["data"];
    assert_eq!(
        (&data["status"], &data["closed_at"], &data["is_resolved"]),
        (
            &json!("closed"),
            &json!("2026-03-14T09:00:00Z"),
            &json!(false)
        )
    );
    peer.vary(|reading| reading.close_echo = Echo::OnlyMessage);
    peer.advance(SignedDuration::from_secs(9));
    let again = agent(&peer, &line, "{}").await.json();
    assert!(again["data"].is_null() && again["message"].is_string());
    let ticket = peer.ticket(id).unwrap();
    assert_eq!(ticket.closed_at, Some(ticket.created_at));
}
