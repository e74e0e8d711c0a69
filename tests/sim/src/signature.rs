//! Verifying a request by the Standard Webhooks specification, version 1 signatures.

use std::time::{Duration, SystemTime};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, Mac};
use sha2::Sha256;

use crate::receiver::Received;

/// Checks that `received` was signed with this secret, and when: its `Webhook-Timestamp` is at
/// most `tolerance` away from its arrival, in either direction.
///
/// `secret_bytes` is what follows `whsec_`, decoded. Several signatures, separated by spaces,
/// may be there; one that matches is enough, and those of other versions are passed over.
/// The error says what is wrong.
pub fn verify_signature(
    secret_bytes: &[u8],
    received: &Received,
    tolerance: Duration,
) -> Result<(), String> {
    let id = only(received, "Webhook-Id")?;
    let timestamp = only(received, "Webhook-Timestamp")?;
    let signatures = only(received, "Webhook-Signature")?;
    if id.is_empty() || id.contains('.') {
        return Err(format!("Webhook-Id {id:?} is empty or has a full stop"));
    }
    check_time(timestamp, received.at, tolerance)?;
    let mut candidates = Vec::new();
    for signature in signatures.split(' ') {
        match signature.split_once(',') {
            Some(("v1", code)) => candidates.push(
                STANDARD
                    .decode(code)
                    .map_err(|error| format!("a v1 signature is not base64: {error}"))?,
            ),
            Some(_) => {}
            None => return Err(format!("{signature:?} is not VERSION,SIGNATURE")),
        }
    }
    if candidates.is_empty() {
        return Err("there is no v1 signature".to_owned());
    }
    let mut mac = Hmac::<Sha256>::new_from_slice(secret_bytes)
        .map_err(|error| format!("the secret cannot be used: {error}"))?;
    mac.update(id.as_bytes());
    mac.update(b".");
    mac.update(timestamp.as_bytes());
    mac.update(b".");
    mac.update(&received.body);
    if candidates
        .iter()
        .any(|code| mac.clone().verify_slice(code).is_ok())
    {
        Ok(())
    } else {
        Err("no signature matches".to_owned())
    }
}

fn only<'a>(received: &'a Received, name: &str) -> Result<&'a str, String> {
    match received.header_values(name).as_slice() {
        [value] => Ok(value),
        [] => Err(format!("{name} is missing")),
        _ => Err(format!("{name} is there more than once")),
    }
}

