//! The author in every spelling. It is told to be unread rather than made up, and never costs the reply.

use super::*;

fn known(external_uid: &str, username: &str) -> (Option<Author>, bool) {
    let author = Author {
        external_uid: external_uid.to_owned(),
        username: username.to_owned(),
    };
    (Some(author), false)
}

const ABSENT: (Option<Author>, bool) = (None, false);
const UNREAD: (Option<Author>, bool) = (None, true);

fn in_json(author: &Value) -> (Option<Author>, bool) {
    let reply = read(&json!({"response_text": "x", "parent_id": "p", "author": author}));
    let reply = reply.unwrap_or_else(|error| panic!("{author}: {error}"));
    assert_eq!(
        (&*reply.response_text, reply.parent_id.as_deref()),
        ("x", Some("p"))
    );
    (reply.author, reply.author_unread)
}

fn in_form(pairs: &str) -> (Option<Author>, bool) {
    let body = format!("response_text=x&{pairs}");
    let reply = parse(FORM, body.as_bytes());
    let reply = reply.unwrap_or_else(|error| panic!("{pairs}: {error}"));
    assert_eq!(reply.response_text, "x");
    (reply.author, reply.author_unread)
}

#[test]
fn what_servers_send_until_2022_is_read() {
    // The bytes that a server with Ruby 3.3 or older makes of the document's example.
    let pairs = "parent_id=external_ticket_uid_1&author=%7B%3Aexternal_uid%3D%3E%22author_uid_1%22%2C+\
        %3Ausername%3D%3E%22author_username%22%7D";
    assert_eq!(in_form(pairs), known("author_uid_1", "author_username"));
    // And with 3.4.
    let pairs =
        "author=%7Bexternal_uid%3A+%22author_uid_1%22%2C+username%3A+%22author_username%22%7D";
    assert_eq!(in_form(pairs), known("author_uid_1", "author_username"));
}

#[test]
fn an_object_is_read_in_every_spelling() {
    for author in [
        json!({"external_uid": "1", "username": "Jo"}),
        json!({"external_uid": 1, "username": "Jo", "provider": null}),
        json!(r#"{"external_uid"=>"1", "username"=>"Jo"}"#),
        json!(r#"{:id=>nil, :username=>"Jo", :external_uid=>1}"#),
    ] {
        assert_eq!(in_json(&author), known("1", "Jo"), "{author}");
    }
    for pairs in [
        "author[external_uid]=1&author[username]=Jo",
        "author%5Bexternal_uid%5D=1&author.username=Jo",
        "author__external_uid=1&author__username=Jo&author[extra]=",
        "author[external_uid]=1&author[a][b]=2&author.username=Jo",
    ] {
        assert_eq!(in_form(pairs), known("1", "Jo"), "{pairs}");
    }
}

#[test]
fn text_arrives_as_the_server_has_it() {
    let author = json!(r##"{:external_uid=>"a\"b\\c", :username=>"J\u00F6 \#{x}\n😀"}"##);
    assert_eq!(in_json(&author), known("a\"b\\c", "Jö #{x}\n😀"));
}

#[test]
fn nothing_is_no_author() {
    for author in [json!(null), json!(""), json!(" \n")] {
        assert_eq!(in_json(&author), ABSENT, "{author}");
    }
    for pairs in [
        "author=",
        "author",
        "author[external_uid]=&author[username]=",
        "authors=1",
    ] {
        assert_eq!(in_form(pairs), ABSENT, "{pairs}");
    }
}

#[test]
fn an_author_that_cannot_be_read_is_said_to_be_there() {
    let long = "x".repeat(MAX_UID_BYTES + 1);
    for author in [
        json!({}),
        json!([]),
        json!(7),
        json!(true),
        json!("Jo"),
        json!("{:external_uid=>\"1\", :username=>\"Jo"),
        json!("#<Author:0x000 @username=\"Jo\">"),
        json!(r#"["external_uid", "1"]"#),
        json!(r#"{:external_uid=>nil, :username=>"Jo"}"#),
        json!(r#"{:external_uid=>"1", "external_uid"=>"2", :username=>"Jo"}"#),
        json!({"external_uid": "1"}),
        json!({"external_uid": "1", "username": null}),
        json!({"external_uid": "1", "username": " "}),
        json!({"external_uid": ["1"], "username": "Jo"}),
        json!({"external_uid": long, "username": "Jo"}),
    ] {
        assert_eq!(in_json(&author), UNREAD, "{author}");
    }
    for pairs in [
        "author=Jo",
        "author[external_uid]=1",
        "author[external_uid]=1&author[external_uid]=2&author[username]=Jo",
        "author=%7B%7D&author[external_uid]=1&author[username]=Jo",
    ] {
        assert_eq!(in_form(pairs), UNREAD, "{pairs}");
    }
}

#[test]
fn an_author_may_be_as_long_as_the_bound() {
    let longest = "x".repeat(MAX_UID_BYTES);
    let author = json!({"external_uid": longest, "username": longest});
    assert_eq!(in_json(&author), known(&longest, &longest));
}
