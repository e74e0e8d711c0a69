//! What each answer means.

use std::time::Duration;

use serde_json::json;
use ticketbridge_sim::Behaviour;

use crate::clock::{Clock as _, SystemClock};
use crate::model::{Class, LaneFailure, Time};

use super::{courier, deliver, receiver};

/// The document's table, written down once more.
fn class_of(status: u16) -> Class {
    match status {
        200..=299 => Class::Ok,
        401 | 403 | 404 | 407 | 408 | 409 | 423 | 424 | 425 | 500..=599 => Class::Retry,
        429 => Class::Throttled,
        _ => Class::Rejected,
    }
}

#[tokio::test]
async fn every_status_has_its_class_its_failure_and_its_words() {
    let courier = courier();
    let statuses: Vec<u16> = (200..=599).collect();
    let (_receiver, url) = receiver(statuses.iter().copied().map(Behaviour::Empty).collect()).await;
    for status in statuses {
        let report = deliver(&courier, &url).await;
        assert_eq!(report.status, Some(status), "{report:?}");
        assert_eq!(report.class, class_of(status), "{status}");
        let failure = (status >= 500).then_some(LaneFailure::ServerError);
        assert_eq!(report.failure, failure, "{status}");
        assert_eq!(report.gone, status == 410, "{status}");
        assert_eq!((report.until, report.remote_uid), (None, None), "{status}");
        if report.class != Class::Ok {
            assert!(
                report.detail.contains(&status.to_string()),
                "{}",
                report.detail
            );
        }
    }
}

#[tokio::test]
async fn a_valid_reply_response_tells_the_receivers_name() {
    let (receiver, url) = receiver(vec![Behaviour::ValidReply]).await;
    let report = deliver(&courier(), &url).await;
    assert_eq!((report.class, report.status), (Class::Ok, Some(200)));
    assert!(report.remote_uid.is_some());
    assert_eq!(report.remote_uid, receiver.received()[0].reply_uid);
    assert_eq!(receiver.received()[0].refused, None);
}

#[tokio::test]
async fn any_other_2xx_is_accepted_and_confirms_nothing() {
    let response = |uid: String| {
        json!({
            "external_uid": uid,
            "author": {"external_uid": "3", "username": "Agent Smith"},
            "parent_uid": "p",
            "content": "c",
            "created_at": "2019-01-01 23:35:27.632879 UTC",
        })
    };
    let unverified = [
        Behaviour::WrongJson,
        Behaviour::Empty(202),
        Behaviour::Status(200),
        Behaviour::Json(200, json!({"status": "success"})),
        Behaviour::ZapierCatchHook,
        Behaviour::ResetAfterHeaders,
        Behaviour::BrokenChunks,
        Behaviour::LyingContentLength,
        Behaviour::Json(200, response(String::new())),
        Behaviour::Json(200, response("x".repeat(513))),
    ];
    for behaviour in unverified {
        let (_receiver, url) = receiver(vec![behaviour.clone()]).await;
        let report = deliver(&courier(), &url).await;
        assert_eq!(report.class, Class::Ok, "{behaviour:?}");
        assert_eq!(
            (report.remote_uid, report.failure),
            (None, None),
            "{behaviour:?}"
        );
    }
    let (_receiver, url) = receiver(vec![Behaviour::Json(201, response("x".repeat(512)))]).await;
    assert_eq!(
        deliver(&courier(), &url).await.remote_uid.unwrap().len(),
        512
    );
}

fn with_retry_after(status: u16, value: &str) -> Behaviour {
    Behaviour::StatusWithHeaders(status, vec![("Retry-After".to_owned(), value.to_owned())])
}

fn is_near(until: Option<Time>, expected: Time) -> bool {
    let near = Duration::from_secs(5);
    until.is_some_and(|until| until.since(expected) < near && expected.since(until) < near)
}

#[tokio::test]
async fn retry_after_is_read_in_both_spellings_from_429_and_503() {
    let tomorrow = SystemClock.now().plus(Duration::from_secs(86_400));
    let date = tomorrow
        .to_timestamp()
        .strftime("%a, %d %b %Y %H:%M:%S GMT")
        .to_string();
    for status in [429, 503] {
        for value in ["86400", &date] {
            let (_receiver, url) = receiver(vec![with_retry_after(status, value)]).await;
            let report = deliver(&courier(), &url).await;
            assert_eq!(report.class, Class::Throttled, "{status} {value}");
            assert!(
                is_near(report.until, tomorrow),
                "{status} {value}: {report:?}"
            );
        }
    }
}

#[tokio::test]
async fn a_retry_after_that_means_nothing_is_none() {
    for value in ["", "soon", "-5", "a minute"] {
        let (_receiver, url) = receiver(vec![with_retry_after(429, value)]).await;
        let report = deliver(&courier(), &url).await;
        assert_eq!(
            (report.class, report.until),
            (Class::Throttled, None),
            "{value}"
        );
        let (_receiver, url) = receiver(vec![with_retry_after(503, value)]).await;
        assert_eq!(
            deliver(&courier(), &url).await.class,
            Class::Retry,
            "{value}"
        );
        // With other statuses it says nothing.
        let (_receiver, url) = receiver(vec![with_retry_after(500, "100")]).await;
        assert_eq!(deliver(&courier(), &url).await.class, Class::Retry);
    }
}

#[tokio::test]
async fn a_retry_after_beyond_all_time_is_no_fault() {
    for value in ["18446744073709551615", "99999999999999999999999999"] {
        let (_receiver, url) = receiver(vec![with_retry_after(429, value)]).await;
        let report = deliver(&courier(), &url).await;
        assert_eq!(report.class, Class::Throttled, "{value}");
    }
}
