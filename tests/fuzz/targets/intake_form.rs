//! A ticket as form data: what is taken keeps its bounds and round-trips in every spelling, what is not is told where.
#![no_main]

use libfuzzer_sys::fuzz_target;
use respondo_client::inbound::{InboundError, parse};
use ticketbridge_fuzz::refusal::{check_detail, check_violations};
use ticketbridge_fuzz::ticket::{FORM, check_taken};
use url::form_urlencoded;

fuzz_target!(|body: &[u8]| {
    match parse(FORM, body) {
        Ok(parsed) => {
            check_taken(&parsed);
            match &parsed.ticket {
                Ok(ticket) => {
                    let last = |wanted: &str| {
                        let pairs = form_urlencoded::parse(body).filter(|(key, _)| key == wanted);
                        pairs.last().map(|(_, text)| text.into_owned())
                    };
                    assert_eq!(last("external_uid").as_ref(), Some(&ticket.external_uid));
                    assert_eq!(last("content").as_ref(), Some(&ticket.content));
                }
                Err(found) => check_violations(found),
            }
        }
        Err(InboundError::Malformed { detail }) => {
            check_detail(&detail);
            let mut pairs = form_urlencoded::parse(body);
            // What is no UTF-8 others replace.
            assert!(pairs.any(|(key, text)| key.contains('\u{fffd}') || text.contains('\u{fffd}')));
        }
        Err(error) => panic!("{error}"),
    }
});
