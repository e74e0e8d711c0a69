//! What a DeskHive server answers: whatever is read can be written and read again, and any page of a list can be made.
#![no_main]

use std::fmt::Debug;

use deskhive_client::{Acknowledgement, ApiError, Envelope, Message, Page, Ticket};
use libfuzzer_sys::fuzz_target;
use serde_json::Value;
use serde_json::{from_slice, to_vec};

fuzz_target!(|body: &[u8]| {
    round_trip!(body, Page<Ticket>);
    round_trip!(body, Page<Message>);
    round_trip!(body, Envelope<Ticket>);
    round_trip!(body, Envelope<Message>);
    round_trip!(body, Acknowledgement);
    round_trip!(body, ApiError);
    if let Ok((page, per_page, total, query)) =
        from_slice::<(u64, u64, u64, Vec<(String, String)>)>(body)
    {
        let made = Page::<Value>::new(Vec::new(), "https://h/t", page, per_page, total, &query);
        assert!(made.meta.links.len() < 20);
        check(&made);
    }
});

macro_rules! round_trip {
    ($body:expr, $shape:ty) => {
        if let Ok(read) = from_slice::<$shape>($body) {
            check(&read);
        }
    };
}
use round_trip;

fn check<T>(read: &T)
where
    T: serde::Serialize + serde::de::DeserializeOwned + PartialEq + Debug,
{
    let wire = to_vec(read).expect("it can be written");
    assert_eq!(from_slice::<T>(&wire).ok().as_ref(), Some(read));
}
