//! An agent's reply as JSON and as form data: what is taken is trimmed text that round-trips, what is not names a field.
#![no_main]

use deskhive_client::ReplyRequest;
use libfuzzer_sys::fuzz_target;
use serde_json::json;
use ticketbridge_fuzz::ticket::{FORM, JSON};
use url::form_urlencoded::Serializer;

fuzz_target!(|body: &[u8]| {
    for content_type in [JSON, FORM] {
        match ReplyRequest::from_body(content_type, body) {
            Ok(reply) => check_taken(&reply),
            Err(error) => {
                let errors = error.errors.expect("each is the error of a field");
                assert!(!errors.is_empty());
                for (field, sentences) in errors {
                    assert!(["content", "is_internal"].contains(&field.as_str()));
                    assert!(!sentences.is_empty());
                }
            }
        }
    }
});

fn check_taken(reply: &ReplyRequest) {
    assert!(!reply.content.is_empty());
    assert_eq!(reply.content.trim(), reply.content);
    let json = json!({ "content": reply.content, "is_internal": reply.is_internal }).to_string();
    let form = Serializer::new(String::new())
        .append_pair("content", &reply.content)
        .append_pair("is_internal", if reply.is_internal { "1" } else { "0" })
        .finish();
    for (content_type, body) in [(JSON, json), (FORM, form)] {
        let again = ReplyRequest::from_body(content_type, body.as_bytes());
        assert_eq!(again.as_ref(), Ok(reply));
    }
}
