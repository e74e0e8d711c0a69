//! Replies to response URLs: the request as the document has it, and what the answers mean.

use std::collections::BTreeMap;
use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderName, HeaderValue};
use respondo_client::Author;
use respondo_client::reply::Reply;
use respondo_client::send::{Limits, Outcome, RetryAfter, SendError, send};

use crate::clock::Clock;
use crate::mapping::Tally;
use crate::model::{Class, Destination, LaneFailure, Time};
use crate::outbound::{Client, Forbidden, Guard};
use crate::settings::Secret;
use crate::store::Parcel;

use super::carried;
use super::signature::{SIGNATURE_HEADER, TIMESTAMP_HEADER, sign};
use super::trouble::chain;
use super::{Courier, Delivering, Report, Shown, ShownRequest};

/// More of an answer than this is not read; a valid reply response repeats the reply at most.
const MOST_ANSWER: usize = 512 * 1024;
/// Longer names are not remembered.
const LONGEST_UID: usize = 512;

/// How replies are sent.
pub struct Ways {
    /// Connects to allowed addresses only.
    pub client: Client,
    /// Judges what needs no connection.
    pub guard: Guard,
    /// For one whole call.
    pub timeout: Duration,
    /// By brand.
    pub signing_keys: BTreeMap<String, Vec<Secret<Vec<u8>>>>,
}

/// Delivers replies to response URLs.
pub struct ResponseUrls {
    ways: Ways,
    clock: Arc<dyn Clock>,
}

impl ResponseUrls {
    /// Delivers by these `ways`.
    #[must_use]
    pub fn new(ways: Ways, clock: Arc<dyn Clock>) -> Self {
        Self { ways, clock }
    }

    /// What [`Courier::deliver`] would send, without the signatures and the secret part of the address.
    pub fn shown(&self, parcel: &Parcel, webhook_id: &str) -> Shown {
        let body = body_of(parcel);
        let mut tally = Tally::new();
        tell(parcel, &mut tally);
        let mut headers = headers(webhook_id, &[], parcel.delivery.created_at, &body);
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        let keys = self.ways.signing_keys.get(&parcel.delivery.brand);
        let signed = keys.is_some_and(|keys| !keys.is_empty());
        let signature = signed.then_some(SIGNATURE_HEADER);
        let body = String::from_utf8_lossy(&body).into_owned();
        let target = parcel.to.shown();
        Shown {
            requests: vec![ShownRequest::new(
                "POST", &target, &headers, signature, body,
            )],
            fates: tally.into_fates(),
        }
    }

    async fn send(&self, parcel: Parcel, webhook_id: String) -> Report {
        let ways = &self.ways;
        let Destination::ResponseUrl(text) = &parcel.to else {
            return Report::unanswered(Class::Rejected, "no response URL", None);
        };
        let url = match ways.guard.judge(text) {
            Ok(url) => url,
            Err(fault) => {
                return Report::unanswered(
                    Class::Rejected,
                    format!("the response URL {fault}"),
                    None,
                );
            }
        };
        let body = body_of(&parcel);
        let mut tally = Tally::new();
        tell(&parcel, &mut tally);
        let keys = ways
            .signing_keys
            .get(&parcel.delivery.brand)
            .map(Vec::as_slice)
            .unwrap_or_default();
        let mut headers = headers(&webhook_id, keys, self.clock.now(), &body);
        headers.extend(carried::headers());
        let limits = Limits {
            max_body_bytes: MOST_ANSWER,
        };
        match send(
            &ways.client,
            &url,
            headers,
            Bytes::from(body),
            ways.timeout,
            limits,
        )
        .await
        {
            Ok(outcome) => self.answered(outcome).with_fates(tally),
            Err(error) => unanswered(&error),
        }
    }

