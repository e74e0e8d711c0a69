//! What a message says where it stands under another's name: planning knows it again by that, and adapters send it.

use super::{Message, Sender};

/// The plain text by which `message`, saying `text`, is brought to a thread where only we can write: what a customer
/// wrote names them, and so does whatever was edited since it was brought.
pub fn relayed_text(message: &Message, text: &str, is_edit: bool) -> String {
    let text = text.trim();
    let name = message.from.name().trim();
    let name = match (&message.from, name) {
        (Sender::Customer(_), "") => "The customer",
        (Sender::Agent { .. } | Sender::Colleague { .. }, "") => "A colleague",
        (_, name) => name,
    };
    match (&message.from, is_edit) {
        (_, true) => format!("{name} edited what they wrote. It says now:\n\n{text}"),
        (Sender::Customer(_), false) => format!("{name} wrote:\n\n{text}"),
        (Sender::Agent { .. } | Sender::Colleague { .. }, false) => text.to_owned(),
    }
}
