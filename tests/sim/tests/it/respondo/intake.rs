//! What becomes of a ticket that is taken.

use jiff::Timestamp;
use serde_json::json;
use ticketbridge_sim::Respondo;
use ticketbridge_sim::respondo::{Status, Variation};

use super::{JSON, PATH, body, create, created, send, with};
use crate::client::post;

#[tokio::test]
async fn the_answer_is_200_with_the_columns_of_the_ticket() {
    let peer = Respondo::start().await.unwrap();
    let content = json!("<b> & \"Zoë\"");
    let answer = create(&peer, &with(body("lamp-1"), "/content", content.clone())).await;
    assert_eq!(answer.status, 200);
    let json_type = "Content-Type: application/json; charset=utf-8\r\n";
    assert!(answer.head.contains(json_type), "{}", answer.head);
    let text = String::from_utf8(answer.body.clone()).unwrap();
    assert!(text.contains(r#""\u003cb\u003e \u0026 \"Zoë\"""#), "{text}");
    assert!(text.starts_with(r#"{"id":1,"external_uid":"lamp-1","content":"#));
    let ticket = &peer.tickets()[0];
    let time = format!("{:.3}", ticket.created_at);
    let expected = json!({
        "id": 1, "external_uid": "lamp-1", "content": content, "status": "open",
        "provider": "external", "ticketable_type": "ExternalTicket", "ticketable_id": 1001,
        "brand_id": 7, "author_id": 1, "creator_id": null, "parent_id": null,
        "created_at": time, "updated_at": time,
    });
    assert_eq!(answer.json(), expected);
    assert!(peer.complaints().is_empty());
}

#[tokio::test]
async fn the_provider_left_the_answer_before_era_b_ended() {
    let peer = Respondo::start().await.unwrap();
    peer.variation(Variation::LateB);
    let answer = create(&peer, &body("lamp-1")).await.json();
    assert!(answer.get("provider").is_none());
    assert_eq!(answer["brand_id"], 7);
}

#[tokio::test]
async fn the_senders_date_is_required_and_ignored() {
    let peer = Respondo::start().await.unwrap();
    let ticket = created(&peer, &with(body("a"), "/created_at", json!("whenever"))).await;
    let dated = created(&peer, &body("b")).await;
    let year_2021: Timestamp = "2021-01-01T00:00:00Z".parse().unwrap();
    assert!(ticket.created_at > year_2021 && dated.created_at > year_2021);
}

#[tokio::test]
async fn a_child_joins_its_parent_in_the_brand_or_is_silently_a_root() {
    let peer = Respondo::start().await.unwrap();
    peer.add_token("other", "o", Some(8));
    let child_of = |uid: &str, parent: &str| with(body(uid), "/parent_uid", json!(parent));
    let root = created(&peer, &body("a")).await;
    let child = created(&peer, &child_of("b", "a")).await;
    let grandchild = created(&peer, &child_of("c", "b")).await;
    assert_eq!(
        (child.parent, grandchild.parent),
        (Some(root.id), Some(child.id))
    );
    assert!(peer.complaints().is_empty());
    let stray = created(&peer, &child_of("d", "later")).await;
    assert_eq!(stray.parent, None);
    assert_eq!(peer.complaints().len(), 1);
    created(&peer, &body("later")).await;
    assert_eq!(peer.ticket(stray.id).unwrap().parent, None);
    let other = json!({ "name": "other", "token": "o" });
    let other = with(child_of("e", "a"), "/personal_access_token", other);
    let path = "/brands/8/external_tickets.json";
    let answer = send(&peer, &post(path, JSON, &other.to_string())).await;
    assert_eq!(answer.json()["parent_id"], json!(null));
    created(
        &peer,
        &with(child_of("f", "a"), "/content", json!("Still dark.")),
    )
    .await;
    let lamp = "The lamp does not light.\n";
    let threads = peer.threads(7);
    assert_eq!(
        threads[0].outline(),
        format!("{lamp}  {lamp}    {lamp}  Still dark.\n")
    );
    let roots: Vec<_> = threads
        .iter()
        .map(|thread| &thread.ticket.external_uid)
        .collect();
    assert_eq!(roots, ["a", "d", "later"]);
}

#[tokio::test]
async fn a_new_child_opens_what_it_answers_until_a_status_was_one_tickets_alone() {
    let peer = Respondo::start().await.unwrap();
    let child_of = |uid: &str, parent: &str| with(body(uid), "/parent_uid", json!(parent));
    let root = created(&peer, &body("a")).await.id;
    let child = created(&peer, &child_of("b", "a")).await.id;
    let statuses = || [root, child].map(|id| peer.ticket(id).unwrap().status);
    peer.solve(root);
    assert_eq!(statuses(), [Status::Solved; 2]);
    created(&peer, &child_of("c", "b")).await;
    assert_eq!(statuses(), [Status::Open; 2]);
    peer.solve(root);
    peer.reopen(child);
    assert_eq!(statuses(), [Status::Open; 2]);
    peer.variation(Variation::LateB);
    peer.solve(root);
    created(&peer, &child_of("d", "a")).await;
    assert_eq!(statuses(), [Status::Solved, Status::Open]);
    peer.reopen(root);
    assert_eq!(statuses(), [Status::Open; 2]);
}

#[tokio::test]
async fn no_token_is_in_the_records() {
    let peer = Respondo::start().await.unwrap();
    created(&peer, &body("a")).await;
    let seen = peer.requests().remove(0);
    assert!(!format!("{seen:?}").contains("hub-token"));
    assert_eq!(seen.json()["external_uid"], "a");
    assert_eq!(seen.header("content-type"), Some("application/json"));
    assert_eq!((seen.path.as_str(), seen.answered), (PATH, Some(200)));
}

#[tokio::test]
async fn a_query_changes_nothing_and_is_complained_of() {
    let peer = Respondo::start().await.unwrap();
    let request = post(&format!("{PATH}?a=b"), JSON, &body("a").to_string());
    assert_eq!(send(&peer, &request).await.status, 200);
    assert_eq!(peer.complaints().len(), 1);
}
