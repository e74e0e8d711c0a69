//! What answers mean. Statuses and bodies are those of the documents' server in production.

use super::*;
use crate::send::RetryAfter;

#[tokio::test]
async fn a_ticket_that_was_made_is_pushed() {
    let pushed = outcome(&answer(200, "", MADE)).await.unwrap();
    assert_eq!(pushed.id, "17");
    assert_eq!(pushed.external_uid.as_deref(), Some("t-1"));
    assert_eq!(pushed.status.as_deref(), Some("open"));
    assert_eq!(pushed.parent_id, None);
    assert_eq!(
        pushed.created_at,
        Some("2022-08-14T09:30:00.123Z".parse().unwrap())
    );
}

#[tokio::test]
async fn only_the_number_is_needed() {
    for (status, body, id, parent_id) in [
        (201, r#"{"id":"a-7"}"#, "a-7", None),
        (
            200,
            r#"{"id":1,"parent_id":9,"error":null}"#,
            "1",
            Some("9"),
        ),
        (
            200,
            r#"{"id":2,"status":7.5,"external_uid":[],"created_at":"soon","parent_id":{}}"#,
            "2",
            None,
        ),
    ] {
        let pushed = outcome(&answer(status, "", body)).await.unwrap();
        assert_eq!((&*pushed.id, pushed.parent_id.as_deref()), (id, parent_id));
        assert_eq!((pushed.status, pushed.created_at), (None, None));
    }
}

#[tokio::test]
async fn a_success_that_speaks_of_an_error_is_a_refusal() {
    let error = error(200, "", r#"{"error":"Invalid payload schema."}"#).await;
    assert_eq!((error.kind(), error.status()), (Kind::Invalid, Some(200)));
    assert_eq!(
        error.to_string(),
        "respondo refused with 200: Invalid payload schema."
    );
    for body in [
        r#"{"id":1,"error":"x"}"#,
        r#"{"id":1,"error":{}}"#,
        r#"{"id":1,"error":false}"#,
    ] {
        assert_eq!(
            super::error(200, "", body).await.kind(),
            Kind::Invalid,
            "{body}"
        );
    }
}

#[tokio::test]
async fn refusals_have_the_kind_that_a_caller_acts_on() {
    for (status, body, kind, shown) in [
        (
            403,
            r#"{"error":"not authorized"}"#,
            Kind::Credentials,
            "respondo refused with 403: not authorized",
        ),
        (
            422,
            r#"{"status":422,"error":"Unprocessable Entity"}"#,
            Kind::Duplicate,
            "respondo refused with 422: Unprocessable Entity",
        ),
        (
            404,
            r#"{"status":404,"error":"Not Found"}"#,
            Kind::NotFound,
            "respondo refused with 404: Not Found",
        ),
        (
            400,
            r#"{"status":400,"error":"Bad Request"}"#,
            Kind::Invalid,
            "respondo refused with 400: Bad Request",
        ),
        (
            500,
            r#"{"status":500,"error":"Internal Server Error"}"#,
            Kind::Unavailable,
            "respondo refused with 500",
        ),
        // What stands in front of a server speaks to people.
        (
            401,
            "<html>Log in</html>",
            Kind::Credentials,
            "respondo refused with 401",
        ),
        (407, "", Kind::Credentials, "respondo refused with 407"),
        (413, "[]", Kind::Invalid, "respondo refused with 413"),
        (
            502,
            "<h1>Bad gateway</h1>",
            Kind::Unavailable,
            "respondo refused with 502",
        ),
        (503, "{", Kind::Unavailable, "respondo refused with 503"),
        (429, "", Kind::Throttled, "respondo refused with 429"),
    ] {
        let error = error(status, "", body).await;
        assert_eq!(
            (error.kind(), error.status()),
            (kind, Some(status)),
            "{status}"
        );
        assert_eq!(error.to_string(), shown);
        assert_eq!(error.retry_after(), None);
    }
}

#[tokio::test]
async fn retry_after_is_understood_in_both_spellings() {
    let at = RetryAfter::At("1994-11-06T08:49:37Z".parse().unwrap());
    for (status, value, kind, expected) in [
        (
            429,
            "7",
            Kind::Throttled,
            Some(RetryAfter::After(Duration::from_secs(7))),
        ),
        (
            429,
            "Sun, 06 Nov 1994 08:49:37 GMT",
            Kind::Throttled,
            Some(at),
        ),
        (
            503,
            "Sun, 06 Nov 1994 08:49:37 GMT",
            Kind::Throttled,
            Some(at),
        ),
        (429, "soon", Kind::Throttled, None),
        (503, "soon", Kind::Unavailable, None),
    ] {
        let error = error(status, &format!("Retry-After: {value}\r\n"), "").await;
        assert_eq!(
            (error.kind(), error.retry_after()),
            (kind, expected),
            "{status} {value}"
        );
    }
}

#[tokio::test]
async fn redirects_and_pages_mean_another_address() {
    for status in [301, 302, 307, 308] {
        let error = error(status, "Location: https://elsewhere.example/\r\n", "").await;
        assert_eq!(
            (error.kind(), error.status()),
            (Kind::Misdirected, Some(status))
        );
    }
    for page in ["<!DOCTYPE html><p>Welcome", "\u{feff}\n <html>", "<"] {
        let error = error(200, "Content-Type: text/html\r\n", page).await;
        assert_eq!(
            (error.kind(), error.status()),
            (Kind::Misdirected, Some(200))
        );
        assert!(matches!(
            error,
            Error::Unreadable {
                source: Misread::Page,
                ..
            }
        ));
    }
}

#[tokio::test]
async fn an_answer_from_elsewhere_is_a_redirect() {
    let server = Server::start().await;
    let follows = reqwest::Client::builder().no_proxy().build().unwrap();
    let client = Client::new(follows, &server.url("/")).unwrap();
    let request = request();
    let answers = async {
        let away = "HTTP/1.1 302 X\r\nLocation: /elsewhere\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
        server.answer(away).await;
        server.answer(&answer(200, "", MADE)).await;
    };
    let (outcome, ()) = tokio::join!(client.send(&request), answers);
    let error = outcome.unwrap_err();
    assert_eq!(
        (error.kind(), error.status()),
        (Kind::Misdirected, Some(302))
    );
}

#[tokio::test]
async fn a_success_that_says_nothing_leaves_it_open() {
    for (status, body) in [
        (200, ""),
        (200, "{}"),
        (200, "[]"),
        (200, "null"),
        (200, "OK"),
        (200, "{\"id\":17"),
        (200, r#"{"id":null}"#),
        (200, r#"{"id":""}"#),
        (200, r#"{"id":1.5}"#),
        (200, r#"[{"id":17}]"#),
        (202, MADE),
        (204, ""),
        (206, MADE),
    ] {
        let error = match status {
            204 => outcome("HTTP/1.1 204 X\r\n\r\n").await.unwrap_err(),
            _ => error(status, "", body).await,
        };
        assert_eq!(
            (error.kind(), error.status()),
            (Kind::Unreadable, Some(status)),
            "{status} {body}"
        );
        assert_discreet(&error);
    }
}
