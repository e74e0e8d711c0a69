//! What becomes of tickets at a Qminder: checked against what its documents say it takes.

use config::Value;

use crate::mapping::{Field, FieldType, Importances, Purpose, QminderMapping, QminderTexts, Shade};
use crate::model::Status;
use crate::settings::problem::Fault;
use crate::settings::reader::{Read, Section, parse};

use super::tables::{full, meaning, naming, partial};
use super::texts::{optional, template};

/// The [tickets page](https://developer.qminder.com/reference/tickets), and the enum `TicketStatus` of the GraphQL
/// schema for what that page leaves out.
const STATUSES: [&str; 10] = [
    "NEW",
    "CALLED",
    "SERVED",
    "NOSHOW",
    "CANCELLED",
    "CANCELLED_BY_CLERK",
    "SCHEDULED",
    "SCHEDULING_CANCELLED",
    "SCHEDULING_CANCELLED_BY_VISITOR",
    "SCHEDULING_NOSHOW",
];
/// [Adding a label](https://developer.qminder.com/reference/tickets).
const LONGEST_LABEL: usize = 50;
/// Of what stands above a field or the conversation: no limit is documented, so this is our own.
const LONGEST_HEADING: usize = 100;
/// Likewise.
const MOST_FIELDS: usize = 20;

/// `[mapping.qminder]`, or the `mapping` of such a system.
pub(in crate::settings) fn qminder(section: &Section<'_>) -> Read<QminderMapping> {
    let sms_replies = section.need("sms_replies", parse::boolean);
    let cancel_closed = section.need("cancel_closed", parse::boolean);
    let internal_notes = section.need("internal_notes", parse::boolean);
    let nameless = section.need(
        "nameless",
        parse::text_that("a name of 2 to 50 characters", |name| is_line(name, 2..=50)),
    );
    let status = section.table("status", |section| {
        full(section, &STATUSES, meaning(Status::ALL))
    });
    let status_replies = section.table("status_replies", |section| {
        partial(section, Some(&STATUSES), optional)
    });
    let importance = section.table("importance", importances);
    let labels = section.table("labels", |section| {
        let known = section.reader.known.labels();
        let naming = naming("a label of 1 to 50 characters", |name| {
            is_line(name, 1..=LONGEST_LABEL)
        });
        partial(section, known.as_deref(), naming)
    });
    let languages = section.table("languages", |section| {
        let naming = naming("a code of 2 to 5 characters such as \"en\"", |code| {
            is_line(code, 2..=5)
        });
        partial(section, None, naming)
    });
    let texts = section.table("texts", texts);
    let fields = section.tables("fields", field);
    let count = fields.as_ref().map_or(0, Vec::len);
    if count > MOST_FIELDS {
        let what = format!("has {count} fields");
        section.fault("fields", Fault::new(what, format!("at most {MOST_FIELDS}")));
    }
    Some(QminderMapping {
        sms_replies: sms_replies?,
        cancel_closed: cancel_closed?,
        internal_notes: internal_notes?,
        status: status?,
        status_replies: status_replies?,
        importance: importance?,
        labels: labels?,
        languages: languages?,
        nameless: nameless?,
        texts: texts?,
        fields: fields?,
    })
}

fn importances(section: &Section<'_>) -> Read<Importances> {
    let shade = parse::choice(&[
        ("info", Shade::Info),
        ("warning", Shade::Warning),
        ("error", Shade::Error),
    ]);
    let low = section.need("low", &shade);
    let medium = section.need("medium", &shade);
    let high = section.need("high", &shade);
    let critical = section.need("critical", &shade);
    let closed = section.need("closed", &shade);
    Some(Importances {
        low: low?,
        medium: medium?,
        high: high?,
        critical: critical?,
        closed: closed?,
    })
}

fn texts(section: &Section<'_>) -> Read<QminderTexts> {
    let banner = section.need("banner", template(Purpose::Ticket, None));
    let conversation = section.need("conversation", heading());
    let footer = section.need("footer", template(Purpose::Footer, None));
    let sms = section.need("sms", template(Purpose::Message, None));
    Some(QminderTexts {
        banner: banner?,
        conversation: conversation?,
        footer: footer?,
        sms: sms?,
    })
}

fn field(section: &Section<'_>) -> Read<Field> {
    let field_type = section.need(
        "type",
        parse::choice(&[
            ("text", FieldType::Text),
            ("email", FieldType::Email),
            ("phone_number", FieldType::PhoneNumber),
        ]),
    );
    let title = section.need("title", heading());
    let value = section.need("value", template(Purpose::Ticket, None));
    Some(Field {
        field_type: field_type?,
        title: title?,
        value: value?,
    })
}

/// What stands above something.
fn heading() -> impl Fn(&Value) -> Result<String, Fault> {
    parse::text_that("a heading of 1 to 100 characters", |text| {
        is_line(text, 1..=LONGEST_HEADING)
    })
}

/// On one line, and so many UTF-16 code units long.
pub(super) fn is_line(text: &str, length: std::ops::RangeInclusive<usize>) -> bool {
    let is_plain = !text.chars().any(char::is_control) && text.trim() == text;
    is_plain && length.contains(&text.encode_utf16().count())
}
