//! What a system has not been told yet of a ticket: message by message, in order, a few with one event.

use crate::model::{Message, Ticket};

use super::draft::Draft;
use super::facts::Missing;

/// So many messages are brought to a system with one event, so that its rows stay in one batch. The end of each call
/// brings more.
const MOST_TOLD: usize = 8;

/// So many messages are read at a time where none of those before was for the system.
const MOST_READ: usize = 512;

/// Has `bring` bring the messages after those that the link's system was told of. It says whether it sent one, or that
/// there is no room for any more. Messages that are not for the system are passed over, however many they are: where
/// nothing is sent, there is no end of a call that would go on with those behind them.
pub(super) fn catch_up<'a>(
    draft: &mut Draft<'a>,
    ticket: &mut Ticket,
    index: usize,
    mut bring: impl FnMut(&mut Draft<'a>, &mut Ticket, &Message) -> Result<Brought, Missing>,
) -> Result<(), Missing> {
    let (mut most, mut sent) = (MOST_TOLD, 0);
    loop {
        let told = ticket.links[index].told;
        let messages = draft.messages_after(ticket.id, told, most)?;
        let is_all = messages.len() < most;
        for message in messages {
            if sent == MOST_TOLD {
                return Ok(());
            }
            match bring(draft, ticket, &message)? {
                Brought::Sent => sent += 1,
                Brought::NotForIt => {}
                Brought::NoRoom => return Ok(()),
            }
            ticket.links[index].told = message.id;
        }
        if is_all {
            return Ok(());
        }
        most = (most * 2).min(MOST_READ);
    }
}

/// What became of a message that a system was to be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Brought {
    /// It is on its way.
    Sent,
    /// It is none that the system gets.
    NotForIt,
    /// So many are on their way that it has to wait.
    NoRoom,
}
