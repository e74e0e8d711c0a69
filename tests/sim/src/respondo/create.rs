//! How a ticket comes to be, from a request or from the answer to a reply.

use jiff::Timestamp;

use super::{Author, Status, Ticket, World};

/// What is to become a ticket.
#[derive(Clone, Debug)]
pub(crate) struct Draft {
    pub(crate) brand: u64,
    pub(crate) external_uid: String,
    pub(crate) content: String,
    pub(crate) author_uid: String,
    pub(crate) author_name: String,
    pub(crate) parent_uid: Option<String>,
    pub(crate) response_url: Option<String>,
    pub(crate) custom_provider: Option<String>,
    /// None for now.
    pub(crate) created_at: Option<Timestamp>,
    pub(crate) by_agent: bool,
}

/// Why nothing became of a draft, though its author may have been saved by then.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Unsaved {
    /// A rule of the model is broken.
    Invalid(String),
    /// The database refused, after no rule did.
    Database(String),
}

impl World {
    /// Saves a draft, first its author and then the ticket; returns the ticket's number.
    pub(crate) fn create(&mut self, draft: Draft) -> Result<u64, Unsaved> {
        let author = self.save_author(&draft.author_uid, &draft.author_name)?;
        present("external_uid", &draft.external_uid)?;
        present("content", &draft.content)?;
        if self
            .ticket_called(draft.brand, &draft.external_uid)
            .is_some()
        {
            let reason = format!("external_uid {:?} has been taken", draft.external_uid);
            return Err(Unsaved::Invalid(reason));
        }
        let response_url = draft.response_url.unwrap_or_default();
        if response_url.trim().is_empty() {
            // The row that holds the URL is invalid and never made, and a ticket has to point to one.
            let reason = "response_url is blank, and the ticket would have none";
            return Err(Unsaved::Database(reason.to_owned()));
        }
        without_nul("external_uid", &draft.external_uid)?;
        without_nul("content", &draft.content)?;
        without_nul("response_url", &response_url)?;
        let parent = draft.parent_uid.and_then(|uid| {
            self.ticket_called(draft.brand, &uid)
                .map(|ticket| ticket.id)
        });
        let (id, now) = (self.next_ticket, self.now());
        self.next_ticket += 1;
        let ticket = Ticket {
            id,
            brand: draft.brand,
            external_uid: draft.external_uid,
            content: draft.content,
            status: Status::Open,
            author,
            by_agent: draft.by_agent,
            parent,
            response_url,
            custom_provider: draft.custom_provider,
            created_at: draft.created_at.unwrap_or(now),
            updated_at: now,
            notes: Vec::new(),
        };
        self.tickets.insert(id, ticket);
        if self.is_early() {
            self.reopen_from(parent);
        }
        Ok(id)
    }

    /// Finds or makes an author, and gives them this name in every brand.
    fn save_author(&mut self, uid: &str, name: &str) -> Result<Author, Unsaved> {
        present("author.external_uid", uid)?;
        present("author.username", name)?;
        without_nul("author.external_uid", uid)?;
        without_nul("author.username", name)?;
        let next = self.next_author;
        let author = self
            .authors
            .entry(uid.to_owned())
            .or_insert_with(|| Author {
                id: next,
                external_uid: uid.to_owned(),
                username: String::new(),
            });
        author.username = name.to_owned();
        let author = author.clone();
        self.next_author = next + u64::from(author.id == next);
        for ticket in self.tickets.values_mut() {
            if ticket.author.id == author.id {
                ticket.author = author.clone();
            }
        }
        Ok(author)
    }

    /// Opens this ticket and those that it answers, if it is solved.
    pub(crate) fn reopen_from(&mut self, mut next: Option<u64>) {
        while let Some(ticket) = next.and_then(|id| self.tickets.get_mut(&id)) {
            if ticket.status == Status::Open {
                return;
            }
            ticket.status = Status::Open;
            next = ticket.parent;
        }
    }
}

fn present(name: &str, text: &str) -> Result<(), Unsaved> {
    if text.trim().is_empty() {
        return Err(Unsaved::Invalid(format!("{name} can't be blank")));
    }
    Ok(())
}

fn without_nul(name: &str, text: &str) -> Result<(), Unsaved> {
    if text.contains('\0') {
        return Err(Unsaved::Database(format!("{name} contains null byte")));
    }
    Ok(())
}
