//! Lists with pages, in each of their shapes.

use serde_json::{Value, json};
use ticketbridge_sim::DeskHive;
use ticketbridge_sim::deskhive::{Lists, TicketOrder};

use super::{agent, each, open, read, with_ticket};

const LIST: &str = "http://desk.example/api/v1/external/tickets";

async fn with_tickets(count: usize) -> DeskHive {
    let (peer, _) = with_ticket().await;
    for _ in 1..count {
        open(&peer);
    }
    peer
}

#[tokio::test]
async fn a_list_is_cut_into_pages_as_laravel_cuts() {
    let peer = with_tickets(17).await;
    for (query, count, numbers) in [
        ("", 15, [1, 2, 15, 17]),
        ("?page=2", 2, [2, 2, 15, 17]),
        ("?page=3", 0, [3, 2, 15, 17]),
        ("?page=0", 15, [1, 2, 15, 17]),
        ("?page=x&per_page=5", 5, [1, 4, 5, 17]),
        ("?per_page=0", 15, [1, 2, 15, 17]),
        ("?per_page=", 15, [1, 2, 15, 17]),
        ("?per_page=5&page=4", 2, [4, 4, 5, 17]),
        ("?per_page=1000", 17, [1, 1, 1000, 17]),
        ("?status=closed", 0, [1, 1, 15, 0]),
    ] {
        let list = read(&peer, &format!("/tickets{query}")).await;
        assert_eq!(list["data"].as_array().unwrap().len(), count, "{query}");
        let [current, last, per_page, total] = numbers;
        assert_eq!(
            list["meta"],
            json!({
                "current_page": current,
                "last_page": last,
                "per_page": per_page,
                "total": total,
            }),
            "{query}"
        );
    }
    peer.vary(|reading| reading.per_page_cap = Some(10));
    let list = read(&peer, "/tickets?per_page=1000").await;
    assert_eq!(list["meta"]["per_page"], 10);
    assert_eq!(list["data"].as_array().unwrap().len(), 10);
    assert!(peer.complaints().is_empty());
}

#[tokio::test]
async fn messages_and_notifications_have_pages_of_their_own_sizes() {
    let (peer, id) = with_ticket().await;
    for _ in 0..31 {
        peer.customer_replies(id, "More").unwrap();
    }
    let sizes = async |path: &str| read(&peer, path).await["meta"].clone();
    let messages = sizes(&format!("/tickets/{id}/messages")).await;
    assert_eq!(
        (&messages["per_page"], &messages["last_page"]),
        (&json!(30), &json!(2))
    );
    let notifications = sizes("/notifications").await;
    assert_eq!(
        (&notifications["per_page"], &notifications["total"]),
        (&json!(20), &json!(32))
    );
    let inside = super::admin(&peer, &format!("GET /tickets/{id}/messages"), "").await;
    assert_eq!(inside.json()["meta"]["per_page"], 15);
}

#[tokio::test]
async fn a_collection_has_links_that_forget_the_filters() {
    let peer = with_tickets(3).await;
    peer.vary(|reading| reading.lists = Lists::Collection);
    let list = read(&peer, "/tickets?status=open&per_page=1&page=2").await;
    assert_eq!(each(&list, "id"), [2]);
    assert_eq!(
        list["links"],
        json!({
            "first": format!("{LIST}?page=1"),
            "last": format!("{LIST}?page=3"),
            "prev": format!("{LIST}?page=1"),
            "next": format!("{LIST}?page=3"),
        })
    );
    let page = |page: u64, label: &str, active: bool| json!({ "url": format!("{LIST}?page={page}"), "label": label, "page": page, "active": active });
    assert_eq!(
        list["meta"],
        json!({
            "current_page": 2,
            "from": 2,
            "last_page": 3,
            "links": [
                page(1, "&laquo; Previous", false),
                page(1, "1", false),
                page(2, "2", true),
                page(3, "3", false),
                page(3, "Next &raquo;", false),
            ],
            "path": LIST,
            "per_page": 1,
            "to": 2,
            "total": 3,
        })
    );
    let empty = read(&peer, "/tickets?status=closed").await;
    let meta = &empty["meta"];
    assert_eq!((&meta["from"], &meta["to"]), (&Value::Null, &Value::Null));
    assert_eq!(
        (&empty["links"]["next"], &empty["links"]["prev"]),
        (&Value::Null, &Value::Null)
    );
}

#[tokio::test]
async fn many_pages_have_a_gap_in_their_links() {
    let peer = with_tickets(20).await;
    peer.vary(|reading| reading.lists = Lists::Collection);
    let list = read(&peer, "/tickets?per_page=1").await;
    let links = list["meta"]["links"].as_array().unwrap();
    let gap = links.iter().find(|link| link["label"] == "...").unwrap();
    assert_eq!(
        *gap,
        json!({ "url": null, "label": "...", "active": false })
    );
    assert_eq!(links[links.len() - 2]["label"], "20");
}

#[tokio::test]
async fn a_paginator_has_its_numbers_beside_the_data() {
    let peer = with_tickets(3).await;
    peer.vary(|reading| reading.lists = Lists::Paginator);
    let top = read(&peer, "/tickets?per_page=2").await;
    assert_eq!(each(&top, "id"), [3, 2]);
    assert_eq!(
        (
            &top["current_page"],
            &top["last_page"],
            &top["total"],
            &top["meta"]
        ),
        (&json!(1), &json!(2), &json!(3), &Value::Null)
    );
    assert_eq!(top["next_page_url"], format!("{LIST}?page=2"));
    assert_eq!(top["prev_page_url"], Value::Null);
    peer.vary(|reading| reading.lists = Lists::PaginatorUnderData);
    let below = read(&peer, "/tickets?per_page=2").await;
    assert_eq!((&below["status"], &below["data"]), (&json!(true), &top));
}

#[tokio::test]
async fn a_list_may_say_status_as_well() {
    let peer = with_tickets(1).await;
    assert_eq!(read(&peer, "/tickets").await["status"], Value::Null);
    peer.vary(|reading| reading.lists_say_status = true);
    for lists in [Lists::Overview, Lists::Collection] {
        peer.vary(|reading| reading.lists = lists);
        let list = read(&peer, "/tickets").await;
        assert_eq!(
            (&list["status"], each(&list, "id")),
            (&json!(true), vec![json!(1)])
        );
    }
}

#[tokio::test]
async fn tickets_come_in_the_order_of_the_reading() {
    let peer = with_tickets(3).await;
    peer.advance(jiff::SignedDuration::from_secs(1));
    peer.customer_replies(2, "Hello").unwrap();
    for (order, expected) in [
        (TicketOrder::NewestFirst, [3, 2, 1]),
        (TicketOrder::OldestFirst, [1, 2, 3]),
        (TicketOrder::UpdatedFirst, [2, 3, 1]),
    ] {
        peer.vary(|reading| reading.ticket_order = order);
        assert_eq!(each(&read(&peer, "/tickets").await, "id"), expected);
    }
    let answer = agent(&peer, "GET /tickets?page=2&per_page=2", "")
        .await
        .json();
    assert_eq!(each(&answer, "id"), [1]);
}
