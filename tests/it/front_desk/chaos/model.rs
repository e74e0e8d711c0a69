//! What must be true in the end, as far as the steps decide it.

use std::collections::BTreeMap;

/// A ticket and all that was done to it.
#[derive(Debug, Default)]
pub(super) struct Thread {
    /// What customers, visits and tickets of this thread are known by.
    pub(super) name: String,
    pub(super) phone: String,
    /// Our number, once it is known: visitors' tickets are numbered unseen.
    pub(super) number: Option<u64>,
    /// Qminder's id of the visitor's ticket that it began with, if it did.
    pub(super) visitor: Option<String>,
    /// Where replies go; visitors cannot be answered that way.
    pub(super) hook: Option<String>,
    /// The customer's messages by external uid, as they were last edited.
    pub(super) written: BTreeMap<String, String>,
    /// What agents answered.
    pub(super) replies: Vec<String>,
    /// Of these, what must reach the visitor as SMS, since the visit was known to be open.
    pub(super) surely_sms: Vec<String>,
    /// What clerks wrote to the visitor, by their id.
    pub(super) clerks: Vec<(u64, String)>,
    /// What the visitor wrote.
    pub(super) texts: Vec<String>,
    /// How often the customer wrote while no visit was open.
    pub(super) wrote_after_end: usize,
    /// Whether an agent closed it or the customer wrote since a clerk last ended the visit, or since it began.
    pub(super) touched: bool,
    /// Whether the customer wrote and nobody has closed it or ended the visit since.
    pub(super) unanswered: bool,
    pub(super) labelled: bool,
    /// Whether an agent ever closed it.
    pub(super) closed: bool,
}

/// All of them.
#[derive(Debug, Default)]
pub(super) struct Model {
    pub(super) threads: Vec<Thread>,
    /// What nobody outside may read.
    pub(super) notes: Vec<String>,
    /// Whether Qminder's clock was ever wrong, so that nobody knows what came first.
    pub(super) skewed: bool,
    /// How often the daemon was killed.
    pub(super) kills: usize,
}

impl Thread {
    /// Every public text but the opening of a visitor's ticket, which Qminder's words make.
    pub(super) fn public(&self) -> Vec<&str> {
        let written = self.written.values();
        let clerks = self.clerks.iter().map(|(_, text)| text);
        let all = written
            .chain(&self.replies)
            .chain(clerks)
            .chain(&self.texts);
        let mut all: Vec<&str> = all.map(String::as_str).collect();
        all.sort_unstable();
        all
    }
}
