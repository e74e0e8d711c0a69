use serde_json::{Value, json};

use super::*;

mod breaches;
mod properties;

const JSON: Option<&str> = Some("application/json");
const FORM: Option<&str> = Some("application/x-www-form-urlencoded");

/// A ticket with every property of the schema.
fn whole() -> Value {
    json!({
        "external_uid": "t-1",
        "content": "It is broken.\n",
        "response_url": "https://example.com/hook",
        "custom_provider": "shop",
        "parent_uid": "t-0",
        "author": {"external_uid": "a-1", "username": "Jo"},
        "created_at": "2020-04-04 23:35:27.632879 UTC",
        "personal_access_token": {"name": "shop", "token": "s3cret"},
    })
}

fn with(change: impl FnOnce(&mut Value)) -> Value {
    let mut value = whole();
    change(&mut value);
    value
}

fn read(value: &Value) -> Parsed {
    parse(JSON, value.to_string().as_bytes()).unwrap()
}

fn ticket(content_type: Option<&str>, body: &str) -> Inbound {
    parse(content_type, body.as_bytes())
        .unwrap()
        .ticket
        .unwrap()
}

/// Pointer and detail of everything that is wrong.
fn violations(content_type: Option<&str>, body: &str) -> Vec<(String, String)> {
    let parsed = parse(content_type, body.as_bytes()).unwrap();
    let found = parsed.ticket.expect_err(body);
    assert!(!found.is_empty());
    found
        .into_iter()
        .map(|violation| (violation.pointer, violation.detail))
        .collect()
}

fn pointers(content_type: Option<&str>, body: &str) -> Vec<String> {
    let found = violations(content_type, body);
    found.into_iter().map(|(pointer, _)| pointer).collect()
}

#[test]
fn the_way_back_is_known_where_the_rest_is_broken() {
    let parsed = read(&with(|value| {
        value["content"] = 5.into();
        value["response_url"] = "http://x/".into();
        value["parent_uid"] = "p".into();
    }));
    assert!(parsed.ticket.is_err());
    assert_eq!(parsed.way_back.response_url.as_deref(), Some("http://x/"));
    assert_eq!(parsed.way_back.parent_uid.as_deref(), Some("p"));
    let parsed = read(&with(|value| value["response_url"] = Value::Null));
    assert_eq!(parsed.way_back.response_url, None);
}

#[test]
fn every_property_arrives() {
    let parsed = read(&whole());
    assert_eq!(
        parsed.ticket,
        Ok(Inbound {
            external_uid: "t-1".to_owned(),
            content: "It is broken.\n".to_owned(),
            response_url: Some("https://example.com/hook".to_owned()),
            custom_provider: Some("shop".to_owned()),
            parent_uid: Some("t-0".to_owned()),
            author: Author {
                external_uid: "a-1".to_owned(),
                username: "Jo".to_owned(),
            },
            created_at: "2020-04-04T23:35:27.632879Z".parse().unwrap(),
        })
    );
    assert_eq!(
        parsed.credentials,
        Some(Credentials {
            name: Some("shop".to_owned()),
            token: "s3cret".to_owned(),
        })
    );
}

#[test]
fn both_examples_of_the_document_are_tickets() {
    // External ticket format, section Inbound, examples 1 and 2: they spell the credentials `token`, and the first
    // has no response URL.
    let common = json!({
        "external_uid": "123hello321world",
        "content": "This is content from the external ticket example.",
        "author": {
            "external_uid": "external_ticket_author_external_uid",
            "username": "best_username",
        },
        "created_at": "2019-01-01 23:35:27.632879 UTC",
        "token": {"name": "token_name", "token": "123TOKEN321"},
    });
    let mut first = common.clone();
    first["parent_uid"] = json!("external_ticket_parent_external_uid");
    let mut second = common;
    second["response_url"] = json!("https://response_url.com");
    second["custom_provider"] = json!("hacker_news");

    for example in [&first, &second] {
        let parsed = read(example);
        let credentials = parsed.credentials.unwrap();
        assert_eq!(credentials.name.as_deref(), Some("token_name"));
        assert_eq!(credentials.token, "123TOKEN321");
        let ticket = parsed.ticket.unwrap();
        assert_eq!(ticket.external_uid, "123hello321world");
        assert_eq!(ticket.author.username, "best_username");
    }
    let first = read(&first).ticket.unwrap();
    assert_eq!(first.response_url, None);
    assert_eq!(
        first.parent_uid.as_deref(),
        Some("external_ticket_parent_external_uid")
    );
    let second = read(&second).ticket.unwrap();
    assert_eq!(
        second.response_url.as_deref(),
        Some("https://response_url.com")
    );
    assert_eq!(second.custom_provider.as_deref(), Some("hacker_news"));
}

