//! Organizations in place of brands, and what that era takes and refuses.

use serde_json::{Value, json};
use ticketbridge_sim::Respondo;
use ticketbridge_sim::respondo::{Era, NotStored, Variation};

use super::answering::{Answering, json as say_json};
use super::{JSON, PATH, body, create, send, stored, with};
use crate::client::post;

const PATH_D: &str = "/organizations/7/external_tickets.json";

/// With the members that moved where they are now.
fn moved(mut body: Value, url: &str) -> Value {
    body.as_object_mut().unwrap().remove("response_url");
    body["ticketable_attributes"] = json!({ "response_url": url });
    body
}

async fn peer() -> Respondo {
    let peer = Respondo::start().await.unwrap();
    peer.set_era(Era::D);
    peer.variation(Variation::PlainHttp);
    peer
}

#[tokio::test]
async fn era_d_has_organizations_and_its_own_schema() {
    let peer = peer().await;
    let ask = async |path: &str, body: &Value| {
        let answer = send(&peer, &post(path, JSON, &body.to_string())).await;
        (answer.status, answer.json())
    };
    let body_d = moved(body("lamp-1"), "http://127.0.0.1:9/r");
    assert_eq!(ask(PATH, &body_d).await.0, 404);
    let (status, refused) = ask(PATH_D, &body("lamp-1")).await;
    assert_eq!(
        (status, refused),
        (200, json!({ "error": "Invalid payload schema." }))
    );
    let (status, made) = ask(PATH_D, &body_d).await;
    assert_eq!((status, &made["organization_id"]), (200, &json!(7)));
    assert!(made.get("brand_id").is_none() && made.get("provider").is_none());
}

#[tokio::test]
async fn era_c_takes_what_era_b_takes() {
    let peer = Respondo::start().await.unwrap();
    peer.set_era(Era::C);
    let made = create(&peer, &body("lamp-1")).await.json();
    assert_eq!(made["brand_id"], 7);
    assert!(made.get("provider").is_none());
}

#[tokio::test]
async fn era_d_makes_a_ticket_of_known_members_alone() {
    let good = moved(stored("r-1"), "http://127.0.0.1:9/r");
    let unknown = |name: &str| Err(NotStored::UnknownAttribute(name.to_owned()));
    let mut with_provider = good.clone();
    with_provider["ticketable_attributes"]["custom_provider"] = json!("hacker_news");
    let no_url =
        NotStored::Database("response_url is blank, and the ticket would have none".to_owned());
    for (answer, expected) in [
        (good.clone(), Ok(2)),
        (stored("r-1"), unknown("response_url")),
        (with(good.clone(), "/ok", json!(true)), unknown("ok")),
        (
            with(good.clone(), "/ticketable_attributes/id", json!(1)),
            unknown("id"),
        ),
        (
            with(good.clone(), "/ticketable_attributes", json!({})),
            Err(no_url),
        ),
        (
            with(good.clone(), "/ticketable_attributes", json!("a")),
            Err(NotStored::NotAnObject("ticketable_attributes")),
        ),
        (
            with(good.clone(), "/ticketable_attributes", json!(null)),
            Err(NotStored::Database(
                "there are no ticketable_attributes".to_owned(),
            )),
        ),
        (
            with_provider,
            Err(NotStored::UnknownProvider("hacker_news".to_owned())),
        ),
    ] {
        let answering = Answering::start(vec![say_json(&answer)]).await;
        let peer = peer().await;
        let body = moved(body("lamp-1"), &answering.url("/r")).to_string();
        assert_eq!(send(&peer, &post(PATH_D, JSON, &body)).await.status, 200);
        let became = peer.reply(1, "x").await.map(|reply| reply.id);
        assert_eq!(became, expected, "{answer}");
        let sent = answering.requests().remove(0);
        assert!(
            sent.ends_with("\r\n\r\nresponse_text=x&parent_id=lamp-1"),
            "{sent}"
        );
    }
}
