//! The Internal API, by which tickets come in.

use jiff::SignedDuration;
use serde_json::{Value, json};
use ticketbridge_sim::DeskHive;
use ticketbridge_sim::deskhive::{Echo, Status};

use super::{admin, each, read, with_ticket};

#[tokio::test]
async fn a_ticket_is_created_for_a_customer_and_seen_by_the_department_if_the_settings_say_so() {
    let peer = DeskHive::start().await.unwrap();
    peer.add_agent(4, "Agent Jones");
    peer.set_agent_active(4, false);
    peer.add_department(2, "Sales");
    let body = r#"{"name":"Jane","email":"jane@example.com","phone":"1","envato_username":"j"}"#;
    let jane = admin(&peer, "POST /customers", body).await;
    assert_eq!(jane.status, 201);
    let jane = jane.json()["data"].clone();
    assert_eq!(
        (&jane["email"], &jane["phone"]),
        (&json!("jane@example.com"), &json!("1"))
    );
    let create = async |more: Value| {
        let mut body =
            json!({ "customer_id": jane["id"], "title": " Help ", "content": "I am stuck" });
        body.as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        let answer = admin(&peer, "POST /tickets", &body.to_string()).await;
        assert_eq!(answer.status, 201);
        answer.json()["data"].clone()
    };
    let first =
        create(json!({ "priority": "critical", "category_id": 2, "product_id": "1" })).await;
    assert_eq!(
        (&first["title"], &first["priority"]),
        (&json!("Help"), &json!("critical"))
    );
    assert_eq!(first["category"]["name"], "Account Issues");
    assert_eq!(first["agents"], json!([{ "id": 3, "name": "Agent Smith" }]));
    let sales = create(json!({ "department_id": 2 })).await;
    assert_eq!(
        (&sales["agents"], &sales["priority"]),
        (&json!([]), &json!("medium"))
    );
    peer.auto_assign(false);
    let unseen = create(json!({})).await;
    assert_eq!(unseen["department"]["id"], 1);
    assert_eq!(
        each(&read(&peer, "/tickets").await, "id"),
        [first["id"].clone()]
    );
    peer.default_department(None);
    assert_eq!(create(json!({})).await["department"], Value::Null);
    assert_eq!(peer.tickets().len(), 4);
    assert!(peer.complaints().is_empty());
}

#[tokio::test]
async fn creates_answer_201_or_200_and_the_item_or_less() {
    let peer = DeskHive::start().await.unwrap();
    peer.vary(|reading| {
        reading.created = 200;
        reading.write_echo = Echo::OnlyMessage;
    });
    let body = r#"{"name":"Jane","email":"jane@example.com"}"#;
    let answer = admin(&peer, "POST /customers", body).await;
    assert_eq!((answer.status, &answer.json()["data"]), (200, &Value::Null));
    assert_eq!(peer.customers()[0].name, "Jane");
}

#[tokio::test]
async fn customers_are_listed_by_name_and_have_no_filter() {
    let (peer, _) = with_ticket().await;
    for (name, email) in [("adam", "z@example.com"), ("Zoe", "a@example.com")] {
        peer.customer(name, email);
    }
    let list = admin(&peer, "GET /customers?per_page=2", "").await.json();
    assert_eq!(each(&list, "name"), ["adam", "Jane Doe"]);
    let filtered = admin(&peer, "GET /customers?email=z@example.com", "").await;
    assert_eq!((filtered.status, peer.complaints().len()), (400, 1));
    let one = admin(&peer, "GET /customers/5", "").await.json();
    assert_eq!(one["data"]["email"], "jane@example.com");
    assert_eq!(admin(&peer, "GET /customers/99", "").await.status, 404);
    assert_eq!(admin(&peer, "DELETE /customers/5", "").await.status, 405);
    peer.advance(SignedDuration::from_secs(1));
    let body = r#"{"name":"Jane Roe","phone":null}"#;
    assert_eq!(admin(&peer, "PUT /customers/5", body).await.status, 200);
    let jane = peer.customers().remove(0);
    assert_eq!(
        (jane.name.as_str(), jane.email.as_str()),
        ("Jane Roe", "jane@example.com")
    );
    assert!(jane.updated_at > jane.created_at);
    assert_eq!(admin(&peer, "PUT /customers/99", "{}").await.status, 404);
}

#[tokio::test]
async fn an_administrator_sees_and_filters_all_tickets() {
    let (peer, first) = with_ticket().await;
    peer.auto_assign(false);
    let joe = peer.customer("Joe", "joe@example.com");
    let second = peer.customer_creates_ticket(joe, "a", "b").unwrap();
    admin(
        &peer,
        &format!("PUT /tickets/{second}"),
        r#"{"assigned_to":1}"#,
    )
    .await;
    for (filter, expected) in [
        ("", vec![second, first]),
        ("?customer_id=5", vec![first]),
        ("?assigned_to=1", vec![second]),
        ("?customer_id=5&assigned_to=1", vec![]),
    ] {
        let list = admin(&peer, &format!("GET /tickets{filter}"), "")
            .await
            .json();
        assert_eq!(each(&list, "id"), expected, "{filter}");
    }
    let one = admin(&peer, &format!("GET /tickets/{second}"), "")
        .await
        .json();
    assert_eq!(one["data"]["agents"], json!([]));
}

