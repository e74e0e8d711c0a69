//! Every way in which a ticket from outside is refused, and in which order the checks are made.

use serde_json::{Value, json};
use ticketbridge_sim::Respondo;
use ticketbridge_sim::respondo::Variation;

use super::{JSON, PATH, body, create, created, send, with};
use crate::client::{Answer, post};

const INVALID: &str = r#"{"error":"Invalid payload schema."}"#;
const NOT_AUTHORIZED: &str = r#"{"error":"not authorized"}"#;

fn text(answer: &Answer) -> String {
    String::from_utf8(answer.body.clone()).unwrap()
}

fn page(status: u16, name: &str) -> (u16, String) {
    (status, format!(r#"{{"status":{status},"error":"{name}"}}"#))
}

/// What a body is answered by a server that has taken none yet, and which stays so.
async fn refused(body: &Value) -> (u16, String) {
    let peer = Respondo::start().await.unwrap();
    let answer = create(&peer, body).await;
    assert!(peer.tickets().is_empty(), "{body}");
    assert_eq!(peer.complaints().len(), 1, "{body}");
    assert!(peer.requests()[0].refused.is_some());
    (answer.status, text(&answer))
}

#[tokio::test]
async fn a_body_that_breaks_the_schema_is_200_with_an_error() {
    for (pointer, value) in [
        ("/external_uid", json!(null)),
        ("/content", json!(null)),
        ("/response_url", json!(null)),
        ("/author", json!(null)),
        ("/created_at", json!(null)),
        ("/author/external_uid", json!(null)),
        ("/author/username", json!(null)),
        ("/external_uid", json!(7)),
        ("/content", json!(["a"])),
        ("/created_at", json!(1_586_043_327)),
        ("/response_url", json!(false)),
        ("/author", json!("ada")),
        ("/author/external_uid", json!(3)),
        ("/parent_uid", json!(7)),
        ("/custom_provider", json!({})),
        ("/token", json!({ "name": "bridge", "token": "hub-token" })),
        ("/status", json!("open")),
        (
            "/ticketable_attributes",
            json!({ "response_url": "http://a/" }),
        ),
    ] {
        let body = with(body("lamp-1"), pointer, value.clone());
        let expected = (200, INVALID.to_owned());
        assert_eq!(refused(&body).await, expected, "{pointer} {value}");
    }
}

#[tokio::test]
async fn an_optional_member_cannot_be_null() {
    for name in ["parent_uid", "custom_provider"] {
        let mut body = body("lamp-1");
        body[name] = Value::Null;
        assert_eq!(refused(&body).await, (200, INVALID.to_owned()), "{name}");
    }
}

#[tokio::test]
async fn nested_objects_may_hold_more() {
    let peer = Respondo::start().await.unwrap();
    let body = with(body("lamp-1"), "/author/email", json!("a@example.com"));
    let body = with(body, "/personal_access_token/scope", json!(1));
    created(&peer, &body).await;
    assert!(peer.complaints().is_empty());
}

#[tokio::test]
async fn the_token_is_judged_before_everything_else_about_the_body() {
    let token = "/personal_access_token";
    let (missing, error) = (page(400, "Bad Request"), page(500, "Internal Server Error"));
    let forbidden = (403, NOT_AUTHORIZED.to_owned());
    for (pointer, value, expected) in [
        (token, json!(null), &missing),
        (token, json!({}), &missing),
        (token, json!([]), &missing),
        (token, json!(" "), &missing),
        (token, json!("hub-token"), &error),
        (token, json!(["hub-token"]), &error),
        (token, json!(false), &error),
        (token, json!(1), &error),
        ("/personal_access_token/name", json!("other"), &forbidden),
        ("/personal_access_token/name", json!(null), &forbidden),
        ("/personal_access_token/name", json!(["bridge"]), &forbidden),
        ("/personal_access_token/token", json!("x"), &forbidden),
        ("/personal_access_token/token", json!(null), &forbidden),
        ("/personal_access_token/token", json!({}), &forbidden),
    ] {
        let whole = with(body("lamp-1"), pointer, value.clone());
        let broken = with(whole.clone(), "/content", json!(null));
        for body in [whole, broken] {
            assert_eq!(&refused(&body).await, expected, "{body}");
        }
    }
    let null = json!({ "personal_access_token": null });
    assert_eq!(refused(&null).await, missing);
}

#[tokio::test]
async fn the_documents_own_examples_are_refused() {
    let mut example = with(body("lamp-1"), "/personal_access_token", json!(null));
    example["token"] = json!({ "name": "bridge", "token": "hub-token" });
    assert_eq!(refused(&example).await, page(400, "Bad Request"));
    let headers = format!("{JSON}Authorization: Bearer hub-token\r\n");
    let peer = Respondo::start().await.unwrap();
    let answer = send(&peer, &post(PATH, &headers, &example.to_string())).await;
    assert_eq!(answer.status, 400);
}

#[tokio::test]
async fn a_token_is_good_for_the_brand_of_its_user_alone() {
    let peer = Respondo::start().await.unwrap();
    peer.add_token("nobody", "n", None);
    peer.add_token("other", "o", Some(8));
    let named = |name: &str, value: &str| {
        let token = json!({ "name": name, "token": value });
        with(body("lamp-1"), "/personal_access_token", token).to_string()
    };
    let ask = async |brand: &str, body: &str| {
        let path = format!("/brands/{brand}/external_tickets.json");
        let answer = send(&peer, &post(&path, JSON, body)).await;
        (answer.status, text(&answer))
    };
    let forbidden = (403, NOT_AUTHORIZED.to_owned());
    let own = named("bridge", "hub-token");
    assert_eq!(ask("8", &own).await, forbidden);
    assert_eq!(ask("7", &named("nobody", "n")).await, forbidden);
    assert_eq!(ask("7", &named("other", "o")).await, forbidden);
    assert_eq!(ask("9", &own).await, page(404, "Not Found"));
    assert_eq!(ask("9", &named("bridge", "x")).await, forbidden);
    peer.variation(Variation::OrganizationFirst);
    assert_eq!(
        ask("9", &named("bridge", "x")).await,
        page(404, "Not Found")
    );
    assert_eq!(ask("8", &named("other", "o")).await.0, 200);
    peer.revoke_token("bridge");
    assert_eq!(ask("7", &own).await, forbidden);
    peer.add_brand(9, "initech");
    peer.add_token("bridge", "new", Some(9));
    assert_eq!(ask("9", &named("bridge", "new")).await.0, 200);
}

#[tokio::test]
async fn what_cannot_be_read_as_json_is_400() {
    let peer = Respondo::start().await.unwrap();
    let good = body("lamp-1").to_string();
    let accept = "Accept: application/json\r\n";
    for (headers, body, expected) in [
        (format!("{JSON}{accept}"), "{", page(400, "Bad Request")),
        // Before the parameters are read, not even the path's suffix is known.
        (JSON.to_owned(), "{", (400, String::new())),
        (JSON.to_owned(), "", page(400, "Bad Request")),
        (JSON.to_owned(), "[]", page(400, "Bad Request")),
        (
            "Content-Type: text/plain\r\n".to_owned(),
            &good,
            page(400, "Bad Request"),
        ),
        (String::new(), &good, page(400, "Bad Request")),
    ] {
        let answer = send(&peer, &post(PATH, &headers, body)).await;
        assert_eq!((answer.status, text(&answer)), expected, "{headers} {body}");
    }
    assert!(peer.tickets().is_empty());
}

#[tokio::test]
async fn a_form_is_only_good_enough_to_be_refused() {
    let peer = Respondo::start().await.unwrap();
    let ask = async |body: &str| {
        let form = "Content-Type: application/x-www-form-urlencoded\r\n";
        let answer = send(&peer, &post(PATH, form, body)).await;
        (answer.status, text(&answer))
    };
    assert_eq!(ask("external_uid=a").await, page(400, "Bad Request"));
    let token = "personal_access_token[name]=bridge&personal_access_token%5Btoken%5D";
    let wrong = ask(&format!("{token}=x")).await;
    assert_eq!(wrong, (403, NOT_AUTHORIZED.to_owned()));
    let right = ask(&format!("{token}=hub-token&external_uid=a&content=b")).await;
    assert_eq!(right, (200, INVALID.to_owned()));
    assert!(peer.tickets().is_empty());
}

#[tokio::test]
async fn json_is_asked_for_by_the_path_or_the_accept() {
    let peer = Respondo::start().await.unwrap();
    let bare = "/brands/7/external_tickets";
    for (uid, path, accept, status) in [
        ("a", PATH, "", 200),
        ("b", PATH, "Accept: text/html\r\n", 200),
        ("c", bare, "Accept: */*\r\n", 200),
        ("d", bare, "Accept: application/json\r\n", 200),
        ("e", bare, "", 406),
        ("f", bare, "Accept: text/html,*/*;q=0.8\r\n", 406),
        ("g", "/brands/7/external_tickets.html", "", 404),
        ("h", "/brands/7/tickets/create_external.json", "", 404),
        ("i", "/organizations/7/external_tickets.json", "", 404),
    ] {
        let headers = format!("{JSON}{accept}");
        let answer = send(&peer, &post(path, &headers, &body(uid).to_string())).await;
        assert_eq!(answer.status, status, "{path} {accept}");
        let called = peer.ticket_called(7, uid);
        assert_eq!(called.is_some(), status == 200, "{path} {accept}");
    }
    let get = format!("GET {PATH} HTTP/1.1\r\nHost: a\r\n\r\n");
    assert_eq!(send(&peer, &get).await.status, 404);
}

#[tokio::test]
async fn an_error_page_is_html_for_whoever_did_not_ask_for_json() {
    let peer = Respondo::start().await.unwrap();
    let headers = format!("{JSON}Accept: */*\r\n");
    let bad = with(body("a"), "/content", json!("")).to_string();
    let answer = send(&peer, &post("/brands/7/external_tickets", &headers, &bad)).await;
    assert_eq!(answer.status, 422);
    assert!(answer.head.contains("Content-Type: text/html"));
    assert!(answer.body.starts_with(b"<!DOCTYPE html>"));
}

#[tokio::test]
async fn blank_texts_fit_the_schema_and_nothing_else() {
    let unprocessable = page(422, "Unprocessable Entity");
    for pointer in [
        "/external_uid",
        "/content",
        "/author/external_uid",
        "/author/username",
    ] {
        for blank in ["", " \n"] {
            let body = with(body("lamp-1"), pointer, json!(blank));
            assert_eq!(refused(&body).await, unprocessable, "{pointer}");
        }
    }
    let error = page(500, "Internal Server Error");
    let no_url = with(body("lamp-1"), "/response_url", json!(""));
    assert_eq!(refused(&no_url).await, error);
    let both = with(no_url, "/content", json!(""));
    assert_eq!(refused(&both).await, unprocessable);
    for pointer in ["/content", "/author/username"] {
        let nul = with(body("lamp-1"), pointer, json!("a\0b"));
        assert_eq!(refused(&nul).await, error, "{pointer}");
    }
}

#[tokio::test]
async fn a_uid_is_taken_once_in_a_brand_and_its_author_is_renamed_all_the_same() {
    let peer = Respondo::start().await.unwrap();
    peer.add_token("other", "o", Some(8));
    let first = created(&peer, &body("lamp-1")).await;
    let again = with(body("lamp-1"), "/author/username", json!("Countess Ada"));
    let again = with(again, "/custom_provider", json!("hacker_news"));
    let answer = create(&peer, &again).await;
    let expected = page(422, "Unprocessable Entity");
    assert_eq!((answer.status, text(&answer)), expected);
    let now = peer.ticket(first.id).unwrap();
    assert_eq!((now.content, now.custom_provider), (first.content, None));
    assert_eq!(now.author.username, "Countess Ada");
    let other = json!({ "name": "other", "token": "o" });
    let other = with(body("lamp-1"), "/personal_access_token", other);
    let path = "/brands/8/external_tickets.json";
    let answer = send(&peer, &post(path, JSON, &other.to_string())).await;
    assert_eq!((answer.status, peer.tickets().len()), (200, 2));
    // Authors are the same in all brands.
    assert_eq!(answer.json()["author_id"], now.author.id);
    assert_eq!(peer.ticket(first.id).unwrap().author.username, "Ada");
}
