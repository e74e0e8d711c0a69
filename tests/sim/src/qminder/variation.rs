//! Where the documents leave open what the real system does, and tests may choose.

/// Another reading of the documents than the usual one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Variation {
    /// `phoneNumber` is a string, as in the table of fields, and not a number, as in the examples.
    PhoneAsString,
    /// `extra` and `labels` are empty arrays, as in the table of fields, and not absent.
    EmptyArrays,
    /// `called` is there while the status is CALLED and not after, as in the table of fields.
    CalledOnlyWhileCalled,
    /// Tickets in webhooks have `publicId` and `languageCode`, as those of reads.
    WebhooksInFull,
    /// Whatever changes a ticket fires `ticket_changed`: labels, assignment, order, forwarding, no-show, messages.
    ChangedForEverything,
    /// External data fire `ticket_changed`.
    ChangedForExternal,
    /// `/external` answers a `result`, as the official client reads it.
    ExternalAnswersResult,
    /// External data that are replaced have a new `created`.
    ExternalRenewed,
    /// Empty texts, lists without items and links of any kind are taken in external data.
    LooseData,
    /// Automatic text messages have the type `OUTGOING_AUTOMATED` in REST as in GraphQL.
    AutomatedInRest,
    /// Webhooks are signed with capital hexadecimal digits.
    CapitalSignatures,
    /// A ticket without a phone number can be sent a text message.
    MessagesWithoutPhone,
}
