//! Registered webhooks, and what is to be delivered to them.

use std::collections::VecDeque;
use std::net::SocketAddr;

use hmac::{Hmac, Mac as _};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use url::{Host, Url};

use super::Refusal;
use crate::peer::Orders;

const MAX_URL: usize = 512;

/// A registered URL and the secret that its deliveries are signed with.
#[derive(Clone, Debug, PartialEq)]
pub struct Webhook {
    /// By which it can be removed.
    pub id: String,
    /// As it was registered.
    pub url: String,
    /// The key of the signatures.
    pub secret: String,
}

/// What goes wrong with a webhook.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HookFault {
    /// It is never delivered.
    Dropped,
    /// It is delivered so many times.
    Repeated(usize),
    /// Its signature does not fit.
    BrokenSignature,
}

/// In which order held webhooks are released.
#[derive(Clone, Debug, PartialEq)]
pub enum Release {
    /// As they were fired.
    InOrder,
    /// The last first.
    Reversed,
    /// By their places among those held, from 0; those not named stay held.
    Places(Vec<usize>),
}

/// What became of a delivery.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// Not sent yet.
    Waiting,
    /// Held until the test releases it.
    Held,
    /// Not sent, because a test said so.
    Dropped,
    /// Not sent, because no address was given to deliver to.
    Nowhere,
    /// Answered with this status.
    Answered(u16),
    /// Not answered, and why.
    Failed(String),
}

/// One delivery of a webhook. The documents tell of no second try.
#[derive(Clone, Debug, PartialEq)]
pub struct Delivery {
    /// The type of the event.
    pub event: String,
    /// The registered URL.
    pub url: String,
    /// The body, to the byte.
    pub body: String,
    /// The value of `X-Qminder-Signature`.
    pub signature: String,
    /// What became of it.
    pub outcome: Outcome,
}

/// All webhooks and deliveries.
#[derive(Debug, Default)]
pub(crate) struct Hooks {
    registered: Vec<Webhook>,
    made: u64,
    /// By the type of the event that they are for.
    pub(crate) faults: Orders<String, HookFault>,
    deliveries: Vec<Delivery>,
    /// Places in `deliveries`.
    outbox: VecDeque<usize>,
    held: Vec<usize>,
    pub(crate) holding: bool,
    /// Where deliveries go, since a URL that can be registered is not this machine's.
    pub(crate) address: Option<SocketAddr>,
}

impl Hooks {
    pub(crate) fn deliveries(&self) -> &[Delivery] {
        &self.deliveries
    }

    pub(crate) fn registered(&self) -> &[Webhook] {
        &self.registered
    }

    pub(crate) fn register(&mut self, url: &str) -> Result<(String, String), Refusal> {
        check(url)?;
        self.made += 1;
        let digits = hex::encode(Sha256::digest(format!("webhook {}", self.made)));
        let (a, rest) = digits.split_at(8);
        let id = format!(
            "{a}-{}-4{}-a{}-{}",
            &rest[..4],
            &rest[4..7],
            &rest[7..10],
            &rest[10..22]
        );
        let secret = digits[34..].to_owned();
        self.add(Webhook {
            id: id.clone(),
            url: url.to_owned(),
            secret: secret.clone(),
        });
        Ok((id, secret))
    }

    pub(crate) fn add(&mut self, webhook: Webhook) {
        self.registered.push(webhook);
    }

    pub(crate) fn remove(&mut self, id: &str) -> Result<(), Refusal> {
        let before = self.registered.len();
        self.registered.retain(|each| each.id != id);
        if self.registered.len() == before {
            return Err(Refusal::not_found("Webhook", id));
        }
        Ok(())
    }

    /// Makes the deliveries of an event: one for each registered URL, as faults have it.
    pub(crate) fn fire(&mut self, event: &str, data: Value, capital: bool) {
        let body = json!({ "type": event, "data": data }).to_string();
        for webhook in self.registered.clone() {
            let fault = self.faults.next(|each| each == event);
            let mut signature = sign(&webhook.secret, &webhook.url, &body);
            if capital {
                signature.make_ascii_uppercase();
            }
            if fault == Some(HookFault::BrokenSignature) {
                signature = sign(&webhook.secret, &webhook.url, "another body");
            }
            let times = match fault {
                Some(HookFault::Repeated(times)) => times,
                Some(HookFault::Dropped | HookFault::BrokenSignature) | None => 1,
            };
            let delivery = Delivery {
                event: event.to_owned(),
                url: webhook.url,
                body: body.clone(),
                signature,
                outcome: Outcome::Waiting,
            };
            for _ in 0..times {
                self.queue(delivery.clone(), fault == Some(HookFault::Dropped));
            }
        }
    }

