//! A story as one list in order of time.

use crate::model::{
    Attempt, Class, Command, DeadReason, DeliveryState, Fate, Link, MessageId, Sender, Visibility,
    WayOut,
};
use crate::store::{DeliveryStory, MessageView, Restoration, Story};

use super::super::wire::{Entry, shown};
use super::lost::lost;
use super::note::told;

/// What one event did has one time; cause goes before effect.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Step {
    Message,
    Note,
    Planned,
    Attempt,
    End,
    Now,
}

struct Teller<'a> {
    story: &'a Story,
    told: Vec<(Step, Entry)>,
}

pub(super) fn entries(story: &Story, restored: &[Restoration]) -> Vec<Entry> {
    let mut teller = Teller {
        story,
        told: Vec::new(),
    };
    for view in &story.messages {
        teller.message(view);
    }
    for view in &story.messages {
        teller.missing_delivery(view);
    }
    for (at, note) in &story.notes {
        teller.tell(Step::Note, told(*at, note));
    }
    for restoration in restored {
        teller.restored(restoration);
    }
    for delivery in &story.deliveries {
        teller.delivery(delivery);
    }
    for link in &story.ticket.links {
        teller.link(link);
    }
    teller.told.sort_by_key(|(step, entry)| (entry.at, *step));
    teller.told.into_iter().map(|(_, entry)| entry).collect()
}

fn first_line(view: &MessageView) -> String {
    format!("“{}”", crate::model::Ticket::title_of(&view.content))
}

