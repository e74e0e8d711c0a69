//! The questions, each answered once all that it saw is synced.

use std::collections::{BTreeMap, HashSet};

use crate::model::{
    AgentId, Assignee, Delivery, DeliveryId, Destination, HostState, Lane, LaneId, Link,
    MappingVersion, Notice, Profile, Ticket, TicketId, Time,
};

use super::read::{deliveries, desk, figures, lanes, links, stories, tickets};
use super::{
    Conversation, DeliveryQuery, DeliveryStory, DeskFigures, DueLanes, LaneSummary, LaneWork,
    MessageView, Mirrored, NoticeQuery, NoticeView, OpenLink, Overdue, Parcel, ReadError, Store,
    Story, SystemCounts, TicketQuery, TicketView,
};

impl Store {
    /// Lanes whose wake time has come, except `skip`.
    ///
    /// # Errors
    ///
    /// As every question: see [`ReadError`].
    pub async fn due_lanes(
        &self,
        now: Time,
        skip: HashSet<LaneId>,
        most: usize,
    ) -> Result<DueLanes, ReadError> {
        self.ask(move |rows| lanes::due_lanes(rows, now, &skip, most))
            .await
    }

    /// What of a lane is due, except `skip`; at most this many of each kind.
    ///
    /// # Errors
    ///
    /// See [`ReadError`].
    pub async fn lane_work(
        &self,
        lane: LaneId,
        now: Time,
        skip: HashSet<DeliveryId>,
        most: usize,
    ) -> Result<Option<LaneWork>, ReadError> {
        self.ask(move |rows| lanes::lane_work(rows, lane, now, &skip, most))
            .await
    }

    /// A delivery with all that sending needs. It is read by the thread that asks, which may wait for the disk.
    ///
    /// # Errors
    ///
    /// See [`ReadError`].
    pub async fn parcel(&self, id: DeliveryId) -> Result<Option<Parcel>, ReadError> {
        self.settled(lanes::parcel(&self.0.rows, id)).await
    }

    /// A ticket.
    ///
    /// # Errors
    ///
    /// See [`ReadError`].
    pub async fn ticket(&self, id: TicketId) -> Result<Option<TicketView>, ReadError> {
        self.ask(move |rows| tickets::ticket(rows, id)).await
    }

    /// A page of a ticket's messages after the opening one, in order of arrival, and how many there are.
    ///
    /// # Errors
    ///
    /// See [`ReadError`].
    pub async fn messages(
        &self,
        ticket: Ticket,
        offset: u64,
        limit: usize,
    ) -> Result<(Vec<MessageView>, u64), ReadError> {
        self.ask(move |rows| tickets::messages(rows, &ticket, offset, limit))
            .await
    }

    /// A page of tickets, newest first, and how many there are in all.
    ///
    /// # Errors
    ///
    /// See [`ReadError`].
    pub async fn tickets(&self, query: TicketQuery) -> Result<(Vec<TicketView>, u64), ReadError> {
        self.ask(move |rows| tickets::tickets(rows, &query)).await
    }

    /// Figures of the tickets of these brands and assignees; `day` is counted from 1970, in UTC.
    ///
    /// # Errors
    ///
    /// See [`ReadError`].
    pub async fn desk_figures(
        &self,
        of: Vec<(String, Assignee)>,
        day: u64,
    ) -> Result<DeskFigures, ReadError> {
        self.ask(move |rows| desk::figures(rows, &of, day)).await
    }

    /// What is kept of each agent.
    ///
    /// # Errors
    ///
    /// See [`ReadError`].
    pub async fn profiles(&self) -> Result<BTreeMap<AgentId, Profile>, ReadError> {
        self.ask(desk::profiles).await
    }

    /// What the operator decided about fields, now and before, in writing.
    ///
    /// # Errors
    ///
    /// See [`ReadError`].
    pub async fn mappings(&self) -> Result<Vec<(MappingVersion, String)>, ReadError> {
        self.ask(desk::mappings).await
    }

    /// A page of what an agent is told, newest first, and how many there are in all.
    ///
    /// # Errors
    ///
    /// See [`ReadError`].
    pub async fn notices(&self, query: NoticeQuery) -> Result<(Vec<NoticeView>, u64), ReadError> {
        self.ask(move |rows| desk::notices(rows, &query)).await
    }

