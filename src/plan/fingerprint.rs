//! Short names for texts, by which the same text is known again.

use sha2::{Digest, Sha256};

use crate::model::{RemoteMessage, RemoteSender};

/// Of a text alone; how its words are set apart does not count, since systems keep that differently.
pub(super) fn of_text(text: &str) -> String {
    let mut digest = Sha256::new();
    for word in text.split_whitespace() {
        digest.update(word);
        digest.update(b" ");
    }
    short(digest.finalize().as_slice())
}

/// Of a message at a system: its number there, or what else tells it from others.
pub(super) fn of_message(message: &RemoteMessage) -> String {
    if let Some(number) = message.number {
        return number.to_string();
    }
    let from = match &message.from {
        RemoteSender::Customer => "customer",
        RemoteSender::Colleague { .. } | RemoteSender::Automatic => "house",
    };
    let digest = Sha256::new()
        .chain_update(from)
        .chain_update(message.at.as_micros().to_be_bytes())
        .chain_update(&message.text)
        .finalize();
    short(digest.as_slice())
}

fn short(digest: &[u8]) -> String {
    hex::encode(&digest[..8])
}

/// Whether the last words of `whole` are those of `end`, which has some.
pub(super) fn ends_with(whole: &str, end: &str) -> bool {
    let mut whole = whole.split_whitespace().rev();
    let mut end = end.split_whitespace().rev().peekable();
    end.peek().is_some() && end.all(|word| whole.next() == Some(word))
}
