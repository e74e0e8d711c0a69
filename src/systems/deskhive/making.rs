//! Making the ticket that stands for ours, once.

use deskhive_client::internal::{TicketFilter, tickets};
use deskhive_client::{Answer, Error};

use crate::model::{Class, DeliveryId, Maker};
use crate::store::Parcel;
use crate::systems::rich_text::to_plain;
use crate::systems::{Report, Trouble, Turn};

use super::access::Access;
use super::courier::{done, looking, texts};
use super::fault::{Purpose, trouble};
use super::helpdesk::Helpdesk;
use super::order::Make;
use super::pages::Pages;
use super::reference::without_reference;

/// More pages than this of one customer's tickets are not turned.
const MOST_PAGES: u64 = 100;

impl Helpdesk {
    /// Where a call before may have made the ticket, it is looked for, and made only if it is not there.
    pub(super) async fn make(&self, parcel: &Parcel, make: &Make) -> Report {
        let Some(internal) = self.internal() else {
            let words = "the agent's key makes no tickets: set `internal_key_file` of the system";
            return Trouble::new(Class::Rejected, words).into_report();
        };
        let texts = texts(parcel);
        let mut turn = Turn::Has;
        let mut is_second = false;
        loop {
            let customer = self.customer(internal, &make.visitor, &mut turn, &texts);
            let customer = match customer.await {
                Ok(customer) => customer,
                Err(trouble) => return trouble.into_report(),
            };
            if parcel.delivery.in_doubt_since.is_some() {
                let found = self.find_made(internal, customer, parcel.delivery.id, &mut turn);
                match found.await {
                    Ok(Some(remote)) => {
                        return made(200, remote, "was made by an earlier call");
                    }
                    Ok(None) => {}
                    Err(trouble) => return looking(trouble, parcel),
                }
            }
            let call = match make.of(customer) {
                Ok(call) => call,
                Err(invalid) => {
                    return Trouble::new(Class::Rejected, invalid.to_string()).into_report();
                }
            };
            match self.ask(internal, &call, &mut turn).await {
                Ok(Answer { value, status, .. }) => return made(status, value.id, "is made"),
                // Somebody whom we remember was deleted there since.
                Err(error) if !is_second && is_about_the_customer(&error) => {
                    self.known_customers().forget(customer);
                    is_second = true;
                }
                Err(error) => {
                    let key = internal.key;
                    let trouble = trouble(&error, Purpose::Making, key, self.now(), &texts);
                    return trouble.into_report();
                }
            }
        }
    }

    /// The customer's ticket that `delivery` made, if it did.
    async fn find_made(
        &self,
        internal: Access<'_>,
        customer: u64,
        delivery: DeliveryId,
        turn: &mut Turn,
    ) -> Result<Option<u64>, Trouble> {
        let filter = TicketFilter {
            customer: Some(customer),
            ..TicketFilter::default()
        };
        let mut pages = Pages::up_to(MOST_PAGES);
        let mut known = std::collections::HashSet::new();
        let mut unreadable = 0;
        while let Some(paging) = pages.next() {
            let answer = self.ask(internal, &tickets(&filter, paging), turn).await;
            let listed = answer
                .map_err(|error| self.trouble(&error, internal, Purpose::Listing))?
                .value;
            unreadable += listed.unreadable;
            let made = listed.items.iter().find(|ticket| {
                let text = to_plain(&ticket.content);
                without_reference(&text, self.incarnation()).0 == Maker::Us(delivery)
            });
            if let Some(made) = made {
                return Ok(Some(made.id));
            }
            let before = known.len();
            known.extend(listed.items.iter().map(|ticket| ticket.id));
            let count = listed.items.len() + listed.unreadable;
            pages.turn(&listed.place, count, known.len() > before);
        }
        if unreadable > 0 || pages.is_cut() {
            let words =
                "the customer has tickets that cannot be read, and one may be the one looked for";
            return Err(Trouble::new(Class::Retry, words));
        }
        Ok(None)
    }
}

fn is_about_the_customer(error: &Error) -> bool {
    error
        .refusal()
        .is_some_and(|refusal| refusal.blames("customer_id"))
}

fn made(status: u16, remote: u64, how: &str) -> Report {
    Report {
        remote_uid: Some(remote.to_string()),
        ..done(status, format!("ticket {remote} {how}"))
    }
}
