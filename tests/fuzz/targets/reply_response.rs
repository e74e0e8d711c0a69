//! What a receiver answers to a reply: only what has every property of the schema is a response, and it round-trips.
#![no_main]

use libfuzzer_sys::fuzz_target;
use respondo_client::reply::ReplyResponse;
use serde_json::Value;

fuzz_target!(|body: &[u8]| {
    let Some(response) = ReplyResponse::from_wire(body) else {
        return;
    };
    let wire = serde_json::to_vec(&response).expect("text is always JSON");
    assert_eq!(ReplyResponse::from_wire(&wire).as_ref(), Some(&response));

    // Others also refuse what is wrong inside of keys that nobody asks for.
    let Ok(document) = serde_json::from_slice::<Value>(body) else {
        return;
    };
    let uid = match &document["external_uid"] {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        other => panic!("{other} as a uid"),
    };
    assert_eq!(uid, response.external_uid);
    let texts = [
        ("/author/external_uid", &response.author.external_uid),
        ("/author/username", &response.author.username),
        ("/parent_uid", &response.parent_uid),
        ("/content", &response.content),
        ("/created_at", &response.created_at),
    ];
    for (pointer, text) in texts {
        assert_eq!(
            document.pointer(pointer).and_then(Value::as_str),
            Some(text.as_str())
        );
    }
});
