//! Signatures of Standard Webhooks (the specification's "Signature scheme", symmetric `v1`).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, Mac};
use sha2::Sha256;

use crate::settings::Secret;

/// Carries the moment of the call, in Unix seconds.
pub const TIMESTAMP_HEADER: &str = "webhook-timestamp";
/// Carries one signature per key, separated by spaces.
pub const SIGNATURE_HEADER: &str = "webhook-signature";

/// What the signature header says for a body sent under `id` at `timestamp`.
#[must_use]
pub fn sign(keys: &[Secret<Vec<u8>>], id: &str, timestamp: i64, body: &[u8]) -> String {
    let one = |key: &Secret<Vec<u8>>| {
        let mut mac =
            Hmac::<Sha256>::new_from_slice(key.reveal()).expect("HMAC takes keys of any length");
        mac.update(format!("{id}.{timestamp}.").as_bytes());
        mac.update(body);
        format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
    };
    keys.iter().map(one).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Computed by another implementation of HMAC-SHA256.
    #[test]
    fn every_key_signs_id_time_and_body() {
        let keys = [
            "ticketbridge-test-signing-key-01",
            "another-key-that-is-rotated-in!!",
        ];
        let keys: Vec<_> = keys
            .iter()
            .map(|key| Secret::new(key.as_bytes().to_vec()))
            .collect();
        assert_eq!(
            sign(
                &keys,
                "msg_1a2b_7",
                1_700_000_000,
                br#"{"response_text":"hi"}"#
            ),
            "v1,UXAwwdhbZyXCPlhts9iQl/ITRAbz3Y9VHkcGTpPmZxM= v1,MKC/TC22TnYzJiSMtjcfOBimRW3m+cux6ErJ1BmwrwQ="
        );
    }
}
