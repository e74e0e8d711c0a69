//! The reply format: what a request must be, and what is answered to it.

use std::collections::HashMap;
use std::time::SystemTime;

use serde_json::{Map, Value, json};

use crate::http::{self, Head};

/// The media type of requests and answers.
pub(crate) const REPLY_TYPE: &str = "application/json";

/// A request that keeps to the reply format.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Reply {
    text: String,
    author: Value,
    parent: String,
}

/// Judges a request against the reply format; the error says what is wrong with it.
///
/// Members that the format does not name are allowed, as they are there.
pub(crate) fn check(head: &Head, body: &[u8]) -> Result<Reply, String> {
    if head.method != "POST" {
        return Err(format!("the method is {}, not POST", head.method));
    }
    check_content_type(head)?;
    let value: Value =
        serde_json::from_slice(body).map_err(|error| format!("the body is not JSON: {error}"))?;
    let reply = value.as_object().ok_or("the body is not an object")?;
    let author = reply.get("author").ok_or("author is missing")?;
    let names = author.as_object().ok_or("author is not an object")?;
    string(names, "external_uid").map_err(|what| format!("author.{what}"))?;
    string(names, "username").map_err(|what| format!("author.{what}"))?;
    Ok(Reply {
        text: string(reply, "response_text")?,
        parent: string(reply, "parent_id")?,
        author: author.clone(),
    })
}

fn check_content_type(head: &Head) -> Result<(), String> {
    let mut types = http::values(&head.headers, "content-type");
    let (Some(content_type), None) = (types.next(), types.next()) else {
        return Err("there is not exactly one Content-Type".to_owned());
    };
    let (essence, parameters) = content_type
        .split_once(';')
        .map_or((content_type, None), |(e, p)| (e, Some(p)));
    let utf8 = parameters.is_none_or(|each| {
        let each = each.trim().to_ascii_lowercase();
        each == "charset=utf-8" || each == "charset=\"utf-8\""
    });
    if essence.trim().eq_ignore_ascii_case(REPLY_TYPE) && utf8 {
        Ok(())
    } else {
        Err(format!(
            "the Content-Type is {content_type:?}, not {REPLY_TYPE}"
        ))
    }
}

fn string(object: &Map<String, Value>, name: &str) -> Result<String, String> {
    match object.get(name) {
        Some(Value::String(text)) => Ok(text.clone()),
        Some(_) => Err(format!("{name} is not a string")),
        None => Err(format!("{name} is missing")),
    }
}

/// The reply responses that were given, one for each id.
#[derive(Debug)]
pub(crate) struct Replies {
    prefix: String,
    count: u64,
    given: HashMap<(String, String), (String, Value)>,
}

impl Replies {
    /// No replies yet; `started` sets the uids of this run apart from those of others.
    pub(crate) fn new(started: SystemTime) -> Self {
        let since = started
            .duration_since(SystemTime::UNIX_EPOCH)
            .unwrap_or_default();
        Self {
            prefix: format!("sim-{:x}", since.as_nanos()),
            count: 0,
            given: HashMap::new(),
        }
    }

    /// The answer to `reply`, and the uid in it: the one given before where the id is known
    /// at this path, else a new one.
    pub(crate) fn answer(
        &mut self,
        path: &str,
        webhook_id: Option<&str>,
        reply: Reply,
        now: SystemTime,
    ) -> (String, Value) {
        let key = webhook_id.map(|id| (path.to_owned(), id.to_owned()));
        if let Some(given) = key.as_ref().and_then(|key| self.given.get(key)) {
            return given.clone();
        }
        self.count += 1;
        let uid = format!("{}-{}", self.prefix, self.count);
        let answer = json!({
            "external_uid": uid,
            "author": reply.author,
            "parent_uid": reply.parent,
            "content": reply.text,
            "created_at": timestamp(now),
        });
        if let Some(key) = key {
            self.given.insert(key, (uid.clone(), answer.clone()));
        }
        (uid, answer)
    }
}

