//! Rows that go: of a ticket whole, of a delivery, of a message's words, and of what was remembered of them.
//!
//! A ticket may have more rows than one batch takes. The ticket itself goes first, so that nobody finds it any more;
//! what is left is found by its `G` row and goes a part at a time. A part goes only where all its rows fit.

use crate::model::{
    AgentId, Assignee, Delivery, DeliveryId, DeliveryState, Destination, Lane, LaneId, Message,
    MessageId, Notice, Remembered, Ticket, TicketId, Time, Tombstone, WayOut,
};
use crate::plan::{Departed, Leftover, Note, Slot};
use crate::store::keys;
use crate::store::read::deliveries::readable;
use crate::store::record::{self, RecordError};
use crate::store::rows::{Read, Scan};
use crate::store::shelf::{Item, Shelf};
use crate::store::traits::{self, NoticeTraits, TicketTraits};

use super::{Stage, dead_counter, head_of, held_counter, pending_counter, recorded_counter};

/// Rows of one event, so that there is room for those of lists, counters, and of what is remembered.
const MOST_ROWS: usize = 88;
/// Records looked at for one event.
const STEP: usize = 64;

/// What is being removed.
struct Removing<'a> {
    brand: &'a str,
    ticket: TicketId,
    opening: MessageId,
    at: Time,
    unused_since: Time,
    /// The rows that are to be forgotten some time later.
    remembered: Vec<Vec<u8>>,
}

/// Whether all of something is gone.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Progress {
    All,
    Part,
}

impl Stage {
    pub(super) fn remove_ticket(
        &mut self,
        rows: &impl Read,
        old: &Ticket,
        stone: Tombstone,
        unused_since: Time,
    ) -> Result<(), RecordError> {
        self.remove_record(rows, keys::ticket(old.id))?;
        let shelf = Shelf::tickets(&old.brand, old.assignee);
        let traits = TicketTraits::of(old).to_bytes();
        self.shelving.shelve(&shelf, old.id.0, Some(&traits), None);
        if old.loop_since.is_some() {
            self.remove(keys::looping(old.id));
            self.loops.released += 1;
        }
        if old.needs_response() {
            self.count(keys::waiting_counter(&old.brand, old.assignee), -1);
        }
        if let Some(closed_at) = old.closed_at {
            let key = keys::closed_counter(&old.brand, old.assignee, closed_at.day());
            self.count(key, -1);
        }
        self.put(keys::tombstone(old.id), &stone);
        let mut removing = Removing {
            brand: &old.brand,
            ticket: old.id,
            opening: old.opening,
            at: stone.at,
            unused_since,
            remembered: vec![keys::tombstone(old.id)],
        };
        for link in &old.links {
            if link.followed().is_some() {
                self.remove(keys::open_link(&link.system, old.id));
            }
            let remotes = link.remote.iter().chain(&link.earlier);
            for remote in remotes {
                self.forget_link(rows, &link.system, remote, &mut removing)?;
            }
        }
        if self.remains(rows, &mut removing)? == Progress::Part {
            let left = Leftover {
                brand: old.brand.clone(),
                opening: old.opening,
            };
            self.put(keys::unswept(old.id), &left);
        }
        self.remember(rows, removing)
    }

    pub(super) fn sweep(
        &mut self,
        rows: &impl Read,
        ticket: TicketId,
        left: &Leftover,
        stone: Tombstone,
        unused_since: Time,
    ) -> Result<(), RecordError> {
        let mut removing = Removing {
            brand: &left.brand,
            ticket,
            opening: left.opening,
            at: stone.at,
            unused_since,
            remembered: Vec::new(),
        };
        let told = keys::tombstone(ticket);
        if rows.get(&told)?.is_none() {
            self.put(told.clone(), &stone);
            removing.remembered.push(told);
        }
        if self.remains(rows, &mut removing)? == Progress::All {
            self.remove_record(rows, keys::unswept(ticket))?;
        }
        self.remember(rows, removing)
    }