impl Teller<'_> {
    fn tell(&mut self, step: Step, entry: Entry) {
        self.told.push((step, entry));
    }

    fn restored(&mut self, restoration: &Restoration) {
        if self.story.ticket.id < restoration.tickets {
            let text = format!(
                "the store was made from a backup of {:.3}: what happened here between then and now is not known, and \
                 what went out may go out again",
                restoration.taken_at.to_timestamp()
            );
            self.tell(Step::Now, Entry::new(restoration.at, "restored", text));
        }
    }

    fn message(&mut self, view: &MessageView) {
        let message = &view.message;
        let (what, text) = match &message.from {
            Sender::Customer(_) => ("received", self.received(view)),
            Sender::Agent { .. } | Sender::Colleague { .. } => {
                let internal = message.visibility == Visibility::Internal;
                let way = match (internal, message.way_out, message.answers) {
                    (true, _, _) => "; internal, never leaves".to_owned(),
                    (false, WayOut::Nowhere, _) => "; went nowhere: no response URL".to_owned(),
                    (false, _, Some(answered)) => format!("; answers message {answered}"),
                    (false, _, None) => String::new(),
                };
                let what = if internal { "note" } else { "reply" };
                let line = first_line(view);
                let who = match &message.from {
                    Sender::Agent { id, name } => format!("agent {id} ({name})"),
                    Sender::Colleague { system, id, name } => format!("{name} ({system}:{id})"),
                    Sender::Customer(author) => author.username.clone(),
                };
                (what, format!("by {who}{way}: {line}"))
            }
        };
        let id = Some(message.id.0);
        let told = Entry::new(message.arrived_at, what, text);
        self.tell(
            Step::Message,
            Entry {
                message: id,
                ..told
            },
        );
        if let Some(last) = message.duplicate_at {
            let text = match message.duplicates {
                1 => "the same arrived again".to_owned(),
                times => format!("the same arrived again {times} times, last now"),
            };
            let told = Entry::new(last, "duplicate", text);
            self.tell(
                Step::Message,
                Entry {
                    message: id,
                    ..told
                },
            );
        }
    }

    fn received(&self, view: &MessageView) -> String {
        let message = &view.message;
        let mut text = String::from("from ");
        match &message.from {
            Sender::Customer(author) => {
                text.push_str(&format!("{} ({})", author.username, author.external_uid));
            }
            Sender::Agent { name, .. } | Sender::Colleague { name, .. } => text.push_str(name),
        }
        if let Some(uid) = &message.external_uid {
            text.push_str(&format!(" as {uid}"));
        }
        if let Some(provider) = &message.provider {
            text.push_str(&format!(" of {provider}"));
        }
        if message.id == self.story.ticket.opening {
            text.push_str(", opens the ticket");
        } else {
            text.push_str(", joins the thread");
        }
        if let Some(parent) = &message.parent_uid {
            text.push_str(&format!(", follows {parent}"));
        }
        if message.late {
            text.push_str(", late: what follows it was here before");
        }
        match &message.response_url {
            Some(url) => text.push_str(&format!(", answers go to {}", shown(url))),
            None => text.push_str(", has no response URL"),
        }
        format!("{text}: {}", first_line(view))
    }

    /// What a system has of it and there is no place for elsewhere.
    fn link(&mut self, link: &Link) {
        if let Some(lost) = lost(&link.fates) {
            let text = format!("not here as it is at {}: {lost}", link.system);
            self.tell(Step::Now, Entry::new(link.seen_at, "mapped", text));
        }
        if link.details.is_empty() {
            return;
        }
        let details = link.details.iter();
        let details: Vec<String> = details
            .map(|(name, value)| format!("{name} {value}"))
            .collect();
        let text = format!("at {}: {}", link.system, details.join("; "));
        self.tell(Step::Now, Entry::new(link.seen_at, "known", text));
    }

    fn delivery(&mut self, story: &DeliveryStory) {
        let delivery = &story.delivery;
        let about = |told: Entry| Entry {
            message: Some(delivery.message.0),
            delivery: Some(delivery.id.0),
            ..told
        };
        let what = match &delivery.command {
            Command::Reply(reply) => format!("answers {}", reply.parent_uid),
            Command::AddLabel(label) | Command::RemoveLabel(label) => {
                format!("{} “{label}”", delivery.command.word())
            }
            Command::CancelTicket { remote } => format!("{} {remote}", delivery.command.word()),
            Command::PushTicket(pushing) => {
                format!("{} as {}", delivery.command.word(), pushing.uid)
            }
            Command::CreateTicket { .. }
            | Command::ReplaceRecord
            | Command::SendSms
            | Command::PostMessage
            | Command::PostEdit
            | Command::UpdateTicket => delivery.command.word().to_owned(),
        };
        let planned = format!(
            "for {}, {what}; its lane is {} now, to {}",
            delivery.system, delivery.lane, story.to
        );
        let told = Entry::new(delivery.created_at, "planned", planned);
        self.tell(Step::Planned, about(told));
        let mut before: &[Fate] = &[];
        for attempt in &story.attempts {
            let numbered = |told: Entry| Entry {
                attempt: Some(attempt.number),
                ..about(told)
            };
            let told = Entry::new(attempt.at, "attempt", attempted(attempt));
            self.tell(Step::Attempt, numbered(told));
            // Every try says the same, unless the program was changed meanwhile.
            let is_new = attempt.fates != before;
            if let Some(lost) = lost(&attempt.fates).filter(|_| is_new) {
                let text = format!("not as it is here at {}: {lost}", delivery.system);
                self.tell(
                    Step::Attempt,
                    numbered(Entry::new(attempt.at, "mapped", text)),
                );
            }
            before = &attempt.fates;
        }
        if let Some((step, told)) = self.state(story) {
            self.tell(step, about(told));
        }
    }

    fn missing_delivery(&mut self, view: &MessageView) {
        let WayOut::By(id) = view.message.way_out else {
            return;
        };
        let mut deliveries = self.story.deliveries.iter();
        if deliveries.any(|story| story.delivery.id == id) {
            return;
        }
        let text = "its record is gone, as some time after its end (`retention.deliveries`), or cannot be read";
        let text = text.to_owned();
        let told = Entry {
            message: Some(view.message.id.0),
            delivery: Some(id.0),
            ..Entry::new(view.message.arrived_at, "planned", text)
        };
        self.tell(Step::Planned, told);
    }

    fn state(&self, story: &DeliveryStory) -> Option<(Step, Entry)> {
        let delivery = &story.delivery;
        Some(match &delivery.state {
            DeliveryState::Waiting => (
                Step::Now,
                Entry::new(
                    delivery.created_at,
                    "waiting",
                    "behind another delivery of this ticket".to_owned(),
                ),
            ),
            DeliveryState::Due { at } => {
                let text = "to be sent then, or as soon as its lane lets it".to_owned();
                (Step::Now, Entry::new(*at, "due", text))
            }
            DeliveryState::Started { at } => {
                let text = "a call may be under way".to_owned();
                (Step::Now, Entry::new(*at, "started", text))
            }
            DeliveryState::Recorded { at } => {
                let text = "instead of sent, in dry-run mode: `systems release` decides".to_owned();
                (Step::End, Entry::new(*at, "recorded", text))
            }
            DeliveryState::Held { at } => {
                let text = "its outcome is unknown: `deliveries retry` or `deliveries cancel`";
                (Step::End, Entry::new(*at, "held", text.to_owned()))
            }
            DeliveryState::Delivered { at, .. } if delivery.reply().is_none() => {
                (Step::End, Entry::new(*at, "delivered", "done".to_owned()))
            }
            DeliveryState::Delivered { at, verified: true } => {
                let remote = self.remote_uid(delivery.message);
                let name = remote.map_or(String::new(), |uid| format!(", known there as {uid}"));
                (
                    Step::End,
                    Entry::new(*at, "delivered", format!("taken{name}")),
                )
            }
            DeliveryState::Delivered {
                at,
                verified: false,
            } => {
                let text = "taken, unverified: the answer was no reply response".to_owned();
                (Step::End, Entry::new(*at, "unverified", text))
            }
            DeliveryState::Dead { at, reason } => (
                Step::End,
                Entry::new(*at, "dead", DeadReason::to_string(reason)),
            ),
            DeliveryState::Cancelled { at } => (
                Step::End,
                Entry::new(*at, "cancelled", "it is never sent".to_owned()),
            ),
        })
    }

    fn remote_uid(&self, id: MessageId) -> Option<&str> {
        let view = self
            .story
            .messages
            .iter()
            .find(|view| view.message.id == id)?;
        view.message.remote_uid.as_deref()
    }
}

fn attempted(attempt: &Attempt) -> String {
    let mut text = attempt.class.as_str().to_owned();
    if let Some(status) = attempt.status {
        text.push_str(&format!(" {status}"));
    }
    text.push_str(&format!(" after {} ms", attempt.took_ms));
    if !attempt.detail.is_empty() {
        text.push_str(&format!(": {}", attempt.detail));
    }
    match (attempt.next, attempt.class) {
        (Some(next), _) => text.push_str(&format!("; next try {next}")),
        (None, Class::Ok) => {}
        (None, _) => text.push_str("; no further try"),
    }
    if attempt.may_repeat {
        text.push_str("; may be a repetition");
    }
    text
}
