//! Finding the customer whose ticket is made, or making one: DeskHive tells them apart by their addresses, and can list
//! them only.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use deskhive_client::internal::{create_customer, customers};
use deskhive_client::{Error, Kind};

use crate::model::Class;
use crate::systems::{Trouble, Turn};

use super::access::Access;
use super::fault::{Purpose, trouble};
use super::helpdesk::Helpdesk;
use super::pages::Pages;
use super::visitor::Visitor;

/// More pages than this are not turned for one customer.
const MOST_PAGES: u64 = 500;
/// So many addresses are remembered.
const MOST_KNOWN: usize = 10_000;

/// The numbers of customers, by their addresses in lower case.
#[derive(Debug, Default)]
pub(super) struct KnownCustomers(Mutex<HashMap<String, u64>>);

impl KnownCustomers {
    fn get(&self, address: &str) -> Option<u64> {
        self.each().get(&address.to_lowercase()).copied()
    }

    fn keep(&self, address: &str, number: u64) {
        let mut each = self.each();
        if each.len() >= MOST_KNOWN {
            each.clear();
        }
        each.insert(address.trim().to_lowercase(), number);
    }

    /// This number is no customer's any more.
    pub(super) fn forget(&self, number: u64) {
        self.each().retain(|_, known| *known != number);
    }

    fn each(&self) -> std::sync::MutexGuard<'_, HashMap<String, u64>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Helpdesk {
    /// The number of a customer, who is made if there is none.
    ///
    /// # Errors
    ///
    /// [`Trouble`], whose words hold none of `texts`.
    pub(super) async fn customer(
        &self,
        internal: Access<'_>,
        visitor: &Visitor,
        turn: &mut Turn,
        texts: &[&str],
    ) -> Result<u64, Trouble> {
        let mut refused = Trouble::new(Class::Rejected, "the customer has no address");
        for address in &visitor.addresses {
            if let Some(number) = self.known_customers().get(address) {
                return Ok(number);
            }
            let error = match self.make_customer(internal, visitor, address, turn).await? {
                Ok(number) => {
                    self.known_customers().keep(address, number);
                    return Ok(number);
                }
                Err(error) => error,
            };
            let said = trouble(&error, Purpose::Customer, internal.key, self.now(), texts);
            // One who is there already, perhaps through a call whose answer said less than it should.
            let may_be_there = matches!(error.kind(), Kind::Invalid | Kind::Unreadable)
                || error.status().is_some_and(|status| status < 300);
            if !may_be_there {
                return Err(said);
            }
            if let Some(number) = self.find_customer(internal, address, turn).await? {
                return Ok(number);
            }
            if said.class != Class::Rejected {
                return Err(said);
            }
            refused = said;
        }
        Err(refused)
    }

    /// The inner error is DeskHive's; the outer one needs no look.
    async fn make_customer(
        &self,
        internal: Access<'_>,
        visitor: &Visitor,
        address: &str,
        turn: &mut Turn,
    ) -> Result<Result<u64, Error>, Trouble> {
        let mut customer = visitor.with_address(address);
        loop {
            let call = create_customer(&customer)
                .map_err(|invalid| Trouble::new(Class::Rejected, invalid.to_string()))?;
            let error = match self.ask(internal, &call, turn).await {
                Ok(answer) => return Ok(Ok(answer.value.id)),
                Err(error) => error,
            };
            // A number that DeskHive takes for none is no reason to make no ticket.
            let refusal = error.refusal();
            let is_the_phone = refusal.is_some_and(|of| of.blames("phone") && !of.blames("email"));
            if !is_the_phone || customer.phone.take().is_none() {
                return Ok(Err(error));
            }
        }
    }

    /// Looks through all customers for one with this address, and remembers the others on the way.
    async fn find_customer(
        &self,
        internal: Access<'_>,
        address: &str,
        turn: &mut Turn,
    ) -> Result<Option<u64>, Trouble> {
        let mut pages = Pages::up_to(MOST_PAGES);
        let mut unreadable = 0;
        let mut highest = 0;
        while let Some(paging) = pages.next() {
            let answer = self.ask(internal, &customers(paging), turn).await;
            let answer =
                answer.map_err(|error| self.trouble(&error, internal, Purpose::Listing))?;
            let listed = answer.value;
            unreadable += listed.unreadable;
            let mut found = None;
            let before = highest;
            for customer in &listed.items {
                highest = highest.max(customer.id);
                if let Some(email) = &customer.email {
                    self.known_customers().keep(email, customer.id);
                }
                if customer.has_email(address) {
                    found = Some(customer.id);
                }
            }
            if found.is_some() {
                return Ok(found);
            }
            let count = listed.items.len() + listed.unreadable;
            pages.turn(&listed.place, count, highest > before);
        }
        if unreadable > 0 || pages.is_cut() {
            let words = "the customer cannot be found: there are too many, or some cannot be read";
            return Err(Trouble::new(Class::Retry, words));
        }
        Ok(None)
    }
}
