//! What a test says about the account before, or while, it is asked.

use jiff::SignedDuration;
use serde_json::json;

use super::hooks::Webhook;
use super::{IndexLag, InputField, KeyKind, Qminder, Rate, Variation};

impl Qminder {
    /// Adds a location.
    pub fn add_location(&self, id: u64) {
        self.book.change(|world| world.account.add_location(id));
    }

    /// Adds a line to a location.
    pub fn add_line(&self, id: u64, location: u64) {
        self.book
            .change(|world| world.account.add_line(id, location));
    }

    /// Disables a line, so that it takes no tickets; nothing happens if there is none.
    pub fn disable_line(&self, id: u64) {
        self.set_line(id, true);
    }

    /// Enables a line again.
    pub fn enable_line(&self, id: u64) {
        self.set_line(id, false);
    }

    fn set_line(&self, id: u64, disabled: bool) {
        self.book
            .change(|world| world.set_line(&id.to_string(), disabled).ok());
    }

    /// Renames a location.
    pub fn rename_location(&self, id: u64, name: &str) {
        self.book.change(|world| {
            if let Some(location) = world.account.locations.get_mut(&id) {
                location.name = name.to_owned();
            }
            let shown = json!({ "id": id, "name": name });
            world.hooks.fire("location_changed", shown, false);
        });
    }

    /// Adds a clerk.
    pub fn add_user(&self, id: u64) {
        self.book.change(|world| world.account.add_user(id));
    }

    /// Adds a desk to a location.
    pub fn add_desk(&self, id: u64, location: u64) {
        self.book
            .change(|world| world.account.add_desk(id, location));
    }

    /// Adds a field that visitors of a location are asked for.
    pub fn add_input_field(&self, field: InputField) {
        self.book.change(|world| world.account.fields.push(field));
    }

    /// Makes a key good.
    pub fn add_key(&self, key: &str, kind: KeyKind) {
        self.book
            .change(|world| world.account.keys.insert(key.to_owned(), kind));
    }

    /// Makes a key good for nothing.
    pub fn revoke_key(&self, key: &str) {
        self.book.change(|world| world.account.keys.remove(key));
    }

    /// Says what a key that is not known is answered: 401, as at first, or 403.
    pub fn answer_bad_keys(&self, status: u16) {
        self.book.change(|world| world.bad_key = status);
    }

    /// Says what an act that a ticket's status forbids is answered: 400, as at first, or 409.
    pub fn answer_illegal_acts(&self, status: u16) {
        self.book.change(|world| world.illegal = status);
    }

    /// Sets how often each key may ask; all begin with a full bucket.
    pub fn set_rate(&self, rate: Rate) {
        self.book.change(|world| world.limiter.set(Some(rate)));
    }

    /// Lets each key ask as often as it likes.
    pub fn unlimited(&self) {
        self.book.change(|world| world.limiter.set(None));
    }

    /// Chooses another reading of the documents.
    pub fn variation(&self, variation: Variation) {
        self.book.change(|world| world.variations.insert(variation));
    }

    /// Goes back to the usual reading.
    pub fn no_variation(&self, variation: Variation) {
        self.book
            .change(|world| world.variations.remove(&variation));
    }

    /// Sets the peer's clock so far ahead of the machine's.
    pub fn set_clock_ahead(&self, ahead: SignedDuration) {
        self.book.change(|world| world.clock_ahead = ahead);
    }

    /// Says how long tickets that are made from now on are missing in searches.
    pub fn index_lag(&self, lag: IndexLag) {
        self.book.change(|world| world.index_lag = lag);
    }

    /// Lets searches find all tickets.
    pub fn release_index(&self) {
        self.book.change(|world| world.not_indexed.clear());
    }

    /// Registers a webhook with a secret that the test chooses; its URL is not judged.
    pub fn register_webhook(&self, url: &str, secret: &str) -> String {
        self.book.change(|world| {
            let id = format!("registered-{}", world.hooks.registered().len() + 1);
            world.hooks.add(Webhook {
                id: id.clone(),
                url: url.to_owned(),
                secret: secret.to_owned(),
            });
            id
        })
    }
}