    /// A notice that an agent has read, with what it is about.
    ///
    /// # Errors
    ///
    /// See [`ReadError`].
    pub async fn read_notice(&self, notice: Notice) -> Result<NoticeView, ReadError> {
        self.ask(move |rows| desk::view(rows, notice, true)).await
    }

    /// How many of what an agent is told they have not read.
    ///
    /// # Errors
    ///
    /// See [`ReadError`].
    pub async fn unread_notices(
        &self,
        agent: AgentId,
        of: Vec<(String, Assignee)>,
    ) -> Result<u64, ReadError> {
        self.ask(move |rows| desk::unread(rows, agent, &of)).await
    }

    /// The tickets in which something goes by `uid`, in any brand.
    ///
    /// # Errors
    ///
    /// See [`ReadError`].
    pub async fn find(&self, uid: String) -> Result<Vec<TicketId>, ReadError> {
        self.ask(move |rows| tickets::find(rows, &tickets::brands(rows)?, &uid))
            .await
    }

    /// One ticket's whole story.
    ///
    /// # Errors
    ///
    /// See [`ReadError`].
    pub async fn story(&self, id: TicketId) -> Result<Option<Story>, ReadError> {
        self.ask(move |rows| stories::story(rows, id)).await
    }

    /// One delivery with its attempts.
    ///
    /// # Errors
    ///
    /// See [`ReadError`].
    pub async fn delivery(&self, id: DeliveryId) -> Result<Option<DeliveryStory>, ReadError> {
        self.ask(move |rows| stories::delivery_story(rows, id))
            .await
    }

    /// Deliveries, newest first.
    ///
    /// # Errors
    ///
    /// See [`ReadError`].
    pub async fn deliveries(&self, query: DeliveryQuery) -> Result<Vec<Delivery>, ReadError> {
        self.ask(move |rows| deliveries::deliveries(rows, &query))
            .await
    }

    /// Dead letters with numbers above `after`, oldest first.
    ///
    /// # Errors
    ///
    /// See [`ReadError`].
    pub async fn dead_letters(
        &self,
        after: DeliveryId,
        most: usize,
    ) -> Result<Vec<Delivery>, ReadError> {
        self.ask(move |rows| deliveries::dead_letters(rows, after, most))
            .await
    }

    /// Where lanes lead, in words without secrets.
    ///
    /// # Errors
    ///
    /// See [`ReadError`].
    pub async fn destinations(
        &self,
        lanes: Vec<LaneId>,
    ) -> Result<BTreeMap<LaneId, String>, ReadError> {
        self.ask(move |rows| figures::destinations(rows, &lanes))
            .await
    }

    /// What the gates of troubled hosts remember; a sound host has nothing to remember.
    ///
    /// # Errors
    ///
    /// See [`ReadError`].
    pub async fn hosts(&self) -> Result<BTreeMap<String, HostState>, ReadError> {
        self.ask(figures::hosts).await
    }

    /// The lists of tickets that there are: brands and assignees, also those no longer configured.
    ///
    /// # Errors
    ///
    /// See [`ReadError`].
    pub async fn ticket_lists(&self) -> Result<Vec<(String, Assignee)>, ReadError> {
        self.ask(tickets::ticket_lists).await
    }

    /// The first of what was set aside, and why.
    ///
    /// # Errors
    ///
    /// See [`ReadError`].
    pub async fn first_set_aside(
        &self,
        most: usize,
    ) -> Result<Vec<(DeliveryId, String)>, ReadError> {
        self.ask(move |rows| figures::first_set_aside(rows, most))
            .await
    }

    /// Lanes that have pending deliveries.
    ///
    /// # Errors
    ///
    /// See [`ReadError`].
    pub async fn lanes(&self) -> Result<Vec<LaneSummary>, ReadError> {
        self.ask(lanes::lanes).await
    }

    /// The lane to a destination, if anything ever went there.
    ///
    /// # Errors
    ///
    /// See [`ReadError`].
    pub async fn lane_to(&self, to: Destination) -> Result<Option<LaneId>, ReadError> {
        self.ask(move |rows| lanes::lane_to(rows, &to)).await
    }

