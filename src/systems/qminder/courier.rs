//! Deliveries to Qminder: one order each, and what its answer means.

use std::time::Duration;

use qminder_client::tickets::Created;
use qminder_client::{Answer, Call, Error, Kind, MessageType, TicketId};

use crate::mapping::Tally;
use crate::model::{Class, Command, Phase, Time};
use crate::store::Parcel;
use crate::systems::discreet::without;
use crate::systems::{Courier, Delivering, Report, Shown, ShownRequest, Trouble, Turn};

use super::desk::Desk;
use super::fault::{Purpose, is_gone, trouble};
use super::order::Order;

/// Qminder's clock may be so far behind ours when a ticket is looked for: its label leaves no doubt.
const CLOCKS_DIFFER_BY: Duration = Duration::from_secs(10 * 60);
/// And so far when a message is: the same words may have been sent on purpose before.
const SMS_CLOCKS_DIFFER_BY: Duration = Duration::from_secs(60);

impl Courier for Desk {
    fn deliver(&self, parcel: Parcel, _webhook_id: String) -> Delivering<'_> {
        Box::pin(async move { self.carry_out(&parcel).await })
    }
}

impl Desk {
    /// What [`Courier::deliver`] would send.
    ///
    /// # Errors
    ///
    /// In words, why nothing can be sent.
    pub fn shown(&self, parcel: &Parcel) -> Result<Shown, String> {
        let mut tally = Tally::new();
        let order = Order::of(parcel, self.terms(), self.incarnation(), &mut tally)?;
        let request = order.request();
        let request = ShownRequest::new(
            request.method(),
            request.target(),
            request.headers(),
            Some("x-qminder-rest-api-key"),
            String::from_utf8_lossy(request.body()),
        );
        Ok(Shown {
            requests: vec![request],
            fates: tally.into_fates(),
        })
    }

    async fn carry_out(&self, parcel: &Parcel) -> Report {
        if !self.is_live() {
            let words = "the system is in dry-run mode, so nothing is sent to it";
            return Trouble::new(Class::Paused, words).into_report();
        }
        let mut tally = Tally::new();
        let order = match Order::of(parcel, self.terms(), self.incarnation(), &mut tally) {
            Ok(order) => order,
            Err(words) => return Trouble::new(Class::Rejected, words).into_report(),
        };
        let report = self.send(parcel, order).await;
        report.with_fates(tally)
    }

    async fn send(&self, parcel: &Parcel, order: Order) -> Report {
        match order {
            Order::Make(call) => self.make(parcel, &call).await,
            Order::Sms(remote, call) => self.send_sms(parcel, &remote, &call).await,
            Order::Cancel(remote, call) => self.cancel(parcel, &remote, &call).await,
            Order::Record(call) => match self.ask(&call, Turn::Has).await {
                Ok(answer) => done(answer.status, "the record is replaced"),
                Err(error) => self.failed(&error, Purpose::Record, parcel),
            },
            Order::Label(remote, call) => match self.ask(&call, Turn::Has).await {
                Ok(answer) => done(answer.status, "the label is on the ticket"),
                Err(error) => self.label_failed(&error, parcel, &remote).await,
            },
            Order::Unlabel(remote, call) => match self.ask(&call, Turn::Has).await {
                Ok(answer) => done(answer.status, "the label is off the ticket"),
                Err(error) => self.label_failed(&error, parcel, &remote).await,
            },
        }
    }

    /// Where a call before may have made the ticket, it is looked for, and made only if it is not there.
    async fn make(&self, parcel: &Parcel, call: &Call<Created>) -> Report {
        let delivery = &parcel.delivery;
        let mut turn = Turn::Has;
        if let Some(doubt) = delivery.in_doubt_since {
            let since = before(doubt, CLOCKS_DIFFER_BY);
            match self.find_made(delivery.id, since, turn).await {
                Ok(Some(remote)) => {
                    let words = format!("ticket {remote} was made by an earlier call");
                    return made(200, words, remote);
                }
                Ok(None) => turn = Turn::Waits,
                Err(trouble) => return looking(trouble, parcel),
            }
        }
        match self.ask(call, turn).await {
            Ok(Answer { value, status, .. }) => {
                let public = value.public_id.filter(|id| is_plain(id));
                let public = public.map(|id| format!(" ({id})")).unwrap_or_default();
                let words = format!("made ticket {}{public}", value.id);
                made(status, words, value.id.to_string())
            }
            Err(error) => self.failed(&error, Purpose::Making, parcel),
        }
    }