#[tokio::test]
async fn an_administrator_changes_everything_about_a_ticket_and_deletes_it() {
    let (peer, id) = with_ticket().await;
    peer.add_department(2, "Sales");
    peer.advance(SignedDuration::from_secs(1));
    let line = format!("PUT /tickets/{id}");
    let body = r#"{"status":"closed","priority":"low","department_id":2,"category_id":2,
        "product_id":1,"is_resolved":1,"is_locked":"1","labels":[3],"assigned_to":"1"}"#;
    let changed = admin(&peer, &line, body).await;
    assert_eq!(changed.status, 200);
    let data = &changed.json()["data"];
    for (name, expected) in [
        ("status", json!("closed")),
        ("priority", json!("low")),
        ("department", json!({ "id": 2, "name": "Sales" })),
        ("category", json!({ "id": 2, "name": "Account Issues" })),
        ("product", json!({ "id": 1, "name": "SaaS Platform" })),
        ("assigned_to", json!({ "id": 1, "name": "Site Admin" })),
        ("is_resolved", json!(true)),
        ("is_locked", json!(true)),
        ("updated_at", json!("2026-03-14T09:00:01Z")),
        ("closed_at", json!("2026-03-14T09:00:01Z")),
    ] {
        assert_eq!(data[name], expected, "{name}");
    }
    peer.advance(SignedDuration::from_secs(1));
    admin(&peer, &line, body).await;
    assert_ne!(peer.ticket(id).unwrap().updated_at, peer.now());
    let none = r#"{"category_id":null,"product_id":"","assigned_to":null,"is_locked":false}"#;
    let data = admin(&peer, &line, none).await.json()["data"].clone();
    assert_eq!(
        (&data["category"], &data["product"]),
        (&Value::Null, &Value::Null)
    );
    assert_eq!(data["is_locked"], false);
    let delete = format!("DELETE /tickets/{id}");
    assert_eq!(admin(&peer, &delete, "").await.status, 200);
    assert_eq!(admin(&peer, &delete, "").await.status, 404);
    assert!(peer.tickets().is_empty());
    assert!(super::open(&peer) > id);
}

#[tokio::test]
async fn an_administrators_message_is_a_users_also_on_a_locked_ticket() {
    let (peer, id) = with_ticket().await;
    peer.lock(id).unwrap();
    peer.close(id).unwrap();
    peer.advance(SignedDuration::from_secs(1));
    let line = format!("POST /tickets/{id}/messages");
    let answer = admin(&peer, &line, r#"{"content":"Hello"}"#).await;
    let data = &answer.json()["data"];
    assert_eq!(
        (
            answer.status,
            &data["sender_type"],
            &data["sender_id"],
            &data["sender"]["name"]
        ),
        (
            201,
            &json!(r"Botble\ACL\Models\User"),
            &json!(1),
            &json!("Site Admin")
        )
    );
    let ticket = peer.ticket(id).unwrap();
    assert_eq!(ticket.last_reply_at, Some(peer.now()));
    assert_eq!(
        (ticket.last_reply_by_customer, ticket.status),
        (Some(false), Status::Closed)
    );
    let list = admin(&peer, &format!("GET /tickets/{id}/messages"), "")
        .await
        .json();
    assert_eq!(each(&list, "content"), ["Hello"]);
    assert_eq!(
        admin(&peer, "GET /tickets/99/messages", "").await.status,
        404
    );
}

#[tokio::test]
async fn the_places_and_people_of_an_account_are_listed() {
    let peer = DeskHive::start().await.unwrap();
    peer.add_agent(4, "Agent Jones");
    peer.set_agent_departments(4, &[]);
    peer.set_agent_active(4, false);
    peer.add_label(9, "Late", "#000000");
    for (path, names) in [
        ("/departments", &["Technical Support"][..]),
        ("/categories", &["Account Issues"]),
        ("/products", &["SaaS Platform"]),
        ("/labels", &["Bug", "Late", "Billing", "VIP"]),
        ("/agents", &["Agent Smith", "Agent Jones"]),
        ("/agents?is_active=1", &["Agent Smith"]),
        ("/agents?is_active=0", &["Agent Jones"]),
        ("/agents?department_id=1", &["Agent Smith"]),
    ] {
        let list = admin(&peer, &format!("GET {path}"), "").await.json();
        assert_eq!(each(&list, "name"), names, "{path}");
    }
    let auto = async || {
        let settings = admin(&peer, "GET /settings", "").await.json();
        settings["data"]["sd_enable_auto_assign"].clone()
    };
    assert_eq!(auto().await, true);
    peer.auto_assign(false);
    assert_eq!(auto().await, false);
    let check = admin(&peer, "GET /connection-check", "").await.json();
    assert_eq!(check["message"], "Connection check successful");
}
