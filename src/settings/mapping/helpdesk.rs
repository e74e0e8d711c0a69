//! What becomes of tickets at a DeskHive: checked against what its documents say it takes.

use crate::mapping::{DeskHiveMapping, DeskHiveTexts, Purpose};
use crate::model::{Priority, Status};
use crate::settings::reader::{Read, Section, parse};

use super::desk::is_line;
use super::tables::{by_priority, by_status, full, meaning, naming, ours, partial};
use super::texts::{optional, template};

/// Of a ticket, as the agent API's document lists them.
const STATUSES: [&str; 4] = ["open", "in_progress", "on_hold", "closed"];
/// The same.
const PRIORITIES: [&str; 4] = ["low", "medium", "high", "critical"];
/// Of a customer made by the internal API, in UTF-16 code units.
const LONGEST_NAME: usize = 250;
/// Of a ticket made by the internal API, in UTF-16 code units.
const LONGEST_TITLE: usize = 500;

/// `[mapping.deskhive]`, or the `mapping` of such a system.
pub(in crate::settings) fn deskhive(section: &Section<'_>) -> Read<DeskHiveMapping> {
    let internal_notes = section.need("internal_notes", parse::boolean);
    let mark_read = section.need("mark_read", parse::boolean);
    let nameless = section.need(
        "nameless",
        parse::text_that("a name of 1 to 250 characters", |name| {
            is_line(name, 1..=LONGEST_NAME)
        }),
    );
    let status = section.table("status", |section| {
        full(section, &STATUSES, meaning(Status::ALL))
    });
    let status_out = section.table("status_out", |section| {
        by_status(section, ours(Status::ALL))
    });
    let priority = section.table("priority", |section| {
        full(section, &PRIORITIES, meaning(Priority::ALL))
    });
    let priority_out = section.table("priority_out", |section| {
        by_priority(section, ours(Priority::ALL))
    });
    let status_replies = section.table("status_replies", |section| {
        partial(section, Some(&STATUSES), optional)
    });
    let labels = section.table("labels", |section| {
        let known = section.reader.known.labels();
        let naming = naming("the name of one of agent_api.labels", |name| {
            known.as_ref().is_none_or(|known| known.contains(&name))
        });
        partial(section, None, naming)
    });
    let texts = section.table("texts", texts);
    Some(DeskHiveMapping {
        internal_notes: internal_notes?,
        mark_read: mark_read?,
        status: status?,
        status_out: status_out?,
        priority: priority?,
        priority_out: priority_out?,
        status_replies: status_replies?,
        labels: labels?,
        nameless: nameless?,
        texts: texts?,
    })
}

fn texts(section: &Section<'_>) -> Read<DeskHiveTexts> {
    let message = template(Purpose::Message, None);
    let title = section.need("title", template(Purpose::Ticket, Some(LONGEST_TITLE)));
    let follow_up = section.need("follow_up", message);
    let reply = section.need("reply", message);
    let note = section.need("note", message);
    let edit = section.need("edit", message);
    Some(DeskHiveTexts {
        title: title?,
        follow_up: follow_up?,
        reply: reply?,
        note: note?,
        edit: edit?,
    })
}