#[test]
fn credentials_are_not_needed_here() {
    let parsed = read(&with(|ticket| {
        ticket
            .as_object_mut()
            .unwrap()
            .remove("personal_access_token");
    }));
    assert_eq!(parsed.credentials, None);
    assert!(parsed.ticket.is_ok());
}

#[test]
fn form_data_has_three_spellings_for_nested_keys() {
    for (open, close) in [("[", "]"), (".", ""), ("__", "")] {
        let body = format!(
            "external_uid=t-1&content=It+is+broken.%0A&response_url=https://example.com/hook\
             &custom_provider=shop&parent_uid=t-0&author{open}external_uid{close}=a-1\
             &created_at=2020-04-04+23:35:27.632879+UTC&author{open}username{close}=Jo\
             &token{open}name{close}=shop&token{open}token{close}=s3cret"
        );
        let parsed = parse(FORM, body.as_bytes()).unwrap();
        assert_eq!(parsed, read(&whole()));
        let body = body.replace("&token", "&personal_access_token");
        assert_eq!(parse(FORM, body.as_bytes()).unwrap(), parsed);
    }
}

#[test]
fn encoded_brackets_are_brackets() {
    let body = "external_uid=1&content=x&author%5Bexternal_uid%5D=2&author%5Busername%5D=%00\
                &created_at=2020-04-04T23:35:27%2B02:00";
    let ticket = ticket(FORM, body);
    assert_eq!(ticket.author.username, "\0");
    assert_eq!(ticket.created_at.to_string(), "2020-04-04T21:35:27Z");
}

#[test]
fn empty_optional_text_is_absent_except_a_response_url_in_json() {
    let json = read(&with(|ticket| {
        ticket["parent_uid"] = json!("");
        ticket["custom_provider"] = json!("");
        ticket["response_url"] = json!("");
    }));
    let json = json.ticket.unwrap();
    assert_eq!(json.parent_uid, None);
    assert_eq!(json.custom_provider, None);
    assert_eq!(json.response_url.as_deref(), Some(""));

    let form = "external_uid=1&content=x&author.external_uid=2&author.username=3\
                &created_at=2020-04-04T23:35:27Z&response_url=&custom_provider&parent_uid=\
                &token[name]=&token[token]=&personal_access_token=";
    let form = parse(FORM, form.as_bytes()).unwrap();
    assert_eq!(form.credentials, None);
    let form = form.ticket.unwrap();
    assert_eq!(form.response_url, None);
    assert_eq!(form.custom_provider, None);
    assert_eq!(form.parent_uid, None);
}

#[test]
fn text_is_taken_verbatim() {
    for content in [" a ", "\0", "\u{feff}é\r\n", "\u{1f600}"] {
        let parsed = read(&with(|ticket| ticket["content"] = json!(content)));
        assert_eq!(parsed.ticket.unwrap().content, content);
    }
    let long = "x".repeat(1_000_000);
    let parsed = read(&with(|ticket| ticket["content"] = json!(long)));
    assert_eq!(parsed.ticket.unwrap().content.len(), long.len());
}

#[test]
fn debug_shows_neither_token_nor_url_nor_content() {
    let shown = format!("{:?}", read(&whole()));
    for secret in ["s3cret", "example.com", "broken"] {
        assert!(!shown.contains(secret), "{shown}");
    }
}