fn check_time(timestamp: &str, arrival: SystemTime, tolerance: Duration) -> Result<(), String> {
    let digits = !timestamp.is_empty() && timestamp.bytes().all(|byte| byte.is_ascii_digit());
    let signed_at = timestamp
        .parse()
        .ok()
        .filter(|_| digits)
        .and_then(|seconds| SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(seconds)))
        .ok_or_else(|| format!("Webhook-Timestamp {timestamp:?} is not in whole seconds"))?;
    let apart = match arrival.duration_since(signed_at) {
        Ok(older) => older,
        Err(newer) => newer.duration(),
    };
    if apart > tolerance {
        return Err(format!(
            "Webhook-Timestamp is {} s away from the arrival",
            apart.as_secs()
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    // The signatures were made with Python's hmac, and the first also with the openssl tool:
    //   openssl dgst -sha256 -hmac 0123456789abcdefghijklmnopqrstuv -binary | base64
    const BODY: &str = r#"{"response_text":"grüß dich","author":{"external_uid":"3","username":"Agent Smith"},"parent_id":"p-1"}"#;
    const SECRET: &[u8] = b"0123456789abcdefghijklmnopqrstuv";
    const SIGNATURE: &str = "v1,nsXyaKOaGPcvpq2w2t793+tz4Z6o2MYiulnHirXN7B0=";
    const OTHER_SIGNATURE: &str = "v1,7f3CHB2dacdqC192cDxWNgF3pFvr0dS4gowEIBNOEtk=";
    const EMPTY_BODY_SIGNATURE: &str = "v1,B1UwOFtQG9LMTxRZpzjcOMc57YzOGsr1rPb9fjdpFec=";
    const TOLERANCE: Duration = Duration::from_secs(300);

    fn signed(signature: &str) -> Received {
        let header = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        Received {
            seq: 1,
            at: SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_010),
            after: Duration::ZERO,
            method: "POST".to_owned(),
            path: "/".to_owned(),
            headers: vec![
                header("webhook-id", "msg_1a2b"),
                header("webhook-timestamp", "1700000000"),
                header("webhook-signature", signature),
            ],
            body: BODY.as_bytes().to_vec(),
            refused: None,
            answered: None,
            reply_uid: None,
            ended: None,
        }
    }

    #[test]
    fn a_signature_made_elsewhere_is_verified() {
        assert_eq!(
            verify_signature(SECRET, &signed(SIGNATURE), TOLERANCE),
            Ok(())
        );
        let other: Vec<u8> = (0..24).collect();
        assert_eq!(
            verify_signature(&other, &signed(OTHER_SIGNATURE), TOLERANCE),
            Ok(())
        );
        let mut empty = signed(EMPTY_BODY_SIGNATURE);
        empty.headers[0].1 = "msg_e".to_owned();
        empty.body.clear();
        assert_eq!(verify_signature(SECRET, &empty, TOLERANCE), Ok(()));
    }

    #[test]
    fn one_match_among_several_is_enough() {
        for several in [
            format!("{OTHER_SIGNATURE} {SIGNATURE}"),
            format!("{SIGNATURE} {OTHER_SIGNATURE}"),
            format!("v1a,not-ours! {SIGNATURE}"),
        ] {
            assert_eq!(
                verify_signature(SECRET, &signed(&several), TOLERANCE),
                Ok(()),
                "{several}"
            );
        }
    }

    #[test]
    fn what_was_changed_is_found() {
        let no_match = Err("no signature matches".to_owned());
        assert_eq!(
            verify_signature(b"another secret", &signed(SIGNATURE), TOLERANCE),
            no_match
        );
        let mut body = signed(SIGNATURE);
        body.body.push(b' ');
        assert_eq!(verify_signature(SECRET, &body, TOLERANCE), no_match);
        let mut id = signed(SIGNATURE);
        id.headers[0].1 = "msg_1a2c".to_owned();
        assert_eq!(verify_signature(SECRET, &id, TOLERANCE), no_match);
        let mut time = signed(SIGNATURE);
        time.headers[1].1 = "1700000001".to_owned();
        assert_eq!(verify_signature(SECRET, &time, TOLERANCE), no_match);
    }

    #[test]
    fn a_timestamp_out_of_tolerance_is_refused_in_both_directions() {
        let mut received = signed(SIGNATURE);
        let signed_at = SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000);
        for (at, good) in [
            (signed_at + TOLERANCE, true),
            (signed_at + TOLERANCE + Duration::from_millis(1), false),
            (signed_at - TOLERANCE, true),
            (signed_at - TOLERANCE - Duration::from_millis(1), false),
        ] {
            received.at = at;
            assert_eq!(
                verify_signature(SECRET, &received, TOLERANCE).is_ok(),
                good,
                "{at:?}"
            );
        }
        for odd in ["", "+1700000000", "1700000000.5", "99999999999999999999"] {
            received.headers[1].1 = odd.to_owned();
            let refused = verify_signature(SECRET, &received, TOLERANCE).unwrap_err();
            assert!(refused.ends_with("is not in whole seconds"), "{refused}");
        }
    }

    #[test]
    fn headers_that_are_missing_doubled_or_malformed_are_refused() {
        for index in 0..3 {
            let mut missing = signed(SIGNATURE);
            missing.headers.remove(index);
            assert!(
                verify_signature(SECRET, &missing, TOLERANCE)
                    .unwrap_err()
                    .ends_with("is missing")
            );
            let mut doubled = signed(SIGNATURE);
            let twice = doubled.headers[index].clone();
            doubled.headers.push(twice);
            assert!(
                verify_signature(SECRET, &doubled, TOLERANCE)
                    .unwrap_err()
                    .ends_with("more than once")
            );
        }
        for odd in ["", "v1", "v1,%%%", "v2,nsXyaKOa", "v1,"] {
            assert!(
                verify_signature(SECRET, &signed(odd), TOLERANCE).is_err(),
                "{odd}"
            );
        }
    }
}
