//! What goes wrong on a test's word, with requests and with webhooks.

use std::net::SocketAddr;

use super::{Fault, HookFault, Operation, Qminder, Release};
use crate::peer::{Judge as _, Target};

impl Qminder {
    /// Lets the next `times` requests for an operation go wrong.
    pub fn fault(&self, operation: Operation, fault: Fault, times: usize) {
        let about = Some(Target::Operation(operation));
        self.book
            .change(|world| world.front.faults.order(about, fault, times));
    }

    /// Lets the next `times` requests go wrong, whatever they ask for.
    pub fn fault_any(&self, fault: Fault, times: usize) {
        self.book
            .change(|world| world.front.faults.order(None, fault, times));
    }

    /// Forgets the faults that have not happened.
    pub fn clear_faults(&self) {
        self.book.change(|world| world.front.faults.clear());
    }

    /// Does the work of all late requests now, and says how many there were.
    pub fn land(&self) -> usize {
        self.book.change(|world| world.land_all(None))
    }

    /// Does the work of the late requests for an operation now, and says how many there were.
    pub fn land_only(&self, operation: Operation) -> usize {
        self.book.change(|world| world.land_all(Some(operation)))
    }

    /// Lets the requests that hang be answered, and says how many there were.
    pub fn release_hung(&self) -> usize {
        self.book.change(|world| world.front.hung.release())
    }

    /// Sets the address that webhooks go to, whatever their URLs; until then they are recorded and go nowhere.
    pub fn deliver_webhooks_to(&self, addr: SocketAddr) {
        self.book.change(|world| world.hooks.address = Some(addr));
    }

    /// Lets the next `times` webhooks of an event go wrong.
    pub fn webhook_fault(&self, event: &str, fault: HookFault, times: usize) {
        let about = Some(event.to_owned());
        self.book
            .change(|world| world.hooks.faults.order(about, fault, times));
    }

    /// Lets the next `times` webhooks go wrong, whatever their event.
    pub fn webhook_fault_any(&self, fault: HookFault, times: usize) {
        self.book
            .change(|world| world.hooks.faults.order(None, fault, times));
    }

    /// Holds webhooks from now on.
    pub fn hold_webhooks(&self) {
        self.book.change(|world| world.hooks.holding = true);
    }

    /// Lets held webhooks go in this order, and holds no more.
    pub fn release_webhooks(&self, order: Release) {
        self.book.change(|world| world.hooks.release(&order));
    }
}