    fn answered(&self, outcome: Outcome) -> Report {
        let report = |class, status: u16, detail: String| Report {
            class,
            status: Some(status),
            detail,
            until: None,
            gone: false,
            remote_uid: None,
            vanished: false,
            failure: (status >= 500).then_some(LaneFailure::ServerError),
            fates: Vec::new(),
            withheld: false,
        };
        match outcome {
            Outcome::Delivered { status, response } => {
                let uid = response.map(|response| response.external_uid);
                let uid = uid.filter(|uid| !uid.is_empty() && uid.len() <= LONGEST_UID);
                let detail = match &uid {
                    Some(_) => "accepted with a valid reply response".to_owned(),
                    None => "accepted; the answer is no reply response, so nothing confirms it"
                        .to_owned(),
                };
                Report {
                    remote_uid: uid,
                    ..report(Class::Ok, status, detail)
                }
            }
            Outcome::Retry { status } => report(Class::Retry, status, format!("answered {status}")),
            Outcome::Throttled {
                status,
                retry_after,
            } => {
                let until = retry_after.map(|retry_after| match retry_after {
                    RetryAfter::After(wait) => self.clock.now().plus(wait),
                    RetryAfter::At(moment) => Time::from_timestamp(moment),
                });
                let detail = match until {
                    Some(until) => format!("answered {status}: not before {until}"),
                    None => format!("answered {status} without saying for how long"),
                };
                Report {
                    until,
                    ..report(Class::Throttled, status, detail)
                }
            }
            Outcome::Rejected {
                status,
                gone,
                location,
            } => {
                let detail = match (gone, location) {
                    (true, _) => format!("answered {status}: the URL is gone for good"),
                    (false, true) => {
                        format!("answered {status} with a redirect, which is never followed")
                    }
                    (false, false) => format!("answered {status}"),
                };
                Report {
                    gone,
                    ..report(Class::Rejected, status, detail)
                }
            }
        }
    }
}

impl Courier for ResponseUrls {
    fn deliver(&self, parcel: Parcel, webhook_id: String) -> Delivering<'_> {
        Box::pin(self.send(parcel, webhook_id))
    }
}

/// The request's body: the same bytes for the same parcel.
pub fn body_of(parcel: &Parcel) -> Vec<u8> {
    let Some(reply) = parcel.delivery.reply() else {
        return Vec::new();
    };
    Reply {
        response_text: parcel.text.clone(),
        author: Author {
            external_uid: reply.author_uid.clone(),
            username: reply.author_name.clone(),
        },
        parent_id: reply.parent_uid.clone(),
    }
    .to_wire()
}

fn tell(parcel: &Parcel, tally: &mut Tally) {
    let Some(reply) = parcel.delivery.reply() else {
        return;
    };
    let message = &parcel.message;
    tally.kept("message.text", "reply /response_text");
    const NAME: &str = "reply /author/username";
    match reply.author_name == message.from.name() {
        true => tally.kept("message.author", NAME),
        false => tally.converted("message.author", NAME, "as people saw it when it was said"),
    }
    tally.converted(
        "message.author",
        "reply /author/external_uid",
        "the agent's number, or the system's id and the number there",
    );
    const PARENT: &str = "reply /parent_id";
    match reply.parent_uid.is_empty() {
        true => tally.absent("answered.external_uid", PARENT, "the sender gave none"),
        false => tally.kept("answered.external_uid", PARENT),
    }
    tally.dropped("message.visibility", "only public replies go there");
    tally.dropped("message.created_at", "a reply has no place for it");
}

fn headers(webhook_id: &str, keys: &[Secret<Vec<u8>>], now: Time, body: &[u8]) -> HeaderMap {
    let seconds = now.to_timestamp().as_second();
    let mut headers = HeaderMap::new();
    let mut set = |name: &'static str, value: &str| {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(HeaderName::from_static(name), value);
        }
    };
    set("webhook-id", webhook_id);
    set("idempotency-key", webhook_id);
    set(TIMESTAMP_HEADER, &seconds.to_string());
    if !keys.is_empty() {
        set(SIGNATURE_HEADER, &sign(keys, webhook_id, seconds, body));
    }
    headers
}

fn unanswered(error: &SendError) -> Report {
    let silence = Some(LaneFailure::Silence);
    if is_forbidden(error) {
        return Report::unanswered(Class::Rejected, Forbidden.to_string(), None);
    }
    let detail = chain(error);
    match error {
        SendError::Unreachable(_) => Report::unanswered(Class::Retry, detail, silence),
        SendError::Unknown(_) => Report::unanswered(Class::Unknown, detail, silence),
        SendError::InvalidRequest(_) => Report::unanswered(Class::Rejected, detail, None),
    }
}

fn is_forbidden(error: &SendError) -> bool {
    let mut source: Option<&(dyn Error + 'static)> = Some(error);
    while let Some(error) = source {
        if error.is::<Forbidden>() {
            return true;
        }
        source = error.source();
    }
    false
}
