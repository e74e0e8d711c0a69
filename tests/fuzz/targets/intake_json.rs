//! A ticket as JSON: what is taken keeps its bounds and round-trips in every spelling, what is not is told where.
#![no_main]

use libfuzzer_sys::fuzz_target;
use respondo_client::inbound::{InboundError, parse};
use serde_json::Value;
use ticketbridge_fuzz::refusal::{check_detail, check_places, check_violations};
use ticketbridge_fuzz::ticket::{JSON, check_taken};

fuzz_target!(|body: &[u8]| {
    let document = serde_json::from_slice::<Value>(body);
    match (parse(JSON, body), document) {
        (Ok(parsed), Ok(document)) => {
            check_taken(&parsed);
            match &parsed.ticket {
                Ok(ticket) => {
                    assert_eq!(document["external_uid"], ticket.external_uid.as_str());
                    assert_eq!(document["content"], ticket.content.as_str());
                    assert_eq!(
                        document["author"]["username"],
                        ticket.author.username.as_str()
                    );
                }
                Err(found) => {
                    check_violations(found);
                    check_places(found, &document);
                }
            }
        }
        (Err(InboundError::Malformed { detail }), Err(_)) => check_detail(&detail),
        (parsed, document) => panic!("{parsed:?} where others read {document:?}"),
    }
});
