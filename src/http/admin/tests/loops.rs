//! Tickets that changed implausibly often.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::desk::Desk;
use crate::model::ExternalTicket;

/// With ticket 1 mirrored once too often: when it was made at the desk, and when its sender changed it.
async fn looped() -> Desk {
    let desk = Desk::with(
        "\n[mirror]\nloop_limit = { changes = 1, within = \"1h\" }\n\
         [[brands]]\nid = \"looped\"\nmirror_to = [\"desk\"]\n\
         [[systems]]\nid = \"desk\"\nkind = \"qminder\"\napi_key_file = \"k\"\nline = \"1\"\n",
    );
    desk.takes(ExternalTicket {
        brand: "looped".to_owned(),
        ..Desk::external("uid-1")
    })
    .await;
    desk.settles(1, |settled| settled.remote_uid = Some("77".to_owned()))
        .await;
    desk.takes(ExternalTicket {
        brand: "looped".to_owned(),
        content: "Something else by now".to_owned(),
        ..Desk::external("uid-1")
    })
    .await;
    desk
}

#[tokio::test]
async fn a_ticket_in_a_loop_break_is_seen_until_it_is_released() {
    let desk = looped().await;
    let (_, list) = desk.get("tickets").await;
    let since = list[0]["loop_since"].clone();
    assert!(since.is_string(), "{list}");
    let (_, shown) = desk.get("tickets/1").await;
    assert_eq!(shown["ticket"]["loop_since"], since);
    let (_, status) = desk.get("status").await;
    assert_eq!(status["loop_breaks"], 1);
    assert_eq!(
        status["first_loop_breaks"],
        json!([{ "ticket": 1, "since": since }])
    );

    let (answer, done) = desk.post("tickets/1/release", Value::Null).await;
    assert_eq!(
        (answer, &done["done"]),
        (StatusCode::OK, &json!("ticket 1 is mirrored again"))
    );
    let (_, shown) = desk.get("tickets/1").await;
    assert_eq!(shown["ticket"]["loop_since"], json!(null));
    let (_, status) = desk.get("status").await;
    assert_eq!(
        (&status["loop_breaks"], &status["first_loop_breaks"]),
        (&json!(0), &json!([]))
    );
}

#[tokio::test]
async fn nothing_is_released_that_is_mirrored_or_not_there() {
    let desk = looped().await;
    desk.arrives("uid-2").await;
    let (answer, done) = desk.post("tickets/2/release", Value::Null).await;
    assert_eq!(
        (answer, &done["done"]),
        (StatusCode::OK, &json!("ticket 2 is mirrored already"))
    );
    let (answer, _) = desk.post("tickets/9/release", Value::Null).await;
    assert_eq!(answer, StatusCode::NOT_FOUND);
}
