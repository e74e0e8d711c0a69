//! What a test says about the account before, or while, it is asked.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};

use super::account::{Key, Label, Opens, Place};
use super::{DeskHive, Variations};

impl DeskHive {
    /// Adds an active agent of department 1, who has no key yet.
    pub fn add_agent(&self, id: u64, name: &str) {
        self.book.change(|world| {
            let now = world.now();
            world.account.add_agent(id, name, now);
        });
    }

    /// Lets an agent work, or not: without, their keys are good for nothing.
    pub fn set_agent_active(&self, id: u64, is_active: bool) {
        self.book.change(|world| {
            if let Some(agent) = world.account.agents.get_mut(&id) {
                agent.is_active = is_active;
            }
        });
    }

    /// Tells an agent of nothing from now on, as their preferences may say, or of everything again.
    pub fn mute(&self, agent: u64, is_muted: bool) {
        self.book.change(|world| match is_muted {
            true => world.muted.insert(agent),
            false => world.muted.remove(&agent),
        });
    }

    /// Says which departments an agent is of.
    pub fn set_agent_departments(&self, id: u64, departments: &[u64]) {
        self.book.change(|world| {
            if let Some(agent) = world.account.agents.get_mut(&id) {
                agent.departments = departments.iter().copied().collect();
            }
        });
    }

    /// Adds a department.
    pub fn add_department(&self, id: u64, name: &str) {
        self.book.change(|world| {
            let place = Place {
                name: name.to_owned(),
                sort_order: 0,
            };
            world.account.departments.insert(id, place);
        });
    }

    /// Removes a department; its tickets stay without one.
    pub fn remove_department(&self, id: u64) {
        self.book.change(|world| {
            world.account.departments.remove(&id);
            let default = &mut world.account.settings.default_department;
            *default = default.filter(|each| *each != id);
            for ticket in world.tickets.values_mut() {
                ticket.department = ticket.department.filter(|each| *each != id);
            }
        });
    }

    /// Adds a label with a colour such as `#e74c3c`.
    pub fn add_label(&self, id: u64, name: &str, color: &str) {
        self.book.change(|world| {
            let label = Label {
                name: name.to_owned(),
                color: color.to_owned(),
                sort_order: 0,
            };
            world.account.labels.insert(id, label);
        });
    }

    /// Makes a key good for the External API, in the name of an agent.
    pub fn add_external_key(&self, key: &str, agent: u64) {
        self.add_key(key, Opens::External(agent));
    }

    /// Makes a key good for these scopes of the Internal API, in the name of administrator 1.
    pub fn add_internal_key(&self, key: &str, scopes: &[&str]) {
        let scopes: BTreeSet<String> = scopes.iter().map(|scope| (*scope).to_owned()).collect();
        self.add_key(key, Opens::Internal(1, Some(scopes)));
    }

    fn add_key(&self, key: &str, opens: Opens) {
        let kept = Key {
            opens,
            expires_at: None,
        };
        self.book
            .change(|world| world.account.keys.insert(key.to_owned(), kept));
    }

    /// Makes a key good for nothing.
    pub fn revoke_key(&self, key: &str) {
        self.book.change(|world| world.account.keys.remove(key));
    }

    /// Lets a key end at this time of the peer's clock.
    pub fn expire_key(&self, key: &str, at: Timestamp) {
        self.book.change(|world| {
            if let Some(key) = world.account.keys.get_mut(key) {
                key.expires_at = Some(at);
            }
        });
    }

    /// Sets how many requests each key has a minute, good or not; all counts begin anew.
    pub fn set_rate(&self, per_minute: u32) {
        self.book
            .change(|world| world.throttle.set(Some(per_minute)));
    }

    /// Lets each key ask as often as it likes.
    pub fn unlimited(&self) {
        self.book.change(|world| world.throttle.set(None));
    }

    /// Says whether new tickets are assigned to the agents of their department, as at first, or to nobody.
    pub fn auto_assign(&self, on: bool) {
        self.book
            .change(|world| world.account.settings.auto_assign = on);
    }

    /// Says in which department tickets are that name none; 1 at first.
    pub fn default_department(&self, id: Option<u64>) {
        self.book
            .change(|world| world.account.settings.default_department = id);
    }

    /// Chooses another reading of the documents.
    pub fn vary(&self, choose: impl FnOnce(&mut Variations)) {
        self.book.change(|world| choose(&mut world.variations));
    }

    /// Lets the peer's clock stand still at this time, in whole seconds, until it is advanced or set again.
    pub fn set_clock(&self, at: Timestamp) {
        self.book.change(|world| world.clock.set(at));
    }

    /// Puts the peer's clock forward, or back; one that runs goes on running.
    pub fn advance(&self, by: SignedDuration) {
        self.book.change(|world| world.clock.advance(by));
    }
}
