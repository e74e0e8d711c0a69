//! Deliveries to DeskHive: one order each, and what its answer means.

use deskhive_client::Error;

use crate::mapping::Tally;
use crate::model::{Class, Command};
use crate::store::Parcel;
use crate::systems::discreet::without;
use crate::systems::{Courier, Delivering, Report, Shown, Trouble, Turn};

use super::access::Access;
use super::fault::{Purpose, is_closed, trouble};
use super::helpdesk::Helpdesk;
use super::order::{Order, Update, shown};

impl Courier for Helpdesk {
    fn deliver(&self, parcel: Parcel, _webhook_id: String) -> Delivering<'_> {
        Box::pin(async move { self.carry_out(&parcel).await })
    }
}

impl Helpdesk {
    /// What [`Courier::deliver`] would send in the first place.
    ///
    /// # Errors
    ///
    /// In words, why nothing can be sent.
    pub fn shown(&self, parcel: &Parcel) -> Result<Shown, String> {
        let mut tally = Tally::new();
        let order = Order::of(parcel, self.terms(), self.incarnation(), &mut tally)?;
        Ok(Shown {
            requests: shown(&order, self.known_spelling())?,
            fates: tally.into_fates(),
        })
    }

    async fn carry_out(&self, parcel: &Parcel) -> Report {
        if !self.is_live() {
            let words = "the system is in dry-run mode, so nothing is sent to it";
            return Trouble::new(Class::Paused, words).into_report();
        }
        let mut tally = Tally::new();
        let report = match Order::of(parcel, self.terms(), self.incarnation(), &mut tally) {
            Ok(Order::Make(make)) => self.make(parcel, &make).await,
            Ok(Order::Post(post)) => self.post(parcel, &post).await,
            Ok(Order::Update(update)) => self.update(parcel, &update).await,
            Err(words) => Trouble::new(Class::Rejected, words).into_report(),
        };
        report.with_fates(tally)
    }

    /// It may be said as often as it takes.
    async fn update(&self, parcel: &Parcel, update: &Update) -> Report {
        let mut turn = Turn::Has;
        let mut access = self.external();
        loop {
            let call = match update.by(access.key) {
                Ok(call) => call,
                Err(invalid) => {
                    return Trouble::new(Class::Rejected, invalid.to_string()).into_report();
                }
            };
            let error = match self.ask(access, &call, &mut turn).await {
                Ok(answer) => return done(answer.status, "the ticket stands as it does here"),
                Err(error) => error,
            };
            if access.key != self.external().key || !is_closed(&error) {
                return self.failed(&error, access, Purpose::Change, parcel);
            }
            access = match self
                .other_way(&error, parcel, update.remote, &mut turn)
                .await
            {
                Ok(internal) => internal,
                Err(report) => return *report,
            };
        }
    }

    pub(super) fn failed(
        &self,
        error: &Error,
        access: Access<'_>,
        purpose: Purpose,
        parcel: &Parcel,
    ) -> Report {
        trouble(error, purpose, access.key, self.now(), &texts(parcel)).into_report()
    }
}

pub(super) fn done(status: u16, words: impl Into<String>) -> Report {
    Report {
        status: Some(status),
        ..Report::unanswered(Class::Ok, words, None)
    }
}

pub(super) fn vanished(words: &str, status: Option<u16>) -> Report {
    Report {
        status,
        vanished: true,
        ..Report::unanswered(Class::Rejected, words, None)
    }
}

/// Nothing was done yet, since it cannot be seen whether it is done already, or can be.
pub(super) fn looking(trouble: Trouble, parcel: &Parcel) -> Report {
    let said = without(trouble.detail, "deskhive", trouble.status, &texts(parcel));
    let class = match trouble.class {
        // A question that is refused says nothing of what was asked for.
        Class::Rejected => Class::Retry,
        class => class,
    };
    let detail = format!("cannot look how it stands there: {said}");
    Trouble {
        class,
        detail,
        ..trouble
    }
    .into_report()
}

/// What no report may say.
pub(super) fn texts(parcel: &Parcel) -> Vec<&str> {
    // What is shorter can be read anywhere.
    const SHORTEST_NAME: usize = 6;
    let mut texts = vec![parcel.text.as_str()];
    if let Command::CreateTicket { visitor } = &parcel.delivery.command {
        let names = [visitor.external_uid.as_str(), visitor.username.as_str()];
        texts.extend(names.into_iter().filter(|name| name.len() >= SHORTEST_NAME));
    }
    texts
}
