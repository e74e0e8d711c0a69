//! What goes over the wire.

use super::*;

fn body(request: &Request) -> Value {
    serde_json::from_slice(request.body()).unwrap()
}

/// A ticket with every property.
fn whole() -> ExternalTicket {
    ExternalTicket {
        parent_uid: Some("t-0".to_owned()),
        custom_provider: Some("shop".to_owned()),
        ..ticket()
    }
}

#[tokio::test]
async fn the_request_is_the_one_that_the_document_shows() {
    let server = Server::start().await;
    let client = client(&server);
    let request = request();
    let made = answer(200, "", MADE);
    let (pushed, received) = tokio::join!(client.send(&request), server.answer(&made));
    pushed.unwrap();

    assert_eq!(
        received.line,
        "POST /brands/7/external_tickets.json HTTP/1.1"
    );
    for name in ["content-type", "accept"] {
        assert_eq!(received.headers[name], "application/json", "{name}");
    }
    assert_eq!(received.headers.get("authorization"), None);
    let expected = concat!(
        r#"{"external_uid":"t-1","content":"s3nsitive content","#,
        r#""response_url":"https://bridge.example.com/replies/s3cret-path","#,
        r#""author":{"external_uid":"a-1","username":"Jo"},"#,
        r#""created_at":"2020-04-04 23:35:27.632879 UTC","#,
        r#""personal_access_token":{"name":"bridge","token":"FSmksj0yku4eMg=="}}"#,
    );
    assert_eq!(String::from_utf8(received.body).unwrap(), expected);
}

#[test]
fn every_property_of_the_schema_is_sent_as_text() {
    let request = Request::new(Path::Brands, u64::MAX, &token(), &whole()).unwrap();
    assert_eq!(
        request.target(),
        "/brands/18446744073709551615/external_tickets.json"
    );
    // External ticket format, section Inbound, schema.
    let expected = json!({
        "external_uid": "t-1",
        "content": "s3nsitive content",
        "response_url": "https://bridge.example.com/replies/s3cret-path",
        "custom_provider": "shop",
        "parent_uid": "t-0",
        "author": {"external_uid": "a-1", "username": "Jo"},
        "created_at": "2020-04-04 23:35:27.632879 UTC",
        "personal_access_token": {"name": "bridge", "token": SECRET},
    });
    assert_eq!(body(&request), expected);
}

#[test]
fn organizations_have_the_way_back_in_an_object_of_its_own() {
    let request = Request::new(Path::Organizations, 7, &token(), &whole()).unwrap();
    assert_eq!(request.target(), "/organizations/7/external_tickets.json");
    let expected = json!({
        "external_uid": "t-1",
        "content": "s3nsitive content",
        "ticketable_attributes": {
            "response_url": "https://bridge.example.com/replies/s3cret-path",
            "custom_provider": "shop",
        },
        "parent_uid": "t-0",
        "author": {"external_uid": "a-1", "username": "Jo"},
        "created_at": "2020-04-04 23:35:27.632879 UTC",
        "personal_access_token": {"name": "bridge", "token": SECRET},
    });
    assert_eq!(body(&request), expected);
}

#[test]
fn what_is_empty_is_not_sent() {
    let empty = ExternalTicket {
        parent_uid: Some(String::new()),
        custom_provider: Some(String::new()),
        ..ticket()
    };
    let empty = Request::new(Path::Brands, 7, &token(), &empty).unwrap();
    assert_eq!(empty, request());
}

#[test]
fn what_is_pushed_is_a_ticket_to_our_own_intake() {
    let request = Request::new(Path::Brands, 7, &token(), &whole()).unwrap();
    let parsed = crate::inbound::parse(Some("application/json"), request.body()).unwrap();
    assert_eq!(parsed.credentials.unwrap().token, SECRET);
    let taken = parsed.ticket.unwrap();
    assert_eq!(taken.content, TEXT);
    assert_eq!(taken.created_at, whole().created_at);
    assert_eq!(taken.parent_uid.as_deref(), Some("t-0"));
}

#[tokio::test]
async fn a_server_may_live_below_a_path() {
    for base in ["/respondo", "/respondo/"] {
        let server = Server::start().await;
        let client = Client::new(http(), &server.url(base)).unwrap();
        let request = request();
        let made = answer(200, "", MADE);
        let (_, received) = tokio::join!(client.send(&request), server.answer(&made));
        assert_eq!(
            received.line,
            "POST /respondo/brands/7/external_tickets.json HTTP/1.1"
        );
    }
}

#[test]
fn nothing_secret_is_shown() {
    let server: url::Url = "https://h.example".parse().unwrap();
    let client = Client::new(http(), &server).unwrap();
    let shown = format!("{:?} {:?} {client:?}", request(), ticket());
    for secret in [SECRET, TEXT, "s3cret-path"] {
        assert!(!shown.contains(secret), "{shown}");
    }
}
