//! What became of each field of a DeskHive thread's messages.

use deskhive_client::{Role, ThreadMessage};

use crate::mapping::Tally;

use super::{LONGEST_NAME, LONGEST_TEXT, MOST_ATTACHMENTS};

/// Notes what [`super::heard`] makes of `messages`, under `/messages`.
pub(super) fn note(messages: &[ThreadMessage], tally: &mut Tally) {
    if messages.is_empty() {
        return;
    }
    tally.converted("/messages/*/id", "message.id", "how it is known again");
    tally.converted("/messages/*/ticket_id", "id", "whose message it is");
    tally.converted("/messages/*/content", "message.text", "as plain text");
    tally.kept("/messages/*/is_internal", "message.visibility");
    let who = "customer, agent or nobody, by number and name";
    for key in [
        "sender_type",
        "author_type",
        "is_staff",
        "sender_id",
        "sender",
        "author",
    ] {
        tally.converted(format!("/messages/*/{key}"), "message.author", who);
    }
    let moment = "the same moment in UTC";
    tally.converted("/messages/*/created_at", "message.created_at", moment);
    let liking = "who likes a message there is nobody's business here";
    if messages
        .iter()
        .any(|message| message.likes.is_some_and(|likes| likes > 0))
    {
        tally.dropped("/messages/*/likes_count", liking);
        tally.dropped("/messages/*/like_count", liking);
        tally.dropped("/messages/*/is_liked", liking);
        tally.dropped("/messages/*/liked", liking);
    }
    for (number, message) in messages.iter().enumerate() {
        note_one(number, message, tally);
    }
}

fn note_one(number: usize, message: &ThreadMessage, tally: &mut Tally) {
    let part = |part: &str| format!("/messages/{number}/{part}");
    if message.author.role == Role::System {
        let itself = "DeskHive says it by itself";
        tally.dropped(format!("/messages/{number}"), itself);
        return;
    }
    if message.content.len() > LONGEST_TEXT {
        let long = format!("more than {LONGEST_TEXT} characters");
        tally.cut(part("content"), "message.text", long);
    }
    if message
        .updated
        .is_some_and(|updated| Some(updated) != message.created)
    {
        let edits = "a message that was heard is not heard again when it is edited there";
        tally.dropped(part("updated_at"), edits);
    }
    let named = message.author.name.as_deref();
    if named.is_some_and(|name| name.encode_utf16().count() > LONGEST_NAME) {
        let long = format!("more than {LONGEST_NAME} characters");
        tally.cut(part("sender"), "message.author", long);
    }
    for place in 0..message.attachments.len() {
        let pointer = part(&format!("attachments/{place}"));
        match place < MOST_ATTACHMENTS {
            true => tally.cut(
                pointer,
                "message.text",
                "only its name: the API has no files",
            ),
            false => tally.dropped(pointer, "more than are named"),
        }
    }
}
