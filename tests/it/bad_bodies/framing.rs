//! Lengths and chunks that lie, and what is no HTTP/1.1 at all.

use super::entrance::{Entrance, good};
use super::target::Target;
use super::wire::{Answer, answers, connect, read_all};
use tokio::io::AsyncWriteExt;

const JSON: &str = "content-type: application/json\r\n";

/// What the HTTP layer cannot accept: refused, or closed without a word.
#[track_caller]
fn assert_is_turned_away(what: &str, answers: &[Answer]) {
    assert!(answers.len() <= 1, "{what}: {answers:?}");
    for answer in answers {
        answer.assert_is_refusal(what);
    }
}

#[tokio::test]
async fn a_length_that_is_none_is_refused_at_every_entrance() {
    let target = Target::start("15s").await;
    for length in [
        "content-length: -1\r\n",
        "content-length: +5\r\n",
        "content-length: 5x\r\n",
        "content-length: 0x5\r\n",
        "content-length: 5.0\r\n",
        "content-length: \r\n",
        "content-length: 5 5\r\n",
        "content-length: 5\r\ncontent-length: 6\r\n",
        "content-length: 18446744073709551616\r\n",
        "content-length: 99999999999999999999999999\r\n",
        "transfer-encoding: gzip\r\n",
        "transfer-encoding: chunked, gzip\r\n",
        "transfer-encoding: xchunked\r\n",
        "transfer-encoding: chunked\r\ntransfer-encoding: identity\r\n",
        "content-length: 2\r\ntransfer-encoding: identity\r\n",
    ] {
        for entrance in Entrance::ALL {
            let request = entrance.head(&format!("{JSON}{length}\r\n{{}}"));
            let answers = target.exchange(&request).await;
            assert_is_turned_away(&format!("{length:?} at {entrance:?}"), &answers);
        }
    }
    target.survived(0).await;
}

#[tokio::test]
async fn an_enormous_length_is_refused_before_anything_is_kept_for_it() {
    let target = Target::start("2s").await;
    for length in ["10737418240", "9223372036854775807", "18446744073709551610"] {
        for entrance in Entrance::READING {
            let more = format!("connection: close\r\n{JSON}content-length: {length}\r\n\r\n{{}}");
            let answers = target.exchange(entrance.head(&more)).await;
            assert_eq!(answers.len(), 1, "{length} at {entrance:?}");
            answers[0].assert_is_refusal(length);
        }
    }
    target.survived(0).await;
}

#[tokio::test]
async fn a_length_that_is_too_short_makes_garbage_of_the_rest() {
    let target = Target::start("15s").await;
    let body = good("too-short");
    for entrance in Entrance::READING {
        let more = format!("{JSON}content-length: {}\r\n\r\n", body.len() - 9);
        let request = [entrance.head(&more).as_bytes(), &body].concat();
        let answers = target.exchange(request).await;
        assert_eq!(answers.len(), 2, "{entrance:?}: {answers:?}");
        for answer in answers {
            answer.assert_is_refusal("too short");
        }
    }
    target.survived(0).await;
}

#[tokio::test]
async fn a_length_that_is_too_long_is_waited_for_and_then_refused() {
    let target = Target::start("2s").await;
    let body = good("too-long");
    for entrance in Entrance::READING {
        let more = format!("{JSON}content-length: {}\r\n\r\n", body.len() + 1);
        let request = [entrance.head(&more).as_bytes(), &body].concat();
        let answers = target.exchange(&request).await;
        assert_eq!(answers.len(), 1, "{entrance:?}: {answers:?}");
        answers[0].assert_is_refusal("too long");
        assert_eq!(answers[0].status, 408, "{entrance:?}: {answers:?}");
    }
    target.survived(0).await;
}

#[tokio::test]
async fn a_body_that_is_cut_off_is_refused_and_not_stored() {
    let target = Target::start("15s").await;
    let body = good("cut-off");
    let whole = format!("{JSON}content-length: {}\r\n\r\n", body.len());
    let chunked = format!(
        "{JSON}transfer-encoding: chunked\r\n\r\n{:x}\r\n{}\r\n",
        body.len(),
        String::from_utf8(body.clone()).unwrap()
    );
    for entrance in Entrance::READING {
        let half = [entrance.head(&whole).as_bytes(), &body[..body.len() / 2]].concat();
        // The last chunk is missing, so nobody knows whether this was all.
        for request in [half, entrance.head(&chunked).into_bytes()] {
            let mut stream = connect(target.address()).await;
            stream.write_all(&request).await.unwrap();
            stream.shutdown().await.unwrap();
            let mut held = Vec::new();
            read_all(&mut stream, &mut held).await;
            assert_is_turned_away("cut off", &answers(&held));
        }
    }
    target.survived(0).await;
}

