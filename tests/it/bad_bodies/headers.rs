//! Heads that are too much, or no text.

use super::entrance::{Entrance, good};
use super::target::{HOOK, Target};
use crate::daemon::ticket;

#[tokio::test]
async fn a_head_that_is_too_large_is_refused_at_every_entrance() {
    let target = Target::start("15s").await;
    let many: String = (0..1000)
        .map(|number| format!("x-{number}: a\r\n"))
        .collect();
    let same = "x-forwarded-for: 127.0.0.1\r\n".repeat(1000);
    let large = format!("x: {}\r\n", "a".repeat(1024 * 1024));
    let long_name = format!("{}: a\r\n", "x".repeat(1024 * 1024));
    let long_key = format!("x-api-key: {}\r\n", "a".repeat(60_000));
    for (what, headers) in [
        ("1,000 headers", many),
        ("one header 1,000 times", same),
        ("a header of a megabyte", large),
        ("a name of a megabyte", long_name),
        ("a key of 60,000 bytes", long_key),
    ] {
        for entrance in Entrance::ALL {
            let answers = target
                .exchange(entrance.head(&format!("{headers}\r\n")))
                .await;
            assert!(answers.len() <= 1, "{what}: {answers:?}");
            // With more than the system buffers still on its way, the answer may be lost in a reset.
            assert!(
                answers.iter().all(|answer| answer.status == 431),
                "{what}: {answers:?}"
            );
        }
    }
    let path = "a".repeat(1024 * 1024);
    for line in [format!("GET /{path}"), format!("GET /metrics?{path}")] {
        let answers = target
            .exchange(format!("{line} HTTP/1.1\r\nhost: x\r\n\r\n"))
            .await;
        let refused = |status| [414, 431].contains(&status);
        assert!(
            answers.iter().all(|answer| refused(answer.status)),
            "{answers:?}"
        );
    }
    target.survived(0).await;
}

#[tokio::test]
async fn a_head_that_breaks_the_grammar_is_refused_at_every_entrance() {
    let target = Target::start("15s").await;
    for header in [
        &b"x: a\0b"[..],
        b"x\0: a",
        b"x : a",
        b"x y: a",
        b": a",
        b"no colon",
        b"x: a\rb: c",
        b"x: a\x7fb",
        b"x: a\x01b",
        b"\xffx: a",
        b"x: a\r\n folded",
        b"x\xc3\xa9: a",
    ] {
        for entrance in Entrance::ALL {
            let request = [entrance.head("").as_bytes(), header, b"\r\n\r\n"].concat();
            let answers = target.exchange(request).await;
            let what = String::from_utf8_lossy(header);
            assert!(answers.len() <= 1, "{what:?} at {entrance:?}: {answers:?}");
            assert!(
                answers.iter().all(|answer| answer.status == 400),
                "{what:?}: {answers:?}"
            );
        }
    }
    target.survived(0).await;
}

#[tokio::test]
async fn values_that_are_no_text_are_wrong_ones() {
    let target = Target::start("15s").await;
    let whole = good("no-text");
    let mut bare = ticket("no-text", HOOK);
    bare.as_object_mut()
        .unwrap()
        .remove("personal_access_token");
    let bare = bare.to_string().into_bytes();
    for (content_type, credentials, body, status) in [
        (&b"application/json\xff"[..], &b"x: y"[..], &whole, 415),
        (b"\xff\xfe", b"x: y", &whole, 415),
        (b"", b"x: y", &whole, 415),
        // Wrong ones beside right ones are wrong.
        (b"application/json", b"x-api-key: \xff", &whole, 403),
        (
            b"application/json",
            b"x-api-key: test-token\xc0\x80",
            &whole,
            403,
        ),
        (
            b"application/json",
            b"authorization: Bearer \xe2\x82",
            &whole,
            403,
        ),
        (
            b"application/json",
            b"authorization: Bearer test-token\xff",
            &bare,
            403,
        ),
        // What Basic cannot be read from is none.
        (
            b"application/json",
            b"authorization: Basic \xff\xff",
            &bare,
            401,
        ),
        (
            b"application/json",
            b"authorization: Basic /////w==",
            &bare,
            401,
        ),
    ] {
        let length = body.len();
        let mut request = format!(
            "{} HTTP/1.1\r\nconnection: close\r\ncontent-length: {length}\r\n",
            Entrance::Intake.line()
        )
        .into_bytes();
        request.extend([b"content-type: ", content_type, b"\r\n"].concat());
        request.extend([credentials, b"\r\n\r\n", body].concat());
        let answers = target.exchange(request).await;
        let what = String::from_utf8_lossy(credentials);
        assert_eq!(answers.len(), 1, "{what}");
        answers[0].assert_is_refusal(&what);
        assert_eq!(answers[0].status, status, "{what}: {answers:?}");
    }
    target.survived(0).await;
}

#[tokio::test]
async fn paths_that_are_no_text_lead_nowhere() {
    let target = Target::start("15s").await;
    let body = good("nowhere");
    let length = body.len();
    for (path, statuses) in [
        (&b"/brands/%ff/external_tickets"[..], &[403][..]),
        (b"/brands/acme%00/external_tickets", &[403]),
        (b"/brands/acme%2f/external_tickets", &[403]),
        (b"/brands/%c0%ae%c0%ae/external_tickets", &[403]),
        (b"/brands/../external_tickets", &[403]),
        (b"/brands//external_tickets", &[403, 404]),
        (b"/brands/acme\0/external_tickets", &[400]),
        (b"/brands/acme\xff/external_tickets", &[400, 403]),
        (b"/brands/acm\xc3\xa9/external_tickets", &[400, 403]),
        (b"/brands/acme/external_tickets%00", &[404]),
        (b"/api/v1/external/tickets/%ff/messages", &[404]),
        (b"/api/v1/external/tickets/1%00/messages", &[404]),
        (b"/api/v1/external/tickets/-1/messages", &[404]),
        (
            b"/api/v1/external/tickets/18446744073709551616/messages",
            &[404],
        ),
        (
            b"/api/v1/external/tickets/99999999999999999999999999/messages",
            &[404],
        ),
        (b"/admin/v1/tickets/%ff/reply", &[404]),
        (
            b"/admin/v1/tickets/99999999999999999999999999/reply",
            &[404],
        ),
        (b"/metrics%00", &[404]),
    ] {
        let key = if path.starts_with(b"/api") {
            "test-agent-key"
        } else {
            "test-token"
        };
        let head = format!(
            " HTTP/1.1\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\
             x-api-key: {key}\r\nauthorization: Bearer test-operator\r\n\r\n"
        );
        let request = [b"POST ", path, head.as_bytes(), &body].concat();
        let answers = target.exchange(request).await;
        let what = String::from_utf8_lossy(path);
        assert_eq!(answers.len(), 1, "{what}");
        answers[0].assert_is_refusal(&what);
        assert!(statuses.contains(&answers[0].status), "{what}: {answers:?}");
    }
    target.survived(0).await;
}
