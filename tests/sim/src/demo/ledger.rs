//! What was said in the demo, and by whom: from this alone follows what has to be where in the end.

/// Who said something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Voice {
    /// The customer, by way of the Zap.
    Mail,
    /// The customer, in DeskHive's portal.
    Portal,
    /// Our agent, by the agent API.
    Agent,
    /// Somebody at DeskHive.
    Support,
    /// Somebody at the hub.
    Hub,
}

/// One utterance.
#[derive(Clone, Debug)]
pub(super) struct Said {
    pub(super) voice: Voice,
    pub(super) text: String,
    pub(super) is_note: bool,
    /// What a mail is called, by which replies name what they answer.
    pub(super) uid: Option<String>,
}

impl Said {
    pub(super) fn is_customers(&self) -> bool {
        matches!(self.voice, Voice::Mail | Voice::Portal)
    }
}

/// One ticket, and what it is called at each place.
#[derive(Clone, Debug)]
pub(super) struct Account {
    /// Ours.
    pub(super) number: u64,
    pub(super) customer: String,
    pub(super) at_desk: Option<u64>,
    pub(super) said: Vec<Said>,
}

impl Account {
    /// Whether it began in DeskHive's portal.
    pub(super) fn began_at_desk(&self) -> bool {
        self.said
            .first()
            .is_some_and(|one| one.voice == Voice::Portal)
    }

    /// What has to come to the hook: each reply, and the mail that it answers, the newest before it.
    pub(super) fn replies(&self) -> Vec<(&str, &str)> {
        let mut answered = "";
        let mut replies = Vec::new();
        for one in self.said.iter().filter(|one| !one.is_note) {
            match &one.uid {
                Some(uid) => answered = uid,
                None if !one.is_customers() && !self.began_at_desk() => {
                    replies.push((one.text.as_str(), answered));
                }
                None => {}
            }
        }
        replies
    }
}

#[derive(Debug, Default)]
pub(super) struct Ledger {
    accounts: Vec<Account>,
}

impl Ledger {
    pub(super) fn open(&mut self, number: u64, customer: &str) {
        self.accounts.push(Account {
            number,
            customer: customer.to_owned(),
            at_desk: None,
            said: Vec::new(),
        });
    }

    pub(super) fn is_at_desk(&mut self, number: u64, at_desk: u64) {
        if let Some(account) = self.account(number) {
            account.at_desk = Some(at_desk);
        }
    }

    pub(super) fn say(&mut self, number: u64, voice: Voice, text: &str) {
        self.put(number, voice, text, false, None);
    }

    pub(super) fn note(&mut self, number: u64, voice: Voice, text: &str) {
        self.put(number, voice, text, true, None);
    }

    pub(super) fn mail(&mut self, number: u64, uid: &str, text: &str) {
        self.put(number, Voice::Mail, text, false, Some(uid));
    }

    fn put(&mut self, number: u64, voice: Voice, text: &str, is_note: bool, uid: Option<&str>) {
        if let Some(account) = self.account(number) {
            account.said.push(Said {
                voice,
                text: text.to_owned(),
                is_note,
                uid: uid.map(str::to_owned),
            });
        }
    }

    fn account(&mut self, number: u64) -> Option<&mut Account> {
        self.accounts.iter_mut().find(|one| one.number == number)
    }

    pub(super) fn accounts(&self) -> &[Account] {
        &self.accounts
    }

    /// How many replies have to come to the hook, in all tickets together.
    pub(super) fn replies_out(&self) -> usize {
        self.accounts.iter().map(|one| one.replies().len()).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn replies_answer_the_newest_mail_and_notes_are_none() {
        let mut ledger = Ledger::default();
        ledger.open(1, "Jane");
        ledger.mail(1, "a", "one");
        ledger.say(1, Voice::Agent, "two");
        ledger.note(1, Voice::Support, "three");
        ledger.mail(1, "b", "four");
        ledger.say(1, Voice::Hub, "five");
        let replies = ledger.accounts()[0].replies();
        assert_eq!(replies, [("two", "a"), ("five", "b")]);
    }

    #[test]
    fn nothing_leaves_a_ticket_that_began_at_the_helpdesk_by_the_hook() {
        let mut ledger = Ledger::default();
        ledger.open(1, "Mary");
        ledger.say(1, Voice::Portal, "one");
        ledger.say(1, Voice::Hub, "two");
        assert_eq!(ledger.replies_out(), 0);
    }
}
