//! Where agents find the fields of a ticket of ours. `resource` is what puts them there.

use crate::mapping::Tally;
use crate::model::Ticket;

use super::resource::email_of;

/// Notes where `ticket` and its messages show.
pub(in crate::http) fn served(ticket: &Ticket, tally: &mut Tally) {
    let seconds = "in whole seconds";
    tally.kept("id", "ticket /data/id");
    tally.kept("title", "ticket /data/title");
    tally.kept("content", "ticket /data/content");
    tally.kept("status", "ticket /data/status");
    tally.kept("priority", "ticket /data/priority");
    tally.kept("labels", "ticket /data/labels");
    tally.kept("author.username", "ticket /data/customer/name");
    if email_of(&ticket.author).is_some() {
        let form = "it has the form of an address";
        tally.converted("author.external_uid", "ticket /data/customer/email", form);
    }
    tally.kept("author.external_uid", "ticket /data/custom_fields");
    tally.kept("external_uid", "ticket /data/custom_fields");
    tally.kept("provider", "ticket /data/custom_fields");
    tally.kept("custom_fields", "ticket /data/custom_fields");
    tally.converted("created_at", "ticket /data/created_at", seconds);
    tally.kept("assignee", "ticket /data/assigned_to");
    tally.dropped("brand", "agents see the tickets of their brands alike");
    tally.dropped("parent_uid", "agents see the thread that it leads to");
    tally.dropped("response_url", "agents answer here, and never see where to");
    tally.kept("message.text", "messages /data/*/content");
    tally.kept("note.text", "messages /data/*/content");
    tally.kept("message.visibility", "messages /data/*/is_internal");
    let name = "by name, and by number where that is known";
    tally.converted("message.author", "messages /data/*/sender", name);
    tally.converted("message.created_at", "messages /data/*/created_at", seconds);
}
