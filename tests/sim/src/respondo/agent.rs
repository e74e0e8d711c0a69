//! What agents do at their end, as a test's word.

use super::answer::object;
use super::fault::ReplyFault;
use super::outbound::Call;
use super::{Exchange, NotStored, Respondo, Status, Ticket, World};
use crate::outgoing::{self, Answer, Broken, Target};

/// A call that is under way.
struct Started {
    /// Its place among the exchanges.
    place: usize,
    ticket: Ticket,
    target: Target,
    bytes: Vec<u8>,
    fault: Option<ReplyFault>,
}

impl Respondo {
    /// An agent replies to a ticket, and waits for the page that follows: the reply as it is kept now.
    ///
    /// The call goes out at once and whatever else is under way, so an impatient agent replies twice. If the future is
    /// dropped, so is the call.
    pub async fn reply(&self, ticket: u64, text: &str) -> Result<Ticket, NotStored> {
        let started = self
            .book
            .change(|world| world.start(ticket, |world, ticket| world.reply_call(ticket, text)))?;
        let answer = call(&started).await;
        self.book.change(|world| {
            let stored = world
                .hear(&started, answer)
                .and_then(|body| world.read_reply(&started, body.as_deref()));
            world.end(&started, &stored);
            stored.map(|id| world.tickets[&id].clone())
        })
    }

    /// An agent deletes a ticket: it and all replies to it are gone, if whoever is called agrees.
    ///
    /// Ruby makes a call like this once more, if the connection broke before the answer.
    pub async fn delete(&self, ticket: u64) -> Result<(), NotStored> {
        let mut last = false;
        loop {
            let started = self
                .book
                .change(|world| world.start(ticket, World::delete_call))?;
            let answer = call(&started).await;
            let deleted = self.book.change(|world| {
                let deleted = world
                    .hear(&started, answer)
                    .and_then(|body| object(body.as_deref()))
                    .map(|_| ticket);
                if deleted.is_ok() {
                    world.destroy(ticket);
                }
                world.end(&started, &deleted);
                deleted
            });
            match deleted {
                Err(NotStored::AnswerLost | NotStored::TimedOut) if !last => last = true,
                deleted => return deleted.map(|_| ()),
            }
        }
    }

    /// An agent solves a ticket, and at first all that answers it as well; nobody outside is told.
    pub fn solve(&self, ticket: u64) {
        self.book.change(|world| {
            let spreads = world.is_early();
            world.solve(ticket, spreads);
        });
    }

    /// An agent opens a ticket again, and at first all that it answers as well; nobody outside is told.
    pub fn reopen(&self, ticket: u64) {
        self.book.change(|world| {
            if world.is_early() {
                world.reopen_from(Some(ticket));
            } else if let Some(ticket) = world.tickets.get_mut(&ticket) {
                ticket.status = Status::Open;
            }
        });
    }

    /// An agent notes something for the others; nobody outside is told.
    pub fn note(&self, ticket: u64, text: &str) {
        self.book.change(|world| {
            if let Some(ticket) = world.tickets.get_mut(&ticket) {
                ticket.notes.push(text.to_owned());
            }
        });
    }
}

/// Makes a call, and lets go wrong what was ordered to.
async fn call(started: &Started) -> Result<Answer, Broken> {
    match started.fault {
        None | Some(ReplyFault::LoseAnswer) => outgoing::ask(&started.target, &started.bytes).await,
        Some(ReplyFault::HangUp) => {
            outgoing::tell(&started.target, &started.bytes).await?;
            Err(Broken::Ended)
        }
    }
}

impl World {
    fn start(
        &mut self,
        ticket: u64,
        make: impl FnOnce(&Self, &Ticket) -> Result<Call, NotStored>,
    ) -> Result<Started, NotStored> {
        let ticket = self
            .ticket(ticket)
            .cloned()
            .ok_or(NotStored::NoSuchTicket(ticket))?;
        let call = make(self, &ticket)?;
        let fault = self.reply_faults.next(|uid| *uid == ticket.external_uid);
        let place = self.exchanges.len();
        let bytes = format!("{}{}", call.head, call.body).into_bytes();
        self.exchanges.push(Exchange {
            ticket: ticket.id,
            url: ticket.response_url.clone(),
            head: call.head,
            body: call.body,
            fault,
            answered: None,
            ended: None,
        });
        Ok(Started {
            place,
            ticket,
            target: Target {
                host: call.host,
                port: call.port,
                at: self.replies_to,
                tls: call.tls.then(|| self.trusted.clone()),
                patience: self.patience,
            },
            bytes,
            fault,
        })
    }

    /// Records an answer; its body, if it got as far as the code that reads it.
    fn hear(
        &mut self,
        started: &Started,
        answer: Result<Answer, Broken>,
    ) -> Result<Option<Vec<u8>>, NotStored> {
        let answer = answer.map_err(|broken| match broken {
            Broken::Unreachable(error) => NotStored::Unreachable(error.to_string()),
            Broken::ConnectTimedOut => NotStored::Unreachable("it took too long".to_owned()),
            Broken::Tls(why) => NotStored::Tls(why),
            Broken::TimedOut => NotStored::TimedOut,
            Broken::Ended => NotStored::AnswerLost,
            Broken::NotHttp(why) => NotStored::NotHttp(why),
        })?;
        let text = String::from_utf8_lossy(answer.body.as_deref().unwrap_or_default());
        self.exchanges[started.place].answered = Some((answer.status, text.into_owned()));
        if started.fault == Some(ReplyFault::LoseAnswer) {
            return Err(NotStored::AnswerLost);
        }
        if !(200..300).contains(&answer.status) {
            let what = format!(
                "the status is {}, which the real server ignores",
                answer.status
            );
            self.complain(&about(started), what);
        }
        Ok(answer.body)
    }

    fn read_reply(&mut self, started: &Started, body: Option<&[u8]>) -> Result<u64, NotStored> {
        let answer = object(body)?;
        self.notice_answer(&about(started), &started.ticket, &answer);
        self.store_reply(&started.ticket, &answer)
    }

    fn end(&mut self, started: &Started, ended: &Result<u64, NotStored>) {
        self.exchanges[started.place].ended = Some(ended.clone());
        if let Err(error) = ended {
            self.complain(&about(started), error);
        }
    }

    fn solve(&mut self, id: u64, spreads: bool) {
        if let Some(ticket) = self.tickets.get_mut(&id) {
            ticket.status = Status::Solved;
        }
        if spreads {
            for child in self.answers_to(id) {
                self.solve(child, true);
            }
        }
    }

    fn destroy(&mut self, id: u64) {
        for child in self.answers_to(id) {
            self.destroy(child);
        }
        self.tickets.remove(&id);
    }

    fn answers_to(&self, id: u64) -> Vec<u64> {
        let answers = self.tickets().filter(|ticket| ticket.parent == Some(id));
        answers.map(|ticket| ticket.id).collect()
    }
}

fn about(started: &Started) -> String {
    format!("answer from {}", started.ticket.response_url)
}
