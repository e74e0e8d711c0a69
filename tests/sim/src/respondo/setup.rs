//! What a test says about the server before, or while, it is asked.

use std::net::SocketAddr;
use std::time::Duration;

use super::credentials::Token;
use super::{Era, Fault, ReplyFault, Respondo, Variation};

impl Respondo {
    /// Chooses the era; what is there stays.
    pub fn set_era(&self, era: Era) {
        self.book.change(|world| world.era = era);
    }

    /// Chooses what differs within an era.
    pub fn variation(&self, variation: Variation) {
        self.book.change(|world| world.variations.insert(variation));
    }

    /// Adds a brand.
    pub fn add_brand(&self, id: u64, name: &str) {
        self.book
            .change(|world| world.brands.insert(id, name.to_owned()));
    }

    /// Gives a user of this brand, or of none, a personal access token; one of this name is theirs from now on.
    pub fn add_token(&self, name: &str, value: &str, brand: Option<u64>) {
        let token = Token {
            value: value.to_owned(),
            brand,
        };
        self.book
            .change(|world| world.tokens.insert(name.to_owned(), token));
    }

    /// Takes a personal access token away.
    pub fn revoke_token(&self, name: &str) {
        self.book.change(|world| world.tokens.remove(name));
    }

    /// Sets how long a reply's connection, and each of its reads and writes, may take: 60 s at first.
    pub fn set_patience(&self, patience: Duration) {
        self.book.change(|world| world.patience = patience);
    }

    /// Connects to this address for all replies from now on, whatever their URLs.
    pub fn send_replies_to(&self, addr: SocketAddr) {
        self.book.change(|world| world.replies_to = Some(addr));
    }

    /// Trusts a certificate, in PEM, of whoever is called under `https`.
    pub fn trust(&self, pem: &str) {
        self.book.change(|world| world.trusted.push(pem.to_owned()));
    }

    /// Lets the next `times` requests that arrive go wrong.
    pub fn fault(&self, fault: Fault, times: usize) {
        self.book
            .change(|world| world.faults.order(None, fault, times));
    }

    /// Lets the next `times` requests go wrong that bring a ticket with this uid.
    pub fn fault_for(&self, external_uid: &str, fault: Fault, times: usize) {
        let about = Some(external_uid.to_owned());
        self.book
            .change(|world| world.faults.order(about, fault, times));
    }

    /// Lets the next `times` calls of agents go wrong.
    pub fn reply_fault(&self, fault: ReplyFault, times: usize) {
        self.book
            .change(|world| world.reply_faults.order(None, fault, times));
    }

    /// Forgets the faults that have not happened.
    pub fn clear_faults(&self) {
        self.book.change(|world| {
            world.faults.clear();
            world.reply_faults.clear();
        });
    }

    /// Does the work of all late requests now, and says how many there were.
    pub fn land(&self) -> usize {
        self.book.change(|world| world.land_all())
    }

    /// Lets the requests that hang be answered, and says how many there were.
    pub fn release_hung(&self) -> usize {
        self.book.change(|world| world.hung.release())
    }
}