    /// Removes as much of what belongs to a ticket as fits: messages, each with its delivery and texts, errands, notes.
    fn remains(
        &mut self,
        rows: &impl Read,
        removing: &mut Removing<'_>,
    ) -> Result<Progress, RecordError> {
        let ticket = removing.ticket;
        let messages = rows.scan(&Scan::prefix(keys::messages(ticket)).limit(STEP))?;
        let mut is_all = messages.len() < STEP;
        for (key, value) in messages {
            let keys = record::keys_of(&key, &value);
            if let Some(message) = readable(record::from_row::<Message>(rows, &key, &value))?
                && self.remove_message(rows, &message, keys.len(), removing)? == Progress::Part
            {
                return Ok(Progress::Part);
            }
            keys.into_iter().for_each(|key| self.remove(key));
        }
        let errands = rows.scan(&Scan::prefix(keys::errands(ticket)).limit(STEP))?;
        is_all &= errands.len() < STEP;
        for (key, _) in errands {
            if let Some(id) = keys::number_at(&key, 9).map(DeliveryId)
                && self.remove_errand(rows, id, removing.unused_since)? == Progress::Part
            {
                return Ok(Progress::Part);
            }
            self.remove(key);
        }
        let notes = rows.scan(&Scan::prefix(keys::notes(ticket)).limit(STEP))?;
        is_all &= notes.len() < STEP;
        for (key, value) in notes {
            let keys = record::keys_of(&key, &value);
            if !self.has_room(keys.len() + 1) {
                return Ok(Progress::Part);
            }
            if let Some(Note::Linked { system, remote }) =
                readable(record::from_row::<Note>(rows, &key, &value))?
            {
                self.forget_link(rows, &system, &remote, removing)?;
            }
            keys.into_iter().for_each(|key| self.remove(key));
        }
        Ok(if is_all {
            Progress::All
        } else {
            Progress::Part
        })
    }

    fn has_room(&self, more: usize) -> bool {
        self.rows.len() + more <= MOST_ROWS
    }

    /// What belongs to a message, but for its own rows, for which there is room then.
    fn remove_message(
        &mut self,
        rows: &impl Read,
        message: &Message,
        own_rows: usize,
        removing: &mut Removing<'_>,
    ) -> Result<Progress, RecordError> {
        if let WayOut::By(id) = message.way_out
            && self.remove_errand(rows, id, removing.unused_since)? == Progress::Part
        {
            return Ok(Progress::Part);
        }
        if self.remove_texts(rows, message.id)? == Progress::Part
            || !self.has_room(own_rows + 4 + message.addresses.len())
        {
            return Ok(Progress::Part);
        }
        self.forget_names(rows, message, removing)?;
        Ok(Progress::All)
    }

    /// All texts of a message that stand apart. One goes whole, as it was written.
    fn remove_texts(&mut self, rows: &impl Read, id: MessageId) -> Result<Progress, RecordError> {
        for (key, value) in rows.scan(&Scan::prefix(keys::texts(id)).limit(STEP))? {
            let keys = record::keys_of(&key, &value);
            let is_first = self.rows.is_empty();
            if !is_first && !self.has_room(keys.len()) {
                return Ok(Progress::Part);
            }
            keys.into_iter().for_each(|key| self.remove(key));
        }
        Ok(Progress::All)
    }

    /// As many texts of a message as fit. It says something else from the first of them on, so that nobody ever looks
    /// for a text that is gone.
    pub(super) fn remove_some_texts(
        &mut self,
        rows: &impl Read,
        old: &Message,
        new: &Message,
    ) -> Result<(), RecordError> {
        self.remove_texts(rows, old.id)?;
        if old != new {
            self.remove_record(rows, keys::message(old.ticket, old.id))?;
            self.put(keys::message(new.ticket, new.id), new);
        }
        Ok(())
    }

    /// By which names a message is found, where answers to it may be sent, and where they go.
    fn forget_names(
        &mut self,
        rows: &impl Read,
        message: &Message,
        removing: &mut Removing<'_>,
    ) -> Result<(), RecordError> {
        let (brand, here) = (removing.brand, (message.ticket, message.id));
        if let Some(uid) = &message.external_uid {
            let key = keys::uid(brand, uid, &Slot::Sent(message.provider.clone()));
            if record::get::<(TicketId, MessageId)>(rows, &key)? == Some(here) {
                self.remove(key);
                let key = keys::departed(brand, uid, message.provider.as_deref());
                let departed = Departed {
                    ticket: message.ticket,
                    message: message.id,
                    joined: message.id != removing.opening,
                    at: removing.at,
                };
                self.put(key.clone(), &departed);
                removing.remembered.push(key);
            }
        }
        if let Some(uid) = &message.remote_uid {
            self.forget_reply_uid(rows, brand, uid, here)?;
        }
        if let Some(parent) = &message.parent_uid {
            let key = keys::waiting(brand, parent, message.ticket, message.id);
            if rows.get(&key)?.is_some() {
                self.remove(key);
            }
        }
        for name in &message.addresses {
            self.remove_record(rows, keys::address(name))?;
        }
        if let Some(url) = &message.response_url {
            let key = keys::lane_to(&Destination::ResponseUrl(url.clone()));
            if let Some(lane) = record::get(rows, &key)? {
                self.idle_lanes.insert(lane, removing.unused_since);
            }
        }
        Ok(())
    }

