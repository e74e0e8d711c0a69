//! When a receiver wants the next call: bounded, the same when read again, and never too early by seconds.
#![no_main]

use std::time::{Duration, SystemTime};

use jiff::Timestamp;
use libfuzzer_sys::fuzz_target;
use respondo_client::send::RetryAfter;
use ticketbridge::model::Time;

fuzz_target!(|value: &str| {
    let found = RetryAfter::parse(value);
    let trimmed = value.trim_matches([' ', '\t']);
    if !trimmed.is_empty() && trimmed.bytes().all(|byte| byte.is_ascii_digit()) {
        let seconds = trimmed.parse().map_or(Duration::MAX, Duration::from_secs);
        let expected = seconds.min(RetryAfter::LONGEST);
        assert_eq!(found, Some(RetryAfter::After(expected)));
    }
    match found {
        Some(RetryAfter::After(wait)) => {
            assert!(wait <= RetryAfter::LONGEST);
            let again = format!("{}.{:09}", wait.as_secs(), wait.subsec_nanos());
            assert_eq!(RetryAfter::parse(&again), found);
            // The longest wait can be added to any clock's time.
            let now = Time::from_timestamp("2200-01-01T00:00:00Z".parse().expect("it is a date"));
            assert_eq!(now.plus(wait).since(now).as_micros(), wait.as_micros());
        }
        Some(RetryAfter::At(moment)) => {
            assert!(moment >= Timestamp::UNIX_EPOCH);
            if moment < Timestamp::MAX {
                let again = httpdate::fmt_http_date(SystemTime::from(moment));
                assert_eq!(RetryAfter::parse(&again), found);
            }
        }
        None => {}
    }
});
