//! What Laravel's rules refuse, and in which words.

use serde_json::{Value, json};
use ticketbridge_sim::DeskHive;
use ticketbridge_sim::deskhive::Errors;

use super::{ACCEPT, AGENT, FORM, admin, agent, ask, request, with_ticket};

/// The errors of a 422, by field.
async fn errors(peer: &DeskHive, line: &str, body: &str) -> Value {
    let answer = agent(peer, line, body).await;
    assert_eq!(answer.status, 422, "{line} {body}");
    answer.json()["errors"].clone()
}

#[tokio::test]
async fn a_reply_has_a_text_and_perhaps_a_flag() {
    let (peer, ticket) = with_ticket().await;
    let line = format!("POST /tickets/{ticket}/messages");
    let required = json!({ "content": ["The content field is required."] });
    for nothing in [
        "",
        "{}",
        "{",
        "[]",
        r#"["content"]"#,
        r#"{"content":null}"#,
        r#"{"content":""}"#,
        r#"{"content":" \n\u00a0"}"#,
    ] {
        assert_eq!(errors(&peer, &line, nothing).await, required, "{nothing}");
    }
    assert_eq!(
        errors(&peer, &line, r#"{"content":7,"is_internal":"true"}"#).await,
        json!({
            "content": ["The content field must be a string."],
            "is_internal": ["The is internal field must be true or false."],
        })
    );
    assert_eq!(
        errors(&peer, &line, r#"{"content":"a","is_internal":null}"#).await,
        json!({ "is_internal": ["The is internal field must be true or false."] })
    );
    assert!(peer.messages(ticket).is_empty());
    assert!(peer.complaints().is_empty());
}

#[tokio::test]
async fn a_reply_is_trimmed_and_takes_six_values_and_forms() {
    let (peer, ticket) = with_ticket().await;
    let line = format!("POST /tickets/{ticket}/messages");
    for (flag, internal) in [
        ("true", true),
        ("false", false),
        ("1", true),
        ("0", false),
        (r#""1""#, true),
        (r#""0""#, false),
    ] {
        let body = format!(r#"{{"content":" \t a b\n","is_internal":{flag}}}"#);
        assert_eq!(agent(&peer, &line, &body).await.status, 201, "{flag}");
        let last = peer.messages(ticket).pop().unwrap();
        assert_eq!((last.content.as_str(), last.is_internal), ("a b", internal));
    }
    let form = format!("POST /api/v1/external/tickets/{ticket}/messages");
    let form = request(
        &form,
        &format!("{ACCEPT}{AGENT}{FORM}"),
        "content=+x%0Ay+&is_internal=1",
    );
    assert_eq!(ask(&peer, &form).await.status, 201);
    assert_eq!(peer.messages(ticket).pop().unwrap().content, "x\ny");
}

#[tokio::test]
async fn a_change_has_known_words_and_labels_that_exist() {
    let (peer, ticket) = with_ticket().await;
    let line = format!("PUT /tickets/{ticket}");
    assert_eq!(
        errors(
            &peer,
            &line,
            r#"{"status":"solved","priority":"urgent","labels":[1,9,"x",null]}"#
        )
        .await,
        json!({
            "status": ["The selected status is invalid."],
            "priority": ["The selected priority is invalid."],
            "labels.1": ["The selected labels.1 is invalid."],
            "labels.2": ["The selected labels.2 is invalid."],
            "labels.3": ["The selected labels.3 is invalid."],
        })
    );
    assert_eq!(
        errors(&peer, &line, r#"{"labels":1,"status":null}"#).await,
        json!({
            "labels": ["The labels field must be an array."],
            "status": ["The selected status is invalid."],
        })
    );
    let answer = agent(&peer, &line, r#"{"status":"solved","labels":[9]}"#)
        .await
        .json();
    assert_eq!(
        answer["message"],
        "The selected status is invalid. (and 1 more error)"
    );
    let ticket = peer.ticket(ticket).unwrap();
    assert!(ticket.labels.is_empty() && ticket.status.as_str() == "open");
}

#[tokio::test]
async fn a_profile_has_lengths_and_two_fields_that_may_be_null() {
    let (peer, _) = with_ticket().await;
    let body = json!({
        "name": "é".repeat(251),
        "phone": "1".repeat(51),
        "locale": "x".repeat(11),
        "notification_settings": "none",
    });
    let wrong = errors(&peer, "PUT /profile", &body.to_string()).await;
    assert_eq!(
        wrong,
        json!({
            "name": ["The name field must not be greater than 250 characters."],
            "phone": ["The phone field must not be greater than 50 characters."],
            "locale": ["The locale field must not be greater than 10 characters."],
            "notification_settings": ["The notification settings field must be an array."],
        })
    );
    let null = r#"{"name":null,"phone":null,"locale":" "}"#;
    assert_eq!(
        errors(&peer, "PUT /profile", null).await,
        json!({ "name": ["The name field must be a string."] })
    );
    assert_eq!(peer.agent(3).unwrap().name, "Agent Smith");
    let body = json!({ "name": "é".repeat(250), "phone": null, "locale": "" });
    assert_eq!(
        agent(&peer, "PUT /profile", &body.to_string()).await.status,
        200
    );
    let changed = peer.agent(3).unwrap();
    assert_eq!((changed.phone, changed.locale), (None, None));
}

#[tokio::test]
async fn a_search_has_two_letters() {
    let (peer, _) = with_ticket().await;
    let q = |message: &str| json!({ "q": [message] });
    let search = "GET /knowledge-base/search";
    assert_eq!(
        errors(&peer, search, "").await,
        q("The q field is required.")
    );
    assert_eq!(
        errors(&peer, &format!("{search}?q=+"), "").await,
        q("The q field is required.")
    );
    assert_eq!(
        errors(&peer, &format!("{search}?q=a"), "").await,
        q("The q field must be at least 2 characters.")
    );
}

#[tokio::test]
async fn a_new_ticket_names_what_exists() {
    let (peer, _) = with_ticket().await;
    let body = json!({
        "customer_id": 99,
        "title": "t".repeat(501),
        "department_id": 2,
        "category_id": "x",
        "product_id": 3,
        "priority": "none",
    });
    let answer = admin(&peer, "POST /tickets", &body.to_string()).await;
    let selected = |name: &str| json!([format!("The selected {name} is invalid.")]);
    assert_eq!(
        answer.json()["errors"],
        json!({
            "customer_id": selected("customer id"),
            "title": ["The title field must not be greater than 500 characters."],
            "content": ["The content field is required."],
            "department_id": selected("department id"),
            "category_id": selected("category id"),
            "product_id": selected("product id"),
            "priority": selected("priority"),
        })
    );
    let change = r#"{"assigned_to":3,"department_id":null,"is_locked":"yes"}"#;
    let answer = admin(&peer, "PUT /tickets/1", change).await;
    assert_eq!(
        answer.json()["errors"],
        json!({
            "assigned_to": selected("assigned to"),
            "department_id": selected("department id"),
            "is_locked": ["The is locked field must be true or false."],
        })
    );
    assert_eq!(peer.tickets().len(), 1);
}

#[tokio::test]
async fn an_address_is_one_and_is_had_once_in_whatever_case() {
    let (peer, _) = with_ticket().await;
    let email = async |body: &str| {
        let answer = admin(&peer, "POST /customers", body).await;
        (answer.status, answer.json()["errors"]["email"][0].clone())
    };
    for (address, why) in [
        ("JANE@example.com", "The email has already been taken."),
        ("jane", "The email field must be a valid email address."),
        (
            "a b@example.com",
            "The email field must be a valid email address.",
        ),
        (
            "a@b@example.com",
            "The email field must be a valid email address.",
        ),
    ] {
        let body = json!({ "name": "J", "email": address }).to_string();
        assert_eq!(email(&body).await, (422, json!(why)), "{address}");
    }
    assert_eq!(
        email(r#"{"name":"J"}"#).await,
        (422, json!("The email field is required."))
    );
    let own = r#"{"email":"Jane@example.com"}"#;
    assert_eq!(admin(&peer, "PUT /customers/5", own).await.status, 200);
    peer.customer("Joe", "joe@example.com");
    let taken = r#"{"email":"joe@example.com"}"#;
    assert_eq!(admin(&peer, "PUT /customers/5", taken).await.status, 422);
}

#[tokio::test]
async fn the_cms_has_its_own_words_for_what_is_wrong() {
    let (peer, ticket) = with_ticket().await;
    peer.vary(|reading| reading.errors = Errors::Core);
    let answer = agent(&peer, &format!("POST /tickets/{ticket}/messages"), "{}").await;
    assert_eq!(answer.status, 422);
    assert_eq!(
        answer.json(),
        json!({
            "error": true,
            "data": [{ "content": "The content field is required." }],
            "message": "The given data is invalid",
        })
    );
}

#[tokio::test]
async fn a_ticket_is_looked_for_before_its_fields_are_judged_or_after() {
    let (peer, _) = with_ticket().await;
    let status = async || {
        let reply = agent(&peer, "POST /tickets/99/messages", "{}").await.status;
        let update = agent(&peer, "PUT /tickets/99", r#"{"status":1}"#)
            .await
            .status;
        let internal = admin(&peer, "PUT /tickets/99", r#"{"status":1}"#)
            .await
            .status;
        (reply, update, internal)
    };
    assert_eq!(status().await, (404, 404, 404));
    peer.vary(|reading| reading.validates_first = true);
    assert_eq!(status().await, (422, 422, 422));
}
