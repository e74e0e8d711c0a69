//! What a message says where it stands under another's name: planning knows it again by that, and adapters send it.

use crate::model::{Message, Sender, Visibility};

use super::readable::line;
use super::variables::LONGEST_NAME;
use super::{DeskHiveMapping, Scope, SystemMapping, Template};

/// How a message is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spoken {
    /// For the first time.
    New,
    /// As an edit of one that is there.
    Edit,
}

impl Spoken {
    /// `is_edit`: of one that is there.
    #[must_use]
    pub fn edit(is_edit: bool) -> Self {
        if is_edit { Self::Edit } else { Self::New }
    }
}

/// The plain text by which `message`, saying `text`, is brought to a system where only we can write.
#[must_use]
pub fn spoken(mapping: &SystemMapping, message: &Message, text: &str, how: Spoken) -> String {
    let text = text.trim();
    match mapping {
        SystemMapping::Qminder(qminder) => said(&qminder.texts.sms, message, text),
        SystemMapping::DeskHive(deskhive) => spoken_at_deskhive(deskhive, message, text, how),
        SystemMapping::Respondo => text.to_owned(),
    }
}

/// [`spoken`] at a DeskHive.
#[must_use]
pub fn spoken_at_deskhive(
    mapping: &DeskHiveMapping,
    message: &Message,
    text: &str,
    how: Spoken,
) -> String {
    said(of_deskhive(mapping, message, how), message, text)
}

/// What `template` makes of `message`, which says `text`.
#[must_use]
pub fn said(template: &Template, message: &Message, text: &str) -> String {
    let text = text.trim();
    let scope = written_by(message).with("text", text);
    // A template that was checked cannot fail; what was said is not lost to one that was not.
    template.render(&scope).unwrap_or_else(|_| text.to_owned())
}

fn of_deskhive<'a>(mapping: &'a DeskHiveMapping, message: &Message, how: Spoken) -> &'a Template {
    match (how, message.visibility, &message.from) {
        (Spoken::Edit, _, _) => &mapping.texts.edit,
        (Spoken::New, Visibility::Internal, _) => &mapping.texts.note,
        (Spoken::New, Visibility::Public, Sender::Customer(_)) => &mapping.texts.follow_up,
        (Spoken::New, Visibility::Public, Sender::Agent { .. } | Sender::Colleague { .. }) => {
            &mapping.texts.reply
        }
    }
}

/// What a template is told of who wrote `message`.
#[must_use]
pub fn written_by(message: &Message) -> Scope {
    let role = match (&message.from, message.visibility) {
        (_, Visibility::Internal) => "note",
        (Sender::Customer(_), Visibility::Public) => "customer",
        (Sender::Agent { .. } | Sender::Colleague { .. }, Visibility::Public) => "agent",
    };
    let system = match &message.from {
        Sender::Colleague { system, .. } => system.as_str(),
        Sender::Customer(_) | Sender::Agent { .. } => "",
    };
    Scope::default()
        .with("author", &line(message.from.name(), LONGEST_NAME))
        .with("role", role)
        .with("system", system)
}
