//! What is done to a ticket beside its way through the queue: labels and text messages.

use super::ticket::{Label, Message, MessageKind};
use super::wire::COLOR;
use super::{Refusal, Variation, World};

const MAX_LABEL: usize = 50;

/// A label's text that the documents allow.
pub(crate) fn label(value: &str) -> Result<Label, Refusal> {
    if value.trim().is_empty() {
        return Err(Refusal::new(400, "Label must not be blank"));
    }
    if length(value) > MAX_LABEL {
        return Err(Refusal::new(
            400,
            format!("Label must not be longer than {MAX_LABEL} characters"),
        ));
    }
    Ok(Label {
        value: value.to_owned(),
        color: COLOR.to_owned(),
    })
}

/// How long a text is for Qminder: in UTF-16 units, as in the languages of its server and clients.
pub(crate) fn length(text: &str) -> usize {
    text.encode_utf16().count()
}

impl World {
    /// Adds a label; false if it was there.
    pub(crate) fn add_label(&mut self, number: u64, value: &str) -> Result<bool, Refusal> {
        let label = label(value)?;
        let ticket = self.found_mut(number)?;
        if ticket.has_label(value) {
            return Ok(false);
        }
        ticket.labels.push(label);
        self.fire_undocumented(number);
        Ok(true)
    }

    /// Removes a label; false if it was not there.
    pub(crate) fn remove_label(&mut self, number: u64, value: &str) -> Result<bool, Refusal> {
        let ticket = self.found_mut(number)?;
        if !ticket.has_label(value) {
            return Ok(false);
        }
        ticket.labels.retain(|label| label.value != value);
        self.fire_undocumented(number);
        Ok(true)
    }

    pub(crate) fn set_labels(&mut self, number: u64, labels: Vec<Label>) -> Result<(), Refusal> {
        self.found_mut(number)?.labels = labels;
        self.fire_undocumented(number);
        Ok(())
    }

    /// Adds a text message in either direction.
    pub(crate) fn message(
        &mut self,
        number: u64,
        kind: MessageKind,
        body: &str,
        user: Option<u64>,
    ) -> Result<(), Refusal> {
        if let Some(user) = user {
            self.account.user(user)?;
        }
        let created = self.now();
        let without_phone = self.varies(Variation::MessagesWithoutPhone);
        let ticket = self.found_mut(number)?;
        if ticket.phone_number.is_none() && !without_phone {
            return Err(Refusal::unheard_of(
                "a text message for a ticket without a phone number",
            ));
        }
        ticket.messages.push(Message {
            created,
            body: body.to_owned(),
            kind,
            status: match kind {
                MessageKind::Incoming => "NEW".to_owned(),
                MessageKind::Outgoing | MessageKind::Automated => "SENT".to_owned(),
            },
            user,
        });
        self.fire_undocumented(number);
        Ok(())
    }
}
