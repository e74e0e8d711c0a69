//! Webhooks: Qminder tells of every event of all locations of an account by POST.
//!
//! [Webhooks](https://developer.qminder.com/reference/webhooks-overview). What is not documented: whether and how often
//! an event is sent again, which answers it takes for an acknowledgement, and in which time. Answer 200 at once, take
//! repetitions, and look for what was missed by [searching](crate::tickets::search). Events have no id and no time of
//! their own.

use http::Method;
use serde::Deserialize;

use crate::request::Pairs;
use crate::violation::Violations;
use crate::{Call, Invalid, Request, Rule, Secret, WebhookId, json};

mod event;
mod signature;

pub use event::{Event, EventType, Named, Subject, UnreadableEvent};
pub use signature::{BadSignature, SIGNATURE_HEADER, sign, verify};

/// A webhook that was made.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct CreatedWebhook {
    /// Its name, by which it is deleted. There is no list of webhooks.
    pub id: WebhookId,
    /// What its events are signed with. It is told here and never again.
    pub secret: Secret,
}

/// `POST /v1/webhooks`: has every event of the account sent to `url` from now on.
///
/// **Not idempotent**, and there is no list of webhooks: one that was made unseen can only be deleted by hand.
///
/// # Errors
///
/// A URL that does not begin with `http://` or `https://`, or has more than 512 characters. Qminder also asks for a
/// domain with a subdomain.
pub fn create(url: &str) -> Result<Call<CreatedWebhook>, Invalid> {
    let mut found = Violations::default();
    let is_http = url.starts_with("http://") || url.starts_with("https://");
    found.add_unless(is_http, "/url", Rule::Form("a URL of http or https"));
    found.max_length("/url", url, 512);
    found.into_result()?;
    let form = Pairs::default().with("url", url);
    Ok(Call::new(
        Request::post("/v1/webhooks").with_form(&form),
        json::read,
    ))
}

/// `DELETE /v1/webhooks/{webhook}`: has nothing more sent.
pub fn delete(webhook: &WebhookId) -> Call<()> {
    Call::acknowledged(Request::new(
        Method::DELETE,
        format!("/v1/webhooks/{webhook}"),
    ))
}
