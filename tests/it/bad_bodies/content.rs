//! Well-framed bodies with something wrong inside.

use std::time::Duration;

use serde_json::json;
use tokio::time::Instant;

use super::entrance::{Entrance, good, with_content};
use super::target::{HOOK, Target};
use crate::daemon::ticket;

const JSON: &str = "application/json";
const FORM: &str = "application/x-www-form-urlencoded";
const DEEP: usize = 20_000;
/// `server.max_body`
const MOST: usize = 256 * 1024;

/// What nobody could make a document of.
fn unreadable() -> Vec<(&'static str, Vec<u8>)> {
    let nested = |open: &str, close: &str| format!("{}1{}", open.repeat(DEEP), close.repeat(DEEP));
    let content = |json: &[u8]| with_content("unreadable", json);
    let good = good("unreadable");
    let utf_16: Vec<u8> = "{}".encode_utf16().flat_map(u16::to_le_bytes).collect();
    vec![
        ("deep arrays", nested("[", "]").into_bytes()),
        ("deep arrays, never closed", "[".repeat(DEEP).into_bytes()),
        ("deep objects", nested("{\"a\":", "}").into_bytes()),
        ("deep content", content(nested("[", "]").as_bytes())),
        (
            "deep unknown",
            content(format!("1,\"x\":{}", nested("{\"a\":", "}")).as_bytes()),
        ),
        ("a raw NUL in text", content(b"\"a\0b\"")),
        ("a raw newline in text", content(b"\"a\nb\"")),
        ("NUL between tokens", content(b"\"a\"\0")),
        ("NUL alone", vec![0; 64]),
        ("broken UTF-8", content(b"\"a\xffb\"")),
        ("UTF-8 cut off", content(b"\"a\xe2\x82\"")),
        ("an overlong slash", content(b"\"\xc0\xaf\"")),
        ("a surrogate in UTF-8", content(b"\"\xed\xa0\x80\"")),
        ("beyond Unicode in UTF-8", content(b"\"\xf4\x90\x80\x80\"")),
        ("a lone high surrogate", content(br#""\ud800""#)),
        ("a lone low surrogate", content(br#""\udc00""#)),
        (
            "surrogates in the wrong order",
            content(br#""\udc00\ud800""#),
        ),
        ("an unknown escape", content(br#""\x00""#)),
        ("a byte order mark", [b"\xef\xbb\xbf", &good[..]].concat()),
        ("UTF-16", utf_16),
        ("Latin-1", content(b"\"caf\xe9\"")),
        (
            "gzip",
            b"\x1f\x8b\x08\0\0\0\0\0\0\x03\xab\xae\x05\0\x43\xbf\xa6\xa3\x02\0\0\0".to_vec(),
        ),
        ("cut off", good[..good.len() / 2].to_vec()),
        ("twice", [&good[..], &good].concat()),
        ("a comma too many", content(b"\"a\",")),
        ("not a number", content(b"NaN")),
        ("a number that no float holds", content(b"1e999")),
        (
            "a number of 10,000 digits",
            content("9".repeat(10_000).as_bytes()),
        ),
        ("single quotes", content(b"'a'")),
        ("form data", b"content=a".to_vec()),
    ]
}

#[tokio::test]
async fn what_no_reader_understands_is_refused_at_every_entrance() {
    let target = Target::start("15s").await;
    for (what, body) in unreadable() {
        for entrance in Entrance::READING {
            let request = entrance.request(JSON, &body);
            let answers = target.exchange(&request).await;
            assert_eq!(answers.len(), 1, "{what} at {entrance:?}: {answers:?}");
            answers[0].assert_is_refusal(what);
            let status = answers[0].status;
            if entrance.is_intake() {
                assert_eq!(status, 400, "{what}: {answers:?}");
            } else {
                assert!([400, 422].contains(&status), "{what}: {answers:?}");
            }
        }
    }
    target.survived(0).await;
}

/// Readable, and no ticket.
fn no_tickets() -> Vec<(&'static str, &'static str, Vec<u8>, &'static str)> {
    let good = String::from_utf8(good("no-ticket")).unwrap();
    let with = |more: &str| good.replacen('{', &format!("{{{more},"), 1).into_bytes();
    let form = |more: &str| {
        format!(
            "external_uid=no-ticket&content=a&response_url={HOOK}&author[external_uid]=a\
             &author[username]=A&created_at=2020-04-04T23:35:27Z&{more}"
        )
        .into_bytes()
    };
    let deep = |key: &str, open: &str, close: &str| {
        format!("{key}{}=1", format!("{open}a{close}").repeat(DEEP))
    };
    let many: Vec<String> = (0..10_000).map(|key| format!("\"k{key}\":{key}")).collect();
    vec![
        (
            "a key twice",
            JSON,
            with("\"content\":\"first\""),
            "/content",
        ),
        ("an unknown key twice", JSON, with("\"x\":1,\"x\":2"), "/x"),
        ("an object twice", JSON, with("\"author\":{}"), "/author"),
        ("an empty key", JSON, with("\"\":1"), "/"),
        (
            "NUL in a key",
            JSON,
            with(r#""content\u0000":"x""#),
            "/content\0",
        ),
        ("10,000 unknown keys", JSON, with(&many.join(",")), "/k0"),
        (
            "a number as content",
            JSON,
            with_content("no-ticket", &[b'9'; 300]),
            "/content",
        ),
        (
            "a number as a date",
            JSON,
            with("\"created_at\":1e308"),
            "/created_at",
        ),
        (
            "deep brackets",
            FORM,
            form(&deep("author", "[", "]")),
            "/author",
        ),
        ("deep dots", FORM, form(&deep("x", ".", "")), "/x"),
        ("a field twice", FORM, form("content=b"), "/content"),
        (
            "a nested field twice",
            FORM,
            form("author[username]=B"),
            "/author/username",
        ),
        (
            "a field in two spellings",
            FORM,
            form("author.username=B"),
            "/author/username",
        ),
        (
            "a field in three spellings",
            FORM,
            form("author__username=B&author.username=C"),
            "/author/username",
        ),
        (
            "an object as text and by fields",
            FORM,
            form("author=x"),
            "/author",
        ),
        (
            "NUL in a form's key",
            FORM,
            form("content%00=b"),
            "/content\0",
        ),
        (
            "NUL raw in a form's key",
            FORM,
            form("content\0=b"),
            "/content\0",
        ),
        ("10,000 unknown fields", FORM, form(&many.join("&")), "/"),
    ]
}

#[tokio::test]
async fn what_is_no_ticket_is_told_where_and_soon() {
    let target = Target::start("15s").await;
    for (what, content_type, body, pointer) in no_tickets() {
        for entrance in Entrance::ALL
            .into_iter()
            .filter(|entrance| entrance.is_intake())
        {
            let began = Instant::now();
            let answers = target.exchange(entrance.request(content_type, &body)).await;
            assert!(
                began.elapsed() < Duration::from_secs(5),
                "{what} takes too long"
            );
            assert_eq!(answers.len(), 1, "{what}");
            answers[0].assert_is_refusal(what);
            assert_eq!(answers[0].status, 422, "{what}: {answers:?}");
            let told = answers[0].json();
            let errors = told["errors"].as_array().unwrap();
            assert!((1..=1001).contains(&errors.len()), "{what}");
            let names =
                |error: &serde_json::Value| error["pointer"].as_str().unwrap().starts_with(pointer);
            assert!(errors.iter().any(names), "{what}: {told}");
        }
    }
    target.survived(0).await;
}

#[tokio::test]
async fn odd_text_is_stored_and_told_verbatim() {
    let target = Target::start("15s").await;
    let form = |content: &str| {
        format!(
            "external_uid=odd-form-{content}&content={content}&response_url={HOOK}\
             &author.external_uid=a&author.username=A&created_at=2020-04-04T23:35:27Z"
        )
        .into_bytes()
    };
    let latin = "application/json; charset=iso-8859-1";
    let rows: Vec<(&str, Vec<u8>, &str)> = vec![
        (JSON, with_content("odd-1", br#""a\u0000b""#), "a\0b"),
        (
            JSON,
            with_content("odd-2", br#""\ud83d\ude00""#),
            "\u{1f600}",
        ),
        (
            JSON,
            with_content("odd-3", b"\"a\xef\xbb\xbfb\""),
            "a\u{feff}b",
        ),
        (
            JSON,
            with_content("odd-4", "\"\u{202e}\u{ffff}\u{10ffff}\"".as_bytes()),
            "\u{202e}\u{ffff}\u{10ffff}",
        ),
        (latin, with_content("odd-5", "\"é\"".as_bytes()), "é"),
        (FORM, form("a%00b"), "a\0b"),
        (FORM, form("a\0c"), "a\0c"),
        (FORM, form("100%"), "100%"),
    ];
    let stored = rows.len() as u64;
    for (content_type, body, content) in rows {
        let answers = target
            .exchange(Entrance::Intake.request(content_type, &body))
            .await;
        assert_eq!(answers[0].status, 201, "{content:?}: {answers:?}");
        let number = answers[0].json()["id"].as_u64().unwrap();
        assert_eq!(target.content_of(number).await, content);
    }
    target.survived(stored).await;
}

#[tokio::test]
async fn broken_utf_8_in_a_form_is_unreadable() {
    let target = Target::start("15s").await;
    for body in [
        &b"content=%ff"[..],
        b"content=\xff",
        b"%c0%af=1",
        b"content=%ed%a0%80",
        b"author[username]=%e2%82",
    ] {
        let answers = target.exchange(Entrance::Intake.request(FORM, body)).await;
        assert_eq!(answers[0].status, 400, "{answers:?}");
        answers[0].assert_is_refusal("broken UTF-8");
    }
    target.survived(0).await;
}

#[tokio::test]
async fn a_body_is_taken_up_to_its_bound_and_not_a_byte_beyond() {
    let target = Target::start("15s").await;
    let of_size = |uid: &str, size: usize| {
        let mut whole = ticket(uid, HOOK);
        whole["content"] = json!("");
        let room = size - whole.to_string().len();
        whole["content"] = json!("x".repeat(room));
        whole.to_string().into_bytes()
    };
    let chunked = |body: &[u8]| {
        let head = Entrance::Intake.head(
            "connection: close\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n",
        );
        let mut request = head.into_bytes();
        for chunk in body.chunks(50_000) {
            request.extend(format!("{:x}\r\n", chunk.len()).into_bytes());
            request.extend([chunk, b"\r\n"].concat());
        }
        [&request[..], b"0\r\n\r\n"].concat()
    };
    let (exact, beyond) = (of_size("exact", MOST), of_size("exact", MOST + 1));
    let refused = [
        Entrance::Intake.request(JSON, &beyond),
        Entrance::Agent.request(JSON, &beyond),
        Entrance::Operator.request(JSON, &of_size("operator", 1024 * 1024 + 1)),
        chunked(&beyond),
        chunked(&vec![b' '; 900_000]),
    ];
    for request in refused {
        let answers = target.exchange(request).await;
        assert_eq!(answers[0].status, 413, "{answers:?}");
        answers[0].assert_is_refusal("too large");
    }
    for (request, status) in [
        (Entrance::Intake.request(JSON, &exact), 201),
        (chunked(&exact), 200),
    ] {
        let answers = target.exchange(request).await;
        assert_eq!(answers[0].status, status);
    }
    target.survived(1).await;
}
