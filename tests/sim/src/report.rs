//! Received requests as lines to read and as objects to process.

use std::time::SystemTime;

use serde_json::{Value, json};
use ticketbridge_sim::Received;

const MAX_TEXT: usize = 200;

/// A request in one line.
///
/// What came from outside is escaped, so that it can neither break the line nor steer the
/// terminal.
pub(crate) fn line(received: &Received) -> String {
    let or_dash = |text: &str| {
        if text.is_empty() {
            "-".to_owned()
        } else {
            text.escape_debug().to_string()
        }
    };
    let answer = received
        .answered
        .map_or("no answer".to_owned(), |status| status.to_string());
    let mut line = format!(
        "{} {} {} {} -> {answer}",
        time(received.at, "%H:%M:%S%.3f"),
        or_dash(&received.method),
        or_dash(&received.path),
        or_dash(received.webhook_id().unwrap_or_default()),
    );
    if let Some(reason) = &received.refused {
        line.push_str(&format!(" refused: {}", reason.escape_debug()));
    }
    if let Some(text) = response_text(received) {
        let cut: String = text.chars().take(MAX_TEXT).collect();
        let more = if cut.len() < text.len() { "…" } else { "" };
        line.push_str(&format!(" {cut:?}{more}"));
    }
    line
}

/// A request with all that is known about it.
pub(crate) fn object(received: &Received) -> Value {
    json!({
        "seq": received.seq,
        "at": time(received.at, "%Y-%m-%dT%H:%M:%S%.3fZ"),
        "method": received.method,
        "path": received.path,
        "webhook_id": received.webhook_id(),
        "answered": received.answered,
        "refused": received.refused,
        "reply_uid": received.reply_uid,
        "response_text": response_text(received),
        "headers": received.headers,
        "body": String::from_utf8_lossy(&received.body),
    })
}

fn response_text(received: &Received) -> Option<String> {
    Some(
        received
            .json()
            .ok()?
            .get("response_text")?
            .as_str()?
            .to_owned(),
    )
}

fn time(at: SystemTime, format: &str) -> String {
    let at = jiff::Timestamp::try_from(at).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
    at.strftime(format).to_string()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn reply(text: &str) -> Received {
        Received {
            seq: 1,
            at: SystemTime::UNIX_EPOCH + Duration::from_millis(3_723_004),
            after: Duration::ZERO,
            method: "POST".to_owned(),
            path: "/valid/1".to_owned(),
            headers: vec![("webhook-id".to_owned(), "tb-7".to_owned())],
            body: json!({ "response_text": text }).to_string().into_bytes(),
            refused: None,
            answered: Some(200),
            reply_uid: None,
            ended: Some(Duration::ZERO),
        }
    }

    #[test]
    fn a_request_is_one_line_that_cannot_be_broken() {
        let hello = line(&reply("hello,\nGrüße \u{1b}[2J"));
        assert_eq!(
            hello,
            r#"01:02:03.004 POST /valid/1 tb-7 -> 200 "hello,\nGrüße \u{1b}[2J""#
        );
        assert!(line(&reply(&"a".repeat(201))).ends_with("a\"…"));
    }

    #[test]
    fn what_is_not_there_is_said() {
        let mut odd = reply("");
        odd.headers.clear();
        odd.body = b"x".to_vec();
        odd.answered = None;
        assert_eq!(line(&odd), "01:02:03.004 POST /valid/1 - -> no answer");
        odd.answered = Some(422);
        odd.refused = Some("the body is not JSON".to_owned());
        assert_eq!(
            line(&odd),
            "01:02:03.004 POST /valid/1 - -> 422 refused: the body is not JSON"
        );
    }

    #[test]
    fn an_object_has_the_headers_and_the_body() {
        let object = object(&reply("hi"));
        assert_eq!(object["at"], "1970-01-01T01:02:03.004Z");
        assert_eq!(object["headers"], json!([["webhook-id", "tb-7"]]));
        assert_eq!(object["body"], r#"{"response_text":"hi"}"#);
        assert_eq!(object["response_text"], "hi");
    }
}