    /// Where a call before may have sent the message, it is looked for, and sent only if it is not there.
    async fn send_sms(&self, parcel: &Parcel, remote: &TicketId, call: &Call<()>) -> Report {
        let text = self.terms().sms(parcel);
        let mut turn = Turn::Has;
        if let Some(doubt) = parcel.delivery.in_doubt_since {
            let since = before(doubt, SMS_CLOCKS_DIFFER_BY).to_timestamp();
            let user = self.terms().user.as_ref();
            let messages = match self.messages(remote, turn).await {
                Ok(messages) => messages,
                Err(error) if is_gone(&error) => {
                    return self.failed(&error, Purpose::Sending, parcel);
                }
                Err(error) => return looking(self.trouble(&error, Purpose::Question), parcel),
            };
            let is_it = messages.iter().any(|message| {
                let is_ours =
                    user.is_none() || message.user_id.is_none() || message.user_id.as_ref() == user;
                message.message_type == MessageType::Outgoing
                    && is_ours
                    && message.created.date >= since
                    && message.body.trim() == text
            });
            if is_it {
                return done(200, "the message was sent by an earlier call");
            }
            turn = Turn::Waits;
        }
        match self.ask(call, turn).await {
            Ok(answer) => done(answer.status, "the message is sent"),
            Err(error) => self.failed(&error, Purpose::Sending, parcel),
        }
    }

    /// Who left the queue otherwise need not be taken out of it.
    async fn cancel(&self, parcel: &Parcel, remote: &TicketId, call: &Call<()>) -> Report {
        let error = match self.ask(call, Turn::Has).await {
            Ok(answer) => return done(answer.status, "the ticket is out of the queue"),
            Err(error) => error,
        };
        match error.kind() {
            // Which of them stands for a ticket that does not wait any more is not documented.
            Kind::Conflict | Kind::Invalid => {}
            Kind::Throttled
            | Kind::Credentials
            | Kind::NotFound
            | Kind::Redirected
            | Kind::Unavailable
            | Kind::Unreachable
            | Kind::Unanswered
            | Kind::Unreadable => return self.failed(&error, Purpose::Change, parcel),
        }
        match self.look(remote.as_str()).await {
            Ok(Some(ticket)) if ticket.phase == Some(Phase::Waiting) => {
                self.failed(&error, Purpose::Change, parcel)
            }
            Ok(Some(ticket)) => {
                let status = Some(ticket.status).filter(|status| is_plain(status));
                let status = status
                    .map(|status| format!(": {status}"))
                    .unwrap_or_default();
                done(
                    200,
                    format!("the ticket is out of the queue by itself{status}"),
                )
            }
            Ok(None) => vanished("the ticket was deleted there", Some(404)),
            Err(trouble) => looking(trouble, parcel),
        }
    }

    /// Whether the ticket is not there or the label is not told apart by the answer.
    async fn label_failed(&self, error: &Error, parcel: &Parcel, remote: &TicketId) -> Report {
        if !is_gone(error) {
            return self.failed(error, Purpose::Change, parcel);
        }
        match self.look(remote.as_str()).await {
            Ok(None) => self.failed(error, Purpose::Change, parcel),
            Ok(Some(_)) if matches!(parcel.delivery.command, Command::RemoveLabel(_)) => {
                done(200, "the label was not on the ticket")
            }
            Ok(Some(_)) => Report {
                vanished: false,
                ..self.failed(error, Purpose::Change, parcel)
            },
            Err(trouble) => looking(trouble, parcel),
        }
    }

    fn failed(&self, error: &Error, purpose: Purpose, parcel: &Parcel) -> Report {
        let trouble = trouble(error, purpose, self.now(), &texts(parcel));
        if purpose != Purpose::Making && is_gone(error) {
            return vanished(&trouble.detail, trouble.status);
        }
        // Any server may say that it does not know an address, so this one is asked again.
        let is_lost = purpose != Purpose::Making && error.kind() == Kind::NotFound;
        let class = if is_lost { Class::Retry } else { trouble.class };
        Trouble { class, ..trouble }.into_report()
    }
}

fn before(time: Time, by: Duration) -> Time {
    let by = i64::try_from(by.as_micros()).unwrap_or(i64::MAX);
    Time::from_micros(time.as_micros().saturating_sub(by))
}

fn done(status: u16, words: impl Into<String>) -> Report {
    Report {
        status: Some(status),
        ..Report::unanswered(Class::Ok, words, None)
    }
}

fn made(status: u16, words: String, remote: String) -> Report {
    Report {
        remote_uid: Some(remote),
        ..done(status, words)
    }
}

fn vanished(words: &str, status: Option<u16>) -> Report {
    Report {
        status,
        vanished: true,
        ..Report::unanswered(Class::Rejected, words, None)
    }
}

/// Nothing was done yet, since it cannot be seen whether it is done already.
fn looking(trouble: Trouble, parcel: &Parcel) -> Report {
    let said = without(trouble.detail, "qminder", trouble.status, &texts(parcel));
    let detail = format!("cannot look whether it is done already: {said}");
    Trouble { detail, ..trouble }.into_report()
}

/// What no report may say.
fn texts(parcel: &Parcel) -> Vec<&str> {
    let conversation = parcel.conversation.as_deref();
    let messages = conversation.map(|of| of.messages.as_slice());
    let texts = messages.unwrap_or_default().iter();
    let texts = texts.map(|view| view.content.as_str());
    texts.chain([parcel.text.as_str()]).collect()
}

/// A number or a word, such as `A-42`.
fn is_plain(text: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_ ".contains(&byte);
    text.len() <= 40 && text.bytes().all(is_plain)
}
