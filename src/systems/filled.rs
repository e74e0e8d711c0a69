//! Templates filled in with what a ticket says, and what that keeps, cuts and leaves out.

use jiff::tz::TimeZone;

use crate::mapping::readable::line;
use crate::mapping::{LONGEST_NAME, Scope, Tally, Template};
use crate::model::Ticket;

use super::contact::Contact;

/// What templates call our fields.
const FIELDS: [(&str, &str); 11] = [
    ("number", "id"),
    ("title", "title"),
    ("status", "status"),
    ("priority", "priority"),
    ("brand", "brand"),
    ("provider", "provider"),
    ("author", "author.username"),
    ("author_uid", "author.external_uid"),
    ("email", "author"),
    ("phone", "author"),
    ("created", "created_at"),
];

/// What a line that speaks of `ticket` is told.
pub(super) fn scope_of(ticket: &Ticket, contact: &Contact) -> Scope {
    let name = |text: &str| line(text, LONGEST_NAME);
    let created = ticket.created_at.to_timestamp().to_zoned(TimeZone::UTC);
    Scope::default()
        .with("number", &ticket.id.to_string())
        .with("title", &name(&ticket.title))
        .with("status", ticket.status.as_str())
        .with("priority", ticket.priority.as_str())
        .with("brand", &name(&ticket.brand))
        .with(
            "provider",
            &name(ticket.provider.as_deref().unwrap_or_default()),
        )
        .with("author", &name(&contact.name))
        .with("author_uid", &name(&ticket.author.external_uid))
        .with("email", contact.email.as_deref().unwrap_or_default())
        .with("phone", contact.phone.as_deref().unwrap_or_default())
        .with("created", &created.date().to_string())
}

/// What `template` says of `scope`, on one line of at most `most` UTF-16 code units; it stands in `to`.
pub(super) fn filled(
    template: &Template,
    scope: &Scope,
    most: usize,
    to: &'static str,
    tally: &mut Tally,
) -> String {
    // A template that was checked cannot fail.
    let said = template.render(scope).unwrap_or_default();
    let shown = line(&said, most);
    if !tally.is_on() || shown.is_empty() {
        return shown;
    }
    let is_cut = said.encode_utf16().count() > most;
    for name in template.spoken_of() {
        if scope.is_blank(name) {
            continue;
        }
        let known = FIELDS.iter().find(|(variable, _)| variable == name);
        let field = known.map_or(name.as_str(), |(_, field)| field).to_owned();
        if is_cut {
            tally.cut(field, to, format!("at most {most} characters"));
        } else if template.is_only(name) && *name != "email" && *name != "phone" {
            match shown == said {
                true => tally.kept(field, to),
                false => tally.converted(field, to, "on one line"),
            }
        } else {
            tally.converted(field, to, "by its template");
        }
    }
    shown
}