    fn forget_reply_uid(
        &mut self,
        rows: &impl Read,
        brand: &str,
        uid: &str,
        here: (TicketId, MessageId),
    ) -> Result<(), RecordError> {
        let key = keys::uid(brand, uid, &Slot::Reply);
        if record::get::<(TicketId, MessageId)>(rows, &key)? == Some(here) {
            self.remove(key);
        }
        Ok(())
    }

    /// A system's ticket is known for ours for a while yet, so that it is not taken for news.
    fn forget_link(
        &mut self,
        rows: &impl Read,
        system: &str,
        remote: &str,
        removing: &mut Removing<'_>,
    ) -> Result<(), RecordError> {
        let key = keys::linked(system, remote);
        let is_ours = record::get::<TicketId>(rows, &key)? == Some(removing.ticket);
        if is_ours && !removing.remembered.contains(&key) {
            removing.remembered.push(key);
        }
        Ok(())
    }

    /// A delivery with all its tries, where they fit.
    fn remove_errand(
        &mut self,
        rows: &impl Read,
        id: DeliveryId,
        unused_since: Time,
    ) -> Result<Progress, RecordError> {
        let attempts = rows.scan(&Scan::prefix(keys::attempts(id)).limit(MOST_ROWS + 1))?;
        for (key, value) in attempts {
            let keys = record::keys_of(&key, &value);
            if !self.has_room(keys.len()) {
                return Ok(Progress::Part);
            }
            keys.into_iter().for_each(|key| self.remove(key));
        }
        let Some(value) = rows.get(&keys::delivery(id))? else {
            return Ok(Progress::All);
        };
        let own = record::keys_of(&keys::delivery(id), &value);
        if !self.has_room(own.len() + 4) {
            return Ok(Progress::Part);
        }
        match readable(record::get::<Delivery>(rows, &keys::delivery(id)))?.flatten() {
            Some(delivery) => self.remove_delivery(rows, &delivery, unused_since)?,
            None => own.into_iter().for_each(|key| self.remove(key)),
        }
        Ok(Progress::All)
    }

    pub(super) fn remove_delivery(
        &mut self,
        rows: &impl Read,
        old: &Delivery,
        unused_since: Time,
    ) -> Result<(), RecordError> {
        self.remove_record(rows, keys::delivery(old.id))?;
        if old.reply().is_none() {
            self.remove(keys::errand(old.ticket, old.id));
        }
        if let Some((lane, head)) = head_of(old) {
            self.remove(keys::head(lane, &head));
        }
        if old.state.is_pending() {
            self.remove(keys::chain_entry(old.lane, old.ticket, old.id));
            self.count(pending_counter(&old.system), -1);
        }
        match old.state {
            DeliveryState::Dead { .. } => {
                self.count(dead_counter(&old.system), -1);
                self.remove(keys::dead(old.id));
            }
            DeliveryState::Held { .. } => {
                self.count(held_counter(&old.system), -1);
                self.remove(keys::held(old.id));
            }
            DeliveryState::Recorded { .. } => {
                self.count(recorded_counter(&old.system), -1);
                self.remove(keys::recorded(old.lane, old.id));
            }
            _ => {}
        }
        self.idle_lanes.insert(old.lane, unused_since);
        Ok(())
    }

    pub(super) fn remove_attempts(
        &mut self,
        rows: &impl Read,
        delivery: DeliveryId,
        attempts: &[u32],
    ) -> Result<(), RecordError> {
        for number in attempts {
            self.remove_record(rows, keys::attempt(delivery, *number))?;
        }
        Ok(())
    }

    pub(super) fn remove_notices(
        &mut self,
        brand: &str,
        assignee: Assignee,
        notices: &[Notice],
        read: &[(AgentId, Vec<Notice>)],
    ) {
        let traits = |notice: &Notice| NoticeTraits::of(notice).to_bytes();
        let told = Shelf::notices(brand, assignee);
        for notice in notices {
            let Item { traits, .. } = traits::item_of(notice);
            self.shelving
                .shelve(&told, notice.id.0, Some(&traits), None);
        }
        for (agent, read) in read {
            let shelf = Shelf::read(*agent, brand, assignee);
            for notice in read {
                let traits = traits(notice);
                self.shelving
                    .shelve(&shelf, notice.id.0, Some(&traits), None);
            }
        }
    }