#[tokio::test]
async fn chunks_that_lie_are_refused() {
    let target = Target::start("2s").await;
    let extension = format!("5;{}\r\nhello\r\n0\r\n\r\n", "x".repeat(100_000));
    let trailers = format!("0\r\n{}\r\n", "a: b\r\n".repeat(20_000));
    for chunks in [
        "zz\r\n{}\r\n0\r\n\r\n",
        "-2\r\n{}\r\n0\r\n\r\n",
        "2 2\r\n{}\r\n0\r\n\r\n",
        "fffffffffffffffff\r\n{}\r\n0\r\n\r\n",
        "ffffffffffffffff\r\n{}\r\n0\r\n\r\n",
        "7fffffffffffffff\r\n{}",
        "1\r\n{}\r\n0\r\n\r\n",
        "3\r\n{}\r\n0\r\n\r\n",
        "2\r\n{}0\r\n\r\n",
        "2\n{}\n0\n\n",
        "\r\n",
        "2\r\n{}\r\n",
        &extension,
        &trailers,
    ] {
        for entrance in Entrance::READING {
            let more = format!("connection: close\r\n{JSON}transfer-encoding: chunked\r\n\r\n");
            let request = entrance.head(&more) + chunks;
            let answers = target.exchange(request).await;
            let what: String = chunks.chars().take(40).collect();
            assert_is_turned_away(&format!("{what:?} at {entrance:?}"), &answers);
        }
    }
    target.survived(0).await;
}

#[tokio::test]
async fn a_length_beside_chunks_counts_for_nothing() {
    let target = Target::start("15s").await;
    let body = String::from_utf8(good("both")).unwrap();
    let chunks = format!("{:x}\r\n{body}\r\n0\r\n\r\n", body.len());
    // Whoever goes by the length takes what follows for another request.
    let smuggled = "GET /smuggled HTTP/1.1\r\nhost: bridge\r\n\r\n";
    let mut statuses = Vec::new();
    for both in [
        "content-length: 3\r\ntransfer-encoding: chunked\r\n",
        "transfer-encoding: chunked\r\ncontent-length: 3\r\n",
        "transfer-encoding: chunked\r\ncontent-length: 100000\r\n",
    ] {
        let more = format!("connection: close\r\n{JSON}{both}\r\n");
        let request = Entrance::Intake.head(&more) + &chunks + smuggled;
        let answers = target.exchange(request).await;
        assert_eq!(answers.len(), 1, "{answers:?}");
        statuses.push(answers[0].status);
    }
    assert_eq!(statuses, [201, 200, 200]);
    target.survived(1).await;
}

#[tokio::test]
async fn garbage_after_a_good_request_harms_only_itself() {
    let target = Target::start("15s").await;
    let mut stored = 0;
    for garbage in [
        &b"\0\0\0\0\0\0\0\0\r\n\r\n"[..],
        b"garbage garbage garbage garbage\r\n\r\n",
        b"{\"external_uid\":1}\r\n\r\n",
        b"POST /brands/acme/external_tickets HTTP/1.1\r\ncontent-length: -5\r\n\r\n",
        b"\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03\r\n\r\n",
        &[b'x'; 100_000],
    ] {
        stored += 1;
        let body = good(&format!("before-garbage-{stored}"));
        let more = format!("{JSON}content-length: {}\r\n\r\n", body.len());
        let request = [Entrance::Intake.head(&more).as_bytes(), &body, garbage].concat();
        let answers = target.exchange(request).await;
        // A reset may take the last one along.
        assert!((1..=2).contains(&answers.len()), "{answers:?}");
        assert_eq!(answers[0].status, 201, "{answers:?}");
        assert_is_turned_away("garbage", &answers[1..]);
    }
    target.survived(stored).await;
}

#[tokio::test]
async fn what_is_no_http_1_1_is_turned_away() {
    let target = Target::start("2s").await;
    let hello = b"\x16\x03\x01\x00\xc4\x01\x00\x00\xc0\x03\x03\x5a\x5a\x5a\x5a\x5a\x5a\x5a\x5a\x5a\x5a\x5a\x5a";
    for (what, bytes) in [
        ("HTTP/0.9", &b"GET /metrics\r\n"[..]),
        ("HTTP/0.9 with an end", b"GET /metrics\r\n\r\n"),
        (
            "HTTP/2 by prior knowledge",
            b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0",
        ),
        ("HTTP/9.9", b"GET /metrics HTTP/9.9\r\nhost: x\r\n\r\n"),
        ("no version", b"GET /metrics HTTP\r\nhost: x\r\n\r\n"),
        ("a TLS hello", hello),
        ("SSH", b"SSH-2.0-OpenSSH_9.2\r\n\r\n"),
        ("a SOCKS hello", b"\x05\x01\x00"),
        (
            "the PROXY protocol",
            b"PROXY TCP4 1.2.3.4 1.2.3.4 1 2\r\nGET / HTTP/1.1\r\n\r\n",
        ),
        ("NUL", &[0; 4096]),
        ("0xff", &[0xff; 4096]),
        ("empty lines", &[b'\n'; 4096]),
        ("no target", b"GET  HTTP/1.1\r\nhost: x\r\n\r\n"),
        ("two targets", b"GET /a /b HTTP/1.1\r\nhost: x\r\n\r\n"),
        ("a NUL as method", b"G\0T / HTTP/1.1\r\nhost: x\r\n\r\n"),
        (
            "CONNECT",
            b"CONNECT 127.0.0.1:25 HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n",
        ),
        (
            "a proxy's request",
            b"GET http://127.0.0.1:25/x HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n",
        ),
    ] {
        assert_is_turned_away(what, &target.exchange(bytes).await);
    }
    target.survived(0).await;
}
