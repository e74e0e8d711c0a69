//! Adding a message to a thread, once.

use deskhive_client::{Answer, Error, ThreadMessage};

use crate::model::{Class, Link, Time};
use crate::store::Parcel;
use crate::systems::{Report, Trouble, Turn};

use super::access::Access;
use super::courier::{done, looking};
use super::fault::{Purpose, is_closed};
use super::heard::Us;
use super::helpdesk::Helpdesk;
use super::order::{Post, link_of};
use super::thread::Thread;

impl Helpdesk {
    /// Where a call before may have added the message, it is looked for, and added only if it is not there.
    pub(super) async fn post(&self, parcel: &Parcel, post: &Post) -> Report {
        let mut turn = Turn::Has;
        let mut access = self.external();
        if parcel.delivery.in_doubt_since.is_some() {
            let thread;
            (access, thread) = match self.thread_of(parcel, post.remote, &mut turn).await {
                Ok(found) => found,
                Err(report) => return *report,
            };
            let us = self.us(&mut turn).await;
            if let Some(number) = self.find_posted(&thread, parcel, post, us) {
                return posted(200, Some(number), "was added by an earlier call");
            }
            if !thread.is_whole {
                let words = "some of the thread cannot be read, and may be what is looked for";
                return looking(Trouble::new(Class::Retry, words), parcel);
            }
        }
        let mut answer = self.add(access, post, &mut turn).await;
        if let Err(Failed::Refused(error)) = &answer
            && is_closed(error)
            && access.key == self.external().key
        {
            access = match self.other_way(error, parcel, post.remote, &mut turn).await {
                Ok(internal) => internal,
                Err(report) => return *report,
            };
            answer = self.add(access, post, &mut turn).await;
        }
        match answer {
            Ok(Answer { value, status, .. }) => {
                let number = match value.id {
                    Some(number) => Some(number),
                    None => match self.number_of(access, parcel, post, &mut turn).await {
                        Ok(number) => number,
                        Err(error) if denies(&error) => {
                            let words = "what was answered is no yes, and the thread is not there";
                            return Trouble::new(Class::Unknown, words).into_report();
                        }
                        // It was taken, and will be known again by its words.
                        Err(_) => None,
                    },
                };
                posted(status, number, "is added")
            }
            Err(Failed::Refused(error)) => self.failed(&error, access, Purpose::Posting, parcel),
            Err(Failed::Invalid(words)) => Trouble::new(Class::Rejected, words).into_report(),
        }
    }

    async fn add(
        &self,
        access: Access<'_>,
        post: &Post,
        turn: &mut Turn,
    ) -> Result<Answer<deskhive_client::Posted>, Failed> {
        let spelling = self.spelling(turn).await;
        let call = post.by(access.key, spelling);
        let call = call.map_err(|invalid| Failed::Invalid(invalid.to_string()))?;
        self.ask(access, &call, turn).await.map_err(Failed::Refused)
    }

    /// The thread, with whichever key it can be read.
    async fn thread_of(
        &self,
        parcel: &Parcel,
        remote: u64,
        turn: &mut Turn,
    ) -> Result<(Access<'_>, Thread), Box<Report>> {
        let mut access = self.external();
        let mut thread = self.messages(access, remote, turn).await;
        if let Err(error) = &thread
            && is_closed(error)
        {
            access = self.other_way(error, parcel, remote, turn).await?;
            thread = self.messages(access, remote, turn).await;
        }
        match thread {
            Ok(thread) => Ok((access, thread)),
            Err(error) => {
                let trouble = self.trouble(&error, access, Purpose::Question);
                Err(Box::new(looking(trouble, parcel)))
            }
        }
    }

    /// What number a message got whose answer does not tell.
    async fn number_of(
        &self,
        access: Access<'_>,
        parcel: &Parcel,
        post: &Post,
        turn: &mut Turn,
    ) -> Result<Option<u64>, Error> {
        let thread = self.messages(access, post.remote, turn).await?;
        let us = self.us(turn).await;
        Ok(self.find_posted(&thread, parcel, post, us))
    }

    fn find_posted(&self, thread: &Thread, parcel: &Parcel, post: &Post, us: Us) -> Option<u64> {
        let conversation = parcel.conversation.as_deref()?;
        let link = link_of(conversation, &parcel.delivery.system)?;
        let others = said_before(link, parcel, self.now());
        let mark = parcel.delivery.mark.unwrap_or(0);
        let is_new = |message: &&ThreadMessage| {
            let is_heard =
                message.id <= link.heard_to || link.heard.contains(&message.id.to_string());
            message.id > mark && !is_heard && us.may_be(&message.author)
        };
        let new = thread.messages.iter().filter(is_new);
        let same = new.filter(|message| {
            let said = self.known_spelling().read(&message.content);
            said.split_whitespace().eq(post.text.split_whitespace())
        });
        let mut numbers: Vec<u64> = same.map(|message| message.id).collect();
        numbers.sort_unstable();
        numbers.into_iter().nth(others)
    }
}

/// How many other messages of ours that say the same were added before this one, and have not been seen there yet.
fn said_before(link: &Link, parcel: &Parcel, now: Time) -> usize {
    let id = parcel.delivery.id;
    let Some(ours) = link.said.iter().find(|said| said.delivery == id) else {
        return 0;
    };
    let before = link.said.iter().filter(|said| {
        let may_be_seen = said.until.is_some_and(|until| until > now);
        said.delivery < id && said.text == ours.text && may_be_seen
    });
    before.count()
}

/// Whether DeskHive says that there is no such thread. Some say so in an answer of 200.
fn denies(error: &Error) -> bool {
    let is_success = error.refusal().is_some_and(|refusal| refusal.status < 300);
    is_closed(error) || is_success
}

/// Why a message was not added.
enum Failed {
    Refused(Error),
    Invalid(String),
}

fn posted(status: u16, number: Option<u64>, how: &str) -> Report {
    let words = match number {
        Some(number) => format!("message {number} {how}"),
        None => format!("the message {how}"),
    };
    Report {
        remote_uid: number.map(|number| number.to_string()),
        ..done(status, words)
    }
}
