//! Where the documents leave open what the real system does, and tests may choose.

/// What surrounds a single item.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Envelope {
    /// `{"status": true, "data": …}`, as in the examples of the External API.
    #[default]
    StatusAndData,
    /// `{"data": …}`, as in the overview.
    Data,
    /// Nothing, as the structures of resources are printed; what the documents show in an envelope keeps it.
    Bare,
}

/// What surrounds the items of a list with pages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Lists {
    /// `data` and a `meta` of four numbers, as in the overview.
    #[default]
    Overview,
    /// `data`, `links` and the full `meta` of Laravel's resource collections.
    Collection,
    /// The numbers beside `data`, as Laravel's paginator writes itself.
    Paginator,
    /// The same within an envelope: the items are at `data.data`.
    PaginatorUnderData,
}

/// How a date is written; all are UTC and in whole seconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Dates {
    /// `2026-03-15T14:30:00Z`, as in all examples.
    #[default]
    Zulu,
    /// `2026-03-15T14:30:00.000000Z`, Laravel's own.
    Micros,
    /// `2026-03-15T14:30:00+00:00`.
    Offset,
    /// `2026-03-15 14:30:00`.
    Plain,
}

/// How ids are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Ids {
    /// As numbers.
    #[default]
    Numbers,
    /// As texts of digits.
    Texts,
}

/// In which order tickets are listed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TicketOrder {
    /// By id, the last first.
    #[default]
    NewestFirst,
    /// By id, the first first.
    OldestFirst,
    /// By `updated_at`, the last first.
    UpdatedFirst,
}

/// In which order messages are listed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MessageOrder {
    /// By id, the first first.
    #[default]
    OldestFirst,
    /// By id, the last first.
    NewestFirst,
}

/// How a relation is shown that leads nowhere.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Missing {
    /// As null.
    #[default]
    Null,
    /// Not at all.
    Omitted,
}

/// How a message says that it is an internal note.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum NoteFlag {
    /// `is_internal` is true or false.
    #[default]
    Boolean,
    /// `is_internal` is 1 or 0.
    Number,
    /// There is no `is_internal`.
    Absent,
}

/// How a message says who wrote it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sender {
    /// `sender_type` is the name of a PHP class, beside `sender_id` and `sender`.
    #[default]
    ClassName,
    /// `sender_type` is a word, beside `sender_id` and `sender`.
    Word,
    /// `sender_type` and `sender_id` alone, the first the name of a PHP class.
    ClassNameAlone,
    /// `sender` alone.
    SenderAlone,
}

/// How a text that was written without markup is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Content {
    /// As it was written.
    #[default]
    AsWritten,
    /// As a paragraph of HTML.
    Html,
}

/// What a write answers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Echo {
    /// The item that was written.
    #[default]
    Item,
    /// The item without its id.
    WithoutId,
    /// `message` and no item.
    OnlyMessage,
}

/// What someone else's ticket is answered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Foreign {
    /// 403.
    #[default]
    Forbidden,
    /// 404, as if there were none.
    NotFound,
}

/// How something that is not there is answered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum NotThere {
    /// 404 and `Not found`.
    #[default]
    Documented,
    /// 404 and the name of a PHP class.
    ClassName,
    /// 200 and `message` without `data`: a failure in the clothes of a success.
    Success,
}

/// Who writes errors that Laravel throws: an unknown route, a ticket that is not there, 422 and 429.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Errors {
    /// Laravel.
    #[default]
    Laravel,
    /// The CMS below DeskHive, whose envelope is `{"error": true, "data": …, "message": …}`; the headers of the error are lost.
    Core,
}

/// Whom `assigned_to` names.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AssignedTo {
    /// The administrator that the Internal API assigned, or else the first agent, as in the example of a ticket.
    #[default]
    AgentToo,
    /// The administrator alone.
    UserAlone,
}

/// What labels in an update do to those that are there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Labelling {
    /// They take their place.
    #[default]
    Replaces,
    /// They come on top.
    Adds,
}

