//! A reply from a Respondo server as JSON and as form data: what is taken keeps its bounds and is taken again in every
//! spelling of its author, what is not is told where, and no author costs a reply.
#![no_main]

use libfuzzer_sys::fuzz_target;
use respondo_client::inbound::{InboundError, MAX_UID_BYTES};
use respondo_client::replies_in::{IncomingReply, IncomingReplyError, parse};
use respondo_client::{Author, Violation};
use serde_json::{Value, json};
use ticketbridge_fuzz::refusal::{check_detail, check_places, check_violations};
use ticketbridge_fuzz::ticket::{FORM, JSON, Nesting};
use url::form_urlencoded::{self, Serializer};

fuzz_target!(|body: &[u8]| {
    let document = serde_json::from_slice::<Value>(body);
    match (read(JSON, body), document) {
        (Some(Ok(reply)), Ok(document)) => {
            if let Some(text) = document["response_text"].as_str() {
                assert_eq!(reply.response_text, text);
            }
        }
        (Some(Err(found)), Ok(document)) => check_places(&found, &document),
        (None, Err(_)) => {}
        other => panic!("{other:?}"),
    }

    let last = |wanted: &str| {
        let pairs = form_urlencoded::parse(body).filter(|(key, _)| key == wanted);
        pairs.last().map(|(_, text)| text.into_owned())
    };
    if let Some(Ok(reply)) = read(FORM, body) {
        assert_eq!(last("response_text"), Some(reply.response_text));
    }

    // As an author, whatever it is.
    let author = String::from_utf8_lossy(body);
    let sent = json!({"response_text": "x", "author": author}).to_string();
    let reply = read(JSON, sent.as_bytes()).expect("it is JSON");
    let reply = reply.expect("no author costs a reply");
    let is_sent = !author.trim().is_empty();
    assert_eq!(reply.author.is_some() || reply.author_unread, is_sent);
});

/// The reply or what is wrong with it; `None` if it is nothing of this kind at all.
fn read(content_type: Option<&str>, body: &[u8]) -> Option<Result<IncomingReply, Vec<Violation>>> {
    match parse(content_type, body) {
        Ok(reply) => {
            check_taken(&reply);
            Some(Ok(reply))
        }
        Err(IncomingReplyError::Violations(found)) => {
            check_violations(&found);
            Some(Err(found))
        }
        Err(IncomingReplyError::Unread(InboundError::Malformed { detail })) => {
            check_detail(&detail);
            None
        }
        Err(error) => panic!("{error}"),
    }
}

fn check_taken(reply: &IncomingReply) {
    let is_said = |text: &str| !text.trim().is_empty();
    let is_uid = |text: &str| is_said(text) && text.len() <= MAX_UID_BYTES;
    assert!(is_said(&reply.response_text));
    assert!(reply.parent_id.as_deref().is_none_or(is_uid));
    let Some(author) = &reply.author else {
        return;
    };
    assert!(is_uid(&author.external_uid) && is_uid(&author.username));
    assert!(!reply.author_unread);

    let whole = |author: Value| {
        let mut document = json!({"response_text": reply.response_text, "author": author});
        if let Some(parent_id) = &reply.parent_id {
            document["parent_id"] = parent_id.as_str().into();
        }
        document.to_string()
    };
    for author in [
        json!(author),
        in_ruby(author, true).into(),
        in_ruby(author, false).into(),
    ] {
        assert_eq!(parse(JSON, whole(author).as_bytes()).as_ref(), Ok(reply));
    }
    for nesting in Nesting::ALL {
        let mut form = Serializer::new(String::new());
        form.append_pair("response_text", &reply.response_text);
        form.append_pair(&nesting.key("author", "external_uid"), &author.external_uid);
        form.append_pair(&nesting.key("author", "username"), &author.username);
        if let Some(parent_id) = &reply.parent_id {
            form.append_pair("parent_id", parent_id);
        }
        assert_eq!(parse(FORM, form.finish().as_bytes()).as_ref(), Ok(reply));
    }
}

/// As Ruby prints a hash since or before 3.4, with every character escaped.
fn in_ruby(author: &Author, is_3_4: bool) -> String {
    let escaped = |text: &str| -> String {
        let chars = text.chars().map(u32::from);
        chars
            .map(|code_point| format!("\\u{{{code_point:X}}}"))
            .collect()
    };
    let uid = escaped(&author.external_uid);
    let name = escaped(&author.username);
    if is_3_4 {
        format!(r#"{{external_uid: "{uid}", username: "{name}"}}"#)
    } else {
        format!(r#"{{:external_uid=>"{uid}", :username=>"{name}"}}"#)
    }
}