    /// The words of a message, and the names by which it is found.
    pub(super) fn erase_message(
        &mut self,
        rows: &impl Read,
        brand: &str,
        old: &Message,
        new: &Message,
        at: Time,
    ) -> Result<(), RecordError> {
        self.remove_texts(rows, old.id)?;
        self.remove_record(rows, keys::message(old.ticket, old.id))?;
        self.put(keys::message(new.ticket, new.id), new);
        if old.is_customers() {
            let mut removing = Removing {
                brand,
                ticket: old.ticket,
                // Nothing that opens a ticket is erased alone.
                opening: MessageId(0),
                at,
                unused_since: at,
                remembered: Vec::new(),
            };
            self.forget_names(rows, old, &mut removing)?;
            self.remember(rows, removing)?;
        } else if let Some(uid) = &old.remote_uid {
            self.forget_reply_uid(rows, brand, uid, (old.ticket, old.id))?;
        }
        Ok(())
    }

    /// Notes what is to be forgotten some time after this.
    fn remember(&mut self, rows: &impl Read, removing: Removing<'_>) -> Result<(), RecordError> {
        if removing.remembered.is_empty() {
            return Ok(());
        }
        let mut place = Remembered {
            at: removing.at,
            ticket: removing.ticket,
            part: 0,
        };
        while rows.get(&keys::remembered(place))?.is_some()
            || self.rows.contains_key(&keys::remembered(place))
        {
            place.part = place.part.saturating_add(1);
        }
        let names: Vec<String> = removing.remembered.iter().map(hex::encode).collect();
        self.put(keys::remembered(place), &names);
        Ok(())
    }

    /// What was remembered is forgotten, unless it says something newer by now.
    pub(super) fn lapse(&mut self, rows: &impl Read, what: Remembered) -> Result<(), RecordError> {
        let key = keys::remembered(what);
        let Some(names) = record::get::<Vec<String>>(rows, &key)? else {
            return Ok(());
        };
        for name in names {
            let Ok(row) = hex::decode(&name) else {
                continue;
            };
            let is_its = match row.first() {
                Some(b'U') => record::get::<Departed>(rows, &row)?.is_some_and(|departed| {
                    (departed.at, departed.ticket) == (what.at, what.ticket)
                }),
                Some(b'R') => record::get::<TicketId>(rows, &row)? == Some(what.ticket),
                _ => true,
            };
            if is_its {
                self.remove_record(rows, row)?;
            }
        }
        self.remove_record(rows, key)
    }

    /// A lane to a response URL goes when nothing waits in it and it was not used for long: whoever needs it again makes
    /// a new one.
    pub(super) fn remove_idle_lanes(&mut self, rows: &impl Read) -> Result<(), RecordError> {
        for (id, unused_since) in std::mem::take(&mut self.idle_lanes) {
            let Some(lane) = readable(record::get::<Lane>(rows, &keys::lane(id)))?.flatten() else {
                continue;
            };
            let is_used = lane.used_at.is_none_or(|at| at > unused_since);
            let leads_out = matches!(lane.to, Destination::ResponseUrl(_));
            if is_used || !leads_out || self.holds_something(rows, id)? {
                continue;
            }
            self.remove_record(rows, keys::lane(id))?;
            self.remove(keys::lane_to(&lane.to));
            if let Some(wake) = lane.wake {
                self.remove(keys::wake(wake, id));
            }
        }
        Ok(())
    }

    fn holds_something(&self, rows: &impl Read, lane: LaneId) -> Result<bool, RecordError> {
        let is_new = |key: &Vec<u8>, prefix: &[u8]| key.starts_with(prefix);
        let prefix = keys::lane_chains(lane);
        let added = self.rows.iter();
        let mut added = added.filter(|(key, value)| is_new(key, &prefix) && value.is_some());
        if added.next().is_some() {
            return Ok(true);
        }
        let mut holds = false;
        rows.each(&Scan::prefix(prefix.clone()), &mut |key, _| {
            holds = !matches!(self.rows.get(key), Some(None));
            !holds
        })?;
        Ok(holds)
    }

    pub(super) fn remove_record(
        &mut self,
        rows: &impl Read,
        key: Vec<u8>,
    ) -> Result<(), RecordError> {
        if let Some(value) = rows.get(&key)? {
            let keys = record::keys_of(&key, &value).into_iter();
            keys.for_each(|key| self.remove(key));
        }
        Ok(())
    }
}