/// One reading of the documents; its default is the one that the documents' own examples are nearest to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Variations {
    /// What surrounds a single item.
    pub envelope: Envelope,
    /// What surrounds a list with pages.
    pub lists: Lists,
    /// Whether lists have `"status": true` as well.
    pub lists_say_status: bool,
    /// How dates are written.
    pub dates: Dates,
    /// How ids are written.
    pub ids: Ids,
    /// In which order tickets are listed.
    pub ticket_order: TicketOrder,
    /// In which order messages are listed.
    pub message_order: MessageOrder,
    /// The most items that a page has, whatever is asked for; none for no limit.
    pub per_page_cap: Option<u64>,
    /// How a relation is shown that leads nowhere.
    pub missing: Missing,
    /// Whether internal notes are in the list of messages.
    pub notes_listed: bool,
    /// Whether an internal note changes `last_reply_at` and `updated_at` of its ticket.
    pub notes_touch_ticket: bool,
    /// Whether other labels change `updated_at`.
    pub labels_touch_ticket: bool,
    /// Whether an assignment changes `updated_at`.
    pub assignments_touch_ticket: bool,
    /// Whether a message that is rewritten or deleted changes `updated_at` of its ticket.
    pub edits_touch_ticket: bool,
    /// How a message says that it is an internal note.
    pub note_flag: NoteFlag,
    /// How a message says who wrote it.
    pub sender: Sender,
    /// How texts without markup are shown.
    pub content: Content,
    /// Whether what a customer wrote when opening a ticket is a message as well.
    pub content_is_message: bool,
    /// What a reply is answered.
    pub reply_echo: Echo,
    /// What closing a ticket is answered.
    pub close_echo: Echo,
    /// What every other write is answered.
    pub write_echo: Echo,
    /// The status of the answer to the Internal API's creates.
    pub created: u16,
    /// The status that a ticket has after a reply by the API; none if it keeps its own.
    pub reply_sets_status: Option<super::Status>,
    /// Whether a locked ticket takes internal notes by the External API.
    pub locked_takes_notes: bool,
    /// What labels in an update do.
    pub labelling: Labelling,
    /// Whom `assigned_to` names.
    pub assigned_to: AssignedTo,
    /// What someone else's ticket is answered.
    pub foreign: Foreign,
    /// Whether an agent sees all tickets of their departments.
    pub department_visibility: bool,
    /// How something that is not there is answered.
    pub not_there: NotThere,
    /// Whether what a request says is judged before the ticket is looked for.
    pub validates_first: bool,
    /// Who writes the errors that Laravel throws.
    pub errors: Errors,
    /// Whether errors are JSON also for a client that does not ask for it.
    pub forces_json: bool,
    /// Whether an empty `notification_settings` is `[]` and not `{}`.
    pub empty_settings_as_list: bool,
}

impl Default for Variations {
    fn default() -> Self {
        Self {
            envelope: Envelope::default(),
            lists: Lists::default(),
            lists_say_status: false,
            dates: Dates::default(),
            ids: Ids::default(),
            ticket_order: TicketOrder::default(),
            message_order: MessageOrder::default(),
            per_page_cap: None,
            missing: Missing::default(),
            notes_listed: true,
            notes_touch_ticket: true,
            labels_touch_ticket: true,
            assignments_touch_ticket: false,
            edits_touch_ticket: false,
            note_flag: NoteFlag::default(),
            sender: Sender::default(),
            content: Content::default(),
            content_is_message: false,
            reply_echo: Echo::default(),
            close_echo: Echo::default(),
            write_echo: Echo::default(),
            created: 201,
            reply_sets_status: None,
            locked_takes_notes: false,
            labelling: Labelling::default(),
            assigned_to: AssignedTo::default(),
            foreign: Foreign::default(),
            department_visibility: false,
            not_there: NotThere::default(),
            validates_first: false,
            errors: Errors::default(),
            forces_json: false,
            empty_settings_as_list: false,
        }
    }
}