/// A time as the format's examples spell it.
fn timestamp(at: SystemTime) -> String {
    jiff::Timestamp::try_from(at)
        .unwrap_or(jiff::Timestamp::UNIX_EPOCH)
        .strftime("%Y-%m-%d %H:%M:%S%.6f UTC")
        .to_string()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn judge(method: &str, content_type: &str, body: &str) -> Result<Reply, String> {
        check(
            &Head::for_test(method, &[("Content-Type", content_type)]),
            body.as_bytes(),
        )
    }

    const GOOD: &str = r#"{"response_text":"hello","author":{"external_uid":"3","username":"Smith"},"parent_id":"p"}"#;

    #[test]
    fn a_request_that_breaks_the_format_is_refused_with_the_reason() {
        let json = "application/json";
        let cases = [
            ("GET", json, GOOD, "the method is GET, not POST"),
            (
                "POST",
                "text/plain",
                GOOD,
                "the Content-Type is \"text/plain\", not application/json",
            ),
            (
                "POST",
                "application/json; charset=latin1",
                GOOD,
                "the Content-Type is \"application/json; charset=latin1\", not application/json",
            ),
            ("POST", json, "[]", "the body is not an object"),
            (
                "POST",
                json,
                r#"{"response_text":"a","parent_id":"p"}"#,
                "author is missing",
            ),
            (
                "POST",
                json,
                r#"{"response_text":"a","parent_id":"p","author":"x"}"#,
                "author is not an object",
            ),
            (
                "POST",
                json,
                r#"{"response_text":"a","parent_id":"p","author":{"username":"x"}}"#,
                "author.external_uid is missing",
            ),
            (
                "POST",
                json,
                r#"{"response_text":"a","parent_id":"p","author":{"external_uid":"3"}}"#,
                "author.username is missing",
            ),
            (
                "POST",
                json,
                r#"{"response_text":"a","parent_id":"p","author":{"external_uid":3,"username":"x"}}"#,
                "author.external_uid is not a string",
            ),
            (
                "POST",
                json,
                r#"{"parent_id":"p","author":{"external_uid":"3","username":"x"}}"#,
                "response_text is missing",
            ),
            (
                "POST",
                json,
                r#"{"response_text":"a","parent_id":null,"author":{"external_uid":"3","username":"x"}}"#,
                "parent_id is not a string",
            ),
        ];
        for (method, content_type, body, reason) in cases {
            assert_eq!(
                judge(method, content_type, body),
                Err(reason.to_owned()),
                "{body}"
            );
        }
        assert!(
            judge("POST", json, "{")
                .unwrap_err()
                .starts_with("the body is not JSON")
        );
        assert!(check(&Head::for_test("POST", &[]), GOOD.as_bytes()).is_err());
    }

    #[test]
    fn a_request_that_keeps_the_format_is_taken() {
        for content_type in ["application/json", "Application/JSON; charset=UTF-8"] {
            assert!(judge("POST", content_type, GOOD).is_ok(), "{content_type}");
        }
    }

    #[test]
    fn the_same_id_is_given_the_same_answer_and_another_path_or_id_a_new_one() {
        let mut replies = Replies::new(SystemTime::UNIX_EPOCH);
        let reply = judge("POST", "application/json", GOOD).unwrap();
        let at = SystemTime::UNIX_EPOCH + Duration::from_micros(1_586_043_327_632_879);
        let mut give = |path, id, at| replies.answer(path, id, reply.clone(), at);
        let first = give("/a", Some("1"), at);
        assert_eq!(
            first.1,
            json!({
                "external_uid": first.0,
                "author": {"external_uid": "3", "username": "Smith"},
                "parent_uid": "p",
                "content": "hello",
                "created_at": "2020-04-04 23:35:27.632879 UTC",
            })
        );
        assert_eq!(give("/a", Some("1"), at + Duration::from_secs(9)), first);
        let uids = [
            first.0,
            give("/a", Some("2"), at).0,
            give("/b", Some("1"), at).0,
            give("/a", None, at).0,
            give("/a", None, at).0,
        ];
        let different: std::collections::HashSet<&String> = uids.iter().collect();
        assert_eq!(different.len(), uids.len());
    }
}
