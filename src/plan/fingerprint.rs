//! Short names for texts, by which the same text is known again.

use sha2::{Digest, Sha256};

use crate::model::{RemoteMessage, RemoteSender};

/// Of a text alone; white space around it does not count.
pub(super) fn of_text(text: &str) -> String {
    short(Sha256::digest(text.trim()).as_slice())
}

/// Of a message at a system, which has no id of its own there.
pub(super) fn of_message(message: &RemoteMessage) -> String {
    let from = match &message.from {
        RemoteSender::Customer => "customer",
        RemoteSender::Colleague(_) | RemoteSender::Automatic => "house",
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