    /// Figures by system.
    ///
    /// # Errors
    ///
    /// See [`ReadError`].
    pub async fn counts(
        &self,
        systems: Vec<String>,
    ) -> Result<BTreeMap<String, SystemCounts>, ReadError> {
        self.ask(move |rows| figures::counts(rows, &systems)).await
    }

    /// How many deliveries were set aside because their records cannot be read.
    ///
    /// # Errors
    ///
    /// See [`ReadError`].
    pub async fn set_aside(&self) -> Result<u64, ReadError> {
        self.ask(figures::set_aside_count).await
    }

    /// What waits although it is due.
    ///
    /// # Errors
    ///
    /// See [`ReadError`].
    pub async fn overdue(&self, now: Time) -> Result<BTreeMap<String, Overdue>, ReadError> {
        self.ask(move |rows| lanes::overdue(rows, now)).await
    }

    /// The lanes of these systems, as far as they have one yet.
    ///
    /// # Errors
    ///
    /// See [`ReadError`].
    pub async fn system_lanes(
        &self,
        systems: Vec<String>,
    ) -> Result<BTreeMap<String, Lane>, ReadError> {
        self.ask(move |rows| lanes::system_lanes(rows, &systems))
            .await
    }

    /// Up to `most` links of a system whose tickets can still change there, with our tickets after `after`.
    ///
    /// # Errors
    ///
    /// See [`ReadError`].
    pub async fn open_links(
        &self,
        system: String,
        after: TicketId,
        most: usize,
    ) -> Result<Vec<OpenLink>, ReadError> {
        self.ask(move |rows| links::open_links(rows, &system, after, most))
            .await
    }

    /// Up to `most` numbers of tickets above `after`, in order.
    ///
    /// # Errors
    ///
    /// See [`ReadError`].
    pub async fn tickets_after(
        &self,
        after: TicketId,
        most: usize,
    ) -> Result<Vec<TicketId>, ReadError> {
        self.ask(move |rows| links::tickets_after(rows, after, most))
            .await
    }

    /// A ticket, and at which of `systems` something of it is still to be done.
    ///
    /// # Errors
    ///
    /// See [`ReadError`].
    pub async fn mirrored(
        &self,
        id: TicketId,
        systems: Vec<String>,
    ) -> Result<Option<Mirrored>, ReadError> {
        self.ask(move |rows| links::mirrored(rows, id, &systems))
            .await
    }

    /// A ticket, and the newest of what was said in it.
    ///
    /// # Errors
    ///
    /// See [`ReadError`].
    pub async fn conversation(&self, id: TicketId) -> Result<Option<Conversation>, ReadError> {
        self.ask(move |rows| lanes::conversation(rows, id, true))
            .await
    }

    /// The tickets that are not mirrored any more, because they changed implausibly often, and since when.
    ///
    /// # Errors
    ///
    /// See [`ReadError`].
    pub async fn looping(&self) -> Result<Vec<(TicketId, Time)>, ReadError> {
        self.ask(links::looping).await
    }

    /// What is known of a system's ticket that is linked to ours.
    ///
    /// # Errors
    ///
    /// See [`ReadError`].
    pub async fn link(
        &self,
        system: String,
        remote: String,
    ) -> Result<Option<(TicketId, Link)>, ReadError> {
        self.ask(move |rows| links::link(rows, &system, &remote))
            .await
    }

    /// Our ticket that a system's ticket is or was linked to.
    ///
    /// # Errors
    ///
    /// See [`ReadError`].
    pub async fn linked(
        &self,
        system: String,
        remote: String,
    ) -> Result<Option<TicketId>, ReadError> {
        self.ask(move |rows| links::linked(rows, &system, &remote))
            .await
    }

    /// Makes a delivery's record unreadable.
    #[cfg(test)]
    pub(crate) fn spoil(&self, id: DeliveryId) {
        let spoilt = super::rows::Batch::from([(super::keys::delivery(id), Some(vec![0xff]))]);
        assert!(self.0.rows.apply(spoilt).is_ok());
    }

    /// Bytes on disk.
    ///
    /// # Errors
    ///
    /// See [`ReadError`].
    pub async fn bytes(&self) -> Result<u64, ReadError> {
        self.ask(|rows| Ok(rows.bytes()?)).await
    }
}
