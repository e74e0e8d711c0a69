//! Receivers that break off, drag on, lie, or are not where they should be.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use ticketbridge_sim::{Behaviour, Receiver};
use tokio::time::Instant;

use crate::clock::SystemClock;
use crate::model::{Class, LaneFailure};
use crate::outbound::client_with;
use crate::outbound::tests::{names, options};
use crate::systems::ResponseUrls;

use super::{SECRET, TIMEOUT, courier, deliver, receiver, strict_courier, ways};

const SILENCE: Option<LaneFailure> = Some(LaneFailure::Silence);

#[tokio::test]
async fn what_breaks_off_or_drags_on_is_unknown_and_ends_in_time() {
    let every = Duration::from_millis(20);
    let unknown = [
        Behaviour::Reset,
        Behaviour::CloseWithoutAnswer,
        Behaviour::Hang,
        Behaviour::HangBeforeReading,
        Behaviour::DripHeaders { every },
        Behaviour::Garbage,
        Behaviour::LateAnswer { after: 3 * TIMEOUT },
        Behaviour::HugeHeaders {
            bytes: 8 * 1024 * 1024,
        },
        Behaviour::ManyHeaders { count: 5000 },
    ];
    for behaviour in unknown {
        let (receiver, url) = receiver(vec![behaviour.clone()]).await;
        let began = Instant::now();
        let report = deliver(&courier(), &url).await;
        assert!(began.elapsed() < 2 * TIMEOUT, "{behaviour:?}");
        assert_eq!(report.class, Class::Unknown, "{behaviour:?}: {report:?}");
        assert_eq!(
            (report.status, report.failure),
            (None, SILENCE),
            "{behaviour:?}"
        );
        assert_eq!(receiver.received().len(), 1, "sent once: {behaviour:?}");
    }
}

#[tokio::test]
async fn a_2xx_whose_body_drags_on_is_accepted_and_ends_in_time() {
    let every = Duration::from_millis(20);
    for behaviour in [Behaviour::SlowDrip { every }, Behaviour::EndlessBody] {
        let (_receiver, url) = receiver(vec![behaviour.clone()]).await;
        let began = Instant::now();
        let report = deliver(&courier(), &url).await;
        assert!(began.elapsed() < 2 * TIMEOUT, "{behaviour:?}");
        assert_eq!(
            (report.class, report.remote_uid),
            (Class::Ok, None),
            "{behaviour:?}"
        );
    }
}

#[tokio::test]
async fn what_was_never_reached_is_retried() {
    let (receiver, url) = receiver(vec![Behaviour::ValidReply]).await;
    let tls = url.replace("http://", "https://");
    let report = deliver(&courier(), &tls).await;
    assert_eq!(
        (report.class, report.failure),
        (Class::Retry, SILENCE),
        "{report:?}"
    );
    receiver.stop().await;
    let report = deliver(&courier(), &url).await;
    assert_eq!(
        (report.class, report.failure),
        (Class::Retry, SILENCE),
        "{report:?}"
    );
    assert_eq!(report.status, None);
}

#[tokio::test]
async fn a_redirect_to_this_machine_is_rejected_and_not_followed() {
    let other = Receiver::start().await.unwrap();
    let redirect = Behaviour::Redirect {
        to: other.url(&format!("/{SECRET}")),
    };
    let (_receiver, url) = receiver(vec![redirect]).await;
    let report = deliver(&courier(), &url).await;
    assert_eq!((report.class, report.status), (Class::Rejected, Some(307)));
    assert_eq!(other.connections(), 0);
}

#[tokio::test]
async fn an_inside_address_is_rejected_without_a_connection() {
    let (receiver, url) = receiver(vec![Behaviour::ValidReply]).await;
    let port = receiver.addr().port();
    for url in [
        url.replace("http://", "https://"),
        format!("https://localhost:{port}/{SECRET}"),
        format!("https://2130706433:{port}/{SECRET}"),
        format!("https://[::ffff:127.0.0.1]:{port}/{SECRET}"),
        // Plain http is not allowed there either.
        format!("http://hooks.example.com:{port}/{SECRET}"),
        format!("not a URL {SECRET}"),
    ] {
        let report = deliver(&strict_courier(), &url).await;
        assert_eq!(
            (report.class, report.failure),
            (Class::Rejected, None),
            "{url}"
        );
        assert_eq!(report.status, None);
    }
    assert_eq!(receiver.connections(), 0);
}

fn courier_with(answers: Vec<std::io::Result<Vec<IpAddr>>>) -> ResponseUrls {
    let options = options();
    let (lookup, _) = names(answers);
    let client = client_with(&options, lookup).unwrap();
    ResponseUrls::new(ways(&options, client), Arc::new(SystemClock))
}

#[tokio::test]
async fn a_name_that_means_an_inside_address_is_rejected_and_an_unknown_one_is_retried() {
    let (receiver, _) = receiver(vec![Behaviour::ValidReply]).await;
    let url = format!(
        "http://hooks.example.com:{}/{SECRET}",
        receiver.addr().port()
    );
    let here: IpAddr = "127.0.0.1".parse().unwrap();
    let inside: IpAddr = "127.0.0.2".parse().unwrap();
    let metadata: IpAddr = "169.254.169.254".parse().unwrap();

    let report = deliver(&courier_with(vec![Ok(vec![inside, metadata])]), &url).await;
    assert_eq!(
        (report.class, report.failure),
        (Class::Rejected, None),
        "{report:?}"
    );
    assert!(
        report.detail.contains("private or special"),
        "{}",
        report.detail
    );
    assert_eq!(receiver.connections(), 0);

    let unknown = std::io::Error::new(std::io::ErrorKind::NotFound, "no such name");
    for answer in [Ok(Vec::new()), Err(unknown)] {
        let report = deliver(&courier_with(vec![answer]), &url).await;
        assert_eq!(
            (report.class, report.failure),
            (Class::Retry, SILENCE),
            "{report:?}"
        );
    }

    let report = deliver(&courier_with(vec![Ok(vec![inside, here])]), &url).await;
    assert_eq!(report.class, Class::Ok, "{report:?}");
}
