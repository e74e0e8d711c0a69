//! What those who may work on a ticket are told.

use crate::model::{News, Notice, Ticket};

use super::draft::Draft;
use super::outcome::Write;

/// Tells whoever may work on `ticket`, once for all of them; who of them wants to know is decided where they ask.
pub(super) fn tell(draft: &mut Draft<'_>, ticket: &Ticket, news: News) {
    let notice = Notice {
        id: draft.new_notice_id(),
        ticket: ticket.id,
        at: draft.now,
        news,
    };
    draft.write(Write::Notice(ticket.brand.clone(), ticket.assignee, notice));
}