    fn queue(&mut self, mut delivery: Delivery, dropped: bool) {
        let place = self.deliveries.len();
        delivery.outcome = if dropped {
            Outcome::Dropped
        } else if self.holding {
            self.held.push(place);
            Outcome::Held
        } else if self.address.is_none() {
            Outcome::Nowhere
        } else {
            self.outbox.push_back(place);
            Outcome::Waiting
        };
        self.deliveries.push(delivery);
    }

    /// Lets held deliveries go; whatever is not named stays, and nothing more is held.
    pub(crate) fn release(&mut self, order: &Release) {
        self.holding = false;
        let held = std::mem::take(&mut self.held);
        let places: Vec<usize> = match order {
            Release::InOrder => (0..held.len()).collect(),
            Release::Reversed => (0..held.len()).rev().collect(),
            Release::Places(places) => places.clone(),
        };
        for place in &places {
            if let Some(delivery) = held.get(*place) {
                self.deliveries[*delivery].outcome = Outcome::Waiting;
                self.outbox.push_back(*delivery);
            }
        }
        let stays = |(place, _): &(usize, usize)| !places.contains(place);
        let left = held.into_iter().enumerate().filter(stays);
        self.held = left.map(|(_, delivery)| delivery).collect();
    }

    /// The next delivery to make, with its place and where it goes.
    pub(crate) fn next(&mut self) -> Option<(usize, SocketAddr, Delivery)> {
        let address = self.address?;
        let place = self.outbox.pop_front()?;
        Some((place, address, self.deliveries[place].clone()))
    }

    pub(crate) fn settle(&mut self, place: usize, outcome: Outcome) {
        self.deliveries[place].outcome = outcome;
    }
}

/// Lowercase hexadecimal HMAC-SHA256 over the registered URL and the body, with nothing between them.
pub(crate) fn sign(secret: &str, url: &str, body: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes())
        .expect("an HMAC takes a key of any length");
    mac.update(url.as_bytes());
    mac.update(body.as_bytes());
    hex::encode(mac.finalize().into_bytes())
}

/// The documented rules for a URL: http or https, a domain with another before it, at most 512 characters.
///
/// The official client's own example has no more than two names, so two are enough.
fn check(url: &str) -> Result<(), Refusal> {
    let wrong = |why| Refusal::new(400, format!("the URL {why}"));
    if url.chars().count() > MAX_URL {
        return Err(wrong("is longer than 512 characters"));
    }
    if !url.starts_with("http://") && !url.starts_with("https://") {
        return Err(wrong("does not begin with http:// or https://"));
    }
    let parsed = Url::parse(url).map_err(|_| wrong("cannot be parsed"))?;
    match parsed.host() {
        Some(Host::Domain(name)) if name.split('.').filter(|part| !part.is_empty()).count() > 1 => {
            Ok(())
        }
        _ => Err(wrong("has no domain with a subdomain")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_is_over_the_url_and_the_body() {
        let body = concat!(
            r#"{"type":"ticket_created","data":{"id":"123456789","status":"NEW","source":"MANUAL","#,
            r#""line":37338,"firstName":"Jane","lastName":"Eyre","phoneNumber":12125551234,"#,
            r#""created":{"date":"2020-05-15T00:15:24Z"},"#,
            r#""extra":[{"title":"First time visitor?","value":"Yes"}]}}"#
        );
        assert_eq!(
            sign(
                "wfdfghfhfgdsfderthyndf4356hyfds",
                "https://example.com/webhooks",
                body
            ),
            "c5c27de9890583e222c0ce6ce0df8301d32b2468a755c12fc56da7602d7329a2"
        );
    }

    #[test]
    fn a_url_has_a_scheme_a_domain_with_another_and_a_length() {
        let long = format!("https://hooks.example.com/{}", "a".repeat(487));
        assert_eq!(long.len(), 513);
        for (url, good) in [
            ("https://example.com/hooks?a=1", true),
            ("http://hooks.example.com", true),
            (&long[..512], true),
            (&long, false),
            ("https://localhost/hooks", false),
            ("https://127.0.0.1/hooks", false),
            ("https://[::1]/hooks", false),
            ("ftp://hooks.example.com", false),
            ("hooks.example.com", false),
        ] {
            assert_eq!(check(url).is_ok(), good, "{url}");
        }
    }
}
