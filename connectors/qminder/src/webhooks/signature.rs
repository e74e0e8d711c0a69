//! That an event is Qminder's.

use hmac::{Hmac, Mac};
use sha2::Sha256;
use thiserror::Error;

use crate::Secret;

/// Where the signature of an event stands.
pub const SIGNATURE_HEADER: &str = "x-qminder-signature";

/// The event is not Qminder's, or the URL or the secret is not the webhook's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the signature is not that of this URL, secret and body")]
pub struct BadSignature;

/// Checks the signature of an event: HMAC-SHA256 of the URL followed by the body, in hexadecimal.
///
/// `url` is the webhook's as it was registered, letter by letter: Qminder signs that text, not the URL that a proxy
/// passes on. `body` is what came, before anything is read of it. Letters of either case are taken. It takes the same
/// time for every signature of the right length.
///
/// The recipe stands in full only on the [old page](https://www.qminder.com/docs/api/webhooks/).
///
/// # Errors
///
/// [`BadSignature`] if it is not Qminder's.
pub fn verify(
    url: &str,
    secret: &Secret,
    body: &[u8],
    signature: &str,
) -> Result<(), BadSignature> {
    let mut bytes = [0; 32];
    hex::decode_to_slice(signature.trim(), &mut bytes).map_err(|_| BadSignature)?;
    mac(url, secret, body)
        .verify_slice(&bytes)
        .map_err(|_| BadSignature)
}

/// The signature of an event, in lower case, for those who play Qminder.
pub fn sign(url: &str, secret: &Secret, body: &[u8]) -> String {
    hex::encode(mac(url, secret, body).finalize().into_bytes())
}

fn mac(url: &str, secret: &Secret, body: &[u8]) -> Hmac<Sha256> {
    let key = secret.reveal().as_bytes();
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of every length");
    mac.update(url.as_bytes());
    mac.update(body);
    mac
}

#[cfg(test)]
mod tests {
    use super::*;

    const URL: &str = "https://example.com/webhooks";
    const SECRET: &str = "wfdfghfhfgdsfderthyndf4356hyfds";
    const BODY: &str = r#"{"type":"ticket_created","data":{"id":"123456789","status":"NEW","source":"MANUAL","line":37338,"firstName":"Jane","lastName":"Eyre","phoneNumber":12125551234,"created":{"date":"2020-05-15T00:15:24Z"},"extra":[{"title":"First time visitor?","value":"Yes"}]}}"#;
    const SIGNATURE: &str = "c5c27de9890583e222c0ce6ce0df8301d32b2468a755c12fc56da7602d7329a2";

    #[test]
    fn the_computed_vector_is_met() {
        let secret = Secret::from(SECRET);
        assert_eq!(sign(URL, &secret, BODY.as_bytes()), SIGNATURE);
        for signature in [
            SIGNATURE.to_owned(),
            SIGNATURE.to_uppercase(),
            format!(" {SIGNATURE}\t"),
        ] {
            assert_eq!(verify(URL, &secret, BODY.as_bytes(), &signature), Ok(()));
        }
    }

    #[test]
    fn anything_else_is_refused() {
        let secret = Secret::from(SECRET);
        let other = format!("{}3", &SIGNATURE[..63]);
        for (url, secret, body, signature) in [
            ("https://example.com/webhooks/", &secret, BODY, SIGNATURE),
            (URL, &Secret::from("other"), BODY, SIGNATURE),
            (URL, &secret, &BODY[1..], SIGNATURE),
            (URL, &secret, BODY, &other),
            (URL, &secret, BODY, ""),
            (URL, &secret, BODY, &SIGNATURE[..62]),
            (URL, &secret, BODY, &SIGNATURE[..63]),
            (URL, &secret, BODY, &format!("{SIGNATURE}00")),
            (URL, &secret, BODY, &"z".repeat(64)),
            (URL, &secret, BODY, &"é".repeat(32)),
        ] {
            assert_eq!(
                verify(url, secret, body.as_bytes(), signature),
                Err(BadSignature),
                "{url} {signature}"
            );
        }
    }
}
