use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::inbound::MAX_UID_BYTES;

mod authors;

const JSON: Option<&str> = Some("application/json");
const FORM: Option<&str> = Some("application/x-www-form-urlencoded");

fn read(value: &Value) -> Result<IncomingReply, IncomingReplyError> {
    parse(JSON, value.to_string().as_bytes())
}

/// A reply without an author.
fn bare(response_text: &str, parent_id: Option<&str>) -> IncomingReply {
    IncomingReply {
        response_text: response_text.to_owned(),
        parent_id: parent_id.map(str::to_owned),
        author: None,
        author_unread: false,
    }
}

/// Pointer and detail of everything that is wrong.
fn violations(content_type: Option<&str>, body: &str) -> Vec<(String, String)> {
    match parse(content_type, body.as_bytes()) {
        Err(IncomingReplyError::Violations(found)) => found
            .into_iter()
            .map(|violation| (violation.pointer, violation.detail))
            .collect(),
        other => panic!("{body}: {other:?}"),
    }
}

#[test]
fn the_documents_example_is_a_reply() {
    // External ticket format, section Reply, example.
    let reply = read(&json!({
        "response_text": "This is content from an example external ticket reply.",
        "author": {"external_uid": "author_uid_1", "username": "author_username"},
        "parent_id": "external_ticket_uid_1",
    }));
    let expected = IncomingReply {
        author: Some(Author {
            external_uid: "author_uid_1".to_owned(),
            username: "author_username".to_owned(),
        }),
        ..bare(
            "This is content from an example external ticket reply.",
            Some("external_ticket_uid_1"),
        )
    };
    assert_eq!(reply, Ok(expected));
}

#[test]
fn what_servers_send_since_2022_is_a_reply() {
    let reply = parse(FORM, b"response_text=On+its+way%0D%0A%C3%A9&parent_id=t-1");
    assert_eq!(reply, Ok(bare("On its way\r\né", Some("t-1"))));
}

#[test]
fn only_the_text_is_required_and_unknown_keys_are_ignored() {
    for body in [
        json!({"response_text": "x"}),
        json!({"response_text": "x", "parent_id": null, "author": null}),
        json!({"response_text": "x", "parent_id": " ", "author": ""}),
        json!({"response_text": "x", "token": "s3cret", "author_id": [1], "": {}}),
    ] {
        assert_eq!(read(&body), Ok(bare("x", None)), "{body}");
    }
    for body in [
        "response_text=x",
        "response_text=x&parent_id=&author=",
        "author[username]=&response_text=x&parent_id",
        "response_text=x&a=1&a=2&response_text[x]=7",
    ] {
        assert_eq!(parse(FORM, body.as_bytes()), Ok(bare("x", None)), "{body}");
    }
}

#[test]
fn a_number_stands_for_its_text() {
    let reply = read(&json!({"response_text": 42, "parent_id": u64::MAX})).unwrap();
    assert_eq!(reply, bare("42", Some("18446744073709551615")));
    let reply = read(&json!({"response_text": 1.5, "parent_id": -7})).unwrap();
    assert_eq!(reply, bare("1.5", Some("-7")));
}

#[test]
fn everything_that_is_wrong_is_told_at_once() {
    let long = "x".repeat(MAX_UID_BYTES + 1);
    for (body, expected) in [
        ("{}".to_owned(), vec![("/response_text", "is missing")]),
        (
            json!({"response_text": null, "parent_id": []}).to_string(),
            vec![
                ("/response_text", "must be a string, not null"),
                ("/parent_id", "must be a string, not an array"),
            ],
        ),
        (
            json!({"response_text": " \n\u{a0}", "parent_id": long}).to_string(),
            vec![
                ("/response_text", "must not be blank"),
                ("/parent_id", "must be at most 512 bytes, and is 513"),
            ],
        ),
        (
            r#"{"response_text":"a","response_text":"b","parent_id":"c","parent_id":"c"}"#
                .to_owned(),
            vec![
                ("/response_text", "is there more than once"),
                ("/parent_id", "is there more than once"),
            ],
        ),
        (
            json!({"response_text": {"a": 1}, "parent_id": true}).to_string(),
            vec![
                ("/response_text", "must be a string, not an object"),
                ("/parent_id", "must be a string, not a boolean"),
            ],
        ),
        (
            "[]".to_owned(),
            vec![("", "must be an object, not an array")],
        ),
        (
            "7".to_owned(),
            vec![("", "must be an object, not a number")],
        ),
    ] {
        let found = violations(JSON, &body);
        let found: Vec<_> = found
            .iter()
            .map(|(a, b)| (a.as_str(), b.as_str()))
            .collect();
        assert_eq!(found, expected, "{body}");
    }
    let found = violations(FORM, "response_text=&parent_id=a&parent_id=b");
    let pointers: Vec<_> = found.iter().map(|(pointer, _)| pointer.as_str()).collect();
    assert_eq!(pointers, ["/parent_id", "/response_text"]);
}

#[test]
fn other_content_types_and_broken_bodies_are_not_read() {
    for content_type in [
        None,
        Some(""),
        Some("text/plain"),
        Some("multipart/form-data"),
    ] {
        assert!(matches!(
            parse(content_type, b"response_text=x"),
            Err(IncomingReplyError::Unread(
                InboundError::UnsupportedContentType { .. }
            ))
        ));
    }
    let deep = "[".repeat(100_000);
    for (content_type, body) in [
        (JSON, &b""[..]),
        (JSON, b"{\"response_text\":\"x\""),
        (JSON, deep.as_bytes()),
        (FORM, b"response_text=%FF"),
    ] {
        assert!(matches!(
            parse(content_type, body),
            Err(IncomingReplyError::Unread(InboundError::Malformed { .. }))
        ));
    }
}

#[test]
fn the_text_is_not_shown() {
    let reply = read(&json!({"response_text": "s3nsitive", "parent_id": "p"})).unwrap();
    assert!(!format!("{reply:?}").contains("s3nsitive"));
}

proptest! {
    #[test]
    fn no_body_is_a_panic_or_an_empty_complaint(body: Vec<u8>, text: String) {
        for content_type in [JSON, FORM, Some(text.as_str())] {
            for body in [&body, text.as_bytes()] {
                if let Err(IncomingReplyError::Violations(found)) = parse(content_type, body) {
                    prop_assert!(!found.is_empty());
                }
            }
        }
    }

    #[test]
    fn whatever_the_author_is_the_text_arrives(
        text in "[^\\s]{1,20}",
        author in prop_oneof![any::<String>(), r##"[{}:=>", \\a-z#]{0,40}"##],
    ) {
        let body = form_urlencoded::Serializer::new(String::new())
            .append_pair("author", &author)
            .append_pair("response_text", &text)
            .finish();
        let from_form = parse(FORM, body.as_bytes()).unwrap();
        let from_json = read(&json!({"response_text": text, "author": author})).unwrap();
        prop_assert_eq!(&from_form.response_text, &text);
        prop_assert_eq!(&from_form, &from_json);
        let is_author = !author.trim().is_empty();
        prop_assert_eq!(from_form.author_unread || from_form.author.is_some(), is_author);
    }
}
